export { assetDigits, findAsset, formatAssetAmount, parseAssetAmount, type AssetAmount } from "./amount.js";
export { imitatesCoin, skeletonOf } from "./imitation.js";
export { COIN_INFO, assetInfos, type KnownAsset } from "./info.js";
export { MAX_DECIMALS, readMetadata } from "./metadata.js";
export { assetOrder, countsNote, type FindRegistered } from "./order.js";
export { openRegistry, type AssetRegistry } from "./registry.js";
export { syncMetadata, syncRegistry } from "./sync.js";
export type { AssetInfo, AssetKind, AssetWarning, ContractMetadata, MetadataFault, RegisteredAsset } from "./types.js";
