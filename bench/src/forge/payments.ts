import { randomFillSync } from "node:crypto";
import type { CircuitArtifacts } from "@sero/circuits";
import { openRules } from "@sero/execution";
import {
  bindOf,
  bytesToBigInt,
  CIPHERTEXT_BYTES,
  COIN,
  encodeTransaction,
  intrinsicGas,
  MEMO_CHUNK_BYTES,
  rulesId,
  type Anchor,
  type BindContext,
  type Bundle,
  type ChainSpec,
  type Commitment,
  type Nullifier,
  type Transaction,
  type TxId,
} from "@sero/protocol";
import { genesisTree } from "../payments/real.js";
import { openSigner, type OneTimeKey } from "./signer.js";
import { openSimulator, type Simulator } from "./simulate.js";

/** What forged payments say, and what is wrong with them. */
export interface ForgeOptions {
  /** A root of the note tree that the chain still accepts; the one after genesis (good up to block 1,024) if left out. */
  readonly anchor?: bigint;
  /** Last block that may hold them, at most 512 ahead of the block they go into. */
  readonly expiry: bigint;
  /** Index into the chain's price ladder; 0 if left out. */
  readonly priceStep?: number;
  /** "proof": signed, with good points for a proof that proves nothing. "signature": a good proof, signed for another message. */
  readonly lie?: "proof" | "signature";
}

/** A payment that no wallet made. */
export interface ForgedPayment {
  readonly bytes: Uint8Array;
  readonly txid: TxId;
}

/** Makes payments out of nothing. */
export interface Forge {
  /** `count` different payments of one bundle and one memo chunk each (25,000 gas). About 0.7 ms each; best in hundreds. */
  payments(count: number, options: ForgeOptions): ForgedPayment[];
}

/** Statements that are proved at a time: what bigints and points in flight take stays a few megabytes. */
const BATCH = 512;

/**
 * Opens a forge for a development chain. Its payments spend notes that never were: nullifiers, commitments and ciphertexts are random,
 * the fee is paid out of everybody's notes in the Pool (give the chain a genesis note that is large enough), the signature under rk is real
 * and the proof is simulated (`openSimulator` says how, and why no other chain need fear it). Every node takes them for payments of strangers,
 * and spends on each exactly what a real one costs it: bytes, decoding, proof, signature, nullifiers, tree, tries.
 *
 * Not a wallet's concern, so not in any package: a test holds that none imports this.
 *
 * @param spec must be a development chain's
 * @param timestamp seconds since 1970: the payments are signed for the rules that hold then; those after genesis if left out
 */
export async function openForge(
  artifacts: Pick<CircuitArtifacts, "r1csPath" | "vk">,
  spec: ChainSpec,
  timestamp: bigint = spec.genesisTime + 1n,
): Promise<Forge> {
  const verifier = { check: async () => [], close: async () => undefined };
  const { genesis } = await openRules({ spec, verifier });
  const context: BindContext = { genesisHash: genesis.hash, rulesId: rulesId(spec, timestamp) };
  const root = genesisTree(spec).root;
  const simulator = await openSimulator(artifacts);
  const nextKey = openSigner();
  return {
    payments(count, options) {
      const made: ForgedPayment[] = [];
      while (made.length < count) {
        const size = Math.min(BATCH, count - made.length);
        const drafts = Array.from({ length: size }, () =>
          draft(spec, context, options.anchor ?? root, nextKey(), options),
        );
        const proofs = proofsFor(simulator, drafts, options);
        drafts.forEach(({ tx, txid }, i) => made.push({ bytes: encodeTransaction(withProof(tx, proofs[i])), txid }));
      }
      return made;
    },
  };
}

interface Draft {
  readonly tx: Transaction;
  readonly txid: TxId;
  readonly inputs: readonly bigint[];
}

function draft(spec: ChainSpec, context: BindContext, anchor: bigint, key: OneTimeKey, options: ForgeOptions): Draft {
  const { expiry, priceStep = 0, lie } = options;
  const unsigned: Bundle = {
    circuit: 0,
    nullifiers: [element() as Nullifier, element() as Nullifier],
    commitments: [element() as Commitment, element() as Commitment, element() as Commitment],
    pubCoin: 0n,
    pubAsset: COIN,
    pubAmount: 0n,
    rk: key.rk,
    signature: new Uint8Array(64),
    proof: new Uint8Array(256),
  };
  const free: Transaction = {
    chainId: spec.chainId,
    expiry,
    priceStep,
    anchor: anchor as Anchor,
    bundles: [unsigned],
    outputs: [ciphertext(), ciphertext(), ciphertext()],
    memos: [bytes(MEMO_CHUNK_BYTES)],
    call: undefined,
    packages: [],
  };
  const pubCoin = intrinsicGas(free, spec) * (spec.priceLadder[priceStep] ?? 0n);
  const { txid } = bindOf({ ...free, bundles: [{ ...unsigned, pubCoin }] }, context);
  const signature = key.sign(lie === "signature" ? bytes(32) : txid);
  const { nullifiers, commitments } = unsigned;
  return {
    tx: { ...free, bundles: [{ ...unsigned, pubCoin, signature }] },
    txid,
    inputs: [anchor, ...nullifiers, ...commitments, pubCoin, COIN, 0n, key.point.x, key.point.y],
  };
}

const proofsFor = (simulator: Simulator, drafts: readonly Draft[], { lie }: ForgeOptions): readonly Uint8Array[] =>
  lie === "proof" ? simulator.falseProofs(drafts.length) : simulator.proofs(drafts.map(({ inputs }) => inputs));

const withProof = (tx: Transaction, proof: Uint8Array | undefined): Transaction => ({
  ...tx,
  bundles: tx.bundles.map((bundle): Bundle => ({ ...bundle, proof: proof ?? bundle.proof })),
});

const bytes = (length: number): Uint8Array => randomFillSync(new Uint8Array(length));

/** 1 to 2^248: below r and not 0. */
const element = (): bigint => bytesToBigInt(bytes(31)) + 1n;

function ciphertext(): Uint8Array {
  const out = bytes(CIPHERTEXT_BYTES);
  // An ephemeral key of X25519 is little-endian and below 2^255 - 19.
  out[31] = 0x11;
  return out;
}
