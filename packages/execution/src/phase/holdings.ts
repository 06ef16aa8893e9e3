import { equalBytes, toHex, type EthAddress } from "@sero/protocol";
import type { Log } from "../block/index.js";
import { addressOfWord, firstWord, TOKEN_CALLS } from "./abi.js";
import type { Machine } from "./machine.js";
import { transfersOf } from "./transfers.js";

/** A token or ticket contract's asset, by what it is rather than by its number. */
export interface AssetName {
  readonly kind: "token" | "ticket";
  readonly token: EthAddress;
  /** 0 of a token. */
  readonly id: bigint;
}

/** What the pseudonym holds of an asset; 1 of a ticket. */
export interface Holding extends AssetName {
  readonly balance: bigint;
}

/** What the pseudonym gained (or lost, below 0) of an asset. */
export interface Movement extends AssetName {
  readonly delta: bigint;
}

const keyOf = ({ kind, token, id }: AssetName): string => `${kind}:${toHex(token)}:${id}`;

/** The net movements of the pseudonym's assets that Transfer events in `logs` tell of; those of 0 are left out. */
export function movements(logs: readonly Log[], pseudonym: EthAddress): Movement[] {
  const net = new Map<string, Movement>();
  for (const { token, from, to, ticket, value } of transfersOf(logs)) {
    const name: AssetName = { kind: ticket ? "ticket" : "token", token, id: ticket ? value : 0n };
    const amount = ticket ? 1n : value;
    const delta = (equalBytes(to, pseudonym) ? amount : 0n) - (equalBytes(from, pseudonym) ? amount : 0n);
    const key = keyOf(name);
    if (delta !== 0n) net.set(key, { ...name, delta: (net.get(key)?.delta ?? 0n) + delta });
  }
  return [...net.values()].filter(({ delta }) => delta !== 0n);
}

/**
 * Everything that the logs give reason to ask about: assets that moved to or from the pseudonym, and contracts that named it in an event of
 * another kind (wrapped coins say Deposit where others say Transfer).
 */
function candidates(logs: readonly Log[], pseudonym: EthAddress, brought: readonly AssetName[]): AssetName[] {
  const found = new Map<string, AssetName>();
  const add = (name: AssetName): void => void found.set(keyOf(name), name);
  brought.forEach(add);
  for (const { token, from, to, ticket, value } of transfersOf(logs)) {
    if (equalBytes(to, pseudonym) || equalBytes(from, pseudonym))
      add({ kind: ticket ? "ticket" : "token", token, id: ticket ? value : 0n });
  }
  const tickets = new Set([...found.values()].filter(({ kind }) => kind === "ticket").map(({ token }) => toHex(token)));
  for (const { address, topics } of logs) {
    const named = topics.slice(1).some((topic) => topic.length === 32 && equalBytes(addressOfWord(topic), pseudonym));
    if (named && !tickets.has(toHex(address))) add({ kind: "token", token: address, id: 0n });
  }
  return [...found.values()];
}

/** What the pseudonym holds at this moment of the phase, of all that the logs so far give reason to ask about. */
export async function holdings(
  machine: Machine,
  logs: readonly Log[],
  pseudonym: EthAddress,
  brought: readonly AssetName[],
): Promise<Holding[]> {
  const held: Holding[] = [];
  for (const name of candidates(logs, pseudonym, brought)) {
    const { kind, token, id } = name;
    const data = kind === "token" ? TOKEN_CALLS.balanceOf(pseudonym) : TOKEN_CALLS.ownerOf(id);
    const answer = await machine.ask(token, data);
    if (answer === undefined || answer.length < 32) continue;
    const owned = kind === "token" ? firstWord(answer) : BigInt(equalBytes(addressOfWord(answer), pseudonym));
    if (owned > 0n) held.push({ ...name, balance: owned });
  }
  return held;
}
