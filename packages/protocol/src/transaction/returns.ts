import { compareBytes, toHex } from "../bytes/index.js";
import { isField } from "../field/index.js";
import { assetIdOf } from "../note/index.js";
import { SeroError } from "../errors.js";
import type { AssetId } from "../types.js";
import { MAX_ANY_IDS, MAX_RETURNS, MAX_RETURN_INNERS } from "./limits.js";
import type { Bundle, ReturnEntry, ReturnKind } from "./types.js";

/** The number that stands for each kind, in encodings and (1 and 2) in asset ids. */
export const RETURN_KIND_NUMBERS: Readonly<Record<ReturnKind, number>> = { coin: 0, token: 1, ticket: 2 };

const refuse = (index: number, message: string): SeroError => new SeroError("tx/returns", message, { entry: index });

const NO_TOKEN = new Uint8Array(0);

/** The order that entries of `returns` must have: kind, then token, then single ids before ANY, then id. */
export function compareReturns(a: ReturnEntry, b: ReturnEntry): number {
  if (a.kind !== b.kind) return RETURN_KIND_NUMBERS[a.kind] - RETURN_KIND_NUMBERS[b.kind];
  const tokens = compareBytes(a.token ?? NO_TOKEN, b.token ?? NO_TOKEN);
  if (tokens !== 0) return tokens;
  if (typeof a.id !== "bigint" || typeof b.id !== "bigint")
    return Number(typeof a.id !== "bigint") - Number(typeof b.id !== "bigint");
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function checkEntry(entry: ReturnEntry, index: number): void {
  const { kind, token, id, inners } = entry;
  if ((kind === "coin") !== (index === 0))
    throw refuse(index, "The first entry of returns must be the coin, and no other entry may be.");
  if (kind === "coin" ? token !== undefined : token?.length !== 20)
    throw refuse(index, "An entry of returns names a token of 20 bytes, and the coin names none.");
  if (kind !== "ticket" && id !== 0n) throw refuse(index, "Only tickets have an id; the coin and tokens have 0.");
  if (kind === "coin" && entry.leave) throw refuse(index, "The unused coin is always returned; it can't be left.");
  if (
    typeof id === "bigint"
      ? id < 0n || id >> 256n !== 0n
      : !Number.isInteger(id.any) || id.any < 1 || id.any > MAX_ANY_IDS
  )
    throw refuse(index, `A ticket's id is below 2^256, and ANY takes 1 to ${MAX_ANY_IDS} of them.`);
  if (inners.length !== (typeof id === "bigint" ? 1 : id.any))
    throw refuse(index, "An entry of returns has one inner for each note that it may make.");
  if (!inners.every(isField))
    throw new SeroError("tx/field", "An inner is not below the field's order.", { entry: index });
}

/** Every public asset must come back through exactly one entry, or a failed call phase would have nowhere to put it. */
function checkCoversPublicAssets(returns: readonly ReturnEntry[], bundles: readonly Bundle[]): void {
  const assets = new Set<AssetId>(bundles.filter(({ pubAmount }) => pubAmount > 0n).map(({ pubAsset }) => pubAsset));
  for (const { kind, token, id } of returns) {
    // Each asset id is a hash, and whoever sends this has paid nothing yet.
    if (assets.size === 0) return;
    if (kind !== "coin" && token !== undefined && typeof id === "bigint")
      assets.delete(assetIdOf(kind === "token" ? 1 : 2, token, id));
  }
  if (assets.size > 0)
    throw new SeroError("tx/returns", "Every public asset needs one entry of returns that brings it back.", {
      missing: assets.size,
    });
}

/**
 * Checks the rules of `returns` that need no state (protocol, section 6): the coin first; strictly increasing by kind, token, id,
 * with ANY after the single ids of its token; one kind a token address; one inner a note; one entry for each public asset.
 * Throws `tx/returns` or `tx/field`.
 */
export function checkReturns(returns: readonly ReturnEntry[], bundles: readonly Bundle[]): void {
  if (returns.length < 1 || returns.length > MAX_RETURNS)
    throw new SeroError("tx/returns", `A call phase has 1 to ${MAX_RETURNS} returns, the first of them the coin.`, {
      count: returns.length,
    });
  const kinds = new Map<string, ReturnKind>();
  let inners = 0;
  returns.forEach((entry, index) => {
    checkEntry(entry, index);
    inners += entry.inners.length;
    const previous = returns[index - 1];
    if (previous !== undefined && compareReturns(previous, entry) >= 0)
      throw refuse(index, "Entries of returns must be in strictly increasing order of kind, token and id.");
    if (entry.token === undefined) return;
    const key = toHex(entry.token);
    if ((kinds.get(key) ?? entry.kind) !== entry.kind)
      throw refuse(index, "One token address can't be a token and a ticket in one transaction.");
    kinds.set(key, entry.kind);
  });
  if (inners > MAX_RETURN_INNERS)
    throw new SeroError("tx/returns", `All returns together have at most ${MAX_RETURN_INNERS} inners.`, {
      count: inners,
    });
  checkCoversPublicAssets(returns, bundles);
}
