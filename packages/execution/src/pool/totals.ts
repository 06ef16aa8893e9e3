import {
  coinOut,
  COIN,
  POOL_ADDRESS,
  type AssetId,
  type CompactBlock,
  type EthAddress,
  type Transaction,
} from "@sero/protocol";
import { simulateCall, type SimulationContext } from "../evm/simulate.js";
import { addressOfWord, firstWord, TOKEN_CALLS } from "../phase/abi.js";
import { poolView } from "./view.js";

/**
 * How one block changed each asset's turnstile: what its notes brought in less what its transactions let out. The sum over all blocks from
 * genesis is the counter, so a corrupted one is found without running any code (attack E36). A failed call phase nets to 0 by itself: what it
 * would have let out came back as notes.
 *
 * @param transactions the block's, decoded; their public amounts are not in the compact block
 */
export function turnstileChanges(transactions: readonly Transaction[], compact: CompactBlock): Map<AssetId, bigint> {
  const changes = new Map<AssetId, bigint>();
  const add = (asset: AssetId, by: bigint): void => void changes.set(asset, (changes.get(asset) ?? 0n) + by);
  for (const entry of compact.entries) if (entry.kind === "completed") add(entry.asset, entry.value);
  for (const transaction of compact.transactions) add(COIN, -coinOut(transaction));
  for (const { bundles } of transactions)
    for (const { pubAsset, pubAmount } of bundles) if (pubAmount > 0n) add(pubAsset, -pubAmount);
  return changes;
}

/** An asset of the registry. */
export interface RegisteredAsset {
  readonly asset: AssetId;
  readonly kind: "token" | "ticket";
  readonly token: EthAddress;
  readonly id: bigint;
}

/** What the Pool owes of an asset and what it has. */
export interface AssetTotals extends RegisteredAsset {
  /** How much may leave. */
  readonly counter: bigint;
  /** What the token says that the Pool holds (a ticket: 1 or 0); undefined when it fails to say. */
  readonly balance: bigint | undefined;
  /** Balance less counter: above 0 a gift, below 0 a token that takes balances away; undefined with the balance. */
  readonly surplus: bigint | undefined;
}

const ASK_GAS = 1_000_000n;

/** Asks the tokens of these assets what the Pool holds, and holds it against the counters. */
export async function assetTotals(
  context: SimulationContext,
  assets: readonly RegisteredAsset[],
): Promise<AssetTotals[]> {
  const view = poolView(context.state);
  const totals: AssetTotals[] = [];
  for (const each of assets) {
    const { asset, kind, token, id } = each;
    const data = kind === "token" ? TOKEN_CALLS.balanceOf(POOL_ADDRESS) : TOKEN_CALLS.ownerOf(id);
    const outcome = await simulateCall(context, { to: token, data, gas: ASK_GAS });
    const balance = outcome.ok && outcome.output.length >= 32 ? held(kind, outcome.output) : undefined;
    const counter = view.turnstile(asset);
    totals.push({ ...each, counter, balance, surplus: balance === undefined ? undefined : balance - counter });
  }
  return totals;
}

function held(kind: RegisteredAsset["kind"], output: Uint8Array): bigint {
  if (kind === "token") return firstWord(output);
  return addressOfWord(output).every((byte, i) => byte === POOL_ADDRESS[i]) ? 1n : 0n;
}
