import { sha512 } from "@noble/hashes/sha2.js";
import * as p from "../../src/index.js";
import { LOW_ORDER_POINTS } from "../curve/low-order.js";

/** A signature made by hand, and what the equation with the cofactor says of it. */
export interface HandMade extends p.SignedMessage {
  readonly about: string;
  readonly valid: boolean;
}

const l = p.SUBGROUP_ORDER;
const KEY = 0x1234567890abcdef1234567890abcdefn;
const NONCE = 0xfedcba0987654321fedcba0987654321n;
const MESSAGE = p.keccak256(p.utf8("sero torsion"));

const challenge = (R: Uint8Array, rk: Uint8Array): bigint =>
  p.bytesToBigInt(sha512(p.concatBytes(p.utf8("SERO/sig-chal"), R, rk, MESSAGE))) % l;

/** LOW_ORDER_POINTS[i] is i times one point of order 8. */
const withTorsion = (scalar: bigint, torsion: number): Uint8Array =>
  p.encodePoint(p.addPoints(p.mulBase(scalar), LOW_ORDER_POINTS[torsion]!));

const assemble = (R: Uint8Array, S: bigint): Uint8Array => p.concatBytes(R, p.bigIntToBytes(((S % l) + l) % l, 32));

/** S for R = nonce*B8 + i*T and rk = key*B8 + j*T, as whoever holds the key can make it: the torsion is gone once it is multiplied by 8. */
export function twisted(key: bigint, nonce: bigint, i: number, j: number, about: string): HandMade {
  const [R, rk] = [withTorsion(nonce, i), withTorsion(key, j)];
  const signature = assemble(R, nonce + challenge(R, rk) * key);
  return { about, rk, message: MESSAGE, signature, valid: key % l !== 0n };
}

/** Every R and rk with every part of low order. */
export const allTwisted = (): HandMade[] =>
  LOW_ORDER_POINTS.flatMap((_, i) =>
    LOW_ORDER_POINTS.map((_, j) => twisted(KEY, NONCE, i, j, `R + ${i}T, rk + ${j}T, T of order 8`)),
  );

/** Those of them that are vectors, with R of low order, rk of low order, and torsion that the signer did not count in. */
export function torsionSignatures(): HandMade[] {
  const pairs = [...LOW_ORDER_POINTS.keys()].flatMap((i) => [
    [i, 0] as const,
    [0, i] as const,
    [i, (3 * i + 1) % 8] as const,
  ]);
  const good = twisted(KEY, NONCE, 0, 0, "");
  const replaced = (about: string, change: Partial<p.SignedMessage>): HandMade => ({
    ...good,
    ...change,
    about,
    valid: false,
  });
  return [
    ...pairs.map(([i, j]) => twisted(KEY, NONCE, i, j, `R + ${i}T, rk + ${j}T, T of order 8`)),
    ...[0, 1, 2, 4].map((i) => twisted(KEY, 0n, i, 3, `R = ${i}T, rk + 3T`)),
    ...[0, 1, 2, 4].map((j) => twisted(0n, NONCE, 1, j, `R + T, rk = ${j}T`)),
    replaced("R + 4T under a challenge for R", {
      signature: p.concatBytes(withTorsion(NONCE, 4), good.signature.subarray(32)),
    }),
    replaced("rk + 4T under a challenge for rk", { rk: withTorsion(KEY, 4) }),
    replaced(
      "S + 1 with torsion in R and rk",
      (({ rk, signature }) => ({
        rk,
        signature: assemble(signature.slice(0, 32), p.bytesToBigInt(signature.subarray(32)) + 1n),
      }))(twisted(KEY, NONCE, 5, 6, "")),
    ),
    // The equation would hold; only the encodings of R, the identity and the point of order 2, are not the canonical ones.
    ...[IDENTITY_WITH_SIGN, ORDER2_WITH_SIGN, IDENTITY_PLUS_R].map(([about, R]) => {
      const rk = withTorsion(KEY, 2);
      return { about, rk, message: MESSAGE, signature: assemble(R, challenge(R, rk) * KEY), valid: false };
    }),
  ];
}

const IDENTITY_WITH_SIGN = ["R = identity with the sign of x set", p.bigIntToBytesLE(1n + 2n ** 255n, 32)] as const;
const ORDER2_WITH_SIGN = [
  "R of order 2 with the sign of x set",
  p.bigIntToBytesLE(p.FIELD_ORDER - 1n + 2n ** 255n, 32),
] as const;
const IDENTITY_PLUS_R = ["R = identity with y + r", p.bigIntToBytesLE(1n + p.FIELD_ORDER, 32)] as const;
