import { SeroError } from "../errors.js";

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

/** Lower-case hex with a leading `0x`, two digits a byte; "0x" for no bytes. */
export function toHex(bytes: Uint8Array): string {
  return "0x" + hexDigits(bytes);
}

/** Lower-case hex digits without a prefix. */
export function hexDigits(bytes: Uint8Array): string {
  let out = "";
  for (const byte of bytes) out += HEX[byte];
  return out;
}

/** By character code: what a hex digit stands for, 255 for what is none. */
const DIGIT_OF = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = "0123456789abcdef".indexOf(String.fromCharCode(code).toLowerCase());
  return digit < 0 ? 255 : digit;
});

/** Bytes of a hex string, with or without `0x`, of any case. Throws bytes/hex on an odd length or a foreign character. */
export function fromHex(text: string): Uint8Array {
  const start = text.startsWith("0x") ? 2 : 0;
  const out = new Uint8Array((text.length - start) >> 1);
  // Bits above a digit's four, of any character so far: transactions come in as thousands of digits, so this loop has no branch.
  let foreign = (text.length & 1) << 4;
  for (let i = 0, at = start; i < out.length; i++, at += 2) {
    const high = DIGIT_OF[text.charCodeAt(at)] ?? 255;
    const low = DIGIT_OF[text.charCodeAt(at + 1)] ?? 255;
    foreign |= high | low;
    out[i] = (high << 4) | low;
  }
  if (foreign > 15) {
    throw new SeroError("bytes/hex", "Give an even number of hexadecimal digits, with or without 0x.", {
      length: text.length,
    });
  }
  return out;
}

/** Whether a text is 0x and two hex digits for each byte, of any length. A pattern with a repeated group overflows the stack on megabytes. */
export function isHexBytes(text: string): boolean {
  return text.length % 2 === 0 && /^0x[0-9a-fA-F]*$/.test(text);
}

/** One array holding `parts` one after another. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Whether both hold the same bytes. Takes the same time whatever they hold; the length is not hidden. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

/** Byte-wise order, shorter first among equal prefixes: negative, 0 or positive. Not for secrets. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** a XOR b, byte by byte. Throws bytes/length unless both have one length. */
export function xorBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length !== b.length) {
    throw new SeroError("bytes/length", "Give two arrays of one length.", { left: a.length, right: b.length });
  }
  return a.map((byte, i) => byte ^ (b[i] as number));
}

/** Whether every byte is 0. Takes the same time whatever they are. */
export function isZeroBytes(bytes: Uint8Array): boolean {
  let any = 0;
  for (const byte of bytes) any |= byte;
  return any === 0;
}

const encoder = new TextEncoder();

/** UTF-8 bytes of a string (lone surrogates become U+FFFD). */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The string that `bytes` are the UTF-8 of. Throws bytes/utf8 on an ill-formed sequence. A byte order mark is kept. */
export function fromUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SeroError("bytes/utf8", "These bytes are not UTF-8 text.", { length: bytes.length });
  }
}

/** `bytes` itself if it is `length` long. Throws bytes/length, naming `what`, otherwise. */
export function expectLength(bytes: Uint8Array, length: number, what: string): Uint8Array {
  if (bytes.length !== length) {
    throw new SeroError("bytes/length", `Give ${what} as ${length} bytes.`, { what, length: bytes.length });
  }
  return bytes;
}
