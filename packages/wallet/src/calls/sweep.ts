import { COIN, SeroError, concatBytes, toHex, type EthAddress } from "@sero/protocol";
import { listPseudonyms } from "../pseudonyms/keep.js";
import type { EventLog } from "../rpc/index.js";
import { scannedBlock } from "../scan/index.js";
import type { WalletContext } from "../wallet/context.js";
import { assetIdOfPublic } from "./assets.js";
import { DEPOSIT, TRANSFER, movesOf } from "./events.js";
import { amountOn } from "./held.js";
import { prepareCall, type PreparedCall } from "./prepare.js";
import type { ExpectedReturn, Leftover, PublicAmount, PublicAsset } from "./types.js";

/** Blocks of one request for events. */
const RANGE = 10_000n;
/** Most assets of one pseudonym that are asked about: anybody can send it thousands. */
const MAX_ASKED = 200;
/** Entries of one sweep: each may run a foreign contract, and each that refuses takes a round of `prepareCall`. */
const MAX_SWEPT = 12;

/**
 * What lies on pseudonyms of ours, as their node says: coin, and every token and ticket that an event ever moved to them. Asks about each
 * pseudonym by its address, which ties them together for whoever answers: for one's own node only. Throws rpc/*.
 */
export async function leftovers(context: WalletContext): Promise<Leftover[]> {
  const found: Leftover[] = [];
  for (const { address, label } of listPseudonyms(context, true)) {
    const assets = await assetsOn(context, address);
    if (assets.length > 0) found.push({ pseudonym: address, label, assets });
  }
  return found;
}

/** What lies on one pseudonym. */
export async function assetsOn(context: WalletContext, pseudonym: EthAddress): Promise<PublicAmount[]> {
  const coin = await context.client.coinOf(pseudonym);
  const logs = await eventsTo(context, pseudonym);
  const moves = movesOf(logs, pseudonym);
  const candidates = knownFirst(context, [
    ...moves.tokens.map(({ token }): PublicAsset => ({ kind: "token", token })),
    ...moves.tickets.flatMap(({ token, came }) => came.map(({ id }): PublicAsset => ({ kind: "ticket", token, id }))),
  ]).slice(0, MAX_ASKED);
  const held: PublicAmount[] =
    coin === 0n ? [] : [{ asset: COIN, kind: "coin", token: undefined, id: undefined, amount: coin }];
  for (const asset of candidates) {
    const amount = await amountOn(context, pseudonym, asset);
    if (amount > 0n)
      held.push({
        asset: assetIdOfPublic(asset),
        kind: asset.kind,
        token: asset.token,
        id: asset.kind === "ticket" ? asset.id : undefined,
        amount,
      });
  }
  return held;
}

/** What the wallet has or had something of goes first, so that no flood of rubbish crowds it out; then one item of every contract. */
function knownFirst(context: WalletContext, candidates: readonly PublicAsset[]): PublicAsset[] {
  const known = new Set<string>();
  for (const { asset } of context.state.ledger.notes.values()) {
    const contract = context.registry.get(asset)?.token;
    if (contract !== undefined) known.add(toHex(contract));
  }
  const seen = new Set<string>();
  const rankOf = ({ token }: PublicAsset): number => {
    const contract = toHex(token);
    if (known.has(contract)) return 0;
    const rank = seen.has(contract) ? 2 : 1;
    seen.add(contract);
    return rank;
  };
  return candidates
    .map((asset) => ({ asset, rank: rankOf(asset) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ asset }) => asset);
}

async function eventsTo(context: WalletContext, pseudonym: EthAddress): Promise<EventLog[]> {
  const topic = concatBytes(new Uint8Array(12), pseudonym);
  const head = scannedBlock(context.state);
  const logs: EventLog[] = [];
  for (let from = context.secret.birthday; from <= head; from += RANGE) {
    const to = from + RANGE - 1n < head ? from + RANGE - 1n : head;
    logs.push(
      ...(await eventsWith(context, [TRANSFER, undefined, topic], from, to)),
      ...(await eventsWith(context, [DEPOSIT, topic], from, to)),
    );
  }
  return logs;
}

/** Halves the range when a node finds too many: anybody can flood an address with events. A block that is too much by itself is left out. */
async function eventsWith(
  context: WalletContext,
  topics: readonly (Uint8Array | undefined)[],
  from: bigint,
  to: bigint,
): Promise<readonly EventLog[]> {
  try {
    return await context.client.logs(topics, from, to);
  } catch (error) {
    if (!(error instanceof SeroError) || /^rpc\/(unreachable|timeout|busy|bad-answer)$/.test(error.code)) throw error;
    if (from === to) return [];
    const middle = (from + to) / 2n;
    return [
      ...(await eventsWith(context, topics, from, middle)),
      ...(await eventsWith(context, topics, middle + 1n, to)),
    ];
  }
}

/**
 * Plans a transaction without calls that takes what lies on a pseudonym into the shielded balance;
 * its gas is paid from there, or, if it is the `payer`, from the pseudonym's own coin. A token whose
 * contract refuses is left out, and the report says so. Throws sweep/nothing, and as prepareCall.
 */
export async function prepareSweep(
  context: WalletContext,
  pseudonym: EthAddress,
  options: { readonly priceStep?: number; readonly payer?: "shielded" | "pseudonym" } = {},
): Promise<PreparedCall> {
  const assets = await assetsOn(context, pseudonym);
  const expected = assets.flatMap((asset): ExpectedReturn[] => expectedOf(asset));
  const hasCoin = assets.some(({ kind }) => kind === "coin");
  let coinOnly: PreparedCall | undefined;
  let failed: unknown;
  // Whoever knows a pseudonym can send it tokens that refuse to leave: those must not stand in the way of the rest.
  for (let from = 0; from === 0 || from < expected.length; from += MAX_SWEPT) {
    const expect = expected.slice(from, from + MAX_SWEPT);
    if (expect.length === 0 && !hasCoin) break;
    try {
      const prepared = await prepareCall(context, { calls: [], pseudonym, bring: [], expect, ...options });
      if (expect.length === 0 || prepared.report.returns.some(({ kind }) => kind !== "coin")) return prepared;
      if (hasCoin) coinOnly ??= prepared;
    } catch (error) {
      if (!isOfContracts(error)) throw error;
      failed ??= error;
    }
  }
  if (coinOnly !== undefined) return coinOnly;
  throw failed ?? new SeroError("sweep/nothing", "Nothing that could be taken in lies on that pseudonym.");
}

/** Whether the contracts of some entries are to blame, so that others may do. */
const isOfContracts = (error: unknown): boolean =>
  error instanceof SeroError &&
  ["call/would-fail", "call/unsettled", "call/gas", "call/too-many-returns"].includes(error.code);

const expectedOf = ({ kind, token, id }: PublicAmount): ExpectedReturn[] =>
  kind === "coin" || token === undefined
    ? []
    : [kind === "token" ? { kind, token } : { kind, token, ...(id === undefined ? {} : { id }) }];
