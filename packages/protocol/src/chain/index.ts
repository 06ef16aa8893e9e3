export * from "./types.js";
export { DEVELOPMENT_CHAIN_IDS, isDevelopmentChainId } from "./development-ids.js";
export { DEVELOPMENT_GAS, MAX_BUNDLE_GAS } from "./gas.js";
export { checkSpec } from "./check.js";
export { developmentSpec } from "./development.js";
export {
  activeRules,
  forkAt,
  FORKS,
  isAtLeast,
  keyExpectations,
  SPEND_CIRCUIT,
  type ActiveRules,
  type Fork,
} from "./active.js";
export { GAS_FIELDS, genesisBytes, genesisId, rulesId } from "./encode.js";
export { FORK_HASH_BYTES, forkSchedule, type ForkId, type ForkSchedule } from "./fork-id.js";
export { specFromJson, specToJson, type ChainSpecJson } from "./json.js";
