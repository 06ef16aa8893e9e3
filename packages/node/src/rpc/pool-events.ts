import { bytesToBigInt, equalBytes, SeroError, type BlockHash } from "@sero/protocol";
import { eventWord, type PoolEvent, type PoolEventName } from "../store/events.js";
import type { RpcContext } from "./context.js";
import { data, quantity, type Json } from "./json.js";
import { reorganised } from "./logs.js";
import { checkRange, type BlockRange } from "./ranges.js";

/** Blocks that one request may cover: as many as one of logs; and after how many the node does something else in between. */
const MAX_BLOCKS = 10_000n;
const BREATH = 256n;
/**
 * Events that are read for one answer, those of the other kind too, unless they are of a single block: that is always answered whole, so that nobody
 * is stuck behind it.
 */
const MAX_EVENTS = 10_000;

/**
 * The assets that came into the Pool for the first time in a range of blocks, in order. By ranges, never by asset: who asks about one says
 * that he holds it (attack G49). Of pruned blocks too.
 *
 * @throws SeroError `rpc/params`, `rpc/not-found`; `rpc/limit` for more than one block with too many
 */
export async function assetsInRange(context: RpcContext, range: BlockRange): Promise<Json[]> {
  const found = await eventsInRange(context, range, ({ name }) => name === "registered");
  return found.map(({ event, number }) => ({
    asset: data(eventWord(event, 0)),
    kind: bytesToBigInt(eventWord(event, 2)) === 2n ? "ticket" : "token",
    token: address(event, 1),
    id: quantity(bytesToBigInt(eventWord(event, 3))),
    block: quantity(number),
  }));
}

/**
 * What became of packages in a range of blocks, in order. Of pruned blocks too.
 *
 * @throws SeroError `rpc/params`, `rpc/not-found`; `rpc/limit` for more than one block with too many
 */
export async function packageEventsInRange(context: RpcContext, range: BlockRange): Promise<Json[]> {
  const found = await eventsInRange(context, range, ({ name }) => name !== "registered");
  return found.map(({ event, number }) => ({
    event: event.name,
    id: data(eventWord(event, 0)),
    ...PACKAGE_FIELDS[event.name](event),
    block: quantity(number),
    transactionHash: data(event.txid),
    logIndex: quantity(event.logIndex),
  }));
}

interface PlacedEvent {
  readonly event: PoolEvent;
  readonly number: bigint;
}

async function eventsInRange(
  context: RpcContext,
  range: BlockRange,
  isWanted: (event: PoolEvent) => boolean,
): Promise<PlacedEvent[]> {
  const { store } = context;
  const { from, to } = checkRange(context, range, MAX_BLOCKS);
  const found: PlacedEvent[] = [];
  let read = 0;
  let last: BlockHash | undefined;
  for (let number = from; number <= to; number++) {
    if (last && number % BREATH === 0n) {
      await new Promise((resolve) => setImmediate(resolve));
      const now = store.canonicalHash(number - 1n);
      if (!now || !equalBytes(now, last)) throw reorganised("events");
    }
    last = store.canonicalHash(number);
    if (!last) throw reorganised("events");
    const events = store.events(last);
    read += events.length;
    for (const event of events) if (isWanted(event)) found.push({ event, number });
    if (read > MAX_EVENTS && to > from) {
      throw new SeroError("rpc/limit", `More than ${MAX_EVENTS} events are in this range. Ask for fewer blocks.`, {
        upTo: number.toString(),
      });
    }
  }
  return found;
}

const address = (event: PoolEvent, index: number): string => data(eventWord(event, index).subarray(12));
const made = (event: PoolEvent): { readonly [key: string]: Json } => ({
  commitment: data(eventWord(event, 2)),
  controller: address(event, 1),
});

const PACKAGE_FIELDS: { readonly [name in PoolEventName]: (event: PoolEvent) => { readonly [key: string]: Json } } = {
  registered: () => ({}),
  created: made,
  sealed: made,
  transferred: (event) => ({ from: address(event, 1), to: address(event, 2) }),
  released: (event) => ({ commitment: data(eventWord(event, 1)) }),
  repacked: () => ({}),
};
