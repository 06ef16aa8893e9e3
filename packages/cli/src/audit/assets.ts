import { POOL_ABI } from "@sero/contracts";
import {
  assetTotals,
  turnstileChanges,
  type AssetTotals,
  type BlockResult,
  type SimulationContext,
} from "@sero/execution";
import {
  decodeCompactBlock,
  equalBytes,
  fromHex,
  POOL_ADDRESS,
  SeroError,
  toHex,
  type AssetId,
  type EthAddress,
  type Transaction,
} from "@sero/protocol";
import { decodeEventLog } from "viem/utils";

/** An asset of the registry, as the Pool's log of its first shield names it. */
type Registered = Omit<AssetTotals, "counter" | "balance" | "surplus">;

/** Follows every asset through a replay: what the blocks' notes and public amounts add up to, apart from the Pool's own counters. */
export interface AssetLedger {
  /** Takes in a block that was just replayed, with its transactions decoded. */
  readonly follow: (block: BlockResult, transactions: readonly Transaction[]) => void;
  /**
   * Holds the sums against the Pool's counters after the last block, and asks each token what the Pool has.
   *
   * @throws SeroError `audit/turnstile` when a counter is not the sum of what happened
   */
  readonly totals: (context: SimulationContext) => Promise<readonly AssetTotals[]>;
}

const registrations = ({ receipts }: BlockResult): Registered[] =>
  receipts
    .flatMap(({ logs }) => logs)
    .filter(({ address }) => equalBytes(address, POOL_ADDRESS))
    .flatMap(({ topics, data }): Registered[] => {
      const [first, ...rest] = topics.map((topic) => toHex(topic) as `0x${string}`);
      if (first === undefined) return [];
      const event = decodeEventLog({ abi: POOL_ABI, data: toHex(data) as `0x${string}`, topics: [first, ...rest] });
      if (event.eventName !== "AssetRegistered") return [];
      const { asset, kind, token, id } = event.args;
      return [
        {
          asset: asset as AssetId,
          kind: kind === 2 ? "ticket" : "token",
          token: fromHex(token.toLowerCase()) as EthAddress,
          id,
        },
      ];
    });

/** A ledger before the first block. */
export const openAssetLedger = (): AssetLedger => {
  const assets: Registered[] = [];
  const sums = new Map<AssetId, bigint>();
  return {
    follow: (block, transactions) => {
      assets.push(...registrations(block));
      const changes = turnstileChanges(transactions, decodeCompactBlock(block.compact));
      for (const [asset, by] of changes) sums.set(asset, (sums.get(asset) ?? 0n) + by);
    },
    totals: async (context) => {
      const totals = await assetTotals(context, assets);
      for (const { asset, counter, token } of totals)
        if (counter !== (sums.get(asset) ?? 0n))
          throw new SeroError("audit/turnstile", "An asset's counter is not what went in less what came out.", {
            token: toHex(token),
            counter: counter.toString(),
            sum: (sums.get(asset) ?? 0n).toString(),
          });
      return totals;
    },
  };
};
