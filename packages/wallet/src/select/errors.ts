import { COIN, COIN_DECIMALS, COIN_SYMBOL, SeroError, formatAmount, type AssetId } from "@sero/protocol";
import { sumOf } from "./pool.js";
import { MAX_BUNDLES, type Demand, type SelectableNote } from "./types.js";

/** What is there and what is on its way. */
export interface Funds {
  readonly notes: readonly SelectableNote[];
  /** By asset, what is not spendable yet. */
  readonly pending: ReadonlyMap<AssetId, bigint>;
  readonly describe: Describe;
}

/** An amount of an asset in words. */
export type Describe = (asset: AssetId, amount: bigint) => string;

/** For who knows no names of assets. */
export const describeUnits: Describe = (asset, amount) =>
  asset === COIN ? `${formatAmount(amount, COIN_DECIMALS)} ${COIN_SYMBOL}` : `${amount} base units`;

/** Sums by asset of payments, coin that leaves the pool, and other assets that do. */
export function neededOf(
  demands: readonly Demand[],
  coin: bigint,
  assets: readonly { readonly asset: AssetId; readonly amount: bigint }[] = [],
): Map<AssetId, bigint> {
  const needed = new Map<AssetId, bigint>([[COIN, coin]]);
  for (const { asset, amount } of [...demands, ...assets]) needed.set(asset, (needed.get(asset) ?? 0n) + amount);
  return needed;
}

/** The error if the sum of some asset does not suffice; undefined if all do. */
export function shortage(
  { notes, pending, describe }: Funds,
  needed: ReadonlyMap<AssetId, bigint>,
): SeroError | undefined {
  for (const [asset, amount] of needed) {
    const have = sumOf(notes.filter((note) => note.asset === asset));
    if (have < amount) return shortOf(asset, amount, have, pending.get(asset) ?? 0n, describe);
  }
  return undefined;
}

/** There is enough money, but not in notes that are worth spending. */
export const tooSmall = (notes: number): SeroError =>
  new SeroError(
    "funds/too-small",
    "There is enough money, but in notes so small that each costs more to spend than it is worth. Choose a lower price step, or pay less.",
    { notes },
  );

/** There is enough money, but one transaction does not reach it. */
export const tooManyNotes = (): SeroError =>
  new SeroError(
    "funds/too-many-notes",
    `There is enough money, but in so many small notes that ${MAX_BUNDLES} bundles of two do not carry it, and a call is one transaction. Merge small notes first (clean up), then try again; or bring less.`,
    { bundles: MAX_BUNDLES },
  );

/** Each bundle is about one asset besides the coin. */
export const tooManyAssets = (assets: number): SeroError =>
  new SeroError(
    "funds/too-many-assets",
    `One transaction moves at most ${MAX_BUNDLES} different tokens and tickets. Do it in several.`,
    { assets, most: MAX_BUNDLES },
  );

function shortOf(asset: AssetId, needed: bigint, spendable: bigint, pending: bigint, describe: Describe): SeroError {
  const enoughLater = spendable + pending >= needed;
  const amount = (x: bigint): string => describe(asset, x);
  const what = `This needs ${amount(needed)}${asset === COIN ? " with its fee" : ""}; ${amount(spendable)} can be spent now and ${amount(pending)} is pending`;
  const advice = enoughLater
    ? "Money on its way will suffice once it is spendable; wait for the next block and try again."
    : "Pay less, or receive more first.";
  return new SeroError("funds/insufficient", `${what}. ${advice}`, {
    asset: `0x${asset.toString(16)}`,
    needed: needed.toString(),
    spendable: spendable.toString(),
    pending: pending.toString(),
  });
}
