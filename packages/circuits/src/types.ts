import type { Anchor, AssetId, Commitment, Inner, Nullifier, NullifierKey } from "@sero/protocol";

/** An affine point of Baby Jubjub (twisted Edwards form, a = 168700, d = 168696), coordinates in F. */
export interface CurvePoint {
  readonly x: bigint;
  readonly y: bigint;
}

/** An affine point of BN254's G1, coordinates below the base field's order q. Never the point at infinity. */
export interface G1Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** An affine point of BN254's G2; each coordinate is c0 + c1*u, written [c0, c1] (EIP-197 writes c1 first). */
export interface G2Point {
  readonly x: readonly [bigint, bigint];
  readonly y: readonly [bigint, bigint];
}

/** A Groth16 verifying key over BN254. `ic` has one point for the constant and one for each public input. */
export interface VerifyingKey {
  readonly alpha1: G1Point;
  /** Needed to check beta2 against G1; the equation of the verifier does without it. */
  readonly beta1?: G1Point;
  readonly beta2: G2Point;
  /** The generator of G2, as in every snarkjs key. */
  readonly gamma2: G2Point;
  /** Needed to check that delta1 and delta2 hold the same scalar. */
  readonly delta1?: G1Point;
  readonly delta2: G2Point;
  readonly ic: readonly G1Point[];
}

/** The three siblings of a node on one level of the 4-ary tree, in the order of their positions, the node's own left out. */
export type Siblings = readonly [bigint, bigint, bigint];

/** Where a leaf is and what is around it: 16 levels, the leaf's own level first. */
export interface SpendPath {
  /** Below 2^32. Two bits a level, little-endian: level k's position is (leafIndex >> 2k) & 3. */
  readonly leafIndex: bigint;
  readonly siblings: readonly Siblings[];
}

/** A note that a bundle spends, or a dummy: value 0 and any path. Its owner tag follows from (A, nk, d). */
export interface SpendInput {
  readonly asset: AssetId;
  /** Base units, below 2^128; 0 for a dummy. */
  readonly value: bigint;
  /** Diversifier, 16 bytes, read as a big-endian integer by the circuit. */
  readonly d: Uint8Array;
  readonly rho: bigint;
  readonly blind: bigint;
  readonly path: SpendPath;
}

/** A note that a bundle makes. */
export interface SpendOutput {
  readonly inner: Inner;
  readonly asset: AssetId;
  /** Base units, below 2^128. */
  readonly value: bigint;
  readonly blind: bigint;
}

/** What a spend proof says in public (protocol, section 5). */
export interface SpendStatement {
  readonly anchor: Anchor;
  readonly nullifiers: readonly [Nullifier, Nullifier];
  readonly commitments: readonly [Commitment, Commitment, Commitment];
  /** Coin that leaves the pool, base units, below 2^128. */
  readonly pubCoin: bigint;
  /** Asset that leaves the pool; 0 when `pubAmount` is 0. */
  readonly pubAsset: AssetId;
  /** Amount of `pubAsset` that leaves the pool, base units, below 2^128. */
  readonly pubAmount: bigint;
  /** A + alpha*B8. */
  readonly rk: CurvePoint;
}

/** Everything a spend proof is made from. Secret, but enough to neither spend nor redirect: `ask` is not in it. */
export interface SpendWitness {
  /** ask*B8. */
  readonly A: CurvePoint;
  readonly nk: NullifierKey;
  /** Below the order l of B8. */
  readonly alpha: bigint;
  /** The bundle's one private asset `a` besides the coin; 0 (the coin) when there is none. */
  readonly asset: AssetId;
  readonly inputs: readonly [SpendInput, SpendInput];
  readonly outputs: readonly [SpendOutput, SpendOutput, SpendOutput];
  readonly statement: SpendStatement;
}

/** A spend's public inputs in the circuit's order: anchor, nf[2], cm[3], pubCoin, pubAsset, pubAmount, rk.x, rk.y. */
export type PublicSignals = readonly bigint[];

/** How many public inputs the spend circuit has. */
export const SPEND_PUBLIC_INPUTS = 11;

/** What is in a package or an output of a repack: the four secrets of a commitment. */
export type RepackNote = SpendOutput;

/** Everything a repack proof is made from. The proof binds it to one call of the Pool by `ctx`, and needs no spending key. */
export interface RepackWitness {
  /** The call's context, as the Pool computes it; below r. */
  readonly ctx: bigint;
  /** What is in the packages; undefined is a filler. Coin and at most one other asset between all five. */
  readonly inputs: readonly [RepackNote | undefined, RepackNote | undefined];
  /** What becomes of it; an output that is not needed is a note of value 0. */
  readonly outputs: readonly [RepackNote, RepackNote, RepackNote];
}

/** How many public inputs the repack circuit has: ctx, inCm[2], outCm[3]. */
export const REPACK_PUBLIC_INPUTS = 6;

/** Lower-case hex SHA-256 sums (no 0x) of what a circuit's artifacts are made of. */
export interface ArtifactHashes {
  readonly r1cs: string;
  readonly wasm: string;
  readonly key: string;
}

/** A circuit's built files and its verifying key. Plain data: it can be posted to a worker. */
export interface CircuitArtifacts {
  readonly r1csPath: string;
  readonly wasmPath: string;
  /** Proving key in snarkjs's zkey format. */
  readonly keyPath: string;
  readonly vk: VerifyingKey;
  readonly hashes: ArtifactHashes;
  /** Number of constraints in the R1CS. */
  readonly constraints: number;
}

/** The spend circuit's. */
export type SpendArtifacts = CircuitArtifacts;

/** What set-up is doing; `fraction` runs from 0 to 1 over the whole of it. */
export interface SetupProgress {
  readonly step: "compile" | "key";
  readonly fraction: number;
}

/** A prover of one circuit with its key loaded and its workers started. */
export interface ProverOf<Witness> {
  /**
   * Proves what the witness says: 256 bytes, A.x A.y B.x1 B.x0 B.y1 B.y0 C.x C.y, each 32 big-endian (EIP-197 order). Throws when the witness does not
   * satisfy the circuit or `signal` is aborted.
   */
  prove(
    witness: Witness,
    options?: { readonly signal?: AbortSignal; readonly onProgress?: (fraction: number) => void },
  ): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** A prover of spends. */
export type Prover = ProverOf<SpendWitness>;

/** A prover of repacks. */
export type RepackProver = ProverOf<RepackWitness>;

/** One proof with its public inputs. */
export interface ProofItem {
  readonly inputs: readonly bigint[];
  readonly proof: Uint8Array;
}

/** Checks proofs against one verifying key, in this thread. */
export interface Verifier {
  verify(inputs: readonly bigint[], proof: Uint8Array): boolean;
  /** The verdict on each item is that of checking it alone. */
  verifyBatch(items: readonly ProofItem[]): boolean[];
}

/** What is to be checked of one bundle: its proof and its signature. */
export interface BundleCheck {
  /** Circuit number; 0 is the spend circuit. */
  readonly circuit: number;
  /** The 11 public inputs in the circuit's order. */
  readonly inputs: readonly bigint[];
  /** 256 bytes. */
  readonly proof: Uint8Array;
  /** Encoded Baby Jubjub point, 32 bytes. */
  readonly rk: Uint8Array;
  /** Schnorr signature (R, S), 64 bytes. */
  readonly signature: Uint8Array;
  /** `bind`, 32 bytes big-endian. */
  readonly message: Uint8Array;
}

/** How bundles are checked. */
export interface CheckOptions {
  readonly signal?: AbortSignal;
  /** Nobody's block waits for it: it must take neither time nor place from what does. */
  readonly background?: boolean;
}

/** Checks the proofs and signatures of bundles, in workers or in this thread. */
export interface BundleVerifier {
  /** One verdict an item, each that of checking it alone. Rejects when `signal` is aborted. */
  check(items: readonly BundleCheck[], options?: CheckOptions): Promise<readonly boolean[]>;
  close(): Promise<void>;
}
