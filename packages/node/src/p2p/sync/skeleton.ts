import { decodeHeader, headerHash, type Header } from "@sero/execution";
import { decodeRlp, encodeRlp, equalBytes, rlpReader, rlpUint, utf8, type RlpItem } from "@sero/protocol";
import type { Environment } from "../../store/environment.js";
import { numberKey } from "../../store/keys.js";
import type { KnownHeader } from "./ask.js";

/** A stretch of headers, each the parent of the next, all of them in the table. */
export interface Segment {
  readonly high: bigint;
  readonly low: bigint;
  readonly highHash: Uint8Array;
  /** Hash of the block below the lowest. */
  readonly lowParent: Uint8Array;
}

/**
 * Headers between the chain and the head that the consensus client named, on disk, so that memory is bounded and a start goes on where the
 * last one ended. No two segments have a number in common; the highest ends with the head that was named last.
 */
export interface Skeleton {
  /** Highest first. */
  segments(): readonly Segment[];
  header(number: bigint): KnownHeader | undefined;
  /** Makes a block the top. Whatever has its number or a higher one and is not this block's chain is dropped. */
  begin(top: KnownHeader): void;
  /**
   * Adds headers below the highest segment, newest first, each the parent of the one before. Where the next segment turns out to be the same
   * chain, the two become one and the rest of `headers` is left out; where it is another, what it has at these numbers is dropped.
   */
  extend(headers: readonly KnownHeader[]): void;
  /** Drops headers up to this number: they are in the chain. */
  dropThrough(number: bigint): void;
  clear(): void;
}

const SEGMENTS = utf8("skeleton");
/** Headers removed in one transaction. */
const REMOVE_AT_ONCE = 4_096;

/** Opens the skeleton that the store keeps. */
export function openSkeleton(environment: Environment): Skeleton {
  const { meta, skeleton: table } = environment;
  let segments = readSegments(meta.get(SEGMENTS));

  const save = (next: readonly Segment[]): void => {
    meta.putSync(SEGMENTS, encodeSegments(next));
  };
  const header = (number: bigint): KnownHeader | undefined => {
    const stored = table.get(numberKey(number));
    if (!stored) return undefined;
    const bytes = Uint8Array.from(stored);
    const decoded: Header = decodeHeader(bytes);
    return { hash: headerHash(decoded), header: decoded, bytes };
  };

  /** The segments without what has this number or a higher one. */
  function below(number: bigint): Segment[] {
    return segments.flatMap((segment) => {
      if (segment.high < number) return [segment];
      if (segment.low >= number) return [];
      const lowest = header(number);
      return lowest ? [{ ...segment, high: number - 1n, highHash: lowest.header.parentHash }] : [];
    });
  }

  function remove(from: bigint, to: bigint): void {
    for (let at = from; at <= to;) {
      const end = at + BigInt(REMOVE_AT_ONCE) - 1n < to ? at + BigInt(REMOVE_AT_ONCE) - 1n : to;
      environment.write(() => {
        for (; at <= end; at++) table.removeSync(numberKey(at));
      });
    }
  }

  return {
    segments: () => segments,
    header,
    begin(top) {
      const { number, parentHash } = top.header;
      const rest = below(number);
      const next = rest[0];
      const joins = next !== undefined && next.high === number - 1n && equalBytes(next.highHash, parentHash);
      const first: Segment = joins
        ? { ...next, high: number, highHash: top.hash }
        : { high: number, low: number, highHash: top.hash, lowParent: parentHash };
      const highest = segments[0]?.high ?? 0n;
      const after = [first, ...(joins ? rest.slice(1) : rest)];
      environment.write(() => {
        table.putSync(numberKey(number), top.bytes);
        save(after);
      });
      segments = after;
      // What no segment names any more: a crash in between leaves rows that nobody reads and a later segment writes over.
      remove(number + 1n, highest);
    },
    extend(headers) {
      const [top, ...others] = segments;
      if (!top) return;
      let first = top;
      let rest = others;
      const rows: KnownHeader[] = [];
      for (const one of headers) {
        const next = rest[0];
        if (next && next.high === first.low - 1n) {
          if (equalBytes(next.highHash, one.hash)) {
            first = { ...first, low: next.low, lowParent: next.lowParent };
            rest = rest.slice(1);
            break;
          }
          const other = header(next.high);
          const shorter =
            other && next.low < next.high
              ? [{ ...next, high: next.high - 1n, highHash: other.header.parentHash as Uint8Array }]
              : [];
          rest = [...shorter, ...rest.slice(1)];
        }
        rows.push(one);
        first = { ...first, low: one.header.number, lowParent: one.header.parentHash };
      }
      const after = [first, ...rest];
      environment.write(() => {
        for (const { header: row, bytes } of rows) table.putSync(numberKey(row.number), bytes);
        save(after);
      });
      segments = after;
    },
    dropThrough(number) {
      const lowest = segments[segments.length - 1]?.low;
      const last = header(number);
      if (lowest === undefined || lowest > number) return;
      const after = segments.flatMap((segment) => {
        if (segment.low > number) return [segment];
        if (segment.high <= number || !last) return [];
        return [{ ...segment, low: number + 1n, lowParent: last.hash }];
      });
      environment.write(() => {
        save(after);
        for (let at = lowest; at <= number; at++) table.removeSync(numberKey(at));
      });
      segments = after;
    },
    clear() {
      const [lowest, highest] = [segments[segments.length - 1]?.low, segments[0]?.high];
      environment.write(() => save([]));
      segments = [];
      if (lowest !== undefined && highest !== undefined) remove(lowest, highest);
    },
  };
}

/** rlp([[high, low, highHash, lowParent], ...]). */
function encodeSegments(segments: readonly Segment[]): Uint8Array {
  return encodeRlp(
    segments.map(({ high, low, highHash, lowParent }): RlpItem => [rlpUint(high), rlpUint(low), highHash, lowParent]),
  );
}

function readSegments(stored: Uint8Array | undefined): readonly Segment[] {
  if (!stored) return [];
  const read = rlpReader("store");
  const limits = { maxBytes: 1 << 20, maxItems: 1 << 16, maxDepth: 2 };
  return read.list(decodeRlp(Uint8Array.from(stored), limits), "segments").map((item): Segment => {
    const [high, low, highHash, lowParent] = read.list(item, "segment", 4);
    return {
      high: read.uint(high, "number", 8),
      low: read.uint(low, "number", 8),
      highHash: read.bytes(highHash, "hash", 32),
      lowParent: read.bytes(lowParent, "hash", 32),
    };
  });
}
