import { SeroError } from "@sero/protocol";

export const busy = (waiting: number): SeroError =>
  new SeroError("pool/busy", "The node is checking as many transactions as it can. Try again in a moment.", {
    waiting,
  });

export const stopped = (): SeroError =>
  new SeroError("pool/stopped", "The node is stopping. Send the transaction again when it runs.");

export const tooManyBad = (): SeroError =>
  new SeroError(
    "pool/too-many-bad",
    "Too many transactions with false proofs came from here. Wait a minute before sending another.",
  );

export const verifierFailed = (cause: unknown): SeroError =>
  new SeroError(
    "pool/verifier",
    "The proofs could not be checked just now. Send the transaction again.",
    {},
    { cause },
  );

export const falseProof = (txid: string): SeroError =>
  new SeroError(
    "tx/proof",
    "A proof or signature of this transaction is false. Build it again; its notes are untouched.",
    { txid },
  );

export const pseudonymBusy = (txid: string): SeroError =>
  new SeroError(
    "pool/pseudonym-busy",
    "A transaction of this pseudonym waits for a block. Wait for it, or send one of the same nonce at a higher price step in its place.",
    { txid },
  );

export const nullifierHeld = (txid: string): SeroError =>
  new SeroError(
    "pool/nullifier-held",
    "Another transaction that waits for a block spends the same note. Wait for it, or for its expiry.",
    { txid },
  );

export const full = (price: bigint): SeroError =>
  new SeroError(
    "pool/full",
    "The node's pool is full of transactions that pay as much or more. Choose a higher price tier or try later.",
    { price: price.toString() },
  );

export const belowFloor = (price: bigint, floor: bigint): SeroError =>
  new SeroError(
    "pool/price-floor",
    "The node's pool was full lately and takes only what pays more. Choose a higher price tier or try later.",
    { price: price.toString(), floor: floor.toString() },
  );

export const isMinedAlready = (txid: string): SeroError =>
  new SeroError("pool/mined", "This transaction is in a block already; nothing is left to do.", { txid });

export const notChecked = (): SeroError =>
  new SeroError("pool/unchecked", "Only what this pool has checked may be inserted; submit its bytes.");
