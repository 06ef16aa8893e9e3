import { AMOUNT_LIMIT, COIN, bytesToBigInt, randomBytes, type AssetId } from "@sero/protocol";
import { MAX_OUTPUTS, type PlannedBundle, type SelectableNote } from "./types.js";

/**
 * What each bundle pays in public, so that it does not tell which notes the bundle spends. Notes that came back from a call, were swept or were
 * paid by a contract have public values: a bundle whose public amount is the value of one ties this call to where that note came from.
 */

/** A public amount that is, or almost is, what notes spent in its bundle are worth. Base units. */
export interface TellingAmount {
  readonly asset: AssetId;
  readonly amount: bigint;
}

/** Change of less than this part of the notes hides them no better than none. */
const HIDING_PART = 1000n;
/** Times that shares are drawn before a plan is taken as it is: so many that chance hardly decides which notes are taken when a call is planned again. */
const DRAWS = 64;

/** What of a bundle is about one asset. */
interface Share {
  readonly index: number;
  /** What the notes hold beyond hidden payments. */
  readonly most: bigint;
  readonly pays: bigint;
}

/** The public amounts of bundles by which notes spent there can be recognised: one note's value, or that of both. */
export function tellingAmounts<N extends SelectableNote>(bundles: readonly PlannedBundle<N>[]): TellingAmount[] {
  return bundles.flatMap(({ inputs, fee, unshield }) => {
    const amounts = [{ asset: COIN, amount: fee }, ...(unshield === undefined ? [] : [unshield])];
    return amounts.filter(({ asset, amount }) => {
      const values = inputs.filter((note) => note.asset === asset).map(({ value }) => value);
      const sums = [...values, values.reduce((sum, value) => sum + value, 0n)];
      return amount > 0n && sums.some((sum) => sum > 0n && distance(sum, amount) * HIDING_PART <= sum);
    });
  });
}

/**
 * Divides anew what several bundles pay in public of one asset: none pays all that its notes hold if all together hold more. Sums, inputs and
 * hidden payments stay as they are.
 */
export function spreadPublic<N extends SelectableNote>(bundles: readonly PlannedBundle<N>[]): PlannedBundle<N>[] {
  const assets = new Set(bundles.flatMap(({ inputs }) => inputs.map(({ asset }) => asset)));
  return [...assets].reduce((spread, asset) => spreadAsset(spread, asset), [...bundles]);
}

function spreadAsset<N extends SelectableNote>(bundles: PlannedBundle<N>[], asset: AssetId): PlannedBundle<N>[] {
  const shares = bundles.flatMap((bundle, index) => shareOf(bundle, index, asset)).sort(byMost);
  if (shares.length < 2) return bundles;
  let best = bundles;
  let bestTells = Infinity;
  for (let draw = 0; draw < DRAWS && bestTells > 0; draw++) {
    const drawn = drawShares(shares);
    if (drawn === undefined) break;
    const spread = [...bundles];
    for (const [i, { index }] of shares.entries()) {
      const bundle = spread[index];
      if (bundle !== undefined) spread[index] = paying(bundle, asset, drawn[i] ?? 0n, shares[i]?.most ?? 0n);
    }
    const tells = tellingAmounts(spread).filter((telling) => telling.asset === asset).length;
    if (tells < bestTells) [best, bestTells] = [spread, tells];
  }
  return best;
}

/** Bundles that pay of the asset in public and have an output left for its change. */
function shareOf<N extends SelectableNote>(bundle: PlannedBundle<N>, index: number, asset: AssetId): Share[] {
  const pays = asset === COIN ? bundle.fee : bundle.unshield?.asset === asset ? bundle.unshield.amount : 0n;
  const change = bundle.change.find((entry) => entry.asset === asset)?.amount ?? 0n;
  const hasRoom = change > 0n || bundle.parts.length + bundle.change.length < MAX_OUTPUTS;
  return pays > 0n && hasRoom ? [{ index, most: pays + change, pays }] : [];
}

/**
 * Shares at random around an even division, which tells nothing of the notes, as far as they reach. Undefined if not every bundle can have change,
 * or one would have more than a note holds. `shares`: least first.
 */
function drawShares(shares: readonly Share[]): bigint[] | undefined {
  const count = BigInt(shares.length);
  let left = shares.reduce((sum, { pays }) => sum + pays, 0n);
  const spare = shares.reduce((sum, { most }) => sum + most, 0n) - left;
  if (spare < count) return undefined;
  // Half of what is spare is kept in even parts, so that each bundle has change worth the name; where the other half lies is drawn.
  const kept = max(1n, spare / (2n * count));
  const caps = shares.map(({ most }) => most - min(kept, most / 2n));
  let capsLeft = caps.reduce((sum, cap) => sum + cap, 0n);
  const drawn: bigint[] = [];
  for (const [i, cap] of caps.entries()) {
    const even = left / (count - BigInt(i));
    capsLeft -= cap;
    const least = max(left - capsLeft, min(even, cap) / 2n, 1n);
    const share = capsLeft === 0n ? left : randomBetween(least, min(cap, (even * 3n) / 2n));
    drawn.push(share);
    left -= share;
  }
  return drawn.every((share, i) => (shares[i]?.most ?? 0n) - share < AMOUNT_LIMIT) ? drawn : undefined;
}

function paying<N extends SelectableNote>(
  bundle: PlannedBundle<N>,
  asset: AssetId,
  amount: bigint,
  most: bigint,
): PlannedBundle<N> {
  const others = bundle.change.filter((entry) => entry.asset !== asset);
  const change = most > amount ? [...others, { asset, amount: most - amount }] : others;
  return asset === COIN ? { ...bundle, change, fee: amount } : { ...bundle, change, unshield: { asset, amount } };
}

const byMost = (a: Share, b: Share): number => (a.most < b.most ? -1 : a.most > b.most ? 1 : 0);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (...values: readonly bigint[]): bigint => values.reduce((most, value) => (value > most ? value : most), 0n);
const distance = (a: bigint, b: bigint): bigint => (a < b ? b - a : a - b);

/** From `least` to `most`; 256 random bits leave no bias that could be seen. */
const randomBetween = (least: bigint, most: bigint): bigint =>
  most <= least ? least : least + ((bytesToBigInt(randomBytes(32)) * (most - least + 1n)) >> 256n);
