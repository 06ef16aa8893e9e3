/** The five multi-scalar multiplications of a Groth16 proof, by the names of the key's points. */
export const QUERIES = ["a", "b1", "b2", "c", "h"] as const;
export type Query = (typeof QUERIES)[number];

/** The sums of the five queries, each in the engine's own form. */
export type QuerySums = Readonly<Record<Query, Uint8Array>>;

/**
 * The arithmetic of a Groth16 prover for one key, in one thread. Scalars and witnesses are 32 bytes little-endian each, below r. Sums are in a
 * form of the engine's own, that other instances of the same engine understand.
 */
export interface ProverEngine {
  /**
   * A share of sum scalar_i * point_i over a query's points; the shares 0 .. shares-1 add up to the whole. Scalars: the witness for a, b1 and b2;
   * the witness without the constant and the public inputs for c; the quotient for h.
   */
  multiply(query: Query, scalars: Uint8Array, share: number, shares: number): Uint8Array;
  /** Adds shares of one query. */
  add(query: Query, sums: readonly Uint8Array[]): Uint8Array;
  /** The scalars of query h: A*B - C at the points of the coset where the key's h points belong, from the witness. */
  quotient(witness: Uint8Array): Uint8Array;
  /**
   * The proof: A = alpha + a + r*delta, B = beta + b + s*delta, C = c + h + s*A + r*B1 - r*s*delta. 256 bytes (EIP-197 order). r and s are
   * 32 bytes little-endian below r, uniformly random and secret: they are what makes the proof reveal nothing.
   */
  assemble(sums: QuerySums, r: bigint, s: bigint): Uint8Array;
  /** Overwrites everything that the last proof left in the engine's memory. */
  wipe(): void;
}
