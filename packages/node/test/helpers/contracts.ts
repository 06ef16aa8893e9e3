import { concatBytes, encodeRlp, fromHex, keccak256, rlpUint, utf8, type EthAddress } from "@sero/protocol";

/** Topic of the event that the bell emits. */
export const RUNG = keccak256(utf8("Rung(bytes)"));

/**
 * A contract that logs its calldata under RUNG, counts in slot 0 and returns its calldata; reverts with it when it is Error(string), and with
 * nothing when there is none.
 */
export const BELL = creationOf(
  fromHex(
    `0x365f5f37${"5f3560e01c6308c379a014604557"}${"3615604557"}7f${hex(RUNG)}365fa1${"5f546001015f55"}365ff35b365ffd`,
  ),
);

/** A contract that calls the address in the first word of its calldata with the rest, value and all, and passes on how it ended. */
export const FORWARDER = creationOf(fromHex("0x602036038060205f375f5f825f345f355af13d5f5f3e601c573d5ffd5b3d5ff3"));

/** A contract that stores its block's parent hash (BLOCKHASH) under the block's number: what it holds differs from branch to branch. */
export const HASHER = creationOf(fromHex("0x6001430340435500"));

/** What FORWARDER is to be called with. */
export function forwarded(to: Uint8Array, data: Uint8Array): Uint8Array {
  return concatBytes(new Uint8Array(12), to, data);
}

/** Error(string) as Solidity encodes it, for a text of at most 32 bytes. */
export function errorText(text: string): Uint8Array {
  const bytes = utf8(text);
  const word = (n: number): Uint8Array => fromHex(`0x${n.toString(16).padStart(64, "0")}`);
  const padded = new Uint8Array(32);
  padded.set(bytes);
  return concatBytes(fromHex("0x08c379a0"), word(32), word(bytes.length), padded);
}

/** Address of what an account creates. */
export function createdBy(account: Uint8Array, nonce: bigint): EthAddress {
  return keccak256(encodeRlp([account, rlpUint(nonce)])).slice(12) as EthAddress;
}

/** Code that returns `runtime`, of less than 256 bytes. */
function creationOf(runtime: Uint8Array): Uint8Array {
  return concatBytes(fromHex("0x60"), Uint8Array.of(runtime.length), fromHex("0x8060095f395ff3"), runtime);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
