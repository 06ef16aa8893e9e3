import { fromHex, utf8 } from "../bytes/index.js";
import { fieldToBytes } from "../field/index.js";
import { keccak256 } from "../hash/index.js";
import { encodeRlp, rlpUint, type RlpItem } from "../rlp/index.js";
import { activeRules, FORKS } from "./active.js";
import { checkSpec } from "./check.js";
import type { ChainSpec, GasSchedule } from "./types.js";

const GENESIS_TAG = utf8("SERO/genesis/1");
const RULES_TAG = utf8("SERO/rules/1");

/** The order in which a gas schedule's prices are encoded. */
export const GAS_FIELDS: readonly (keyof GasSchedule)[] = [
  "bundle",
  "memoChunk",
  "calldataZeroByte",
  "calldataNonZeroByte",
  "callPhase",
  "call",
  "create",
  "initCodeWord",
  "returnEntry",
  "packageEntry",
];

/** An absent value is the empty list, a present one a list of one item: no value can be taken for an absent one. */
const optional = (item: RlpItem | undefined): RlpItem => (item === undefined ? [] : [item]);

/**
 * The canonical bytes of what never changes in a chain spec: RLP of its fields in the order of docs/protocol/chain-spec.md. Throws
 * `spec/invalid` for a spec that makes no sense.
 */
export function genesisBytes(spec: ChainSpec): Uint8Array {
  checkSpec(spec);
  return encodeRlp([
    utf8(spec.network),
    utf8(spec.hrp),
    rlpUint(spec.chainId),
    rlpUint(spec.development ? 1 : 0),
    rlpUint(spec.genesisTime),
    rlpUint(spec.slotSeconds),
    rlpUint(spec.gasLimit),
    rlpUint(spec.baseFee),
    spec.priceLadder.map(rlpUint),
    GAS_FIELDS.map((name) => rlpUint(spec.gas[name])),
    rlpUint(spec.anchorStep),
    spec.genesisNotes.map(({ inner, value }) => [fieldToBytes(inner), rlpUint(value)]),
  ]);
}

/** Block 0's extraData: keccak256('SERO/genesis/1' || genesisBytes), 32 bytes. Throws as `genesisBytes`. */
export const genesisId = (spec: ChainSpec): Uint8Array => keccak256(GENESIS_TAG, genesisBytes(spec));

/**
 * The rules id that `bind` covers in a block of this timestamp (seconds since 1970): keccak256('SERO/rules/1' || genesisId || RLP of
 * what is active then), 32 bytes. It changes with every upgrade, so that nothing signed under old rules is valid under new ones
 * (ZIP 200's branch id). Throws as `genesisBytes`.
 */
export function rulesId(spec: ChainSpec, timestamp: bigint): Uint8Array {
  const { circuits, callPhase, packages, fork } = activeRules(spec, timestamp);
  // Nothing for Shanghai: chains that schedule no fork keep the bytes that they had before there were any.
  const forks = fork === "shanghai" ? [] : [rlpUint(FORKS.indexOf(fork))];
  const active = encodeRlp([
    circuits.map(({ number, keyHash }) => [
      rlpUint(number),
      optional(keyHash === undefined ? undefined : fromHex(keyHash)),
    ]),
    rlpUint(callPhase ? 1 : 0),
    rlpUint(packages ? 1 : 0),
    ...forks,
  ]);
  return keccak256(RULES_TAG, genesisId(spec), active);
}
