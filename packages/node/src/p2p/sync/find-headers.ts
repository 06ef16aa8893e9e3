import { equalBytes } from "@sero/protocol";
import type { Chain } from "../../chain/index.js";
import type { PeerHost } from "../host/types.js";
import { askHeaders, type KnownHeader, type Patience } from "./ask.js";
import type { SyncPeers } from "./peers.js";
import type { Skeleton } from "./skeleton.js";
import { MAX_HEADERS } from "./wire.js";

/** What the way backwards needs. */
export interface HeaderSearch {
  readonly host: PeerHost;
  readonly peers: SyncPeers;
  readonly chain: Chain;
  readonly skeleton: Skeleton;
  readonly patience: Patience;
  readonly signal: AbortSignal;
}

/** How a step of the search ended. */
export type StepOutcome =
  /** The skeleton has more than before, or is complete. */
  | "forward"
  /** Nobody could tell. */
  | "nobody"
  /** The chain of this head leaves ours below what is final, or its numbers make no sense: it can never be followed. */
  | "hopeless";

/** Whether the highest segment goes down to a block of the chain. */
export function isLinked(skeleton: Skeleton, chain: Chain): boolean {
  const [top] = skeleton.segments();
  return top !== undefined && chain.get(top.lowParent) !== undefined;
}

/** Finds the head's own header and what is right below it, and makes it the top of the skeleton. */
export async function findHead(search: HeaderSearch, hash: Uint8Array): Promise<StepOutcome> {
  const { skeleton } = search;
  const headers = await askDown(search, hash, undefined);
  const [head, ...rest] = headers;
  if (!head) return "nobody";
  const { number } = head.header;
  if (number <= search.chain.finalized().number) return "hopeless";
  const there = skeleton.header(number);
  const isInside = skeleton.segments().some(({ low, high }) => low <= number && number <= high);
  if (isInside && there && equalBytes(there.hash, hash)) return "forward";
  skeleton.begin(head);
  return addBelow(search, rest);
}

/** Goes on below the highest segment of the skeleton. */
export async function findBelow(search: HeaderSearch): Promise<StepOutcome> {
  const [top] = search.skeleton.segments();
  if (!top) return "forward";
  if (top.low <= search.chain.finalized().number + 1n) return "hopeless";
  const headers = await askDown(search, top.lowParent, top.low - 1n);
  // The skeleton may have moved on meanwhile, by a new head.
  const [now] = search.skeleton.segments();
  if (!now || !equalBytes(now.lowParent, top.lowParent)) return "forward";
  return headers.length === 0 ? "nobody" : addBelow(search, headers);
}

/**
 * Drops what the chain has made final meanwhile, by other ways.
 *
 * @returns false when the skeleton is of a chain that leaves ours below that
 */
export function trim(
  skeleton: Skeleton,
  chain: Chain,
  canonicalHash: (number: bigint) => Uint8Array | undefined,
): boolean {
  const final = chain.finalized().number;
  const segments = skeleton.segments();
  const lowest = segments[segments.length - 1];
  if (!lowest || lowest.low > final) return true;
  const number = lowest.high < final ? lowest.high : final;
  const ours = canonicalHash(number);
  const theirs = skeleton.header(number)?.hash;
  const isSame = ours !== undefined && theirs !== undefined && equalBytes(ours, theirs);
  if (!isSame && segments.length === 1) return false;
  skeleton.dropThrough(number);
  return true;
}

/** Asks whoever can for a chain of headers from `hash` down; what came before a peer failed is kept. */
async function askDown(search: HeaderSearch, hash: Uint8Array, number: bigint | undefined): Promise<KnownHeader[]> {
  const { host, peers, patience, signal, chain } = search;
  let found: KnownHeader[] = [];
  const floor = chain.finalized().number;
  // No more than lie between the block and what is final.
  const most = number === undefined ? MAX_HEADERS : Math.min(MAX_HEADERS, Number(number - floor));
  await peers.ask({}, async (peer) => {
    if (found.length > 0) return true;
    const got: KnownHeader[] = [];
    try {
      await askHeaders(host, peer, { hash, count: most, number }, patience, signal, (some) => void got.push(...some));
    } finally {
      found = got;
    }
    return got.length > 0 ? true : undefined;
  });
  return found;
}

/** Puts headers below the top segment, down to the first whose parent the chain has. */
function addBelow({ skeleton, chain }: HeaderSearch, headers: readonly KnownHeader[]): StepOutcome {
  const floor = chain.finalized().number;
  const [top] = skeleton.segments();
  if (top && chain.get(top.lowParent)) return "forward";
  const end = headers.findIndex(({ header }) => chain.get(header.parentHash) !== undefined);
  const wanted = end < 0 ? headers : headers.slice(0, end + 1);
  if (wanted.length > 0) skeleton.extend(wanted);
  if (isLinked(skeleton, chain)) {
    // What lies lower is of heads that were left.
    const [linked, ...others] = skeleton.segments();
    if (linked && others.length > 0) skeleton.dropThrough(linked.low - 1n);
    return "forward";
  }
  const [now] = skeleton.segments();
  return now && now.low <= floor + 1n ? "hopeless" : "forward";
}
