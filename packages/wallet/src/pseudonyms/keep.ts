import {
  SeroError,
  equalBytes,
  fromHex,
  keptPseudonym,
  oneTimePseudonym,
  randomBytes,
  toHex,
  type EthAddress,
  type Nullifier,
  type Pseudonym,
} from "@sero/protocol";
import type { WalletContext } from "../wallet/context.js";
import type { PseudonymInfo } from "./types.js";

/*
 * Kept pseudonyms are numbered in lanes of 8 random bytes. A lane is drawn each time a wallet is opened and first needs one, never stored as
 * "the" lane: so two copies of one directory, too, never come to the same key. A transaction under a kept pseudonym carries its lane and number
 * as a memo to ourselves (in the memo chunk that is there anyway), which is how a wallet restored from its phrase finds the key again.
 */

/** What is stored of a kept pseudonym. The key is derived, never stored. */
export interface KeptRecord {
  readonly address: EthAddress;
  readonly account: number;
  /** 8 bytes. */
  readonly lane: Uint8Array;
  readonly counter: number;
  readonly label: string | undefined;
  readonly site: string | undefined;
  readonly createdAt: number | undefined;
}

const PREFIX = "pseudonym/";
const keyOf = (address: EthAddress): string => PREFIX + toHex(address);

interface Session {
  lane: Uint8Array | undefined;
  next: number;
  /** One-time addresses by their transaction's nf[0]: derived once. */
  readonly oneTime: Map<Nullifier, EthAddress>;
  readonly found: Map<string, KeptRecord>;
}

const sessions = new WeakMap<WalletContext, Session>();

function sessionOf(context: WalletContext): Session {
  const session = sessions.get(context) ?? { lane: undefined, next: 0, oneTime: new Map(), found: new Map() };
  sessions.set(context, session);
  return session;
}

/** A new kept pseudonym, durable before anybody sees it. Throws wallet/watch-only, wallet/no-account, store/*. */
export async function newKeptPseudonym(
  context: WalletContext,
  options: { readonly account?: number; readonly label?: string; readonly site?: string } = {},
): Promise<PseudonymInfo> {
  const account = options.account ?? 0;
  if (!context.state.ledger.accounts.some((candidate) => candidate.account === account))
    throw new SeroError("wallet/no-account", "This wallet has no such account. Add it first.", { account });
  const keys = context.keys.spending(account);
  const session = sessionOf(context);
  session.lane ??= randomBytes(8);
  const { lane } = session;
  const counter = session.next++;
  const { address } = keptPseudonym(keys.pseudonymSeed, lane, counter);
  const record: KeptRecord = {
    address,
    account,
    lane,
    counter,
    label: options.label,
    site: options.site,
    createdAt: Math.floor(context.platform.now() / 1000),
  };
  context.database.put(keyOf(address), record);
  await context.database.commit();
  return infoOf(context, record);
}

const infoOf = (context: WalletContext, record: KeptRecord): PseudonymInfo => ({
  address: record.address,
  kind: "kept",
  account: record.account,
  label: record.label,
  site: record.site,
  createdAt: record.createdAt,
  uses: usesOf(context, record.address),
});

/** Mined transactions of ours under this pseudonym. */
export function usesOf(context: WalletContext, address: EthAddress): number {
  let uses = 0;
  for (const { pseudonym } of context.state.ledger.sent.values())
    if (pseudonym !== undefined && equalBytes(pseudonym, address)) uses++;
  return uses;
}

const MEMO = /^sero:kept-pseudonym:([0-9a-f]{16}):([0-9]{1,6})$/;

/** The memo to ourselves that lets a restored wallet find the keys of kept pseudonyms: one word for each lane, with its highest number. */
export function recoveryMemo(records: readonly Pick<KeptRecord, "lane" | "counter">[]): string | undefined {
  const last = new Map<string, number>();
  for (const { lane, counter } of records) {
    const hex = toHex(lane).slice(2);
    last.set(hex, Math.max(counter, last.get(hex) ?? 0));
  }
  return last.size === 0
    ? undefined
    : [...last].map(([hex, counter]) => `sero:kept-pseudonym:${hex}:${counter}`).join(" ");
}

/** Kept pseudonyms: those stored here, and those that mined transactions of ours tell of (all of a lane up to the highest number seen). */
export function keptRecords(context: WalletContext): KeptRecord[] {
  const stored = context.database.keys(PREFIX).map((key) => context.database.get<KeptRecord>(key) as KeptRecord);
  const known = new Set(stored.map(({ address }) => toHex(address)));
  const recovered = context.keys.kind === "spending" ? recoveredRecords(context) : [];
  return [...stored, ...recovered.filter(({ address }) => !known.has(toHex(address)))];
}

function recoveredRecords(context: WalletContext): KeptRecord[] {
  const { found } = sessionOf(context);
  const lanes = new Map<string, { account: number; lane: Uint8Array; last: number }>();
  // Change, which of a transaction that its pseudonym paid for is worth nothing and no note.
  const own = [...context.state.ledger.sent.values()].flatMap(({ account, outputs }) =>
    outputs.filter((output) => output.own).map(({ memo }) => ({ account, memo })),
  );
  for (const { account, memo } of own) {
    for (const word of memo?.split(" ") ?? []) {
      const match = MEMO.exec(word);
      if (match === null) continue;
      const [, hex = "", number = ""] = match;
      const key = `${account}/${hex}`;
      const last = Math.max(Number(number), lanes.get(key)?.last ?? 0);
      lanes.set(key, { account, lane: fromHex(`0x${hex}`), last });
    }
  }
  const records: KeptRecord[] = [];
  for (const [key, { account, lane, last }] of lanes)
    for (let counter = 0; counter <= last; counter++) {
      const id = `${key}/${counter}`;
      const record = found.get(id) ?? {
        address: keptPseudonym(context.keys.spending(account).pseudonymSeed, lane, counter).address,
        account,
        lane,
        counter,
        label: undefined,
        site: undefined,
        createdAt: undefined,
      };
      found.set(id, record);
      records.push(record);
    }
  return records;
}

/** Pseudonyms of one transaction: of everything mined that spent notes of ours, and of what is in the outbox. */
function oneTimeUses(context: WalletContext): { readonly account: number; readonly nf0: Nullifier }[] {
  const pending = context.outbox.flatMap(({ account, draft }) => {
    const nf0 = draft.tx.call === undefined ? undefined : draft.tx.bundles[0]?.nullifiers[0];
    return nf0 === undefined ? [] : [{ account, nf0 }];
  });
  return [...context.state.ledger.calls, ...pending];
}

function oneTimeAddress(context: WalletContext, account: number, nf0: Nullifier): EthAddress {
  const { oneTime } = sessionOf(context);
  const known = oneTime.get(nf0);
  if (known !== undefined) return known;
  const { address } = oneTimePseudonym(context.keys.spending(account).pseudonymSeed, nf0);
  oneTime.set(nf0, address);
  return address;
}

/** Pseudonyms of ours: kept ones, and, if asked for, the one-time ones of transactions of ours. A view key knows none of their keys. */
export function listPseudonyms(context: WalletContext, withOneTime = false): PseudonymInfo[] {
  const kept = keptRecords(context).map((record) => infoOf(context, record));
  if (!withOneTime || context.keys.kind !== "spending") return kept;
  const seen = new Set(kept.map(({ address }) => toHex(address)));
  const oneTime: PseudonymInfo[] = [];
  for (const { account, nf0 } of oneTimeUses(context)) {
    const address = oneTimeAddress(context, account, nf0);
    const uses = usesOf(context, address);
    // A call under a kept pseudonym has a one-time key as well, which it never showed.
    const isShown =
      uses > 0 ||
      context.outbox.some(({ draft }) => equalBytes(draft.tx.call?.pseudonym ?? new Uint8Array(0), address));
    if (!isShown || seen.has(toHex(address))) continue;
    seen.add(toHex(address));
    oneTime.push({ address, kind: "one-time", account, label: undefined, site: undefined, createdAt: undefined, uses });
  }
  return [...kept, ...oneTime];
}

/** A pseudonym of ours with its key and account. Throws pseudonym/unknown, wallet/watch-only. */
export function pseudonymKeys(
  context: WalletContext,
  address: EthAddress,
): { readonly pseudonym: Pseudonym; readonly account: number; readonly record: KeptRecord | undefined } {
  const record = keptRecords(context).find((candidate) => equalBytes(candidate.address, address));
  if (record !== undefined) {
    const { pseudonymSeed } = context.keys.spending(record.account);
    const pseudonym = keptPseudonym(pseudonymSeed, record.lane, record.counter);
    if (equalBytes(pseudonym.address, address)) return { pseudonym, account: record.account, record };
  }
  for (const { account, nf0 } of context.keys.kind === "spending" ? oneTimeUses(context) : [])
    if (equalBytes(oneTimeAddress(context, account, nf0), address))
      return {
        pseudonym: oneTimePseudonym(context.keys.spending(account).pseudonymSeed, nf0),
        account,
        record: undefined,
      };
  throw new SeroError(
    "pseudonym/unknown",
    "This wallet has no key for that pseudonym. List the pseudonyms that it has, or make a new one.",
    { address: toHex(address) },
  );
}
