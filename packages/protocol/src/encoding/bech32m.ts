import { bech32m } from "@scure/base";
import { SeroError } from "../errors.js";

/** The result of decoding: the part before the last '1', in lower case, and the bytes after it. */
export interface DecodedText {
  readonly prefix: string;
  readonly bytes: Uint8Array;
}

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/** Longest text: the code's length, beyond which it would not even find a single wrong character. */
const MAX_LENGTH = 1023;

/** Lower-case bech32m (BIP-350) without BIP-173's limit of 90 characters, which is for its own addresses. */
export function encodeBech32m(prefix: string, bytes: Uint8Array): string {
  return bech32m.encode(prefix, bech32m.toWords(bytes), MAX_LENGTH);
}

/**
 * Decodes bech32m of up to 1023 characters. Errors carry `area` in their code and, where it is known, `position`, counted from 1:
 * area/empty, area/character (a foreign one), area/case (upper and lower case mixed), area/format (no prefix, too short or too long),
 * area/checksum (with the position if one changed character explains it), area/padding.
 */
export function decodeBech32m(text: string, area: string, what: string): DecodedText {
  if (text.length === 0) throw new SeroError(`${area}/empty`, `Give ${what}; this is empty.`);
  if (text.length > MAX_LENGTH) {
    throw new SeroError(`${area}/format`, `This is too long to be ${what}.`, { length: text.length });
  }
  const lower = checkCharacters(text, area, what);
  const separator = lower.lastIndexOf("1");
  if (separator < 1 || separator + 7 > lower.length) {
    throw new SeroError(`${area}/format`, `This is not ${what}: it must read prefix, 1, data.`, {
      length: text.length,
    });
  }
  const prefix = lower.slice(0, separator);
  const data: number[] = [];
  for (let i = separator + 1; i < lower.length; i++) {
    const value = ALPHABET.indexOf(lower.charAt(i));
    if (value < 0) throw characterError(area, what, i);
    data.push(value);
  }
  if (polymod(prefix, data) !== BECH32M_CONSTANT) {
    const index = findMistake(prefix, data);
    const position = index === undefined ? null : separator + 1 + index + 1;
    throw new SeroError(
      `${area}/checksum`,
      position === null
        ? `This is not ${what}: more than one character is wrong or missing.`
        : `Character ${position} of ${what} is wrong.`,
      { position },
    );
  }
  try {
    return { prefix, bytes: bech32m.fromWords(data.slice(0, -6)) };
  } catch {
    throw new SeroError(`${area}/padding`, `This is not ${what}: its last character carries stray bits.`);
  }
}

function characterError(area: string, what: string, index: number): SeroError {
  const position = index + 1;
  return new SeroError(`${area}/character`, `Character ${position} cannot stand in ${what}.`, { position });
}

/** The text in lower case. Throws on anything outside printable ASCII (control and bidirectional characters, spaces) and on mixed case. */
function checkCharacters(text: string, area: string, what: string): string {
  let lower = -1;
  let upper = -1;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 33 || code > 126) throw characterError(area, what, i);
    if (code >= 97 && code <= 122) lower = i;
    if (code >= 65 && code <= 90) upper = i;
    if (lower >= 0 && upper >= 0) {
      throw new SeroError(`${area}/case`, `Write ${what} in lower case or in upper case, not in both.`, {
        position: i + 1,
      });
    }
  }
  return text.toLowerCase();
}

const BECH32M_CONSTANT = 0x2bc830a3;
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

function polymodStep(checksum: number, value: number): number {
  const top = checksum >>> 25;
  let next = ((checksum & 0x1ffffff) << 5) ^ value;
  for (let i = 0; i < 5; i++) if (((top >>> i) & 1) === 1) next ^= GENERATOR[i] as number;
  return next;
}

function polymod(prefix: string, data: readonly number[]): number {
  let checksum = 1;
  for (let i = 0; i < prefix.length; i++) checksum = polymodStep(checksum, prefix.charCodeAt(i) >>> 5);
  checksum = polymodStep(checksum, 0);
  for (let i = 0; i < prefix.length; i++) checksum = polymodStep(checksum, prefix.charCodeAt(i) & 31);
  for (const value of data) checksum = polymodStep(checksum, value);
  return checksum;
}

/**
 * Index of the one data character that explains a wrong checksum; undefined if none does. The code has distance 4 up to 1023
 * characters, so a single mistake is found exactly. A wrong checksum's difference from the right one is linear in the mistakes, so each
 * position and value is tried on the difference alone.
 */
function findMistake(prefix: string, data: readonly number[]): number | undefined {
  const difference = polymod(prefix, data) ^ BECH32M_CONSTANT;
  for (let bits = 1; bits < 32; bits++) {
    let effect = bits;
    for (let index = data.length - 1; index >= 0; index--) {
      if (effect === difference) return index;
      effect = polymodStep(effect, 0);
    }
  }
  return undefined;
}
