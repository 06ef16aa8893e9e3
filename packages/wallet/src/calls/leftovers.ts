import { COIN, SeroError, concatBytes, equalBytes, toHex, type EthAddress } from "@sero/protocol";
import { listPseudonyms, pseudonymKeys } from "../pseudonyms/keep.js";
import type { EventLog } from "../rpc/index.js";
import { scannedBlock } from "../scan/index.js";
import type { WalletContext } from "../wallet/context.js";
import { assetIdOfPublic } from "./assets.js";
import { DEPOSIT, TRANSFER, movesOf } from "./events.js";
import { amountOn } from "./held.js";
import type { Leftover, LeftoverOptions, PublicAmount, PublicAsset, Unseen } from "./types.js";

/** Blocks of one request for events. */
const RANGE = 10_000n;
/** Most assets of one pseudonym that are asked about: anybody can send it thousands. */
const MAX_ASKED = 200;

/**
 * What lies on pseudonyms of ours, as their node says: coin, and every token and ticket that an event ever moved to them. Asks about each
 * pseudonym by its address, which ties them together for whoever answers: for one's own node only, or name one. Throws rpc/*, and of one that is
 * named pseudonym/unknown, pseudonym/other-account, wallet/watch-only.
 */
export async function leftovers(context: WalletContext, options: LeftoverOptions = {}): Promise<Leftover[]> {
  const { pseudonym, account, tokens } = options;
  if (pseudonym !== undefined) checkOurs(context, pseudonym, account);
  const found: Leftover[] = [];
  for (const info of listPseudonyms(context, true)) {
    const { address, label } = info;
    if (pseudonym === undefined ? account !== undefined && info.account !== account : !equalBytes(address, pseudonym))
      continue;
    const { assets, unseen } = await assetsOn(context, address, tokens);
    if (assets.length > 0 || unseen.leftOut > 0 || unseen.eventsMissing)
      found.push({ pseudonym: address, label, assets, unseen });
  }
  return found;
}

function checkOurs(context: WalletContext, pseudonym: EthAddress, account: number | undefined): void {
  const { account: owner } = pseudonymKeys(context, pseudonym);
  if (account !== undefined && account !== owner)
    throw new SeroError("pseudonym/other-account", "That pseudonym belongs to another account of this wallet.", {
      account: owner,
    });
}

/**
 * What lies on one pseudonym: coin, and of what events tell of, or of `tokens` only. Throws rpc/*.
 */
export async function assetsOn(
  context: WalletContext,
  pseudonym: EthAddress,
  tokens?: readonly PublicAsset[],
): Promise<Pick<Leftover, "assets" | "unseen">> {
  const coin = await context.client.coinOf(pseudonym);
  const { candidates, unseen } =
    tokens === undefined
      ? await candidatesFor(context, pseudonym)
      : { candidates: tokens, unseen: { leftOut: 0, eventsMissing: false } };
  const assets: PublicAmount[] =
    coin === 0n ? [] : [{ asset: COIN, kind: "coin", token: undefined, id: undefined, amount: coin }];
  for (const asset of candidates) {
    const amount = await amountOn(context, pseudonym, asset);
    if (amount > 0n)
      assets.push({
        asset: assetIdOfPublic(asset),
        kind: asset.kind,
        token: asset.token,
        id: asset.kind === "ticket" ? asset.id : undefined,
        amount,
      });
  }
  return { assets, unseen };
}

async function candidatesFor(
  context: WalletContext,
  pseudonym: EthAddress,
): Promise<{ readonly candidates: readonly PublicAsset[]; readonly unseen: Unseen }> {
  const { logs, isWhole } = await eventsTo(context, pseudonym);
  // Newest first: rubbish that came before something does not hide it.
  const moves = movesOf([...logs].reverse(), pseudonym);
  const all = knownFirst(context, [
    ...moves.tokens.map(({ token }): PublicAsset => ({ kind: "token", token })),
    ...moves.tickets.flatMap(({ token, came }) => came.map(({ id }): PublicAsset => ({ kind: "ticket", token, id }))),
  ]);
  const candidates = all.slice(0, MAX_ASKED);
  return { candidates, unseen: { leftOut: all.length - candidates.length, eventsMissing: !isWhole } };
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

interface Events {
  /** In the order of the chain. */
  readonly logs: readonly EventLog[];
  readonly isWhole: boolean;
  /** The node has no events of blocks before these. */
  readonly isEnd: boolean;
}

const joined = (older: Events, newer: Events): Events => ({
  logs: [...older.logs, ...newer.logs],
  isWhole: older.isWhole && newer.isWhole,
  isEnd: older.isEnd || newer.isEnd,
});
const NO_EVENTS: Events = { logs: [], isWhole: true, isEnd: false };

/** All that came to a pseudonym, as far back as the node knows. */
async function eventsTo(context: WalletContext, pseudonym: EthAddress): Promise<Events> {
  const topic = concatBytes(new Uint8Array(12), pseudonym);
  const { birthday } = context.secret;
  let all = NO_EVENTS;
  for (const topics of [
    [DEPOSIT, topic],
    [TRANSFER, undefined, topic],
  ]) {
    let found = NO_EVENTS;
    for (let to = scannedBlock(context.state); to >= birthday && !found.isEnd; to -= RANGE)
      found = joined(await eventsIn(context, topics, to - RANGE < birthday ? birthday : to - RANGE + 1n, to), found);
    all = joined(all, found);
  }
  return all;
}

/**
 * Halves the range where a node finds too many events, with which anybody can flood an address, or has thrown those of old blocks away: newer
 * blocks first, until there are none. A block that is too much by itself is left out. Throws rpc/*.
 */
async function eventsIn(
  context: WalletContext,
  topics: readonly (Uint8Array | undefined)[],
  from: bigint,
  to: bigint,
): Promise<Events> {
  try {
    return { logs: await context.client.logs(topics, from, to), isWhole: true, isEnd: false };
  } catch (error) {
    const isPruned = error instanceof SeroError && error.code === "rpc/pruned";
    const isTooMuch = error instanceof SeroError && error.code === "rpc/limit";
    if (!isPruned && !isTooMuch) throw error;
    if (from === to) return { logs: [], isWhole: false, isEnd: isPruned };
    const middle = (from + to) / 2n;
    const newer = await eventsIn(context, topics, middle + 1n, to);
    return newer.isEnd ? newer : joined(await eventsIn(context, topics, from, middle), newer);
  }
}
