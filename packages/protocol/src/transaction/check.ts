import { bytesToBigInt } from "../bytes/index.js";
import { isField } from "../field/index.js";
import { CIPHERTEXT_BYTES } from "../note/index.js";
import { MEMO_CHUNK_BYTES } from "../memo/index.js";
import { SeroError } from "../errors.js";
import {
  AMOUNT_LIMIT,
  MAX_BUNDLES,
  MAX_CALLS,
  MAX_MEMO_CHUNKS,
  OUTPUTS_PER_BUNDLE,
  PROOF_BYTES,
  PSEUDONYM_SIGNATURE_BYTES,
  RK_BYTES,
  BUNDLE_SIGNATURE_BYTES,
  UINT64_LIMIT,
} from "./limits.js";
import { checkReturns } from "./returns.js";
import type { Bundle, CallPhase, PackageEntry, Transaction } from "./types.js";

/** Order of secp256k1's group. */
const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

const isUint64 = (x: bigint): boolean => x >= 0n && x < UINT64_LIMIT;
const isByte = (x: number): boolean => Number.isInteger(x) && x >= 0 && x <= 255;
const isAmount = (x: bigint): boolean => x >= 0n && x < AMOUNT_LIMIT;

function checkBundle(bundle: Bundle, index: number): void {
  const { circuit, nullifiers, commitments, pubCoin, pubAsset, pubAmount, rk, signature, proof } = bundle;
  const refuse = (code: string, message: string): SeroError => new SeroError(code, message, { bundle: index });
  if (!isByte(circuit)) throw refuse("tx/encoding", "A circuit number is a byte.");
  if (nullifiers.length !== 2 || commitments.length !== 3)
    throw refuse("tx/encoding", "A bundle has two nullifiers and three commitments.");
  if (![...nullifiers, ...commitments, pubAsset].every(isField))
    throw refuse("tx/field", "A nullifier, commitment or asset is not below the field's order.");
  // 0 is the empty leaf of the note tree and must not become a note.
  if (commitments.some((cm) => cm === 0n)) throw refuse("tx/zero-commitment", "A commitment is 0, the empty leaf.");
  if (!isAmount(pubCoin) || !isAmount(pubAmount)) throw refuse("tx/amount", "A public amount is not below 2^128.");
  if ((pubAmount === 0n) !== (pubAsset === 0n))
    throw refuse("tx/public-asset", "A public asset and its amount must both be 0 or neither.");
  if (rk.length !== RK_BYTES || signature.length !== BUNDLE_SIGNATURE_BYTES || proof.length !== PROOF_BYTES)
    throw refuse("tx/encoding", "A bundle has 32 bytes of rk, 64 of signature and 256 of proof.");
}

function checkBundles(bundles: readonly Bundle[]): void {
  if (bundles.length < 1 || bundles.length > MAX_BUNDLES)
    throw new SeroError("tx/bundles", `A transaction has 1 to ${MAX_BUNDLES} bundles, not ${bundles.length}.`, {
      count: bundles.length,
    });
  bundles.forEach(checkBundle);
  const nullifiers = bundles.flatMap((bundle) => bundle.nullifiers);
  if (new Set(nullifiers).size !== nullifiers.length)
    throw new SeroError("tx/duplicate-nullifier", "One nullifier is twice in this transaction; a note is spent once.");
}

function checkData(tx: Transaction): void {
  const expected = OUTPUTS_PER_BUNDLE * tx.bundles.length;
  if (tx.outputs.length !== expected)
    throw new SeroError("tx/outputs", `There must be ${expected} outputs, 3 a bundle, not ${tx.outputs.length}.`, {
      count: tx.outputs.length,
    });
  if (tx.outputs.some((output) => output.length !== CIPHERTEXT_BYTES))
    throw new SeroError("tx/outputs", `Every output must be ${CIPHERTEXT_BYTES} bytes long.`);
  if (tx.memos.length < 1 || tx.memos.length > MAX_MEMO_CHUNKS)
    throw new SeroError("tx/memos", `There must be 1 to ${MAX_MEMO_CHUNKS} memo chunks, not ${tx.memos.length}.`, {
      count: tx.memos.length,
    });
  if (tx.memos.some((chunk) => chunk.length !== MEMO_CHUNK_BYTES))
    throw new SeroError("tx/memos", `Every memo chunk must be ${MEMO_CHUNK_BYTES} bytes long.`);
}

function checkPseudonymSignature(signature: Uint8Array): void {
  const refuse = (message: string): SeroError => new SeroError("tx/pseudonym-signature", message);
  if (signature.length !== PSEUDONYM_SIGNATURE_BYTES) throw refuse("A pseudonym's signature is 65 bytes long.");
  const r = bytesToBigInt(signature.subarray(0, 32));
  const s = bytesToBigInt(signature.subarray(32, 64));
  if (r === 0n || r >= SECP256K1_ORDER || s === 0n || s > SECP256K1_ORDER >> 1n)
    throw refuse("A pseudonym's signature must have 0 < r < n and 0 < s <= n/2.");
  if (signature[64]! > 1) throw refuse("A pseudonym's signature ends with a parity of 0 or 1.");
}

function checkCallPhase(call: CallPhase, bundles: readonly Bundle[]): void {
  const refuse = (message: string): SeroError => new SeroError("tx/call", message);
  if (call.pseudonym.length !== 20) throw refuse("A pseudonym is 20 bytes long.");
  // EIP-2681: the last nonce is never used.
  if (!isUint64(call.nonce) || call.nonce === UINT64_LIMIT - 1n) throw refuse("A nonce is below 2^64 - 1.");
  if (!isUint64(call.gasLimit)) throw refuse("A gas limit is below 2^64.");
  if (call.calls.length > MAX_CALLS) throw refuse(`A call phase has at most ${MAX_CALLS} calls.`);
  for (const { to, value } of call.calls) {
    if (to !== undefined && to.length !== 20) throw refuse("A call goes to an address of 20 bytes, or creates.");
    if (!isAmount(value)) throw refuse("A call's value is below 2^128.");
  }
  checkPseudonymSignature(call.signature);
  checkReturns(call.returns, bundles);
}

function checkPackages(packages: readonly PackageEntry[], tx: Transaction): void {
  const refuse = (index: number, message: string): SeroError => new SeroError("tx/packages", message, { entry: index });
  packages.forEach((entry, index) => {
    const { outputIndex, controller, onFailure } = entry;
    if (!Number.isInteger(outputIndex) || outputIndex < 0 || outputIndex >= tx.outputs.length)
      throw refuse(index, "A package must name an output of this transaction.");
    if (index > 0 && outputIndex <= packages[index - 1]!.outputIndex)
      throw refuse(index, "Packages must be in strictly increasing order of their outputs.");
    if ((controller === undefined) !== (tx.call !== undefined))
      throw refuse(index, "A package names its controller exactly when there is no call phase.");
    if (controller !== undefined && controller.length !== 20) throw refuse(index, "A controller is 20 bytes long.");
    if (tx.call === undefined && onFailure !== "hold")
      throw refuse(index, "Without a call phase nothing can fail, so a package can't be released on failure.");
  });
}

/**
 * Checks every rule of a transaction that needs neither state nor curve arithmetic (docs/protocol/transaction.md): sizes, ranges,
 * counts, orders, distinct nullifiers, call phase and packages. Throws `tx/*`. Points, signatures and proofs are checked later.
 */
export function checkTransaction(tx: Transaction): void {
  if (!isUint64(tx.chainId) || tx.chainId === 0n) throw new SeroError("tx/encoding", "A chain id is 1 to 2^64 - 1.");
  if (!isUint64(tx.expiry)) throw new SeroError("tx/encoding", "An expiry is a block number below 2^64.");
  if (!isByte(tx.priceStep)) throw new SeroError("tx/encoding", "A price step is a byte.");
  if (!isField(tx.anchor)) throw new SeroError("tx/field", "The anchor is not below the field's order.");
  checkBundles(tx.bundles);
  checkData(tx);
  if (tx.call !== undefined) checkCallPhase(tx.call, tx.bundles);
  else if (tx.bundles.some(({ pubAmount }) => pubAmount !== 0n))
    throw new SeroError("tx/public-asset", "Only the coin may leave the pool in a transaction without a call phase.");
  checkPackages(tx.packages, tx);
}
