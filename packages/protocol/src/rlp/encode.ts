import { SeroError } from "../errors.js";

/** A node of an RLP structure (Ethereum Yellow Paper, appendix B): a byte string or a list. */
export type RlpItem = Uint8Array | readonly RlpItem[];

const isBytes = (item: RlpItem): item is Uint8Array => item instanceof Uint8Array;

const EMPTY = new Uint8Array(0);

/** Bytes that a length takes as a minimal big-endian integer. */
const lengthSize = (length: number): number => (length < 0x100 ? 1 : length < 0x10000 ? 2 : length < 0x1000000 ? 3 : 4);

const headerSize = (length: number): number => (length < 56 ? 1 : 1 + lengthSize(length));

/** Writes a header of a string (offset 0x80) or list (0xc0); returns the position after it. */
function writeHeader(out: Uint8Array, at: number, length: number, offset: 0x80 | 0xc0): number {
  if (length < 56) {
    out[at] = offset + length;
    return at + 1;
  }
  const size = lengthSize(length);
  out[at] = offset + 55 + size;
  for (let i = 0; i < size; i++) out[at + 1 + i] = (length >>> (8 * (size - 1 - i))) & 0xff;
  return at + 1 + size;
}

/** Sizes of every list's payload in the order in which the writer meets them, so that nothing is measured twice. */
function measure(item: RlpItem, payloads: number[]): number {
  if (isBytes(item)) return item.length === 1 && item[0]! < 0x80 ? 1 : headerSize(item.length) + item.length;
  const slot = payloads.push(0) - 1;
  let payload = 0;
  for (const child of item) payload += measure(child, payloads);
  payloads[slot] = payload;
  return headerSize(payload) + payload;
}

/**
 * The canonical RLP bytes of `item` (Ethereum Yellow Paper, appendix B). Integers are to be given by `rlpUint`.
 * Every structure has exactly one encoding, and `decodeRlp` accepts no other.
 */
export function encodeRlp(item: RlpItem): Uint8Array {
  const payloads: number[] = [];
  const out = new Uint8Array(measure(item, payloads));
  let next = 0;
  const write = (node: RlpItem, at: number): number => {
    if (!isBytes(node)) {
      let end = writeHeader(out, at, payloads[next++]!, 0xc0);
      for (const child of node) end = write(child, end);
      return end;
    }
    if (node.length === 1 && node[0]! < 0x80) {
      out[at] = node[0]!;
      return at + 1;
    }
    const start = writeHeader(out, at, node.length, 0x80);
    out.set(node, start);
    return start + node.length;
  };
  write(item, 0);
  return out;
}

/**
 * A non-negative integer as RLP wants it: big-endian, no leading zero byte, 0 as the empty string.
 * Throws `rlp/negative` for a negative number.
 */
export function rlpUint(value: bigint | number): Uint8Array {
  let x = BigInt(value);
  if (x < 0n) throw new SeroError("rlp/negative", "RLP has no negative integers; this value must be 0 or more.");
  if (x === 0n) return EMPTY;
  const reversed: number[] = [];
  for (; x > 0n; x >>= 8n) reversed.push(Number(x & 0xffn));
  return Uint8Array.from(reversed.reverse());
}
