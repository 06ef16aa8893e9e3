import {
  EMPTY_FRONTIER,
  EMPTY_STREAM_DIGEST,
  SeroError,
  appendLeaves,
  bigIntToBytes,
  bindOf,
  compactTransactionOf,
  decodeTransaction,
  developmentSpec,
  encodeCompactBlock,
  encodeRlp,
  feeOf,
  frontierBytes,
  frontierRoot,
  genesisId,
  keccak256,
  leavesOf,
  mayExpireAt,
  rlpUint,
  rulesId,
  streamDigest,
  toHex,
  type BindContext,
  type BlockHash,
  type ChainSpec,
  type CompactBlock,
  type CompletedNote,
  type Frontier,
  type GenesisNote,
  type PoolEntry,
  type Transaction,
  type TreeHash,
  type TxId,
  COIN,
} from "@sero/protocol";
import type { AssetAnswer, MemoFrame, NodeClient } from "../../src/index.js";
import { poolState, type PoolState } from "./state.js";

export interface FakeBlock {
  readonly number: bigint;
  readonly hash: BlockHash;
  readonly header: Uint8Array;
  readonly timestamp: bigint;
  readonly compact: Uint8Array;
  readonly memos: MemoFrame;
  readonly frontier: Frontier;
  readonly root: bigint;
  readonly digest: Uint8Array;
  readonly state: PoolState;
  readonly nullifiers: readonly bigint[];
  readonly assets: readonly AssetAnswer[];
}

/** A note that the chain completes, as tests give it. */
export type Completion = Pick<CompletedNote, "inner" | "asset" | "value" | "ciphertext">;

/** A chain in memory, built on protocol functions: checks what the wallet depends on, and neither proofs nor signatures. */
export interface FakeChain {
  readonly spec: ChainSpec;
  readonly context: BindContext;
  readonly blocks: FakeBlock[];
  readonly mempool: Map<string, Transaction>;
  /** What contracts answer to eth_call, by address in hex. */
  readonly contracts: Map<string, (data: Uint8Array) => Uint8Array>;
  /** Mines everything in the mempool that is valid, or what is given. */
  mine(options?: {
    readonly transactions?: readonly Transaction[];
    readonly completed?: readonly Completion[];
    /** What the Pool did besides, after `completed`. */
    readonly entries?: readonly PoolEntry[];
    /** Assets that the Pool registered in the block. */
    readonly assets?: readonly Omit<AssetAnswer, "block">[];
    readonly empty?: boolean;
  }): Promise<FakeBlock>;
  mineMany(count: number): Promise<void>;
  /** Takes blocks off until `number` is the head; their transactions are forgotten. Returns them. */
  rewindTo(number: bigint): FakeBlock[];
  /** Puts blocks back on. */
  restore(blocks: readonly FakeBlock[]): void;
  client(overrides?: Partial<NodeClient>): NodeClient;
}

export async function fakeChain(
  genesisNotes: readonly GenesisNote[],
  treeHash: TreeHash,
  overrides: Partial<ChainSpec> = {},
): Promise<FakeChain> {
  const spec = developmentSpec(genesisNotes, overrides);
  const blocks: FakeBlock[] = [];
  const mempool = new Map<string, Transaction>();
  let salt = 0;
  const build = async (
    transactions: readonly Transaction[],
    done: { readonly entries: readonly PoolEntry[]; readonly assets: readonly Omit<AssetAnswer, "block">[] },
    context: BindContext | undefined,
  ): Promise<FakeBlock> => {
    const parent = blocks.at(-1);
    const number = parent === undefined ? 0n : parent.number + 1n;
    const compactBlock: CompactBlock = {
      number,
      firstLeaf: parent?.frontier.count ?? 0n,
      transactions: transactions.map((tx) =>
        compactTransactionOf(tx, idOf(tx, context), feeOf(tx, spec), tx.call && { gasUsed: 0n, status: 1 }),
      ),
      entries: done.entries,
      credited: [],
    };
    const compact = encodeCompactBlock(compactBlock);
    const frontier = appendLeaves(parent?.frontier ?? EMPTY_FRONTIER, leavesOf(compactBlock), treeHash);
    const root = frontierRoot(frontier, treeHash);
    const digest = streamDigest(parent?.digest ?? EMPTY_STREAM_DIGEST, compact);
    const state = await poolState(root, frontier.count, digest);
    const timestamp = spec.genesisTime + number * BigInt(spec.slotSeconds);
    // The salt makes blocks of two branches differ even when both are empty.
    const header = headerOf(
      parent?.hash ?? new Uint8Array(32),
      state.root,
      number,
      timestamp,
      number === 0n ? genesisId(spec) : bigIntToBytes(BigInt(salt++), 4),
    );
    return {
      number,
      hash: keccak256(header) as BlockHash,
      header,
      timestamp,
      compact,
      memos: { number, transactions: transactions.map((tx) => ({ txid: idOf(tx, context), chunks: tx.memos })) },
      frontier,
      root,
      digest,
      state,
      nullifiers: transactions.flatMap((tx) => tx.bundles.flatMap((bundle) => bundle.nullifiers)),
      assets: done.assets.map((asset) => ({ ...asset, block: number })),
    };
  };
  blocks.push(
    await build(
      [],
      {
        entries: completions(spec.genesisNotes.map(({ inner, value }) => ({ inner, asset: COIN, value }))),
        assets: [],
      },
      undefined,
    ),
  );
  const context: BindContext = { genesisHash: (blocks[0] as FakeBlock).hash, rulesId: rulesId(spec, 1n << 40n) };
  const head = (): FakeBlock => blocks.at(-1) as FakeBlock;

  const check = (tx: Transaction): void => {
    const number = head().number + 1n;
    if (!mayExpireAt(tx.expiry, number)) throw new SeroError("tx/expired", "The transaction has expired.");
    if (!blocks.slice(-1024).some((block) => block.root === tx.anchor))
      throw new SeroError("tx/anchor", "The anchor is not known.");
    const spent = new Set(blocks.flatMap((block) => block.nullifiers));
    for (const nullifier of tx.bundles.flatMap((bundle) => bundle.nullifiers))
      if (spent.has(nullifier)) throw new SeroError("tx/spent", "A nullifier is spent.");
    const coin = tx.bundles.reduce((sum, bundle) => sum + bundle.pubCoin, 0n);
    if (tx.call === undefined ? coin !== feeOf(tx, spec) : coin < feeOf(tx, spec))
      throw new SeroError("tx/fee", "The fee is not exact.");
  };
  const isValid = (tx: Transaction): boolean => {
    try {
      check(tx);
      return true;
    } catch {
      return false;
    }
  };
  const chain: FakeChain = {
    spec,
    context,
    blocks,
    mempool,
    contracts: new Map(),
    mine: async (options = {}) => {
      const transactions =
        options.empty === true ? [] : [...(options.transactions ?? [...mempool.values()].filter(isValid))];
      const block = await build(
        transactions,
        {
          entries: [...completions(options.completed ?? []), ...(options.entries ?? [])],
          assets: options.assets ?? [],
        },
        context,
      );
      blocks.push(block);
      for (const tx of transactions) mempool.delete(toHex(bindOf(tx, context).txid));
      return block;
    },
    mineMany: async (count) => {
      for (let i = 0; i < count; i++) await chain.mine();
    },
    rewindTo: (number) => blocks.splice(Number(number) + 1),
    restore: (gone) => void blocks.push(...gone),
    client: (overrides_ = {}) => ({ ...clientOf(chain, check), ...overrides_ }),
  };
  return chain;
}

const completions = (completed: readonly Completion[]): PoolEntry[] =>
  completed.map((note) => ({ kind: "completed" as const, transaction: undefined, ...note }));

const noCalls = (): Promise<never> => Promise.reject(new SeroError("rpc/refused", "This chain runs no calls."));

/** What a client answers of a chain that runs no contracts. */
export const withoutCalls = {
  simulate: noCalls,
  receipt: async () => undefined,
  nonceOf: async () => 0n,
  coinOf: async () => 0n,
  codeOf: async () => new Uint8Array(0),
  logs: async () => [],
  packageEvents: async () => [],
};

function clientOf(chain: FakeChain, check: (tx: Transaction) => void): NodeClient {
  const { blocks, context, spec, mempool } = chain;
  const head = (): FakeBlock => blocks.at(-1) as FakeBlock;
  async function* range<T>(from: bigint, to: bigint, pick: (block: FakeBlock) => T): AsyncGenerator<T> {
    for (let number = from; number <= to; number++) {
      const block = blocks[Number(number)];
      if (block === undefined) return;
      yield pick(block);
    }
  }
  return {
    url: "http://fake",
    chain: async () => ({ spec, genesisHash: context.genesisHash, rulesId: context.rulesId, clientVersion: "fake" }),
    head: async () => {
      const { number, hash, timestamp, frontier } = head();
      return { number, hash, timestamp, leafCount: frontier.count, finalized: undefined, syncing: false };
    },
    compactBlocks: (from, to) => range(from, to, ({ header, compact }) => ({ header, compact })),
    memos: (from, to) => range(from, to, ({ memos }) => memos),
    treeState: async (number) => {
      const block = blocks[Number(number)] as FakeBlock;
      return {
        leafCount: block.frontier.count,
        frontier: frontierBytes(block.frontier),
        streamDigest: block.digest,
        root: block.root,
      };
    },
    poolProof: async (hash) => {
      const block = blocks.find((candidate) => toHex(candidate.hash) === toHex(hash));
      if (block === undefined) throw new SeroError("rpc/not-found", "No such block.");
      return { header: block.header, accountProof: block.state.accountProof, storageProof: block.state.storageProof };
    },
    ...withoutCalls,
    assets: async (from, to) =>
      blocks.filter(({ number }) => number >= from && number <= to).flatMap(({ assets }) => assets),
    call: async ({ to, data }) => {
      const answer = chain.contracts.get(toHex(to));
      if (answer === undefined) throw new SeroError("rpc/refused", "execution reverted");
      return answer(data);
    },
    sendTransaction: async (bytes) => {
      const tx = decodeTransaction(bytes);
      const { txid } = bindOf(tx, context);
      check(tx);
      const held = new Set(
        [...mempool]
          .filter(([id]) => id !== toHex(txid))
          .flatMap(([, other]) => other.bundles.flatMap((bundle) => bundle.nullifiers)),
      );
      for (const nullifier of tx.bundles.flatMap((bundle) => bundle.nullifiers))
        if (held.has(nullifier)) throw new SeroError("pool/nullifier-held", "Another transaction spends this note.");
      mempool.set(toHex(txid), tx);
      return txid;
    },
  };
}

const idOf = (tx: Transaction, context: BindContext | undefined): TxId => bindOf(tx, context as BindContext).txid;

function headerOf(
  parentHash: Uint8Array,
  stateRoot: Uint8Array,
  number: bigint,
  timestamp: bigint,
  extra: Uint8Array,
): Uint8Array {
  const zeros = new Uint8Array(32);
  return encodeRlp([
    parentHash,
    zeros,
    new Uint8Array(20),
    stateRoot,
    zeros,
    zeros,
    new Uint8Array(256),
    rlpUint(0),
    rlpUint(number),
    rlpUint(8_000_000),
    rlpUint(0),
    rlpUint(timestamp),
    extra,
    zeros,
    new Uint8Array(8),
    rlpUint(1),
    zeros,
  ]);
}
