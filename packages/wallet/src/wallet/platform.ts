import type { RepackWitness } from "@sero/circuits";
import type { TreeHash } from "@sero/protocol";
import type { Proving } from "../build/index.js";
import type { MakeSharedSecret, OpenTrialEngine } from "../scan/index.js";
import type { Kdf } from "../store/kdf.js";
import type { ChainInfo } from "../rpc/index.js";

/** What differs between Node, browsers and tests. */
export interface Platform {
  readonly kdf: Kdf;
  readonly makeSharedSecret: MakeSharedSecret;
  readonly openTrialEngine: OpenTrialEngine;
  /** How the note tree is hashed: in bulk where there is a fast way. */
  readonly openTreeHash: () => Promise<TreeHash>;
  /** Loads the prover; called before the first proof only. */
  readonly openProving: (chain: Pick<ChainInfo, "spec">) => Promise<Proving>;
  /** Loads the prover of repacks; absent where there is none. */
  readonly openRepackProving?: () => Promise<RepackProving>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Proves that packages become others of the same sums. */
export interface RepackProving {
  /** 256 bytes. */
  prove(witness: RepackWitness): Promise<Uint8Array>;
  close(): Promise<void>;
}
