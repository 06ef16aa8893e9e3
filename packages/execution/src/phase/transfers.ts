import { equalBytes, type EthAddress } from "@sero/protocol";
import type { Log } from "../block/index.js";
import { wordToBigInt } from "../state/index.js";
import { addressOfWord, TRANSFER_TOPIC } from "./abi.js";

/** A Transfer event: what a contract says that it did. */
export interface Transfer {
  readonly token: EthAddress;
  readonly from: EthAddress;
  readonly to: EthAddress;
  /** An ERC-721's id (three indexed arguments) or an ERC-20's amount. */
  readonly ticket: boolean;
  readonly value: bigint;
}

/** The Transfer events among `logs`, in order, of ERC-20 and ERC-721, which differ only in whether the last argument is indexed. */
export function transfersOf(logs: readonly Log[]): Transfer[] {
  const found: Transfer[] = [];
  for (const { address, topics, data } of logs) {
    const [topic, from, to, id] = topics;
    if (topic === undefined || from === undefined || to === undefined || !equalBytes(topic, TRANSFER_TOPIC)) continue;
    const last = id ?? (data.length >= 32 ? data.subarray(0, 32) : undefined);
    if (last === undefined) continue;
    found.push({
      token: address,
      from: addressOfWord(from),
      to: addressOfWord(to),
      ticket: id !== undefined,
      value: wordToBigInt(last),
    });
  }
  return found;
}

/** The ids of `token` that the logs say were moved to `owner`, each once, in the order of its first move. */
export function ticketsMovedTo(logs: readonly Log[], token: EthAddress, owner: EthAddress): bigint[] {
  // By address first: many entries may each ask about thousands of logs.
  const ids = transfersOf(logs.filter(({ address }) => equalBytes(address, token)))
    .filter((move) => move.ticket && equalBytes(move.to, owner))
    .map(({ value }) => value);
  return [...new Set(ids)];
}
