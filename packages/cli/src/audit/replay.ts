import {
  decodeBlock,
  importBlock,
  makeGenesis,
  memoryState,
  openRules,
  poolTotals,
  type AssetTotals,
  type Header,
} from "@sero/execution";
import type { BundleVerifier } from "@sero/circuits";
import { type ChainSpec, decodeTransaction, equalBytes, SeroError, toHex } from "@sero/protocol";
import { openAssetLedger } from "./assets.js";
import type { RawBlocks } from "./raw-blocks.js";

/** What a replay of a whole chain found. Amounts in base units. */
export interface Audit {
  readonly blocks: bigint;
  readonly headHash: string;
  readonly stateRoot: string;
  readonly transactions: number;
  readonly proofs: number;
  /** Coins of the genesis notes. */
  readonly genesis: bigint;
  /** Coins that validators withdrew onto this chain. */
  readonly withdrawals: bigint;
  /** genesis + withdrawals: all the coins there may be. */
  readonly supply: bigint;
  /** What the turnstile says may leave the pool: the sum of all hidden notes. */
  readonly shielded: bigint;
  /** Coins on public accounts other than the Pool: fees and withdrawals. */
  readonly publicBalances: bigint;
  /** Coins that somebody gave to the Pool without a note. */
  readonly surplus: bigint;
  /** Coins that contracts destroyed with themselves, in the transaction that made them (EIP-6780). */
  readonly burnt: bigint;
  /** Every token and ticket that ever came into the Pool: its counter, recomputed, and what the token itself says that the Pool has. */
  readonly assets: readonly AssetTotals[];
}

/** How far a replay is. */
export interface AuditProgress {
  readonly block: bigint;
  readonly head: bigint;
}

const GWEI = 1_000_000_000n;

/**
 * Recomputes a chain from its genesis: every proof, every signature, every state root, and the supply. Nothing of what the node claims is
 * taken over: blocks go through the importer that nodes use, into a state of the audit's own.
 *
 * @throws SeroError `audit/genesis`, `audit/block` (with the rule that it breaks), `audit/gap`, `audit/supply`, `audit/turnstile`
 */
export const replayChain = async (
  spec: ChainSpec,
  verifier: BundleVerifier,
  blocks: RawBlocks,
  onProgress: (progress: AuditProgress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<Audit> => {
  const rules = await openRules({ spec, verifier });
  const genesis = makeGenesis(spec);
  const first = await blocks.hashOf(0n);
  if (!equalBytes(first, genesis.hash)) {
    throw new SeroError(
      "audit/genesis",
      "The node's genesis is not this chain's. It is another chain, or its spec is not the one given.",
      {
        expected: toHex(genesis.hash),
        found: toHex(first),
      },
    );
  }
  const state = memoryState();
  state.apply(genesis.diff);
  const publicAccounts = new Map<string, bigint>();
  const hashes = new Map<bigint, Uint8Array>([[0n, genesis.hash]]);
  const head = await blocks.head();
  let parent: Header = genesis.header;
  let hash: Uint8Array = genesis.hash;
  let transactions = 0;
  let proofs = 0;
  let withdrawals = 0n;
  const ledger = openAssetLedger();
  const blockHash = (of: bigint): Uint8Array | undefined => hashes.get(of);
  for (let number = 1n; number <= head; number += 1n) {
    signal?.throwIfAborted();
    const block = decodeBlock(await blocks.block(number));
    if (block.header.number !== number || !equalBytes(block.header.parentHash, hash)) {
      throw new SeroError(
        "audit/gap",
        `Block ${number} does not follow block ${number - 1n}. The node reorganised meanwhile, or lies; run the audit again.`,
      );
    }
    const verdict = await importBlock(rules, { header: parent, state: state.view, blockHash }, block);
    if (!verdict.ok) {
      throw new SeroError("audit/block", `Block ${number} breaks a rule: ${verdict.error.message}`, {
        block: number.toString(),
        rule: verdict.error.code,
      });
    }
    state.apply(verdict.value.diff);
    const decoded = block.transactions.map(decodeTransaction);
    ledger.follow(verdict.value, decoded);
    for (const [address, account] of verdict.value.diff.accounts) publicAccounts.set(address, account?.balance ?? 0n);
    for (const { amount } of block.withdrawals) withdrawals += amount * GWEI;
    transactions += block.transactions.length;
    proofs += decoded.reduce((sum, { bundles }) => sum + bundles.length, 0);
    parent = verdict.value.header;
    hash = verdict.value.hash;
    hashes.set(number, hash);
    hashes.delete(number - 257n);
    onProgress({ block: number, head });
  }
  const totals = poolTotals(state.view);
  const genesisCoins = spec.genesisNotes.reduce((sum, note) => sum + note.value, 0n);
  for (const [address, account] of genesis.diff.accounts) {
    if (!publicAccounts.has(address)) publicAccounts.set(address, account?.balance ?? 0n);
  }
  const all = [...publicAccounts.values()].reduce((sum, balance) => sum + balance, 0n);
  const supply = genesisCoins + withdrawals;
  if (all > supply || totals.surplus < 0n) {
    throw new SeroError("audit/supply", "The coins do not add up: this chain has created money.", {
      supply: supply.toString(),
      found: all.toString(),
      surplus: totals.surplus.toString(),
    });
  }
  return {
    blocks: head,
    headHash: toHex(hash),
    stateRoot: toHex(parent.stateRoot),
    transactions,
    proofs,
    genesis: genesisCoins,
    withdrawals,
    supply,
    shielded: totals.coin,
    publicBalances: all - totals.balance,
    surplus: totals.surplus,
    burnt: supply - all,
    assets: await ledger.totals({
      rules,
      state: state.view,
      header: parent,
      blockHash: (number) => hashes.get(number),
    }),
  };
};
