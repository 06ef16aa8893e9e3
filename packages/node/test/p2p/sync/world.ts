import { rmSync } from "node:fs";
import { importBlock } from "@sero/execution";
import { toHex, type ChainSpec } from "@sero/protocol";
import type { ImportOptions, ImportOutcome, MissingBlocks } from "../../../src/engine/types.js";
import type { Status } from "../../../src/p2p/host/types.js";
import { openSync, type Sync, type SyncEngine, type SyncTiming } from "../../../src/p2p/sync/index.js";
import { openTestChain, type TestChain } from "../../helpers/chain.js";
import { temporaryDirectory, testSpec } from "../../helpers/node.js";
import type { FakeNetwork, FakePeerHost } from "../../helpers/peers.js";

/** Times short enough for tests; nothing in them depends on how fast the machine is. */
export const QUICK: SyncTiming = { frameMs: 2_000, answerMs: 2_000, retryMs: 20, reportMs: 10 };

/** A chain with an engine that knows nothing but what a sync needs, and a host. */
export interface Syncer extends TestChain {
  readonly host: FakePeerHost;
  readonly engine: SyncEngine;
  readonly sync: Sync;
  /** Blocks that came in as final, and as not, in order. */
  readonly imports: { readonly number: bigint; readonly isFinal: boolean }[];
  /** Hashes of blocks that the engine was told to be invalid. */
  readonly condemned: readonly string[];
  readonly lines: { readonly event: string; readonly message: string }[];
  /** What a consensus client would do. */
  name(head: Uint8Array, finalized?: Uint8Array): void;
  /** Resolves when the block is here. */
  has(hash: Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

export async function openSyncer(
  network: FakeNetwork,
  name: string,
  options: {
    readonly directory?: string;
    readonly spec?: ChainSpec;
    readonly timing?: Partial<SyncTiming>;
    readonly status?: Partial<Status>;
  } = {},
): Promise<Syncer> {
  const spec = options.spec ?? testSpec();
  const directory = options.directory ?? temporaryDirectory();
  const test = await openTestChain({ directory, spec });
  const { chain, rules } = test;
  const listeners = new Set<(missing: MissingBlocks) => void>();
  const imports: { number: bigint; isFinal: boolean }[] = [];
  const lines: { event: string; message: string }[] = [];
  const condemned: string[] = [];
  let named: MissingBlocks | undefined;
  const isMissing = (hash: Uint8Array): boolean => chain.get(hash) === undefined;
  const engine: SyncEngine = {
    onMissing(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    missing: () => (named && isMissing(named.hash) ? named : undefined),
    condemn: (descendants) => void condemned.push(...descendants.map(toHex)),
    async importBlocks(blocks, { isFinal, signal }: ImportOptions): Promise<ImportOutcome> {
      for (const [i, block] of blocks.entries()) {
        const parent = chain.get(block.header.parentHash);
        if (signal?.aborted || !parent) return { imported: i, status: { status: "SYNCING" } };
        const verdict = await importBlock(rules, chain.parent(parent.hash), block);
        if (!verdict.ok) {
          const validationError = verdict.error.code;
          return { imported: i, status: { status: "INVALID", latestValidHash: parent.hash, validationError } };
        }
        const { hash } = chain.insert(verdict.value);
        imports.push({ number: block.header.number, isFinal });
        if (isFinal) chain.setForkchoice({ head: hash, safe: hash, finalized: hash });
      }
      const head = chain.head().hash;
      return { imported: blocks.length, status: { status: "VALID", latestValidHash: head } };
    },
  };
  const host = network.host(name, options.status);
  const sync = openSync({
    host,
    engine,
    store: test.store,
    chain,
    log: ({ event, message }) => void lines.push({ event, message }),
    timing: { ...QUICK, ...options.timing },
  });
  return {
    ...test,
    host,
    engine,
    sync,
    imports,
    lines,
    condemned,
    name(head, finalized) {
      named = {
        hash: head as never,
        header: undefined,
        wanted: head as never,
        isHead: true,
        finalized: finalized as never,
      };
      for (const listener of listeners) listener(named);
    },
    async has(hash) {
      while (isMissing(hash)) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async stop() {
      await sync.stop();
      await host.close();
      await test.store.close();
      if (!options.directory) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Grows `count` blocks on the chain's head, a payment in each third, and makes the last the head. @returns their hashes, oldest first */
export async function growMany(test: TestChain, count: number, seed = 1, from?: Uint8Array): Promise<Uint8Array[]> {
  const hashes: Uint8Array[] = [];
  let at = from ?? test.chain.head().hash;
  for (let i = 0; i < count; i++) {
    const block = await test.grow(at, i % 3 === 0 ? [test.pay(at, seed * 100_000 + i)] : [], seed);
    at = block.hash;
    hashes.push(at);
  }
  test.chain.setForkchoice({ head: at, safe: undefined, finalized: undefined });
  return hashes;
}
