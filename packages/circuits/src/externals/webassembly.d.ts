/** The part of WebAssembly's JavaScript interface that Node's own types leave to the browser library. */
declare namespace WebAssembly {
  interface Memory {
    readonly buffer: ArrayBuffer;
    /** Adds pages of 64 KiB; returns the number of pages before. Views on `buffer` taken earlier become empty. */
    grow(pages: number): number;
  }
  const Memory: {
    new (descriptor: { readonly initial: number; readonly maximum?: number; readonly shared?: boolean }): Memory;
  };

  interface Module {
    readonly [Symbol.toStringTag]?: "WebAssembly.Module";
  }
  const Module: { new (bytes: Uint8Array): Module };

  interface Instance {
    readonly exports: Readonly<Record<string, unknown>>;
  }
  const Instance: {
    new (module: Module, imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Instance;
  };

  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(
    module: Module,
    imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<Instance>;
}
