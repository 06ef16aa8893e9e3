import { SeroError } from "../errors.js";
import type { RlpItem } from "./encode.js";

/** Caps on what an RLP structure may contain; they are checked before anything is allocated. */
export interface RlpLimits {
  /** Most bytes the whole encoding may have. */
  readonly maxBytes: number;
  /** Most items, strings and lists together. */
  readonly maxItems: number;
  /** Most lists inside one another. */
  readonly maxDepth: number;
}

interface Header {
  readonly list: boolean;
  readonly start: number;
  readonly end: number;
}

const fail = (what: string, at: number): SeroError =>
  new SeroError("rlp/not-canonical", `These bytes are not canonical RLP: ${what} at byte ${at}.`, { at });

/** A length of `size` bytes at `at`: no leading zero, and not one that the short form could say. */
function longLength(bytes: Uint8Array, at: number, size: number, end: number): number {
  if (size > end - at) throw fail("a length is cut off", at);
  if (bytes[at] === 0) throw fail("a length starts with a zero byte", at);
  // 6 bytes stay exact in a double; anything near that is far beyond every limit here.
  if (size > 6) throw fail("a length is larger than anything allowed", at);
  let length = 0;
  for (let i = 0; i < size; i++) length = length * 256 + bytes[at + i]!;
  if (length < 56) throw fail("a length below 56 is written in the long form", at);
  return length;
}

/** Reads the header at `at`; the item must end at or before `end`. */
function header(bytes: Uint8Array, at: number, end: number): Header {
  const first = bytes[at]!;
  if (first < 0x80) return { list: false, start: at, end: at + 1 };
  const list = first >= 0xc0;
  const short = first - (list ? 0xc0 : 0x80);
  const size = short < 56 ? 0 : short - 55;
  const length = size === 0 ? short : longLength(bytes, at + 1, size, end);
  const start = at + 1 + size;
  if (length > end - start) throw fail("an item is longer than what contains it", at);
  if (!list && length === 1 && bytes[start]! < 0x80) throw fail("a byte below 0x80 has a header", at);
  return { list, start, end: start + length };
}

/**
 * Decodes canonical RLP and nothing else: `encodeRlp(decodeRlp(bytes))` equals `bytes` or this throws `rlp/too-large`,
 * `rlp/too-many-items`, `rlp/too-deep` or `rlp/not-canonical`. Byte strings of the answer are views of `bytes`, not copies: the
 * caller must not change `bytes` afterwards.
 */
export function decodeRlp(bytes: Uint8Array, limits: RlpLimits): RlpItem {
  if (bytes.length > limits.maxBytes)
    throw new SeroError(
      "rlp/too-large",
      `This is ${bytes.length} bytes long; at most ${limits.maxBytes} are allowed.`,
      {
        bytes: bytes.length,
        limit: limits.maxBytes,
      },
    );
  if (bytes.length === 0) throw fail("there is nothing", 0);
  let items = 0;

  const read = (head: Header, depth: number): RlpItem => {
    if (++items > limits.maxItems)
      throw new SeroError("rlp/too-many-items", `There are more than the ${limits.maxItems} items allowed.`, {
        limit: limits.maxItems,
      });
    if (!head.list) return bytes.subarray(head.start, head.end);
    if (depth > limits.maxDepth)
      throw new SeroError("rlp/too-deep", `Lists are nested deeper than the ${limits.maxDepth} levels allowed.`, {
        limit: limits.maxDepth,
      });
    const children: RlpItem[] = [];
    for (let at = head.start; at < head.end;) {
      const child = header(bytes, at, head.end);
      children.push(read(child, depth + 1));
      at = child.end;
    }
    return children;
  };

  const root = header(bytes, 0, bytes.length);
  if (root.end !== bytes.length) throw fail("bytes follow the end", root.end);
  return read(root, 1);
}
