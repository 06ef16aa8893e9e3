import { equalBytes, MAX_RETURN_INNERS, toHex, type EthAddress } from "@sero/protocol";
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

/**
 * Most assets that are asked about: as many as the returns of a transaction can take notes for. One contract can name thousands with a block's
 * gas, so they are taken from each contract in turn: none crowds out another.
 */
const MOST_ASKED = MAX_RETURN_INNERS;

/** Most gas of one answer. It is also what the EVM runs without giving others a turn. */
const ASK_GAS = 500_000n;

/** What was brought first, then the first asset of each contract, the second of each, and so on. */
function inTurn(found: readonly AssetName[], brought: number): AssetName[] {
  const seen = new Map<string, number>();
  const turns = found.slice(brought).map((name) => {
    const contract = toHex(name.token);
    const turn = seen.get(contract) ?? 0;
    seen.set(contract, turn + 1);
    return { name, turn };
  });
  return [...found.slice(0, brought), ...turns.sort((a, b) => a.turn - b.turn).map(({ name }) => name)];
}

/** What was found by asking. */
export interface Holdings {
  readonly held: readonly Holding[];
  /** How many more assets the logs gave reason to ask about. */
  readonly unasked: number;
}

/** How a look at the pseudonym's assets is bounded. */
export interface LookBounds {
  /** Most gas of all answers together. */
  readonly gas: bigint;
  /** Awaited before each question, so that whatever else runs in this thread gets its turn. */
  readonly pause?: (() => Promise<void>) | undefined;
}

/**
 * What the pseudonym holds at this moment of the phase, of what the logs so far give reason to ask about. Answers cost their asker nothing, so
 * all of them share one budget: each may use an equal part of what is left of it, and a contract that burns its part takes nothing from others.
 */
export async function holdings(
  machine: Pick<Machine, "ask">,
  logs: readonly Log[],
  pseudonym: EthAddress,
  brought: readonly AssetName[],
  bounds: LookBounds,
): Promise<Holdings> {
  const held: Holding[] = [];
  const found = inTurn(candidates(logs, pseudonym, brought), new Set(brought.map(keyOf)).size);
  const asked = found.slice(0, MOST_ASKED);
  let { gas } = bounds;
  for (const [index, name] of asked.entries()) {
    await bounds.pause?.();
    const { kind, token, id } = name;
    const data = kind === "token" ? TOKEN_CALLS.balanceOf(pseudonym) : TOKEN_CALLS.ownerOf(id);
    const { output, gasUsed } = await machine.ask(token, data, least(gas / BigInt(asked.length - index), ASK_GAS));
    gas -= gasUsed;
    if (output === undefined || output.length < 32) continue;
    const owned = kind === "token" ? firstWord(output) : BigInt(equalBytes(addressOfWord(output), pseudonym));
    if (owned > 0n) held.push({ ...name, balance: owned });
  }
  return { held, unasked: found.length - asked.length };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
