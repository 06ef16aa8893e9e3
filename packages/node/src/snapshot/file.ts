import { createHash, type Hash } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { concatBytes, equalBytes, SeroError } from "@sero/protocol";
import { FRAME, MAGIC, MAX_FRAME_BYTES, refusal, type FrameKind } from "./format.js";

/** One frame of a file. */
export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array;
  /** Position in the file after it, bytes. */
  readonly end: number;
}

const HEAD_BYTES = 5;
const DIGEST_BYTES = 32;
const KINDS = new Set<number>(Object.values(FRAME));

/** Writes a snapshot beside its place and moves it there when it is whole: no half file ever has its name. */
export interface SnapshotWriter {
  frame(kind: FrameKind, payload: Uint8Array): void;
  /** Ends the file. @returns its size, bytes */
  finish(): number;
  /** Removes what was written. */
  abandon(): void;
}

/** @throws SeroError `snapshot/file` */
export function openSnapshotWriter(path: string): SnapshotWriter {
  const partial = `${path}.part-${process.pid}`;
  const file = attempt(path, () => openSync(partial, "wx", 0o644));
  const digest = createHash("sha256");
  let size = 0;
  let isOpen = true;
  const write = (bytes: Uint8Array): void => {
    attempt(path, () => {
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    });
    size += bytes.length;
  };
  const put = (bytes: Uint8Array): void => {
    digest.update(bytes);
    write(bytes);
  };
  const close = (): void => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  const frame = (kind: FrameKind, payload: Uint8Array): void => {
    const head = new Uint8Array(HEAD_BYTES);
    head[0] = kind;
    new DataView(head.buffer).setUint32(1, payload.length);
    put(concatBytes(head, payload));
  };
  put(MAGIC);
  return {
    frame,
    finish() {
      const head = new Uint8Array(HEAD_BYTES);
      head[0] = FRAME.end;
      new DataView(head.buffer).setUint32(1, DIGEST_BYTES);
      put(head);
      write(Uint8Array.from(digest.digest()));
      attempt(path, () => {
        fsyncSync(file);
        close();
        renameSync(partial, path);
        const folder = openSync(dirname(path), "r");
        fsyncSync(folder);
        closeSync(folder);
      });
      return size;
    },
    abandon() {
      close();
      rmSync(partial, { force: true });
    },
  };
}

/** Size of a file, bytes. @throws SeroError `snapshot/file` */
export function sizeOfFile(path: string): number {
  return attempt(path, () => statSync(path).size);
}

/**
 * Frames of a snapshot file, one after another, and its checksum at the end: whoever has seen the frame `end` has seen the file as it was
 * written. What the frames say is still to be checked.
 *
 * @throws SeroError `snapshot/file`, `snapshot/not-one`, `snapshot/cut-off`, `snapshot/damaged`
 */
export function* framesOfFile(path: string): Generator<Frame> {
  const file = attempt(path, () => openSync(path, "r"));
  const digest = createHash("sha256");
  let at = 0;
  const take = (length: number, into: Hash | undefined): Uint8Array => {
    const bytes = new Uint8Array(length);
    let got = 0;
    while (got < length) {
      const some = attempt(path, () => readSync(file, bytes, got, length - got, at + got));
      if (some === 0) {
        throw refusal("cut-off", "This snapshot is cut off. Get the whole file again; nothing was imported.", {
          bytes: at + got,
        });
      }
      got += some;
    }
    at += length;
    into?.update(bytes);
    return bytes;
  };
  try {
    const size = sizeOfFile(path);
    if (size < MAGIC.length || !equalBytes(take(MAGIC.length, digest), MAGIC)) {
      throw refusal("not-one", "This file is no SERO snapshot of this version.", { path });
    }
    for (;;) {
      const head = take(HEAD_BYTES, digest);
      const kind = head[0]!;
      const length = new DataView(head.buffer).getUint32(1);
      if (!KINDS.has(kind) || length > MAX_FRAME_BYTES) throw damaged(at);
      if (kind === FRAME.end) {
        const expected = Uint8Array.from(digest.digest());
        const isWhole = length === DIGEST_BYTES && equalBytes(take(length, undefined), expected) && at === size;
        if (!isWhole) throw damaged(at);
        yield { kind: FRAME.end, payload: expected, end: at };
        return;
      }
      yield { kind: kind as FrameKind, payload: take(length, digest), end: at };
    }
  } finally {
    closeSync(file);
  }
}

function damaged(at: number): SeroError {
  return refusal("damaged", "This snapshot is damaged. Get the file again; nothing was imported.", { bytes: at });
}

/** Runs what touches the file at `path`. @throws SeroError `snapshot/file` */
export function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SeroError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SeroError(
      "snapshot/file",
      "The snapshot file cannot be read or written. Check its path, rights and the space on the disk.",
      { path, reason },
      { cause: error },
    );
  }
}
