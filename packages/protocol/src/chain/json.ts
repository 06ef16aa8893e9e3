import { SeroError } from "../errors.js";
import type { Inner } from "../types.js";
import { checkSpec } from "./check.js";
import { GAS_FIELDS } from "./encode.js";
import type { ChainSpec, CircuitActivation, GasSchedule, GenesisNote } from "./types.js";

/** A chain spec as JSON: integers that may pass 2^53 as decimal strings, inners as 0x and 64 hex digits, absent values as null. */
export interface ChainSpecJson {
  readonly network: string;
  readonly hrp: string;
  readonly chainId: string;
  readonly development: boolean;
  readonly genesisTime: string;
  readonly slotSeconds: number;
  readonly gasLimit: string;
  readonly baseFee: string;
  readonly priceLadder: readonly string[];
  readonly gas: Readonly<Record<keyof GasSchedule, string>>;
  readonly anchorStep: number;
  readonly genesisNotes: readonly { readonly inner: string; readonly value: string }[];
  readonly circuits: readonly {
    readonly number: number;
    readonly keyHash: string | null;
    readonly fromTime: string;
    readonly untilTime: string | null;
  }[];
  readonly callPhaseTime: string | null;
  readonly packagesTime: string | null;
  /** Only where it is scheduled, as the next two. */
  readonly cancunTime?: string;
  readonly pragueTime?: string;
  readonly osakaTime?: string;
}

const FORK_FIELDS = ["cancunTime", "pragueTime", "osakaTime"] as const;

/** A chain spec as a plain JSON object. Throws `spec/invalid` for a spec that makes no sense. */
export function specToJson(spec: ChainSpec): ChainSpecJson {
  checkSpec(spec);
  const gas = Object.fromEntries(GAS_FIELDS.map((name) => [name, String(spec.gas[name])]));
  return {
    network: spec.network,
    hrp: spec.hrp,
    chainId: String(spec.chainId),
    development: spec.development,
    genesisTime: String(spec.genesisTime),
    slotSeconds: spec.slotSeconds,
    gasLimit: String(spec.gasLimit),
    baseFee: String(spec.baseFee),
    priceLadder: spec.priceLadder.map(String),
    gas: gas as Record<keyof GasSchedule, string>,
    anchorStep: spec.anchorStep,
    circuits: spec.circuits.map(({ number, keyHash, fromTime, untilTime }) => ({
      number,
      keyHash: keyHash ?? null,
      fromTime: String(fromTime),
      untilTime: untilTime === undefined ? null : String(untilTime),
    })),
    callPhaseTime: spec.callPhaseTime === undefined ? null : String(spec.callPhaseTime),
    packagesTime: spec.packagesTime === undefined ? null : String(spec.packagesTime),
    ...Object.fromEntries(
      FORK_FIELDS.flatMap((name) => (spec[name] === undefined ? [] : [[name, String(spec[name])]])),
    ),
    genesisNotes: spec.genesisNotes.map(({ inner, value }) => ({
      inner: "0x" + inner.toString(16).padStart(64, "0"),
      value: String(value),
    })),
  };
}

const wrong = (field: string, needs: string): SeroError =>
  new SeroError("spec/json", `The chain spec's ${field} must be ${needs}.`, { field });

type JsonObject = Readonly<Record<string, unknown>>;

/** An object with the keys `names`, and of others at most `optional`: a misspelt or unknown field must not pass for an absent one. */
function object(value: unknown, field: string, names: readonly string[], optional: readonly string[] = []): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(field, "an object");
  const keys = Object.keys(value);
  const missing = names.find((name) => !keys.includes(name));
  if (missing !== undefined) throw wrong(field, `an object with the field ${missing}`);
  const unknown = keys.find((key) => !names.includes(key) && !optional.includes(key));
  if (unknown !== undefined) throw wrong(field, "without fields that this version doesn't know");
  return value as JsonObject;
}

function array(value: unknown, field: string, max: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > max) throw wrong(field, `a list of at most ${max}`);
  return value;
}

function text(value: unknown, field: string): string {
  if (typeof value !== "string") throw wrong(field, "a string");
  return value;
}

function integer(value: unknown, field: string): bigint {
  const digits = text(value, field);
  if (!/^(0|[1-9][0-9]{0,38})$/.test(digits)) throw wrong(field, "a decimal integer in a string");
  return BigInt(digits);
}

function number(value: unknown, field: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) throw wrong(field, "a whole number");
  return value;
}

const optionalInteger = (value: unknown, field: string): bigint | undefined =>
  value === null ? undefined : integer(value, field);

function genesisNote(value: unknown): GenesisNote {
  const note = object(value, "genesis note", ["inner", "value"]);
  const inner = text(note["inner"], "genesis note's inner");
  if (!/^0x[0-9a-f]{64}$/.test(inner)) throw wrong("genesis note's inner", "0x and 64 lower-case hex digits");
  return { inner: BigInt(inner) as Inner, value: integer(note["value"], "genesis note's value") };
}

function circuitActivation(value: unknown): CircuitActivation {
  const circuit = object(value, "circuit", ["number", "keyHash", "fromTime", "untilTime"]);
  return {
    number: number(circuit["number"], "circuit's number"),
    keyHash: circuit["keyHash"] === null ? undefined : text(circuit["keyHash"], "circuit's keyHash"),
    fromTime: integer(circuit["fromTime"], "circuit's fromTime"),
    untilTime: optionalInteger(circuit["untilTime"], "circuit's untilTime"),
  };
}

function gasSchedule(value: unknown): GasSchedule {
  const gas = object(value, "gas", GAS_FIELDS);
  const prices = GAS_FIELDS.map((name) => [name, integer(gas[name], `gas.${name}`)] as const);
  return Object.fromEntries(prices) as unknown as GasSchedule;
}

const SPEC_FIELDS: readonly (keyof ChainSpec)[] = [
  "network",
  "hrp",
  "chainId",
  "development",
  "genesisTime",
  "slotSeconds",
  "gasLimit",
  "baseFee",
  "priceLadder",
  "gas",
  "anchorStep",
  "genesisNotes",
  "circuits",
  "callPhaseTime",
  "packagesTime",
];

/**
 * The chain spec of a parsed JSON value in the form of `specToJson`, every field checked by hand. Throws `spec/json` for a field
 * that is missing, unknown or of the wrong form, `spec/invalid` for a value that makes no sense.
 */
export function specFromJson(value: unknown): ChainSpec {
  const json = object(value, "JSON", SPEC_FIELDS, FORK_FIELDS);
  const forks = FORK_FIELDS.flatMap((name) => (name in json ? [[name, integer(json[name], name)]] : []));
  if (typeof json["development"] !== "boolean") throw wrong("development flag", "true or false");
  const spec: ChainSpec = {
    network: text(json["network"], "network"),
    hrp: text(json["hrp"], "hrp"),
    chainId: integer(json["chainId"], "chainId"),
    development: json["development"],
    genesisTime: integer(json["genesisTime"], "genesisTime"),
    slotSeconds: number(json["slotSeconds"], "slotSeconds"),
    gasLimit: integer(json["gasLimit"], "gasLimit"),
    baseFee: integer(json["baseFee"], "baseFee"),
    priceLadder: array(json["priceLadder"], "priceLadder", 64).map((price) => integer(price, "priceLadder")),
    gas: gasSchedule(json["gas"]),
    anchorStep: number(json["anchorStep"], "anchorStep"),
    circuits: array(json["circuits"], "circuits", 256).map(circuitActivation),
    callPhaseTime: optionalInteger(json["callPhaseTime"], "callPhaseTime"),
    packagesTime: optionalInteger(json["packagesTime"], "packagesTime"),
    genesisNotes: array(json["genesisNotes"], "genesisNotes", 65_536).map(genesisNote),
    ...(Object.fromEntries(forks) as Pick<ChainSpec, (typeof FORK_FIELDS)[number]>),
  };
  checkSpec(spec);
  return spec;
}
