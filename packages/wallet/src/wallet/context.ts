import { SeroError, equalBytes, frontierFromBytes, toHex, genesisId, type ChainSpec } from "@sero/protocol";
import type { Proving } from "../build/index.js";
import type { AssetRegistry } from "../assets/index.js";
import type { BalanceView } from "../balance/index.js";
import type { OutboxEntry } from "../outbox/index.js";
import { readHeader } from "../proof/index.js";
import { lying, type ChainInfo, type NodeClient } from "../rpc/index.js";
import { originAt, scannedBlock, type Origin, type ScanState, type TrialEngine } from "../scan/index.js";
import type { Database } from "../store/database.js";
import type { WalletFiles } from "../store/files.js";
import type { Platform } from "./platform.js";
import { saveScan, type WalletMeta } from "./persist.js";
import type { WalletKeys, WalletSecret } from "./secret.js";

/** An open wallet's insides, shared by its functions. */
export interface WalletContext {
  readonly files: WalletFiles;
  readonly database: Database;
  readonly secret: WalletSecret;
  readonly keys: WalletKeys;
  readonly client: NodeClient;
  readonly witnesses: readonly NodeClient[];
  readonly platform: Platform;
  readonly unlock: () => Promise<void>;
  /** What contract each asset is of. */
  readonly registry: AssetRegistry;
  state: ScanState;
  outbox: OutboxEntry[];
  meta: WalletMeta;
  engine: TrialEngine | undefined;
  proving: Proving | undefined;
  isClosed: boolean;
  /** Milliseconds: when the state was last written, and how long that took; and the last block scanned then. */
  lastCommit: { readonly at: number; readonly took: number; readonly block: bigint };
}

/** Throws wallet/closed. */
export function checkOpen(context: WalletContext): void {
  if (context.isClosed) throw new SeroError("wallet/closed", "This wallet is closed. Open it again.");
}

/**
 * The wallet's chain as the node tells it today, with the upgrades that were scheduled since. Throws rpc/other-chain if the node is on another
 * chain than the wallet.
 */
export async function checkChain(context: WalletContext): Promise<ChainSpec> {
  const { genesisHash, spec } = await context.client.chain();
  const { chain } = context.secret;
  if (equalBytes(genesisHash, chain.genesisHash) && equalBytes(genesisId(spec), genesisId(chain.spec))) return spec;
  throw new SeroError(
    "rpc/other-chain",
    "The node is on another chain than this wallet. Name a node of the wallet's chain, or make a wallet for this one.",
    {
      wallet: `${chain.spec.network} ${toHex(chain.genesisHash).slice(0, 18)}`,
      node: `${spec.network} ${toHex(genesisHash).slice(0, 18)}`,
    },
  );
}

/**
 * The node's chain, for a wallet that does not have one yet. Held against the genesis block: its hash, by which a chain is known, commits to all
 * of the spec that never changes, so that a node can't give another network name, address prefix or price to it. Throws rpc/lying.
 */
export async function readChain(client: NodeClient): Promise<ChainInfo> {
  const chain = await client.chain();
  for await (const { header } of client.compactBlocks(0n, 0n)) {
    const { hash, number, extraData } = readHeader(header);
    if (number === 0n && equalBytes(hash, chain.genesisHash) && equalBytes(extraData, genesisId(chain.spec)))
      return chain;
    break;
  }
  throw lying(client.url, "the genesis block is not that of the chain that it describes");
}

/** Least share of the time that is left for other things than writing. */
const WRITE_SHARE = 20;
const LEAST_BETWEEN_MS = 1500;

/** Blocks without anything of ours that may be scanned again after a crash: writing the state for each would wear a disk out. */
const UNSAVED_BLOCKS = 32n;

/** When to write: `soon` if the last time is long enough ago, `end` unless only few blocks without news went by, `now` always. */
export type CommitWhen = "soon" | "end" | "now";

/** Makes the state durable. */
export async function commitState(context: WalletContext, when: CommitWhen): Promise<void> {
  const now = context.platform.now();
  const { at, took, block } = context.lastCommit;
  const scanned = scannedBlock(context.state);
  if (when === "soon" && now - at < Math.max(LEAST_BETWEEN_MS, WRITE_SHARE * took)) return;
  const isNews = context.state.ledger.hasChanges || scanned < block || scanned >= block + UNSAVED_BLOCKS;
  if (when === "end" && !isNews) return;
  saveScan(context.database, context.state);
  await context.database.commit();
  const after = context.platform.now();
  context.lastCommit = { at: after, took: after - now, block: scanned };
}

/** What balances and histories are computed from. */
export const viewOf = (context: WalletContext): BalanceView => ({
  ledger: context.state.ledger,
  outbox: context.outbox,
  scanned: scannedBlock(context.state),
  anchorStep: context.secret.chain.spec.anchorStep,
  registered: context.registry.get,
});

/** Where the scan of a wallet of this birthday begins. */
export const findOrigin = (client: NodeClient, birthday: bigint): Promise<Origin> =>
  originAt(client, birthday, frontierFromBytes);
