import { encodeWithdrawal } from "@sero/execution";
import { bigIntToBytes, keccak256 } from "@sero/protocol";
import type { PayloadAttributes, PayloadId } from "./types.js";

/** Names a payload by what goes into it, so that the same request names the same payload: the first 8 bytes of a hash over parent and attributes. */
export function payloadIdOf(parentHash: Uint8Array, attributes: PayloadAttributes): PayloadId {
  const { timestamp, prevRandao, feeRecipient, withdrawals, parentBeaconRoot } = attributes;
  return keccak256(
    parentHash,
    bigIntToBytes(timestamp, 8),
    prevRandao,
    feeRecipient,
    // Between parts of a length that never changes: the list of withdrawals, which has none, comes last.
    parentBeaconRoot ?? new Uint8Array(0),
    ...withdrawals.map(encodeWithdrawal),
  ).slice(0, 8);
}
