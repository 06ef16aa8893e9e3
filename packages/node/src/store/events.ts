import { POOL_TOPICS, type Receipt } from "@sero/execution";
import {
  concatBytes,
  decodeRlp,
  encodeRlp,
  equalBytes,
  POOL_ADDRESS,
  rlpReader,
  rlpUint,
  SeroError,
  toHex,
  type RlpItem,
  type TxId,
} from "@sero/protocol";

/**
 * What the Pool says of assets and packages: each event's topic, and how many words of its own follow, those in topics first, without the
 * ciphertext that ends a sealed package's. Wallets are served these of every block, for ever: a restored wallet can't tell what it has without.
 */
export const POOL_EVENTS = {
  /** asset, token, kind, id */
  registered: { topic: POOL_TOPICS.assetRegistered, words: 4 },
  /** id, controller, commitment */
  created: { topic: POOL_TOPICS.packageCreated, words: 3 },
  /** id, from, to */
  transferred: { topic: POOL_TOPICS.packageTransferred, words: 3 },
  /** id, commitment */
  released: { topic: POOL_TOPICS.packageReleased, words: 2 },
  /** id */
  repacked: { topic: POOL_TOPICS.packageRepacked, words: 1 },
  /** id, controller, commitment */
  sealed: { topic: POOL_TOPICS.packageSealed, words: 3 },
} as const;

/** Name of one of these events. */
export type PoolEventName = keyof typeof POOL_EVENTS;

/** One of them, as it is kept when its receipt is not. */
export interface PoolEvent {
  readonly name: PoolEventName;
  readonly txid: TxId;
  /** Of the log in its block. */
  readonly logIndex: number;
  /** 32 bytes each, one after another. */
  readonly words: Uint8Array;
}

// The place of a name is its number in stored rows and snapshots.
const NAMES: readonly PoolEventName[] = ["registered", "created", "transferred", "released", "repacked", "sealed"];
const BY_TOPIC = new Map(NAMES.map((name) => [toHex(POOL_EVENTS[name].topic), name]));
const LIMITS = { maxBytes: 64 * 1024 * 1024, maxItems: 4_000_000, maxDepth: 2 };

/** The numbered word of an event. */
export const eventWord = ({ words }: PoolEvent, index: number): Uint8Array => words.slice(32 * index, 32 * index + 32);

/** These events among a block's logs, in order. */
export function poolEventsOf(receipts: readonly Receipt[], txids: readonly TxId[]): PoolEvent[] {
  const events: PoolEvent[] = [];
  let logIndex = -1;
  receipts.forEach(({ logs }, index) => {
    for (const { address, topics, data } of logs) {
      logIndex++;
      const [topic, ...others] = topics;
      if (topic === undefined || !equalBytes(address, POOL_ADDRESS)) continue;
      const name = BY_TOPIC.get(toHex(topic));
      if (name === undefined) continue;
      const words = concatBytes(...others, data).slice(0, 32 * POOL_EVENTS[name].words);
      events.push({ name, txid: txids[index]!, logIndex, words });
    }
  });
  return events;
}

/** RLP structure of [[name's number, txid, log index, words], ...]. */
export function poolEventItems(events: readonly PoolEvent[]): RlpItem[] {
  return events.map(({ name, txid, logIndex, words }) => [
    rlpUint(NAMES.indexOf(name)),
    txid,
    rlpUint(logIndex),
    words,
  ]);
}

/** Events from their RLP structure. @throws SeroError `store/*` */
export function poolEventsFrom(item: RlpItem | undefined): PoolEvent[] {
  const read = rlpReader("store");
  return read.list(item, "events").map((one): PoolEvent => {
    const [number, txid, logIndex, bytes] = read.list(one, "event", 4);
    const name = NAMES[read.small(number, "name", NAMES.length - 1)]!;
    const words = read.bytes(bytes, "words").slice();
    if (words.length !== 32 * POOL_EVENTS[name].words) {
      throw new SeroError("store/encoding", "A stored event of the Pool has a wrong length.", { length: words.length });
    }
    return {
      name,
      txid: read.bytes(txid, "txid", 32).slice() as TxId,
      logIndex: read.small(logIndex, "log index", 0x7fffffff),
      words,
    };
  });
}

/** A block's row. */
export const encodePoolEvents = (events: readonly PoolEvent[]): Uint8Array => encodeRlp(poolEventItems(events));

/** Inverse of `encodePoolEvents`. @throws SeroError `store/*` or `rlp/*` */
export const decodePoolEvents = (bytes: Uint8Array): PoolEvent[] => poolEventsFrom(decodeRlp(bytes, LIMITS));
