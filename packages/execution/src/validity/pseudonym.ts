import type { CustomPrecompile } from "@ethereumjs/evm";
import {
  equalBytes,
  POOL_ADDRESS,
  pseudonymDigest,
  SeroError,
  SYSTEM_ADDRESS,
  toHex,
  type CallPhase,
  type EthAddress,
} from "@sero/protocol";
import { recoverPseudonym } from "@sero/protocol/wasm";

/** Addresses below this many are the EVM's own precompiles or kept for them. */
const RESERVED = 256;

/**
 * A pseudonym is none of the chain's own accounts. No key is known for any of them; a rule costs nothing, and rests on no assumption (attack
 * F44).
 *
 * @throws SeroError `tx/pseudonym`
 */
export function checkPseudonymName(pseudonym: EthAddress, precompiles: readonly CustomPrecompile[]): void {
  const name = toHex(pseudonym);
  const own =
    equalBytes(pseudonym, SYSTEM_ADDRESS) ||
    equalBytes(pseudonym, POOL_ADDRESS) ||
    BigInt(name) < RESERVED ||
    precompiles.some(({ address }) => String(address).toLowerCase() === name);
  if (own)
    throw new SeroError("tx/pseudonym", "A pseudonym can't be one of the chain's own accounts.", { pseudonym: name });
}

/**
 * The signature is the pseudonym's, over this transaction's `bind`: nobody else's, and of no other transaction, chain or genesis (attacks F44,
 * E34). Its form, low s included, was checked when it was decoded.
 *
 * @throws SeroError `tx/pseudonym-signature`
 */
export function checkPseudonymSignature({ pseudonym, signature }: CallPhase, bind: bigint): void {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32, 64)];
  const signer = recoverPseudonym(pseudonymDigest(bind), r, s, signature[64]!);
  if (signer === undefined || !equalBytes(signer, pseudonym))
    throw new SeroError("tx/pseudonym-signature", "The pseudonym did not sign this transaction.", {
      pseudonym: toHex(pseudonym),
    });
}
