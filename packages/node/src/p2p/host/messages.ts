import { multiaddr, type Multiaddr } from "@multiformats/multiaddr";
import { bigIntToBytes, bytesToBigInt, concatBytes, FORK_HASH_BYTES, SeroError } from "@sero/protocol";
import type { Status } from "./types.js";

/** Bytes of a status message. */
export const STATUS_BYTES = 32 + 8 + 8 + 32 + 8 + FORK_HASH_BYTES + 8;

/** Most bytes of one multiaddr in an addresses message: its length is one byte. */
const MAX_ADDRESS_BYTES = 255;

/**
 * A status message: genesis hash (32 bytes), chain id, head number (8 bytes each, big-endian), head hash (32), oldest body (8), fork hash (4),
 * time of the next fork (8).
 */
export function encodeStatus(status: Status): Uint8Array {
  return concatBytes(
    status.genesisHash,
    bigIntToBytes(status.chainId, 8),
    bigIntToBytes(status.headNumber, 8),
    status.headHash,
    bigIntToBytes(status.oldestBody, 8),
    status.forkId.hash,
    bigIntToBytes(status.forkId.next, 8),
  );
}

/** Reads a status message. @throws SeroError `p2p/malformed` */
export function decodeStatus(bytes: Uint8Array): Status {
  if (bytes.length !== STATUS_BYTES) {
    throw new SeroError("p2p/malformed", `A status is ${STATUS_BYTES} bytes.`, { bytes: bytes.length });
  }
  return {
    genesisHash: bytes.slice(0, 32),
    chainId: bytesToBigInt(bytes.subarray(32, 40)),
    headNumber: bytesToBigInt(bytes.subarray(40, 48)),
    headHash: bytes.slice(48, 80),
    oldestBody: bytesToBigInt(bytes.subarray(80, 88)),
    forkId: { hash: bytes.slice(88, 92), next: bytesToBigInt(bytes.subarray(92, 100)) },
  };
}

/** Bytes of the largest addresses message of `count` addresses. */
export function maxAddressesBytes(count: number): number {
  return 1 + count * (1 + MAX_ADDRESS_BYTES);
}

/** An addresses message: how many (1 byte), then each as its length (1 byte) and its binary multiaddr. Longer ones are left out. */
export function encodeAddresses(addresses: readonly Multiaddr[]): Uint8Array {
  const short = addresses.filter(({ bytes }) => bytes.length <= MAX_ADDRESS_BYTES).slice(0, 255);
  return concatBytes(
    Uint8Array.of(short.length),
    ...short.flatMap(({ bytes }) => [Uint8Array.of(bytes.length), bytes]),
  );
}

/**
 * Reads an addresses message. Addresses of a kind that this version does not know are left out.
 *
 * @throws SeroError `p2p/malformed` when the lengths do not fit, or there are more than `max`
 */
export function decodeAddresses(bytes: Uint8Array, max: number): readonly Multiaddr[] {
  const malformed = (): SeroError => new SeroError("p2p/malformed", "The addresses that the peer sent do not fit.");
  const count = bytes[0];
  if (count === undefined || count > max) throw malformed();
  const addresses: Multiaddr[] = [];
  let at = 1;
  for (let i = 0; i < count; i++) {
    const length = bytes[at];
    if (length === undefined || at + 1 + length > bytes.length) throw malformed();
    const address = parse(bytes.slice(at + 1, at + 1 + length));
    if (address) addresses.push(address);
    at += 1 + length;
  }
  if (at !== bytes.length) throw malformed();
  return addresses;
}

function parse(bytes: Uint8Array): Multiaddr | undefined {
  try {
    const address = multiaddr(bytes);
    // Forces the components to be read: the constructor is lazy about some.
    return address.getComponents().length > 0 && address.toString() !== "" ? address : undefined;
  } catch {
    return undefined;
  }
}
