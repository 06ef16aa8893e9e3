/** What we use of ffjavascript 0.3, which has no types of its own. */
declare module "ffjavascript" {
  /** The memory and functions of a curve's WebAssembly module in this thread. Addresses are byte offsets into `memory`. */
  export interface ThreadManager {
    readonly memory: WebAssembly.Memory;
    readonly instance: WebAssembly.Instance;
    readonly pG1gen: number;
    readonly pG2gen: number;
  }

  export interface Curve {
    readonly tm: ThreadManager;
  }

  /** BN254. With `singleThread` no workers are started and nothing global is kept. */
  export function buildBn128(singleThread: boolean): Promise<Curve>;
}
