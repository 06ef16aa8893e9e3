import * as p from "../../src/index.js";
import { codeOf } from "../support.js";
import { LOW_ORDER_POINTS } from "../curve/low-order.js";
import { torsionSignatures } from "../signature/torsion.js";
import type { VectorKind } from "./format.js";
import { bytes, element, fixed, hex32, integer, list, text } from "./format.js";

const r = p.FIELD_ORDER;
const l = p.SUBGROUP_ORDER;

export const HASH_VECTORS: readonly VectorKind[] = [
  {
    name: "domain",
    description: "Domain constants: the ASCII of the text as a big-endian integer.",
    compute: (input) => ({ value: hex32(p.DOMAINS[text(input, "name") as p.DomainName]) }),
    inputs: () => Object.entries(p.DOMAIN_NAMES).map(([name, ascii]) => ({ name, ascii })),
  },
  {
    name: "poseidon",
    description: "circomlib's Poseidon of 1 to 5 field elements.",
    compute: (input) => ({ hash: hex32(p.poseidon(list(input, "inputs").map(BigInt))) }),
    inputs: () =>
      [1, 2, 3, 4, 5].flatMap((n) => [
        { inputs: Array.from({ length: n }, (_, i) => hex32(BigInt(i + 1))) },
        { inputs: Array.from({ length: n }, () => hex32(r - 1n)) },
        { inputs: Array.from({ length: n }, (_, i) => hex32(element(`poseidon ${n} ${i}`))) },
      ]),
  },
];

export const CURVE_VECTORS: readonly VectorKind[] = [
  {
    name: "multiple",
    description: "scalar * B8 and its encoding.",
    compute: (input) => {
      const point = p.mulBase(integer(input, "scalar"));
      return { x: hex32(point.x), y: hex32(point.y), encoded: p.toHex(p.encodePoint(point)) };
    },
    inputs: () => [0n, 1n, 2n, l - 1n, element("curve") % l].map((scalar) => ({ scalar: hex32(scalar) })),
  },
  {
    name: "decode",
    description: "Encodings of points: the point, or the error; and whether its order divides 8.",
    compute: (input) => {
      const error = codeOf(() => p.decodePoint(bytes(input, "encoded")));
      if (error !== "no error") return { error };
      const point = p.decodePoint(bytes(input, "encoded"));
      return { x: hex32(point.x), y: hex32(point.y), lowOrder: p.isLowOrder(point), inSubgroup: p.isInSubgroup(point) };
    },
    inputs: () =>
      [
        ...LOW_ORDER_POINTS.map(p.encodePoint),
        ...LOW_ORDER_POINTS.map((point) => p.encodePoint(p.addPoints(point, p.BASE8))).slice(0, 2),
        p.bigIntToBytesLE(1n + r, 32),
        p.bigIntToBytesLE(1n + 2n ** 255n, 32),
        p.bigIntToBytesLE(r, 32),
        ...Array.from({ length: 6 }, (_, i) => p.bigIntToBytesLE(BigInt(i + 2), 32)),
        new Uint8Array(32).fill(0xff),
      ].map((encoded) => ({ encoded: p.toHex(encoded) })),
  },
];

export const SIGNATURE_VECTORS: readonly VectorKind[] = [
  {
    name: "sign",
    description: "A signature from ask, alpha, the message (bind) and the nonce's 32 random bytes T.",
    compute: (input) => {
      const ask = integer(input, "ask") as p.SpendAuthority;
      const alpha = integer(input, "alpha");
      return {
        rk: p.toHex(p.randomizedKey(p.mulBase(ask), alpha)),
        signature: p.toHex(p.sign(ask, alpha, bytes(input, "message"), () => bytes(input, "T"))),
      };
    },
    inputs: () =>
      [0, 1, 2].map((i) => ({
        ask: hex32(element(`ask ${i}`) % l),
        alpha: hex32(i === 0 ? 0n : element(`alpha ${i}`) % l),
        message: p.toHex(fixed(`message ${i}`)),
        T: p.toHex(i === 1 ? new Uint8Array(32) : fixed(`T ${i}`)),
      })),
  },
  {
    name: "verify",
    description: "Whether a signature is valid.",
    compute: (input) => ({
      valid: p.verifySignature(bytes(input, "rk"), bytes(input, "message"), bytes(input, "signature")),
    }),
    inputs: () => {
      const ask = (element("ask verify") % l) as p.SpendAuthority;
      const message = fixed("message verify");
      const rk = p.randomizedKey(p.mulBase(ask), 7n);
      const good = p.sign(ask, 7n, message, () => fixed("T verify"));
      const S = p.bytesToBigInt(good.subarray(32));
      const withS = (s: bigint): Uint8Array => p.concatBytes(good.subarray(0, 32), p.bigIntToBytes(s, 32));
      const withR = (R: Uint8Array): Uint8Array => p.concatBytes(R, good.subarray(32));
      const make = (
        about: string,
        signature: Uint8Array,
        key = rk,
        m = message,
      ): { readonly [key: string]: string } => ({
        about,
        rk: p.toHex(key),
        message: p.toHex(m),
        signature: p.toHex(signature),
      });
      // S*B8 = R, so that it would hold for the identity as rk.
      const plain = p.concatBytes(p.encodePoint(p.mulBase(77n)), p.bigIntToBytes(77n, 32));
      return [
        make("valid", good),
        make("S + l", withS(S + l)),
        make("S = l", withS(l)),
        make("R is the identity", withR(p.encodePoint(p.IDENTITY))),
        make("R is not canonical", withR(p.bigIntToBytesLE(1n + r, 32))),
        make("another message", good, rk, fixed("another message")),
        make("another rk", good, p.encodePoint(p.BASE8)),
        ...LOW_ORDER_POINTS.map((point) => make("rk of low order", plain, p.encodePoint(point))),
        ...torsionSignatures().map(({ about, signature, rk: key, message: m }) => make(about, signature, key, m)),
      ];
    },
  },
];
