import { op, unsignedLeb, write } from "./code.js";
import type { Code, I32, ResultType, ValueType, Void } from "./code.js";
import { i32 } from "./instructions.js";

const TYPE_BYTE: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e, v128: 0x7b };
const PAGE = 65536;
/** How far from a split address memory may be accessed. */
export const SPLIT_REACH = 128;
/** Memory below is never used: a split address lies up to this far below the true one and must not be negative. */
const FIRST_ADDRESS = 1 << 16;

/** A local variable or parameter. `get` may be used any number of times. */
export interface Local<T extends ValueType> {
  readonly type: T;
  readonly index: number;
  readonly get: Code<T>;
}

/** Collects the statements of one function. */
export interface Body {
  local<T extends ValueType>(type: T): Local<T>;
  set<T extends ValueType>(target: Local<T>, value: Code<T>): void;
  /** Makes a new local holding `value`. */
  let<T extends ValueType>(value: Code<T>): Local<T>;
  run(...statements: Void[]): void;
  /** Runs `body` for index = from; index < to (unsigned); index += step. */
  loop(index: Local<"i32">, from: I32, to: I32, step: number, body: () => void): void;
  /** Runs `body` a fixed number of times, at least once. */
  repeat(times: number, body: () => void): void;
  /** Repeats `body` while `condition`, which is tested before each round. */
  while(condition: I32, body: () => void): void;
  if(condition: I32, then: () => void, otherwise?: () => void): void;
  /**
   * The same address as `address + offset`, split as base and static offset so that no two splits in one function share an
   * offset. V8 (11.3, Node 20) puts a static offset into the machine instruction only if it occurs once in the function; shared
   * ones become values of their own, which fill up the registers. Good for accesses up to SPLIT_REACH bytes on.
   */
  split(address: I32, offset?: number): { readonly base: I32; readonly offset: number };
  /** Leaves the function at once with `value`. */
  return(value: Code<ResultType>): void;
}

/** A function of the module under construction, callable from functions defined after it and from outside by its name. */
export interface Func<P extends readonly ValueType[], R extends ResultType> {
  call(...args: { [K in keyof P]: Code<P[K]> }): Code<R>;
}

type LocalsOf<P extends readonly ValueType[]> = { [K in keyof P]: Local<P[K]> };

export interface ModuleBuilder {
  /** Defines a function; `build` returns the code of its result, or nothing for `void`. A name exports it. */
  func<const P extends readonly ValueType[], R extends ResultType>(
    name: string | undefined,
    params: P,
    result: R,
    build: (body: Body, ...args: LocalsOf<P>) => Code<R> | (R extends "void" ? void : never),
  ): Func<P, R>;
  /** Places constant bytes in memory, 16-aligned, and returns their address. */
  data(bytes: Uint8Array): number;
  /** Reserves zeroed memory, 16-aligned, and returns its address. */
  reserve(size: number): number;
  /** The encoded module. It exports `memory`; addresses from the returned heap base on are free for the caller. */
  finish(): { readonly bytes: Uint8Array<ArrayBuffer>; readonly heapBase: number };
}

/** Starts an empty module with one memory that grows on demand. */
export function createModule(): ModuleBuilder {
  const types: number[][] = [];
  const functionTypes: number[] = [];
  const bodies: Uint8Array[] = [];
  const exports: { name: string; index: number }[] = [];
  const segments: { address: number; bytes: Uint8Array }[] = [];
  let top = FIRST_ADDRESS;

  const typeIndex = (signature: number[]): number => {
    const found = types.findIndex((t) => t.join() === signature.join());
    return found >= 0 ? found : types.push(signature) - 1;
  };
  const reserve = (size: number): number => {
    const address = top;
    top = (top + size + 15) & ~15;
    return address;
  };

  return {
    func(name, params, result, build) {
      const index = bodies.length;
      bodies.push(new Uint8Array(0)); // keeps the place: the body may define nothing, but it may call itself
      functionTypes.push(typeIndex(signatureOf(params, result)));
      if (name !== undefined) exports.push({ name, index });
      bodies[index] = encodeBody(
        params,
        (body, args) => build(body, ...(args as LocalsOf<typeof params>)) ?? undefined,
      );
      return { call: (...args) => op(result, [0x10, ...unsignedLeb(index)], ...(args as Code<ValueType>[])) };
    },
    data(bytes) {
      const address = reserve(bytes.length);
      segments.push({ address, bytes });
      return address;
    },
    reserve,
    finish() {
      const pages = Math.ceil(top / PAGE);
      const bytes = concat([
        [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
        section(1, types),
        section(3, functionTypes.map(unsignedLeb)),
        section(5, [[0, ...unsignedLeb(pages)]]),
        section(7, [
          [...nameBytes("memory"), 2, 0],
          ...exports.map(({ name, index }) => [...nameBytes(name), 0, ...unsignedLeb(index)]),
        ]),
        section(10, bodies.map(sized)),
        section(
          11,
          segments.map((segment) => concat([[0, ...i32.const(segment.address).opcode, 0x0b], sized(segment.bytes)])),
        ),
      ]);
      return { bytes, heapBase: top };
    },
  };
}

function signatureOf(params: readonly ValueType[], result: ResultType): number[] {
  const results = result === "void" ? [] : [TYPE_BYTE[result]];
  return [0x60, params.length, ...params.map((p) => TYPE_BYTE[p]), results.length, ...results];
}

function encodeBody(
  params: readonly ValueType[],
  build: (body: Body, args: Local<ValueType>[]) => Code<ResultType> | undefined,
): Uint8Array {
  const locals: ValueType[] = [];
  const out: number[] = [];
  let splits = 0;
  const emit = (code: readonly number[]): void => {
    for (const byte of code) out.push(byte);
  };
  const makeLocal = <T extends ValueType>(type: T, index: number): Local<T> => ({
    type,
    index,
    get: op(type, [0x20, ...unsignedLeb(index)]),
  });
  const body: Body = {
    local(type) {
      return makeLocal(type, params.length + locals.push(type) - 1);
    },
    set(target, value) {
      write(value, out);
      emit([0x21, ...unsignedLeb(target.index)]);
    },
    let(value) {
      const local = body.local(value.type);
      body.set(local, value);
      return local;
    },
    run(...statements) {
      for (const statement of statements) write(statement, out);
    },
    loop(index, from, to, step, inner) {
      body.set(index, from);
      body.while(i32.ltU(index.get, to), () => {
        inner();
        body.set(index, i32.add(index.get, i32.const(step)));
      });
    },
    repeat(times, inner) {
      const left = body.let(i32.const(times));
      emit([0x03, 0x40]); // loop
      inner();
      body.set(left, i32.sub(left.get, i32.const(1)));
      write(left.get, out);
      emit([0x0d, 0, 0x0b]); // br_if to its head, end
    },
    while(condition, inner) {
      emit([0x02, 0x40, 0x03, 0x40]); // block, loop
      write(i32.eqz(condition), out);
      emit([0x0d, 1]); // br_if out of the block
      inner();
      emit([0x0c, 0, 0x0b, 0x0b]); // br to the loop's head, end, end
    },
    if(condition, then, otherwise) {
      write(condition, out);
      emit([0x04, 0x40]);
      then();
      if (otherwise) {
        emit([0x05]);
        otherwise();
      }
      emit([0x0b]);
    },
    split(address, offset = 0) {
      const unique = SPLIT_REACH * ++splits;
      if (unique > FIRST_ADDRESS) throw new RangeError("too many split addresses in one function");
      return { base: body.let(i32.sub(address, i32.const(unique - offset))).get, offset: unique };
    },
    return(value) {
      write(value, out);
      emit([0x0f]);
    },
  };
  const result = build(
    body,
    params.map((type, index) => makeLocal(type, index)),
  );
  if (result) write(result, out);
  const declarations = locals.flatMap((type) => [1, TYPE_BYTE[type]]);
  return concat([unsignedLeb(locals.length), declarations, out, [0x0b]]);
}

const sized = (bytes: ArrayLike<number>): Uint8Array => concat([unsignedLeb(bytes.length), bytes]);

const nameBytes = (name: string): Uint8Array => sized(new TextEncoder().encode(name));

function section(id: number, entries: readonly ArrayLike<number>[]): Uint8Array {
  if (entries.length === 0) return new Uint8Array(0);
  return concat([[id], sized(concat([unsignedLeb(entries.length), ...entries]))]);
}

function concat(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
