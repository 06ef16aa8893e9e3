import { bech32, bech32m } from "@scure/base";
import * as p from "../../src/index.js";
import { LOW_ORDER_POINTS } from "../curve/low-order.js";
import { TEST_PHRASE } from "../support.js";

/** A text that must not be read, and why. */
export interface RefusedText {
  readonly name: string;
  readonly text: string;
}

export const HRP = "serodev";
export const NETWORK = "sero-dev";

const keys = p.deriveAccount(p.phraseToSeed(TEST_PHRASE, ""), NETWORK, 0);
const address = p.addressAt(keys, 0n);
export const GOOD_ADDRESS = p.encodeAddress(address, HRP);
const bytesOf = (text: string): Uint8Array => p.decodeBech32m(text, "x", "x").bytes;
const patched = (bytes: Uint8Array, at: number, by: Uint8Array): Uint8Array => {
  const out = bytes.slice();
  out.set(by, at);
  return out;
};
const be32 = (x: bigint): Uint8Array => p.bigIntToBytes(x, 32);
const le32 = (x: bigint): Uint8Array => p.bigIntToBytesLE(x, 32);
const one = Uint8Array.of(2);

/** Texts that are wrong whatever they hold. */
function wrongTexts(good: string): RefusedText[] {
  const separator = good.lastIndexOf("1");
  const bytes = bytesOf(good);
  const words = bech32.toWords(bytes);
  const last = good.at(-1) === "q" ? "p" : "q";
  // The last digit of 81 bytes carries two bits that belong to no byte: they must be 0. 225 bytes fill their digits.
  const stray = [...words.slice(0, -1), words.at(-1)! | 1];
  const lines: [string, string][] = [
    ["nothing", ""],
    ["the prefix alone", good.slice(0, separator + 1)],
    ["no separator", good.replace("1", "")],
    ["the last character changed", good.slice(0, -1) + last],
    [
      "the first character of the data changed",
      good.slice(0, separator + 1) + (good[separator + 1] === "q" ? "p" : "q") + good.slice(separator + 2),
    ],
    ["the last character missing", good.slice(0, -1)],
    ["one q put in before the checksum", good.slice(0, -6) + "q" + good.slice(-6)],
    [
      "upper and lower case",
      good.slice(0, -1) + good.slice(-1).toUpperCase() + (/[a-z]/.test(good.slice(-1)) ? "" : "Q"),
    ],
    ["a space in front", ` ${good}`],
    ["a line's end behind", `${good}\n`],
    ["a b, which is no digit", good.slice(0, -1) + "b"],
    ["the checksum of bech32", bech32.encode(good.slice(0, separator), words, 1023)],
    ["stray bits in the last digit", withChecksum(good.slice(0, separator), stray)],
    ["one digit more than the bytes need", withChecksum(good.slice(0, separator), [...words, 0])],
  ];
  const filled = (8 * bytes.length) % 5 === 0;
  return lines.filter(([name]) => !filled || !name.startsWith("stray")).map(([name, text]) => ({ name, text }));
}

/** A text of any digits with a right checksum. */
const withChecksum = (prefix: string, words: readonly number[]): string => bech32m.encode(prefix, [...words], 1023);

export const refusedAddresses = (): RefusedText[] => {
  const bytes = bytesOf(GOOD_ADDRESS);
  const text = (changed: Uint8Array, hrp = HRP): string => p.encodeBech32m(hrp, changed);
  const q = p.CURVE25519_PRIME;
  const lowOrder = [
    0n,
    1n,
    q - 1n,
    325606250916557431795983626356110631294008115727848805560023387167927233504n,
    39382357235489614581723060781553021112529911719440698176882885853963445705823n,
  ];
  return [
    ...wrongTexts(GOOD_ADDRESS),
    { name: "another chain's prefix", text: text(bytes, "sero") },
    { name: "version 2", text: text(patched(bytes, 0, one)) },
    { name: "80 bytes", text: text(bytes.slice(0, -1)) },
    { name: "82 bytes", text: text(p.concatBytes(bytes, new Uint8Array(1))) },
    { name: "no bytes", text: text(new Uint8Array(0)) },
    { name: "an ownerTag of r", text: text(patched(bytes, 49, be32(p.FIELD_ORDER))) },
    { name: "an ownerTag plus r", text: text(patched(bytes, 49, be32(address.ownerTag + p.FIELD_ORDER))) },
    ...lowOrder.map((u) => ({ name: `P_d of low order, u = ${u}`, text: text(patched(bytes, 17, le32(u))) })),
    { name: "P_d of 2^255 - 19", text: text(patched(bytes, 17, le32(q))) },
    { name: "P_d of 2^255 - 10", text: text(patched(bytes, 17, le32(q + 9n))) },
    { name: "P_d with the top bit", text: text(patched(bytes, 17, le32(p.bytesToBigIntLE(address.pd) + 2n ** 255n))) },
  ];
};

export const refusedViewKeys = (): RefusedText[] => {
  const [full, incoming] = [p.encodeFullViewKey(keys), p.encodeIncomingViewKey(keys)];
  const [fullBytes, incomingBytes] = [bytesOf(full), bytesOf(incoming)];
  const asFull = (bytes: Uint8Array, network = NETWORK): string => p.encodeBech32m(`${network}-full`, bytes);
  const asIncoming = (bytes: Uint8Array, network = NETWORK): string => p.encodeBech32m(`${network}-incoming`, bytes);
  const A = (encoded: Uint8Array): string => asFull(patched(fullBytes, 1, encoded));
  return [
    ...wrongTexts(full),
    { name: "another network's full key", text: asFull(fullBytes, "sero") },
    { name: "another network's incoming key", text: asIncoming(incomingBytes, "sero") },
    { name: "an address", text: GOOD_ADDRESS },
    { name: "a full key of version 2", text: asFull(patched(fullBytes, 0, one)) },
    { name: "an incoming key of version 2", text: asIncoming(patched(incomingBytes, 0, one)) },
    { name: "a full key of 224 bytes", text: asFull(fullBytes.slice(0, -1)) },
    { name: "an incoming key of 66 bytes", text: asIncoming(p.concatBytes(incomingBytes, new Uint8Array(1))) },
    { name: "an incoming key under a full key's prefix", text: asFull(incomingBytes) },
    { name: "a full key under an incoming key's prefix", text: asIncoming(fullBytes) },
    ...LOW_ORDER_POINTS.map((point, i) => ({ name: `A = ${i}T, T of order 8`, text: A(p.encodePoint(point)) })),
    ...[1, 2, 4].map((i) => ({ name: `A + ${i}T`, text: A(p.encodePoint(p.addPoints(keys.A, LOW_ORDER_POINTS[i]!))) })),
    { name: "A off the curve", text: A(le32(4n)) },
    { name: "A with y + r", text: A(le32(1n + p.FIELD_ORDER)) },
    { name: "nk of 0", text: asFull(patched(fullBytes, 33, be32(0n))) },
    { name: "nk plus r", text: asFull(patched(fullBytes, 33, be32(keys.nk + p.FIELD_ORDER))) },
    { name: "rhoKey of 0", text: asFull(patched(fullBytes, 193, be32(0n))) },
    { name: "rhoKey of r", text: asFull(patched(fullBytes, 193, be32(p.FIELD_ORDER))) },
    { name: "acct of 0", text: asIncoming(patched(incomingBytes, 33, be32(0n))) },
    { name: "acct of r", text: asIncoming(patched(incomingBytes, 33, be32(p.FIELD_ORDER))) },
  ];
};
