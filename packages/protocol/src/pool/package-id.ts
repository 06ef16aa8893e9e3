import { bigIntToBytes, utf8 } from "../bytes/index.js";
import { fieldToBytes } from "../field/index.js";
import { keccak256 } from "../hash/index.js";
import type { Commitment, Nullifier, PackageId } from "../types.js";

const SPEND_TAG = utf8("SERO/package/1");
const REPACK_TAG = utf8("SERO/package/2");

/**
 * The id of a package that a spend makes (protocol, section 8): keccak256("SERO/package/1" || nf[0] of its bundle || output index, counted
 * over the whole transaction, as 32 bytes BE || cm). A nullifier exists once, so an id does too.
 */
export const packageIdOf = (nf0: Nullifier, outputIndex: number, commitment: Commitment): PackageId =>
  keccak256(
    SPEND_TAG,
    fieldToBytes(nf0),
    bigIntToBytes(BigInt(outputIndex), 32),
    fieldToBytes(commitment),
  ) as PackageId;

/** The id of a package that a repack makes: keccak256("SERO/package/2" || ctx || output slot 0 to 2 as 32 bytes BE || cm). */
export const repackedPackageIdOf = (ctx: bigint, slot: number, commitment: Commitment): PackageId =>
  keccak256(REPACK_TAG, fieldToBytes(ctx), bigIntToBytes(BigInt(slot), 32), fieldToBytes(commitment)) as PackageId;
