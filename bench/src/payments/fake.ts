import { randomFillSync } from "node:crypto";
import {
  bytesToBigInt,
  CIPHERTEXT_BYTES,
  COIN,
  encodePoint,
  encodeTransaction,
  MEMO_CHUNK_BYTES,
  mulBase,
  PROOF_BYTES,
  type Anchor,
  type ChainSpec,
  type Commitment,
  type Nullifier,
} from "@sero/protocol";
import { paymentGas } from "./real.js";

/** Makes payments of strangers: well formed, to nobody, with proofs that prove nothing. */
export type FakePayments = (anchor: bigint, expiry: bigint) => Uint8Array;

/**
 * A source of payments for a chain with proofs off. Ciphertexts are random bytes behind a canonical key: to a wallet that is not their
 * receiver, real ones look and cost the same (a view tag fits one in 256 times).
 */
export function fakePayments(spec: ChainSpec): FakePayments {
  // Keys are drawn from a few: making a point is slow and nothing forbids using one twice.
  const keys = Array.from({ length: 64 }, (_, i) => encodePoint(mulBase(BigInt(i) + 2n)));
  const fee = paymentGas(spec) * (spec.priceLadder[0] ?? 0n);
  let made = 0;
  const bytes = (length: number): Uint8Array => randomFillSync(new Uint8Array(length));
  const element = (): bigint => bytesToBigInt(bytes(31)) + 1n;
  const ciphertext = (): Uint8Array => {
    const out = bytes(CIPHERTEXT_BYTES);
    // Little-endian and below 2^255 - 19.
    out[31] = 0x11;
    return out;
  };
  return (anchor, expiry) =>
    encodeTransaction({
      chainId: spec.chainId,
      expiry,
      priceStep: 0,
      anchor: anchor as Anchor,
      bundles: [
        {
          circuit: 0,
          nullifiers: [element() as Nullifier, element() as Nullifier],
          commitments: [element() as Commitment, element() as Commitment, element() as Commitment],
          pubCoin: fee,
          pubAsset: COIN,
          pubAmount: 0n,
          rk: keys[made++ % keys.length] as Uint8Array,
          signature: bytes(64),
          proof: bytes(PROOF_BYTES),
        },
      ],
      outputs: [ciphertext(), ciphertext(), ciphertext()],
      memos: [bytes(MEMO_CHUNK_BYTES)],
      call: undefined,
      packages: [],
    });
}
