/**
 * The place a wallet keeps its files in: a directory, or a map in memory (tests, browsers). Names are plain (`keys`, `state`, `log-3`).
 * Every write is durable when its promise resolves; a failed write leaves the old contents.
 */
export interface WalletFiles {
  /** For messages to the user, e.g. the directory's path. */
  readonly place: string;
  /** The whole file; undefined if there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Replaces the file at once or not at all. Throws store/disk-full, store/io. */
  writeAtomic(name: string, bytes: Uint8Array): Promise<void>;
  /** Makes the file `at` bytes long, then appends. Throws store/disk-full, store/io; then the first `at` bytes are still there. */
  append(name: string, at: number, bytes: Uint8Array): Promise<void>;
  list(): Promise<readonly string[]>;
  /** Overwrites the file with random bytes and removes it. No error if there is none. */
  destroy(name: string): Promise<void>;
  /** Removes a file whose contents are superseded. No error if there is none. */
  remove(name: string): Promise<void>;
  /** Keeps every other process out until the returned function is called. Throws store/locked. */
  lock(): Promise<() => Promise<void>>;
}
