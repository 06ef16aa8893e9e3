import { bigIntToBytes } from "../../src/bytes/index.js";
import { keccak256 } from "../../src/hash/index.js";
import { utf8 } from "../../src/bytes/index.js";
import { FIELD_ORDER } from "../../src/field/index.js";
import { COIN } from "../../src/types.js";
import type { Anchor, AssetId, Commitment, EthAddress, Inner, Nullifier } from "../../src/types.js";
import { assetIdOf } from "../../src/note/index.js";
import type { Bundle, CallPhase, Transaction } from "../../src/transaction/index.js";

/** `length` bytes that depend on nothing but `label`: keccak256(label || counter) over and over. */
export function bytesOf(label: string, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let at = 0, counter = 0; at < length; at += 32, counter++)
    out.set(keccak256(utf8(`${label}/${counter}`)).subarray(0, Math.min(32, length - at)), at);
  return out;
}

/** A field element that depends on nothing but `label`, never 0. */
export const fieldOf = (label: string): bigint =>
  bytesOf(label, 32).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n) % FIELD_ORDER;

export const addressOf = (label: string): EthAddress => bytesOf(label, 20) as EthAddress;

export function sampleBundle(label: string, change: Partial<Bundle> = {}): Bundle {
  const nullifier = (i: number): Nullifier => fieldOf(`${label}/nf/${i}`) as Nullifier;
  const commitment = (i: number): Commitment => fieldOf(`${label}/cm/${i}`) as Commitment;
  return {
    circuit: 0,
    nullifiers: [nullifier(0), nullifier(1)],
    commitments: [commitment(0), commitment(1), commitment(2)],
    pubCoin: 25_000_000_000_000n,
    pubAsset: COIN,
    pubAmount: 0n,
    rk: bytesOf(`${label}/rk`, 32),
    signature: bytesOf(`${label}/signature`, 64),
    proof: bytesOf(`${label}/proof`, 256),
    ...change,
  };
}

/** A well-formed payment of `bundles` bundles; proofs, points and signatures in it are arbitrary bytes. */
export function samplePayment(bundles = 1, change: Partial<Transaction> = {}): Transaction {
  return {
    chainId: 24158n,
    expiry: 272n,
    priceStep: 0,
    anchor: fieldOf("anchor") as Anchor,
    bundles: Array.from({ length: bundles }, (_, i) => sampleBundle(`bundle/${i}`)),
    outputs: Array.from({ length: 3 * bundles }, (_, i) => bytesOf(`output/${i}`, 290)),
    memos: [bytesOf("memo/0", 256)],
    call: undefined,
    packages: [],
    ...change,
  };
}

export const TOKEN = addressOf("token");
export const TICKETS = addressOf("tickets");

/** A pseudonym's signature of the right form: 0 < r < n, low s, parity 1. */
export function sampleSignature(): Uint8Array {
  const signature = new Uint8Array(65);
  signature.set(bigIntToBytes(fieldOf("r"), 32), 0);
  signature.set(bigIntToBytes(fieldOf("s") >> 1n, 32), 32);
  signature[64] = 1;
  return signature;
}

export function sampleCallPhase(change: Partial<CallPhase> = {}): CallPhase {
  const inner = (i: number): Inner => fieldOf(`inner/${i}`) as Inner;
  return {
    pseudonym: addressOf("pseudonym"),
    nonce: 0n,
    signature: sampleSignature(),
    gasLimit: 500_000n,
    calls: [
      { to: addressOf("contract"), value: 5n, data: bytesOf("calldata", 68) },
      { to: undefined, value: 0n, data: bytesOf("creation", 33) },
    ],
    returns: [
      { kind: "coin", token: undefined, id: 0n, leave: false, inners: [inner(0)] },
      { kind: "token", token: TOKEN, id: 0n, leave: true, inners: [inner(1)] },
      { kind: "ticket", token: TICKETS, id: 7n, leave: false, inners: [inner(2)] },
      { kind: "ticket", token: TICKETS, id: { any: 2 }, leave: false, inners: [inner(3), inner(4)] },
    ],
    ...change,
  };
}

export const TOKEN_ASSET: AssetId = assetIdOf(1, TOKEN, 0n);
export const TICKET_ASSET: AssetId = assetIdOf(2, TICKETS, 7n);

/** A transaction that uses every field: two bundles with public assets, calls, returns of every kind, packages. */
export function sampleCall(change: Partial<Transaction> = {}): Transaction {
  return {
    ...samplePayment(2),
    bundles: [
      sampleBundle("bundle/0", { pubCoin: (1n << 128n) - 1n, pubAsset: TOKEN_ASSET, pubAmount: 1_000n }),
      sampleBundle("bundle/1", { pubCoin: 0n, pubAsset: TICKET_ASSET, pubAmount: 1n }),
    ],
    priceStep: 3,
    call: sampleCallPhase(),
    packages: [
      { outputIndex: 0, controller: undefined, onFailure: "hold" },
      { outputIndex: 4, controller: undefined, onFailure: "release" },
    ],
    ...change,
  };
}

export const CONTEXT = {
  genesisHash: bytesOf("genesis", 32) as never,
  rulesId: bytesOf("rules", 32),
};

/** The code of the SeroError that `run` throws, or undefined if it throws none. */
export function codeOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}
