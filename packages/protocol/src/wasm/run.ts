import { SeroError } from "../errors.js";

/** What this package uses of the WebAssembly API; Node's type declarations and those of browsers both fit. */
interface Api {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** A running module: its functions by name, and its memory. */
export interface Running {
  /** Calls an exported function with addresses and counts. */
  call(name: string, ...args: number[]): number;
  /** A view of memory; it goes stale when memory grows. */
  bytes(address: number, length: number): Uint8Array;
  readonly buffer: ArrayBuffer;
  /** Hands out `size` bytes, 16-aligned, until the address is released. Grows the memory when needed. */
  allocate(size: number): number;
  /** Takes back everything handed out since `mark` (an address that `allocate` returned). */
  release(mark: number): void;
}

/**
 * Compiles a module at once, without a promise: Node and workers allow any size, browsers' main threads only 4 kB.
 * Throws `wasm/unavailable` where there is no WebAssembly or no SIMD.
 */
export function runModule(module: { readonly bytes: Uint8Array<ArrayBuffer>; readonly heapBase: number }): Running {
  const api = (globalThis as { WebAssembly?: unknown }).WebAssembly as Api | undefined;
  if (!api) throw unavailable();
  let instance;
  try {
    instance = new api.Instance(new api.Module(module.bytes));
  } catch (cause) {
    throw unavailable(cause);
  }
  const exports = instance.exports;
  const memory = exports["memory"] as Memory;
  let top = module.heapBase;
  return {
    call: (name, ...args) => (exports[name] as (...args: number[]) => number)(...args),
    bytes: (address, length) => new Uint8Array(memory.buffer, address, length),
    get buffer() {
      return memory.buffer;
    },
    allocate(size) {
      const address = top;
      const wanted = (top + size + 15) & ~15;
      const missing = wanted - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / 65536));
      top = wanted;
      return address;
    },
    release(mark) {
      top = mark;
    },
  };
}

function unavailable(cause?: unknown): SeroError {
  const message =
    "This JavaScript engine cannot run the WebAssembly arithmetic; use Node 20 or a browser with WebAssembly SIMD.";
  return new SeroError("wasm/unavailable", message, {}, { cause });
}
