import { concatBytes, SeroError } from "@sero/protocol";

/** The note tree after a block, as the store keeps it. */
export interface TreeRecord {
  /** Leaves. */
  readonly count: bigint;
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** 32 bytes. */
  readonly streamDigest: Uint8Array;
  /** Encoded frontier, or the hash of the ancestor whose record holds it, because no leaf was added since. */
  readonly frontier:
    { readonly kind: "bytes"; readonly bytes: Uint8Array } | { readonly kind: "at"; readonly hash: Uint8Array };
}

/** Layout: kind 1 (0 bytes, 1 at), count 8, root 32, digest 32, frontier or hash. */
export function encodeTreeRecord(record: TreeRecord): Uint8Array {
  const head = new Uint8Array(9);
  head[0] = record.frontier.kind === "at" ? 1 : 0;
  new DataView(head.buffer).setBigUint64(1, record.count);
  const tail = record.frontier.kind === "at" ? record.frontier.hash : record.frontier.bytes;
  return concatBytes(head, record.root, record.streamDigest, tail);
}

/** @throws SeroError `store/damaged` */
export function decodeTreeRecord(bytes: Uint8Array): TreeRecord {
  if (bytes.length < 73) {
    throw new SeroError(
      "store/damaged",
      "A record of the note tree is damaged. Let the node sync again into a new directory.",
    );
  }
  const tail = bytes.slice(73);
  return {
    count: new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(1),
    root: bytes.slice(9, 41),
    streamDigest: bytes.slice(41, 73),
    frontier: bytes[0] === 1 ? { kind: "at", hash: tail } : { kind: "bytes", bytes: tail },
  };
}
