/** What is used of snarkjs, which has no types of its own. */
declare module "snarkjs" {
  /** A file in memory. */
  interface MemoryFile {
    readonly type: "mem";
    readonly data: Uint8Array;
  }
  interface Proof {
    readonly pi_a: readonly string[];
    readonly pi_b: readonly (readonly string[])[];
    readonly pi_c: readonly string[];
    readonly protocol: string;
    readonly curve: string;
  }
  export const groth16: {
    prove(
      key: MemoryFile | string,
      witness: MemoryFile,
    ): Promise<{ readonly proof: Proof; readonly publicSignals: readonly string[] }>;
    verify(key: unknown, publicSignals: readonly string[], proof: unknown): Promise<boolean>;
  };
}
