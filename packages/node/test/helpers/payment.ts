import { secp256k1 } from "@noble/curves/secp256k1.js";
import {
  bigIntToBytes,
  bytesToBigInt,
  CIPHERTEXT_BYTES,
  COIN,
  encodePoint,
  encodeTransaction,
  bindOf,
  FIELD_ORDER,
  feeOf,
  keccak256,
  MEMO_CHUNK_BYTES,
  mulBase,
  priceOf,
  PROOF_BYTES,
  pseudonymDigest,
  pseudonymOf,
  utf8,
  type Anchor,
  type AssetId,
  type BindContext,
  type Bundle,
  type Call,
  type CallPhase,
  type ChainSpec,
  type Commitment,
  type EthAddress,
  type Inner,
  type Nullifier,
  type PackageEntry,
  type ReturnEntry,
  type Transaction,
  type TxId,
} from "@sero/protocol";

/** What a payment without real notes is made from: with proofs off, any nullifier will do. */
export interface FakePaymentInput {
  readonly spec: ChainSpec;
  readonly context: BindContext;
  readonly anchor: bigint;
  readonly expiry: bigint;
  /** Decides nullifiers, commitments and ciphertexts. */
  readonly seed: number;
  readonly priceStep?: number;
  readonly bundles?: number;
  /** Overrides the first nullifier. */
  readonly nullifier?: bigint;
  /** First byte of every proof: another value is a re-randomised copy. */
  readonly proofByte?: number;
  readonly call?: FakeCall;
  /** Assets that leave the Pool, one a bundle. */
  readonly assets?: readonly { readonly asset: AssetId; readonly amount: bigint }[];
  readonly packages?: readonly PackageEntry[];
}

/** A call phase, signed by a pseudonym whose secret key is made of a number. */
export interface FakeCall {
  readonly pseudonym: number;
  readonly nonce?: bigint;
  readonly gasLimit?: bigint;
  readonly calls?: readonly Call[];
  /** The coin alone if left out. */
  readonly returns?: readonly ReturnEntry[];
  /** C as a whole, if it is to be another than what is needed. */
  readonly coin?: bigint;
}

/** Secret key of test pseudonym `i`. */
export const pseudonymKey = (i: number): Uint8Array => bigIntToBytes(0x5e0000n + BigInt(i), 32);

/** Address of test pseudonym `i`. */
export const pseudonymAddress = (i: number): EthAddress => pseudonymOf(pseudonymKey(i)).address;

/** An entry of returns that brings the coin back. */
export const coinBack = (inner = 77n): ReturnEntry => ({
  kind: "coin",
  token: undefined,
  id: 0n,
  leave: false,
  inners: [inner as Inner],
});

export interface FakePayment {
  readonly tx: Transaction;
  readonly bytes: Uint8Array;
  readonly txid: TxId;
}

/** So many different keys are enough: multiplying points takes longer than all else. */
const RKS = 16;
const rks = new Map<number, Uint8Array>();

function rkOf(i: number): Uint8Array {
  const rk = rks.get(i) ?? encodePoint(mulBase(BigInt(i) * 7n + 11n));
  rks.set(i, rk);
  return rk;
}

/** A well-formed payment whose proofs prove nothing. */
export function fakePayment(input: FakePaymentInput): FakePayment {
  const { spec, seed, priceStep = 0, bundles: count = 1, proofByte = 1 } = input;
  const word = (what: string, i: number): bigint =>
    (bytesToBigInt(keccak256(utf8(`${seed}/${what}/${i}`))) % (FIELD_ORDER - 1n)) + 1n;
  const bytes = (what: string, i: number, length: number): Uint8Array => {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 32) {
      out.set(bigIntToBytes(word(`${what}/${at}`, i), 32).subarray(0, Math.min(32, length - at)), at);
    }
    return out;
  };
  const rk = rkOf(seed % RKS);
  const bundle = (i: number, pubCoin: bigint): Bundle => ({
    circuit: 0,
    nullifiers: [
      (i === 0 && input.nullifier !== undefined ? input.nullifier : word("nf0", i)) as Nullifier,
      word("nf1", i) as Nullifier,
    ],
    commitments: [word("cm0", i) as Commitment, word("cm1", i) as Commitment, word("cm2", i) as Commitment],
    pubCoin,
    pubAsset: input.assets?.[i]?.asset ?? COIN,
    pubAmount: input.assets?.[i]?.amount ?? 0n,
    rk,
    signature: bytes("sig", i, 64),
    proof: Uint8Array.from({ length: PROOF_BYTES }, () => proofByte),
  });
  const outputs = Array.from({ length: 3 * count }, (_, i) => {
    const ciphertext = bytes("ct", i, CIPHERTEXT_BYTES);
    // An ephemeral key below 2^255 - 19 that is not of low order.
    ciphertext[31] = 0x11;
    return ciphertext;
  });
  const make = (fee: bigint): Transaction => ({
    chainId: spec.chainId,
    expiry: input.expiry,
    priceStep,
    anchor: input.anchor as Anchor,
    bundles: Array.from({ length: count }, (_, i) => bundle(i, i === 0 ? fee : 0n)),
    outputs,
    memos: [bytes("memo", 0, MEMO_CHUNK_BYTES)],
    call: input.call && phaseOf(input.call),
    packages: input.packages ?? [],
  });
  const tx = signed(make(coinOf(make(0n), input)), input);
  return { tx, bytes: encodeTransaction(tx), txid: bindOf(tx, input.context).txid };
}

function phaseOf({ pseudonym, nonce = 0n, gasLimit = 200_000n, calls = [], returns }: FakeCall): CallPhase {
  // Any r and s in range will do until there is something to sign.
  const signature = new Uint8Array(65).fill(1);
  return {
    pseudonym: pseudonymAddress(pseudonym),
    nonce,
    gasLimit,
    calls,
    returns: returns ?? [coinBack()],
    signature,
  };
}

function coinOf(tx: Transaction, { spec, call }: FakePaymentInput): bigint {
  if (call?.coin !== undefined) return call.coin;
  const values = tx.call?.calls.reduce((sum, { value }) => sum + value, 0n) ?? 0n;
  return feeOf(tx, spec) + (tx.call?.gasLimit ?? 0n) * priceOf(tx, spec) + values;
}

function signed(tx: Transaction, { call, context }: FakePaymentInput): Transaction {
  if (!tx.call || !call) return tx;
  const digest = pseudonymDigest(bindOf(tx, context).bind);
  const recovered = secp256k1.sign(digest, pseudonymKey(call.pseudonym), { prehash: false, format: "recovered" });
  const signature = Uint8Array.from([...recovered.subarray(1), recovered[0]!]);
  return { ...tx, call: { ...tx.call, signature } };
}
