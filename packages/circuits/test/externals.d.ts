/** What tests use of packages that have no types of their own. */
declare module "snarkjs" {
  type Json = Readonly<Record<string, unknown>>;
  /** A file in memory. */
  interface Memory {
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
  interface Proven {
    readonly proof: Proof;
    readonly publicSignals: readonly string[];
  }
  export const groth16: {
    prove(key: string | Uint8Array | Memory, witness: string | Uint8Array | Memory): Promise<Proven>;
    verify(key: Json, publicSignals: readonly string[], proof: Proof): Promise<boolean>;
  };
  export const zKey: {
    exportVerificationKey(key: string | Memory): Promise<Json>;
  };
}

declare module "circomlibjs" {
  /** A Poseidon instance; results are opaque field elements of `F`. */
  interface Poseidon {
    (inputs: readonly bigint[]): unknown;
    readonly F: { toObject(x: unknown): bigint };
  }
  export function buildPoseidonReference(): Promise<Poseidon>;
}
