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
  PROOF_BYTES,
  utf8,
  type Anchor,
  type BindContext,
  type Bundle,
  type ChainSpec,
  type Commitment,
  type Nullifier,
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
}

export interface FakePayment {
  readonly tx: Transaction;
  readonly bytes: Uint8Array;
  readonly txid: TxId;
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
  const rk = encodePoint(mulBase(BigInt(seed) * 7n + 11n));
  const bundle = (i: number, pubCoin: bigint): Bundle => ({
    circuit: 0,
    nullifiers: [
      (i === 0 && input.nullifier !== undefined ? input.nullifier : word("nf0", i)) as Nullifier,
      word("nf1", i) as Nullifier,
    ],
    commitments: [word("cm0", i) as Commitment, word("cm1", i) as Commitment, word("cm2", i) as Commitment],
    pubCoin,
    pubAsset: COIN,
    pubAmount: 0n,
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
    call: undefined,
    packages: [],
  });
  const tx = make(feeOf(make(0n), spec));
  return { tx, bytes: encodeTransaction(tx), txid: bindOf(tx, input.context).txid };
}
