import { COIN, compareBytes, type AssetId } from "@sero/protocol";
import type { RegisteredAsset } from "./types.js";

/** Looks an asset up. */
export type FindRegistered = (asset: AssetId) => RegisteredAsset | undefined;

/** Whether a note counts: a ticket is one, so that a note of one with another value is none (protocol, section 4). */
export const countsNote = (
  find: FindRegistered | undefined,
  { asset, value }: { readonly asset: AssetId; readonly value: bigint },
): boolean => asset === COIN || value === 1n || find?.(asset)?.kind !== "ticket";

const rankOf = (asset: AssetId, registered: RegisteredAsset | undefined): number =>
  asset === COIN ? 0 : registered?.kind === "token" ? 1 : registered?.kind === "ticket" ? 2 : 3;

/** The order in which assets are listed: the coin, tokens by contract, tickets by contract and number, unknown ones. */
export function assetOrder(find: FindRegistered | undefined): (a: AssetId, b: AssetId) => number {
  return (a, b) => {
    const [first, second] = [find?.(a), find?.(b)];
    const rank = rankOf(a, first) - rankOf(b, second);
    if (rank !== 0) return rank;
    if (first === undefined || second === undefined) return compare(a, b);
    return compareBytes(first.token, second.token) || compare(first.id, second.id) || compare(a, b);
  };
}

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
