import { DEPOSIT_CONTRACT_ADDRESS } from "@sero/contracts";
import { SeroError, toHex, type ChainSpec } from "@sero/protocol";
import type { Preset } from "./types.js";

/** Slots of an epoch, by preset (consensus-specs, presets). */
const SLOTS_PER_EPOCH: Readonly<Record<Preset, bigint>> = { minimal: 8n, mainnet: 32n };

/** An epoch that never comes. */
const NEVER = (1n << 64n) - 1n;

/**
 * The consensus epoch that begins at an execution fork's time: both sides must change at the same slot.
 *
 * @throws SeroError `network/fork-time` when no epoch begins then
 */
export const epochOf = (spec: ChainSpec, preset: Preset, time: bigint | undefined): bigint => {
  if (time === undefined) return NEVER;
  if (time <= spec.genesisTime) return 0n;
  const seconds = BigInt(spec.slotSeconds) * SLOTS_PER_EPOCH[preset];
  const since = time - spec.genesisTime;
  if (since % seconds !== 0n) {
    throw new SeroError(
      "network/fork-time",
      `A fork must begin with an epoch: a multiple of ${seconds} s after the genesis time, like ${spec.genesisTime + (since / seconds + 1n) * seconds}.`,
      { time: String(time), genesisTime: String(spec.genesisTime), epochSeconds: String(seconds) },
    );
  }
  return since / seconds;
};

/** Fork versions of this network, so that no message of another one is valid here: the fork's number and the chain id. */
const versionOf = (spec: ChainSpec, fork: number): string =>
  `0x${fork.toString(16)}0${(spec.chainId & 0xffffffn).toString(16).padStart(6, "0")}`;

/**
 * config.yaml of a network's consensus layer (consensus-specs, configs/mainnet.yaml): the preset, when which fork begins, and where deposits are
 * made. What stands here as on Ethereum is there because clients refuse a file without it.
 *
 * @throws SeroError `network/fork-time`
 */
export const consensusConfig = (spec: ChainSpec, preset: Preset, validators: number): string => {
  const forks: readonly (readonly [string, bigint])[] = [
    ["ALTAIR", 0n],
    ["BELLATRIX", 0n],
    ["CAPELLA", 0n],
    ["DENEB", epochOf(spec, preset, spec.cancunTime)],
    ["ELECTRA", epochOf(spec, preset, spec.pragueTime)],
    ["FULU", epochOf(spec, preset, spec.osakaTime)],
  ];
  const isMinimal = preset === "minimal";
  const values: readonly (readonly [string, string | number | bigint])[] = [
    ["PRESET_BASE", `'${preset}'`],
    ["CONFIG_NAME", `'${spec.network}'`],
    ["TERMINAL_TOTAL_DIFFICULTY", 0],
    ["TERMINAL_BLOCK_HASH", `0x${"00".repeat(32)}`],
    ["TERMINAL_BLOCK_HASH_ACTIVATION_EPOCH", NEVER],
    ["MIN_GENESIS_ACTIVE_VALIDATOR_COUNT", validators],
    ["MIN_GENESIS_TIME", spec.genesisTime],
    ["GENESIS_DELAY", 0],
    ["GENESIS_FORK_VERSION", versionOf(spec, 1)],
    ...forks.flatMap(([name, epoch], i) => [
      [`${name}_FORK_VERSION`, versionOf(spec, i + 2)] as const,
      [`${name}_FORK_EPOCH`, epoch] as const,
    ]),
    ["SECONDS_PER_SLOT", spec.slotSeconds],
    ["SLOT_DURATION_MS", 1000 * spec.slotSeconds],
    ["SECONDS_PER_ETH1_BLOCK", spec.slotSeconds],
    ["ETH1_FOLLOW_DISTANCE", 16],
    ["MIN_VALIDATOR_WITHDRAWABILITY_DELAY", 256],
    ["SHARD_COMMITTEE_PERIOD", isMinimal ? 64 : 256],
    ["INACTIVITY_SCORE_BIAS", 4],
    ["INACTIVITY_SCORE_RECOVERY_RATE", 16],
    ["EJECTION_BALANCE", 16_000_000_000],
    ["MIN_PER_EPOCH_CHURN_LIMIT", isMinimal ? 2 : 4],
    ["CHURN_LIMIT_QUOTIENT", isMinimal ? 32 : 65_536],
    ["MAX_PER_EPOCH_ACTIVATION_CHURN_LIMIT", isMinimal ? 4 : 8],
    ["MIN_PER_EPOCH_CHURN_LIMIT_ELECTRA", isMinimal ? 64_000_000_000 : 128_000_000_000],
    ["MAX_PER_EPOCH_ACTIVATION_EXIT_CHURN_LIMIT", isMinimal ? 128_000_000_000 : 256_000_000_000],
    ["PROPOSER_SCORE_BOOST", 40],
    ["REORG_HEAD_WEIGHT_THRESHOLD", 20],
    ["REORG_PARENT_WEIGHT_THRESHOLD", 160],
    ["REORG_MAX_EPOCHS_SINCE_FINALIZATION", 2],
    ["DEPOSIT_CHAIN_ID", spec.chainId],
    ["DEPOSIT_NETWORK_ID", spec.chainId],
    ["DEPOSIT_CONTRACT_ADDRESS", toHex(DEPOSIT_CONTRACT_ADDRESS)],
    ["MAX_PAYLOAD_SIZE", 10_485_760],
    ["MAX_REQUEST_BLOCKS", 1024],
    ["EPOCHS_PER_SUBNET_SUBSCRIPTION", 256],
    ["ATTESTATION_PROPAGATION_SLOT_RANGE", 32],
    ["MAXIMUM_GOSSIP_CLOCK_DISPARITY", 500],
    ["MESSAGE_DOMAIN_INVALID_SNAPPY", "0x00000000"],
    ["MESSAGE_DOMAIN_VALID_SNAPPY", "0x01000000"],
    ["SUBNETS_PER_NODE", 2],
    ["ATTESTATION_SUBNET_COUNT", 64],
    ["ATTESTATION_SUBNET_EXTRA_BITS", 0],
    ["ATTESTATION_SUBNET_PREFIX_BITS", 6],
    ["MAX_REQUEST_BLOCKS_DENEB", 128],
    ["MIN_EPOCHS_FOR_BLOB_SIDECARS_REQUESTS", 4096],
    ["BLOB_SIDECAR_SUBNET_COUNT", 6],
    ["MAX_BLOBS_PER_BLOCK", 6],
    ["MAX_REQUEST_BLOB_SIDECARS", 768],
    ["BLOB_SIDECAR_SUBNET_COUNT_ELECTRA", 9],
    ["MAX_BLOBS_PER_BLOCK_ELECTRA", 9],
    ["MAX_REQUEST_BLOB_SIDECARS_ELECTRA", 1152],
    ["NUMBER_OF_CUSTODY_GROUPS", 128],
    ["DATA_COLUMN_SIDECAR_SUBNET_COUNT", 128],
    ["MAX_REQUEST_DATA_COLUMN_SIDECARS", 16_384],
    ["SAMPLES_PER_SLOT", 8],
    ["CUSTODY_REQUIREMENT", 4],
    ["VALIDATOR_CUSTODY_REQUIREMENT", 8],
    ["BALANCE_PER_ADDITIONAL_CUSTODY_GROUP", 32_000_000_000],
    ["MIN_EPOCHS_FOR_DATA_COLUMN_SIDECARS_REQUESTS", 4096],
    ["BLOB_SCHEDULE", "[]"],
  ];
  return `# Made by "sero network init".\n${values.map(([name, value]) => `${name}: ${value}`).join("\n")}\n`;
};
