/** A sequence of half-bytes, one in each element, high half first. */
export type Nibbles = Uint8Array;

/** The nibbles of a byte string, twice as long. */
export function toNibbles(bytes: Uint8Array): Nibbles {
  const out = new Uint8Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    out[2 * i] = bytes[i]! >> 4;
    out[2 * i + 1] = bytes[i]! & 15;
  }
  return out;
}

const DIGITS = "0123456789abcdef";

/** One hex digit a nibble: the form of a path in the keys of stored nodes. */
export function pathKey(nibbles: Nibbles, length = nibbles.length): string {
  let text = "";
  for (let i = 0; i < length; i++) text += DIGITS[nibbles[i]!]!;
  return text;
}

/** Hex-prefix encoding of a partial path (Yellow Paper, appendix C): odd length and leaf flags in the first nibble. */
export function encodeHexPrefix(nibbles: Nibbles, leaf: boolean): Uint8Array {
  const odd = nibbles.length & 1;
  const out = new Uint8Array((nibbles.length >> 1) + 1);
  out[0] = (leaf ? 0x20 : 0) | (odd === 1 ? 0x10 | nibbles[0]! : 0);
  for (let i = odd, o = 1; i < nibbles.length; i += 2, o++) out[o] = (nibbles[i]! << 4) | nibbles[i + 1]!;
  return out;
}

/** Inverse of `encodeHexPrefix`. */
export function decodeHexPrefix(bytes: Uint8Array): { readonly nibbles: Nibbles; readonly leaf: boolean } {
  const all = toNibbles(bytes);
  const flags = all[0] ?? 0;
  return { nibbles: all.slice((flags & 1) === 1 ? 1 : 2), leaf: (flags & 2) !== 0 };
}

/** How many leading nibbles of `a` from `fromA` equal those of `b` from `fromB`. */
export function commonPrefix(a: Nibbles, fromA: number, b: Nibbles, fromB: number): number {
  const limit = Math.min(a.length - fromA, b.length - fromB);
  let i = 0;
  while (i < limit && a[fromA + i] === b[fromB + i]) i++;
  return i;
}
