import { bytesToBigInt, concatBytes } from "../bytes/index.js";
import { decodePoint, encodePoint, isIdentity, isInSubgroup } from "../curve/index.js";
import { decodeBech32m, encodeBech32m } from "../encoding/index.js";
import { SeroError } from "../errors.js";
import { fieldToBytes, isField } from "../field/index.js";
import type { AccountTag, IncomingKey, NullifierKey, OutgoingKey } from "../types.js";
import type { FullViewKey, IncomingViewKey } from "./account.js";
import { accountTag, checkNetworkName } from "./account.js";

/** First byte of every encoded view key. */
export const VIEW_KEY_VERSION = 1;

/** What a view key's text holds. */
export type ViewKey =
  { readonly kind: "full"; readonly key: FullViewKey } | { readonly kind: "incoming"; readonly key: IncomingViewKey };

const WHAT = "a view key";
const FULL_SUFFIX = "-full";
const INCOMING_SUFFIX = "-incoming";
const FULL_BYTES = 1 + 7 * 32;
const INCOMING_BYTES = 1 + 2 * 32;

/** bech32m, prefix network || "-full", of version | A 32 | nk 32 | ivk 32 | ivkInt 32 | ovk 32 | dk 32 | rhoKey 32. acct is not in it. */
export function encodeFullViewKey(key: FullViewKey): string {
  checkNetworkName(key.network);
  return encodeBech32m(
    key.network + FULL_SUFFIX,
    concatBytes(
      Uint8Array.of(VIEW_KEY_VERSION),
      encodePoint(key.A),
      fieldToBytes(key.nk),
      key.ivk,
      key.ivkInt,
      key.ovk,
      key.dk,
      fieldToBytes(key.rhoKey),
    ),
  );
}

/** bech32m, prefix network || "-incoming", of version | ivk 32 | acct 32. */
export function encodeIncomingViewKey(key: IncomingViewKey): string {
  checkNetworkName(key.network);
  return encodeBech32m(
    key.network + INCOMING_SUFFIX,
    concatBytes(Uint8Array.of(VIEW_KEY_VERSION), key.ivk, fieldToBytes(key.acct)),
  );
}

/**
 * The view key in `text`. In a full one acct is computed from A and nk: a false nk gives another acct, under which no note of the account
 * opens, so it cannot hide spends. Throws view-key/* for texts that are no bech32m (with the position of the mistake where known),
 * view-key/network (naming both), view-key/version, view-key/length, view-key/value (a part out of range).
 */
export function decodeViewKey(text: string, network: string): ViewKey {
  const { prefix, bytes } = decodeBech32m(text, "view-key", WHAT);
  const kind = prefix.endsWith(FULL_SUFFIX) ? "full" : prefix.endsWith(INCOMING_SUFFIX) ? "incoming" : undefined;
  if (kind === undefined) throw new SeroError("view-key/format", `This is not ${WHAT}.`);
  const found = prefix.slice(0, prefix.lastIndexOf("-"));
  if (found !== network) {
    throw new SeroError("view-key/network", `This view key is for ${found}, not for ${network}.`, {
      found,
      expected: network,
    });
  }
  const expected = kind === "full" ? FULL_BYTES : INCOMING_BYTES;
  if (bytes[0] !== VIEW_KEY_VERSION) {
    throw new SeroError(
      "view-key/version",
      "This view key is of a version that this software does not know; update it.",
      {
        version: bytes[0] ?? null,
      },
    );
  }
  if (bytes.length !== expected) {
    throw new SeroError("view-key/length", `Give a view key of ${expected} bytes.`, { length: bytes.length, expected });
  }
  const part = (index: number): Uint8Array => bytes.slice(1 + 32 * index, 33 + 32 * index);
  return kind === "full"
    ? { kind, key: fullFromParts(network, part) }
    : { kind, key: { network, ivk: part(0) as IncomingKey, acct: scalarPart(part(1)) as AccountTag } };
}

function fullFromParts(network: string, part: (index: number) => Uint8Array): FullViewKey {
  const A = pointPart(part(0));
  const nk = scalarPart(part(1)) as NullifierKey;
  return {
    network,
    A,
    nk,
    ivk: part(2) as IncomingKey,
    ivkInt: part(3) as IncomingKey,
    ovk: part(4) as OutgoingKey,
    dk: part(5),
    rhoKey: scalarPart(part(6)),
    acct: accountTag(A, nk),
  };
}

function scalarPart(bytes: Uint8Array): bigint {
  const value = bytesToBigInt(bytes);
  if (value === 0n || !isField(value)) throw badValue();
  return value;
}

function pointPart(bytes: Uint8Array): FullViewKey["A"] {
  let point: FullViewKey["A"];
  try {
    point = decodePoint(bytes);
  } catch {
    throw badValue();
  }
  if (isIdentity(point) || !isInSubgroup(point)) throw badValue();
  return point;
}

function badValue(): SeroError {
  return new SeroError("view-key/value", "This view key holds a part that is out of range; ask for it again.");
}
