import { fromHex, utf8 } from "../bytes/index.js";
import { fieldToBytes } from "../field/index.js";
import { keccak256 } from "../hash/index.js";
import { encodeRlp, rlpUint, type RlpItem } from "../rlp/index.js";
import { checkSpec } from "./check.js";
import type { ChainSpec, GasSchedule } from "./types.js";

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

const optionalUint = (value: bigint | undefined): RlpItem => optional(value === undefined ? undefined : rlpUint(value));

/**
 * The canonical bytes of a chain spec: RLP of its fields in the order of docs/protocol/chain-spec.md. Two specs have the same bytes
 * only if they are equal. Throws `spec/invalid` for a spec that makes no sense.
 */
export function specBytes(spec: ChainSpec): Uint8Array {
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
    optional(spec.spendKeyHash === undefined ? undefined : fromHex(spec.spendKeyHash)),
    optionalUint(spec.callPhaseTime),
    optionalUint(spec.packagesTime),
    spec.genesisNotes.map(({ inner, value }) => [fieldToBytes(inner), rlpUint(value)]),
  ]);
}

/** The rules id that `bind` covers: keccak256('SERO/rules/1' || specBytes), 32 bytes. Throws as `specBytes`. */
export const rulesId = (spec: ChainSpec): Uint8Array => keccak256(RULES_TAG, specBytes(spec));
