import {
  MAX_ANY_IDS,
  MAX_RETURNS,
  MAX_RETURN_INNERS,
  SeroError,
  compareBytes,
  concatBytes,
  bigIntToBytes,
  returnSlot,
  toHex,
  type EthAddress,
  type Nullifier,
  type ReturnEntry,
  type SlotKeys,
} from "@sero/protocol";
import type { SimulatedReturn } from "../rpc/index.js";
import type { Moves } from "./events.js";
import type { ExpectedReturn, PublicAsset } from "./types.js";

/** What `returns` is made from. */
export interface ReturnNeeds {
  readonly brought: readonly PublicAsset[];
  readonly moves: Moves;
  readonly expected: readonly ExpectedReturn[];
  readonly keep: "all" | readonly PublicAsset[];
  /** Calldata and values of the calls: a minted ticket whose number stands there is sure to get it. */
  readonly data: readonly Uint8Array[];
  /** Contracts (hex) that refused to give back what they say is there; but for what was brought. */
  readonly without: ReadonlySet<string>;
}

interface TicketEntries {
  readonly token: EthAddress;
  readonly ids: Map<bigint, boolean>;
  any: number;
}

/**
 * The entries that bring everything home: the coin; every asset brought; what the calls moved to the pseudonym, but for what is to stay
 * there. Tickets minted by the calls are taken by count, not number, unless their number was asked for: somebody else may mint first. In the
 * order that the chain demands. Throws call/too-many-returns.
 */
export function returnEntries(needs: ReturnNeeds): SimulatedReturn[] {
  const tokens = new Map<string, { token: EthAddress; leave: boolean }>();
  const tickets = new Map<string, TicketEntries>();
  const ticketsOf = (token: EthAddress): TicketEntries => {
    const entry = tickets.get(toHex(token)) ?? { token, ids: new Map(), any: 0 };
    tickets.set(toHex(token), entry);
    return entry;
  };
  const isKept = (kind: "token" | "ticket", token: EthAddress, id: bigint | undefined): boolean =>
    needs.keep === "all" ||
    needs.keep.some(
      (kept) =>
        kept.kind === kind &&
        compareBytes(kept.token, token) === 0 &&
        (kept.kind === "token" || id === undefined || kept.id === id),
    );
  // What was brought has to have an entry, even to stay: after a failure it comes back through it.
  for (const asset of needs.brought)
    if (asset.kind === "token")
      tokens.set(toHex(asset.token), { token: asset.token, leave: isKept("token", asset.token, undefined) });
    else ticketsOf(asset.token).ids.set(asset.id, isKept("ticket", asset.token, asset.id));
  for (const { token, delta } of needs.moves.tokens)
    if (delta > 0n && !tokens.has(toHex(token)) && !isKept("token", token, undefined))
      tokens.set(toHex(token), { token, leave: false });
  for (const { token, came } of needs.moves.tickets)
    for (const { id, minted } of came) {
      const entry = ticketsOf(token);
      if (entry.ids.has(id) || isKept("ticket", token, id)) continue;
      if (minted && !isNamed(id, needs.data)) entry.any++;
      else entry.ids.set(id, false);
    }
  for (const { kind, token, id } of needs.expected)
    if (kind === "token") tokens.set(toHex(token), tokens.get(toHex(token)) ?? { token, leave: false });
    else if (typeof id === "bigint") ticketsOf(token).ids.set(id, false);
    else ticketsOf(token).any = Math.max(ticketsOf(token).any, id?.any ?? 1);
  for (const key of needs.without) {
    const brought = needs.brought.filter(({ token }) => toHex(token) === key);
    if (!brought.some(({ kind }) => kind === "token")) tokens.delete(key);
    const entry = tickets.get(key);
    if (entry === undefined) continue;
    const ids = new Set(brought.flatMap((asset) => (asset.kind === "ticket" ? [asset.id] : [])));
    for (const id of entry.ids.keys()) if (!ids.has(id)) entry.ids.delete(id);
    entry.any = 0;
  }
  // A contract that speaks as both has one kind in a transaction: that of what was brought, else a token.
  for (const key of [...tickets.keys()]) {
    if (!tokens.has(key)) continue;
    if (needs.brought.some((asset) => asset.kind === "ticket" && toHex(asset.token) === key)) tokens.delete(key);
    else tickets.delete(key);
  }
  return checkedLimits([
    { kind: "coin", token: undefined, id: 0n, leave: false },
    ...sortedByToken(tokens.values()).map(({ token, leave }): SimulatedReturn => ({
      kind: "token",
      token,
      id: 0n,
      leave,
    })),
    ...sortedByToken(tickets.values()).flatMap(ticketEntries),
  ]);
}

const sortedByToken = <T extends { readonly token: EthAddress }>(items: Iterable<T>): T[] =>
  [...items].sort((a, b) => compareBytes(a.token, b.token));

function ticketEntries({ token, ids, any }: TicketEntries): SimulatedReturn[] {
  const single = [...ids]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, leave]): SimulatedReturn => ({ kind: "ticket", token, id, leave }));
  if (any === 0) return single;
  if (any > MAX_ANY_IDS)
    throw new SeroError(
      "call/too-many-returns",
      `These calls bring ${any} tickets of one contract, and one transaction takes in ${MAX_ANY_IDS}. Split them.`,
      { tickets: any },
    );
  return [...single, { kind: "ticket", token, id: { any }, leave: false }];
}

/** Whether a ticket's number stands as a word somewhere in the calldata. */
function isNamed(id: bigint, data: readonly Uint8Array[]): boolean {
  const word = toHex(bigIntToBytes(id, 32)).slice(2);
  return data.some((bytes) => bytes.length >= 36 && toHex(concatBytes(bytes.subarray(4))).includes(word));
}

function checkedLimits(entries: SimulatedReturn[]): SimulatedReturn[] {
  const inners = entries.reduce((sum, entry) => sum + innersOf(entry), 0);
  if (entries.length > MAX_RETURNS || inners > MAX_RETURN_INNERS)
    throw new SeroError(
      "call/too-many-returns",
      `These calls bring more different assets than one transaction can take in (${MAX_RETURNS}). Split them.`,
      { entries: entries.length, inners },
    );
  return entries;
}

/** Notes that an entry may make. */
export const innersOf = ({ id }: Pick<SimulatedReturn, "id">): number => (typeof id === "bigint" ? 1 : id.any);

/** The entries with their inners: inner i, counted over all entries, is returnSlot(keys, nf[0], i), where the scanner looks for it. */
export function withInners(entries: readonly SimulatedReturn[], keys: SlotKeys, nf0: Nullifier): ReturnEntry[] {
  let next = 0;
  return entries.map((entry) => ({
    ...entry,
    inners: Array.from({ length: innersOf(entry) }, () => returnSlot(keys, nf0, next++).inner),
  }));
}

/** Whether two lists of entries are the same. */
export const sameReturns = (a: readonly SimulatedReturn[], b: readonly SimulatedReturn[]): boolean =>
  a.length === b.length && a.every((entry, i) => keyOfEntry(entry) === keyOfEntry(b[i] as SimulatedReturn));

const keyOfEntry = ({ kind, token, id, leave }: SimulatedReturn): string =>
  `${kind} ${token === undefined ? "" : toHex(token)} ${typeof id === "bigint" ? id : `any ${id.any}`} ${leave}`;
