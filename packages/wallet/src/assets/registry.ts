import {
  assetIdOf,
  bigIntToBytes,
  bytesToBigInt,
  concatBytes,
  equalBytes,
  fieldToBytes,
  toHex,
  type AssetId,
  type EthAddress,
} from "@sero/protocol";
import type { AssetAnswer } from "../rpc/index.js";
import type { Database } from "../store/database.js";
import type { ContractMetadata, RegisteredAsset } from "./types.js";

/*
 * All assets that the Pool ever registered, not only our own: whoever asks a node about one asset tells it that he holds it. A node's word, but one
 * that cannot name a false contract, for an asset's id is the hash of its contract; it is recomputed for each asset that is looked up.
 */

const ENTRY_BYTES = 32 + 1 + 20 + 32;
const KINDS = { token: 1, ticket: 2 } as const;

const blockKey = (block: bigint): string => `assets/${block}`;
const metadataKey = (token: EthAddress): string => `contract/${toHex(token)}`;

/** What the wallet knows of assets. Changes are in the database at once, and durable with its next commit. */
export interface AssetRegistry {
  /** The newest block whose registrations are known; -1 if none. */
  readonly until: bigint;
  /** The asset's contract, if a node has named it truly. */
  get(asset: AssetId): RegisteredAsset | undefined;
  /** Looks a contract's token or ticket up. */
  find(token: EthAddress, kind: "token" | "ticket", id: bigint): RegisteredAsset | undefined;
  /** Takes what a node says of the blocks after `until`, up to `to`. Entries of other blocks are dropped. */
  add(entries: readonly AssetAnswer[], to: bigint): void;
  /** Forgets what blocks after `block` registered. */
  rewind(block: bigint): void;
  metadataOf(token: EthAddress): ContractMetadata | undefined;
  setMetadata(token: EthAddress, metadata: ContractMetadata): void;
}

/** Opens the registry in a store. */
export function openRegistry(database: Database): AssetRegistry {
  const byAsset = new Map<AssetId, RegisteredAsset[]>();
  // What was looked up: the hash behind it costs a millisecond, and balances ask for every note.
  const looked = new Map<AssetId, RegisteredAsset | undefined>();
  let until = database.get<bigint>("assets") ?? -1n;
  const index = (entry: RegisteredAsset): void => {
    looked.delete(entry.asset);
    const others = byAsset.get(entry.asset);
    if (others === undefined) byAsset.set(entry.asset, [entry]);
    else others.push(entry);
  };
  const load = (): void => {
    byAsset.clear();
    looked.clear();
    for (const key of database.keys("assets/"))
      for (const entry of unpack(database.get<Uint8Array>(key), BigInt(key.slice("assets/".length)))) index(entry);
  };
  const setUntil = (block: bigint): void => {
    until = block;
    database.put("assets", block);
  };
  load();
  const get = (asset: AssetId): RegisteredAsset | undefined => {
    if (!looked.has(asset)) looked.set(asset, byAsset.get(asset)?.find(isTrue));
    return looked.get(asset);
  };
  return {
    get until() {
      return until;
    },
    get,
    find: (token, kind, id) => {
      const found = get(assetIdOf(KINDS[kind], token, id));
      return found !== undefined && equalBytes(found.token, token) ? found : undefined;
    },
    add: (entries, to) => {
      const blocks = new Map<bigint, RegisteredAsset[]>();
      for (const { asset, kind, token, id, block } of entries) {
        if (block <= until || block > to) continue;
        const entry = { asset, kind, token, id, block };
        blocks.set(block, [...(blocks.get(block) ?? []), entry]);
        index(entry);
      }
      for (const [block, found] of blocks) database.put(blockKey(block), pack(found));
      setUntil(to);
    },
    rewind: (block) => {
      if (block >= until) return;
      for (const key of database.keys("assets/")) {
        if (BigInt(key.slice("assets/".length)) <= block) continue;
        // Another branch may have put another contract at the same address.
        for (const { token } of unpack(database.get<Uint8Array>(key), block)) database.delete(metadataKey(token));
        database.delete(key);
      }
      setUntil(block);
      load();
    },
    metadataOf: (token) => database.get<ContractMetadata>(metadataKey(token)),
    setMetadata: (token, metadata) => database.put(metadataKey(token), metadata),
  };
}

function isTrue({ asset, kind, token, id }: RegisteredAsset): boolean {
  if (kind === "token" && id !== 0n) return false;
  return assetIdOf(KINDS[kind], token, id) === asset;
}

const pack = (entries: readonly RegisteredAsset[]): Uint8Array =>
  concatBytes(
    ...entries.flatMap(({ asset, kind, token, id }) => [
      fieldToBytes(asset),
      Uint8Array.of(KINDS[kind]),
      token,
      bigIntToBytes(id, 32),
    ]),
  );

function* unpack(bytes: Uint8Array | undefined, block: bigint): Generator<RegisteredAsset> {
  if (bytes === undefined) return;
  for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES)
    yield {
      asset: bytesToBigInt(bytes.subarray(at, at + 32)) as AssetId,
      kind: bytes[at + 32] === KINDS.ticket ? "ticket" : "token",
      token: bytes.slice(at + 33, at + 53) as EthAddress,
      id: bytesToBigInt(bytes.subarray(at + 53, at + 85)),
      block,
    };
}
