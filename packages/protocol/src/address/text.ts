import { bytesToBigInt, concatBytes, expectLength } from "../bytes/index.js";
import { decodeBech32m, encodeBech32m } from "../encoding/index.js";
import { SeroError } from "../errors.js";
import { fieldToBytes, isField } from "../field/index.js";
import type { OwnerTag } from "../types.js";
import type { Address } from "./address.js";
import { DIVERSIFIER_BYTES, isCanonicalX25519 } from "./diversifier.js";

/** First byte of an encoded address. */
export const ADDRESS_VERSION = 1;
/** Bytes inside an encoded address: version | d 16 | P_d 32 | ownerTag 32. */
export const ADDRESS_BYTES = 81;

const WHAT = "an address";

/** The text of an address: bech32m, in lower case, with the chain's prefix `hrp`, of version | d | P_d | ownerTag. */
export function encodeAddress(address: Address, hrp: string): string {
  return encodeBech32m(
    hrp,
    concatBytes(
      Uint8Array.of(ADDRESS_VERSION),
      expectLength(address.d, DIVERSIFIER_BYTES, "a diversifier"),
      expectLength(address.pd, 32, "P_d"),
      fieldToBytes(address.ownerTag),
    ),
  );
}

/**
 * The address in `text`, in lower or upper case. Throws address/character, address/case, address/checksum (each with `position`, counted
 * from 1, where it is known), address/empty, address/format, address/padding, address/network (naming both prefixes), address/version,
 * address/length, address/value (ownerTag >= r; P_d >= 2^255 - 19 or of low order).
 */
export function decodeAddress(text: string, hrp: string): Address {
  const { prefix, bytes } = decodeBech32m(text, "address", WHAT);
  if (prefix !== hrp) {
    throw new SeroError("address/network", `This address is for ${prefix}, not for ${hrp}.`, {
      found: prefix,
      expected: hrp,
    });
  }
  if (bytes[0] !== ADDRESS_VERSION) {
    throw new SeroError(
      "address/version",
      "This address is of a version that this software does not know; update it.",
      {
        version: bytes[0] ?? null,
      },
    );
  }
  if (bytes.length !== ADDRESS_BYTES) {
    throw new SeroError("address/length", `Give an address of ${ADDRESS_BYTES} bytes.`, { length: bytes.length });
  }
  const pd = bytes.slice(17, 49);
  const ownerTag = bytesToBigInt(bytes.subarray(49));
  if (!isField(ownerTag)) throw badValue("ownerTag");
  if (!isCanonicalX25519(pd)) throw badValue("P_d");
  return { d: bytes.slice(1, 17), pd, ownerTag: ownerTag as OwnerTag };
}

function badValue(part: string): SeroError {
  return new SeroError("address/value", `Ask for another address: the ${part} of this one is out of range.`, { part });
}
