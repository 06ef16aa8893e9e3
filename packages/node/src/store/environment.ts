import { join } from "node:path";
import { open, type Database, type RootDatabase } from "lmdb";
import { equalBytes, SeroError, toHex, utf8 } from "@sero/protocol";
import { requireSpace, writeError } from "./disk.js";
import { checkStoreFile, fitFile, lengthenFile } from "./file-check.js";
import { numberKey, numberOfKey } from "./keys.js";

/** Version of what the tables hold. A store of another version is not touched. */
export const SCHEMA_VERSION = 4n;

/** A table of byte strings by byte strings. */
export type Table = Database<Uint8Array, Uint8Array>;

/** The tables of a node's store, in one lmdb environment, so that one transaction covers them all. */
export interface Environment {
  readonly path: string;
  readonly meta: Table;
  /** hash -> header RLP */
  readonly headers: Table;
  /** hash -> transactions and withdrawals */
  readonly bodies: Table;
  /** hash -> receipts */
  readonly receipts: Table;
  /** hash -> how the call phases went */
  readonly details: Table;
  /** hash -> compact block, as steps from the body where that is kept */
  readonly compact: Table;
  /** hash -> memo chunks, of blocks whose bodies are not kept */
  readonly memos: Table;
  /** hash -> what the Pool says of assets and packages, of blocks with such events */
  readonly events: Table;
  /** hash -> note tree after the block */
  readonly trees: Table;
  /** number -> hash of the canonical block */
  readonly canonical: Table;
  /** txid -> number and index, of canonical blocks */
  readonly transactions: Table;
  /** hash -> state diff, of blocks above the finalized one */
  readonly layers: Table;
  /** what blocks changed that are far behind the head and not final: see recent.ts */
  readonly recent: Table;
  /** The state at the finalized block: flat tables for reads, trie nodes for proofs and updates. */
  readonly accounts: Table;
  readonly slots: Table;
  readonly code: Table;
  readonly nodes: Table;
  /** level and index -> root of a complete subtree of the note tree, up to the finalized block */
  readonly subtrees: Table;
  /** number -> header of a block that a sync is on the way to */
  readonly skeleton: Table;
  /**
   * Runs `work` in one transaction that is on disk, flushed, when this returns.
   *
   * @throws SeroError `store/disk-full`, `store/write-failed`: then nothing of it is on disk
   */
  write(work: () => void): void;
  close(): Promise<void>;
}

/** Which chain a store belongs to. */
export interface ChainIdentity {
  readonly chainId: bigint;
  readonly genesisHash: Uint8Array;
}

/**
 * Opens or creates the tables in `directory`.
 *
 * @throws SeroError `store/damaged`, `store/open`, `store/schema`, `store/other-chain`: the files stay as they were
 */
export function openEnvironment(directory: string, identity: ChainIdentity): Environment {
  const path = join(directory, "chain.lmdb");
  const isNew = checkStoreFile(path);
  const root = openRoot(path);
  const table = (name: string): Table => root.openDB({ name, ...BINARY });
  // A program that was killed while it read (an export) would hold its pages for ever, and the file would grow.
  const readers = setInterval(() => root.readerCheck(), READERS_MS);
  readers.unref();
  const environment: Environment = {
    path,
    meta: table("meta"),
    headers: table("headers"),
    bodies: table("bodies"),
    receipts: table("receipts"),
    details: table("details"),
    compact: table("compact"),
    memos: table("memos"),
    events: table("events"),
    trees: table("trees"),
    canonical: table("canonical"),
    transactions: table("transactions"),
    layers: table("layers"),
    recent: table("recent"),
    accounts: table("accounts"),
    slots: table("slots"),
    code: table("code"),
    nodes: table("nodes"),
    subtrees: table("subtrees"),
    skeleton: table("skeleton"),
    write(work) {
      requireSpace(directory);
      lengthenFile(path);
      try {
        root.transactionSync(work);
      } catch (error) {
        throw writeError(directory, error);
      }
    },
    async close() {
      clearInterval(readers);
      await root.close();
      fitFile(path);
    },
  };
  try {
    checkIdentity(environment, identity, isNew);
  } catch (error) {
    clearInterval(readers);
    void root.close();
    throw error;
  }
  return environment;
}

const READERS_MS = 60_000;
const BINARY = { encoding: "binary", keyEncoding: "binary", cache: false } as const;

function openRoot(path: string): RootDatabase<Uint8Array, Uint8Array> {
  try {
    // overlappingSync off: a commit has been flushed when it returns. The engine answers VALID only after that.
    return open<Uint8Array, Uint8Array>({ path, maxDbs: 32, overlappingSync: false, ...BINARY });
  } catch (error) {
    throw new SeroError(
      "store/open",
      "The block store cannot be opened. If the disk is sound, restore the data directory from a copy or let the node sync it again.",
      { path, reason: error instanceof Error ? error.message : String(error) },
      { cause: error },
    );
  }
}

const SCHEMA = utf8("schema");
const CHAIN_ID = utf8("chainId");
const GENESIS = utf8("genesis");

function checkIdentity(environment: Environment, identity: ChainIdentity, isNew: boolean): void {
  const { meta, path } = environment;
  const schema = meta.get(SCHEMA);
  if (schema === undefined) {
    if (!isNew && meta.getKeysCount() > 0) {
      throw new SeroError("store/schema", "This block store has no version: it was not written by this program.", {
        path,
      });
    }
    environment.write(() => {
      meta.putSync(SCHEMA, numberKey(SCHEMA_VERSION));
      meta.putSync(CHAIN_ID, numberKey(identity.chainId));
      meta.putSync(GENESIS, identity.genesisHash);
    });
    return;
  }
  if (numberOfKey(schema) !== SCHEMA_VERSION) {
    throw new SeroError(
      "store/schema",
      "This block store was written by another version of the node. Use that version, or a new data directory.",
      { path, found: Number(numberOfKey(schema)), expected: Number(SCHEMA_VERSION) },
    );
  }
  const chainId = numberOfKey(meta.get(CHAIN_ID) ?? numberKey(0n));
  const genesis = meta.get(GENESIS) ?? new Uint8Array(0);
  if (chainId !== identity.chainId || !equalBytes(genesis, identity.genesisHash)) {
    throw new SeroError(
      "store/other-chain",
      "This data directory belongs to another chain. Give the node the directory of this chain, or a new one; nothing was changed.",
      {
        path,
        chainId: chainId.toString(),
        expectedChainId: identity.chainId.toString(),
        genesisHash: toHex(genesis),
        expectedGenesisHash: toHex(identity.genesisHash),
      },
    );
  }
}
