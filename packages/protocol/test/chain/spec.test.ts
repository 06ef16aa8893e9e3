import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { toHex } from "../../src/bytes/index.js";
import {
  activeRules,
  FORKS,
  forkAt,
  DEVELOPMENT_CHAIN_IDS,
  GAS_FIELDS,
  checkSpec,
  developmentSpec,
  genesisBytes,
  genesisId,
  rulesId,
  specFromJson,
  specToJson,
  type ChainSpec,
} from "../../src/chain/index.js";
import { FIELD_ORDER } from "../../src/field/index.js";
import { codeOf } from "../transaction/sample.js";

const notes = [
  { inner: 5n as never, value: 1_000n },
  { inner: 6n as never, value: 2_000n },
];
const spec = developmentSpec(notes);
const real: ChainSpec = {
  ...spec,
  network: "sero",
  hrp: "sero",
  chainId: 777n,
  development: false,
  circuits: [
    { number: 0, keyHash: "0x" + "ab".repeat(32), fromTime: 0n, untilTime: 1_900_000_000n },
    { number: 2, keyHash: "0x" + "ac".repeat(32), fromTime: 1_850_000_000n, untilTime: undefined },
  ],
  callPhaseTime: 1_800_000_000n,
  packagesTime: 0n,
};

const NOW = 1_860_000_000n;

/** A value of each field that never changes which differs from both specs' and is valid. */
const CHANGES: Partial<ChainSpec>[] = [
  { network: "other" },
  { hrp: "other" },
  { chainId: 24159n },
  { genesisTime: 1n },
  { slotSeconds: 2 },
  { gasLimit: 9_000_000n },
  { baseFee: 1n },
  { priceLadder: [1_000_000_000n] },
  { anchorStep: 16 },
  { genesisNotes: [] },
  { genesisNotes: [...notes].reverse() },
  { genesisNotes: [{ inner: 5n as never, value: 1_001n }] },
  ...GAS_FIELDS.map((name) => ({ gas: { ...spec.gas, [name]: spec.gas[name] - 1n } })),
];

describe("chain spec", () => {
  it("comes back from JSON as it was", () => {
    for (const each of [spec, real]) {
      expect(specFromJson(JSON.parse(JSON.stringify(specToJson(each))))).toEqual(each);
      expect(toHex(rulesId(specFromJson(specToJson(each)), NOW))).toBe(toHex(rulesId(each, NOW)));
    }
  });

  it("E34: every field that never changes is in the genesis id, and so in the rules id", () => {
    const seen = new Set([spec, real].flatMap((each) => [toHex(genesisId(each)), toHex(rulesId(each, NOW))]));
    for (const change of CHANGES) {
      const ids = [genesisId({ ...spec, ...change }), rulesId({ ...spec, ...change }, NOW)].map(toHex);
      for (const id of ids) expect([change, seen.has(id)]).toEqual([change, false]);
      ids.forEach((id) => seen.add(id));
    }
    expect(genesisBytes(developmentSpec(notes))).toEqual(genesisBytes(spec));
  });

  it("E34: an upgrade leaves the genesis as it is, and changes the rules id from its time on only", () => {
    const upgrades: Partial<ChainSpec>[] = [
      { callPhaseTime: NOW },
      { packagesTime: NOW },
      { circuits: [...spec.circuits, { number: 1, keyHash: undefined, fromTime: NOW, untilTime: undefined }] },
      { circuits: spec.circuits.map((circuit) => ({ ...circuit, untilTime: NOW })) },
    ];
    const plain: ChainSpec = { ...spec, callPhaseTime: undefined, packagesTime: undefined };
    const ids = upgrades.map((change) => {
      const upgraded = { ...plain, ...change };
      expect(genesisId(upgraded)).toEqual(genesisId(plain));
      expect(rulesId(upgraded, NOW - 1n)).toEqual(rulesId(plain, NOW - 1n));
      expect(rulesId(upgraded, NOW)).toEqual(rulesId(upgraded, NOW + 1n));
      return toHex(rulesId(upgraded, NOW));
    });
    expect(new Set([...ids, toHex(rulesId(plain, NOW))]).size).toBe(upgrades.length + 1);
    const otherKey = real.circuits.map((circuit) => ({ ...circuit, keyHash: "0x" + "cd".repeat(32) }));
    expect(rulesId({ ...real, circuits: otherKey }, NOW)).not.toEqual(rulesId(real, NOW));
  });

  it("a circuit is active from its time until it is retired", () => {
    const numbers = (time: bigint): number[] => activeRules(real, time).circuits.map(({ number }) => number);
    expect(numbers(1_849_999_999n)).toEqual([0]);
    expect(numbers(1_850_000_000n)).toEqual([0, 2]);
    expect(numbers(1_899_999_999n)).toEqual([0, 2]);
    expect(numbers(1_900_000_000n)).toEqual([2]);
    expect(activeRules(real, 1_799_999_999n)).toMatchObject({ callPhase: false, packages: true });
    expect(activeRules(real, 1_800_000_000n)).toMatchObject({ callPhase: true, packages: true });
  });

  it("E34: forks are scheduled one after another, and leave chains without them as they were", () => {
    const forks: ChainSpec = { ...real, cancunTime: 1_800_000_000n, pragueTime: NOW, osakaTime: NOW + 1n };
    const json = specToJson(forks);
    expect(json).toMatchObject({ cancunTime: "1800000000", pragueTime: NOW.toString() });
    expect(specFromJson(JSON.parse(JSON.stringify(json)))).toEqual(forks);
    expect(Object.keys(specToJson(real))).not.toContain("cancunTime");
    expect(codeOf(() => specFromJson({ ...json, cancunTime: null }))).toBe("spec/json");
    expect(codeOf(() => specFromJson({ ...specToJson(real), cancuntime: "1" }))).toBe("spec/json");
    expect([1_799_999_999n, 1_800_000_000n, NOW, NOW + 1n].map((time) => forkAt(forks, time))).toEqual([...FORKS]);
    expect(forkAt(real, 1n << 63n)).toBe("shanghai");
    expect(genesisId(forks)).toEqual(genesisId(real));
    expect(rulesId(forks, 1_799_999_999n)).toEqual(rulesId(real, 1_799_999_999n));
    const ids = [1_800_000_000n, NOW, NOW + 1n].map((time) => toHex(rulesId(forks, time)));
    expect(new Set([...ids, ...[1_800_000_000n, NOW].map((time) => toHex(rulesId(real, time)))]).size).toBe(5);
  });

  it("C23: the development flag is on exactly for development chain ids", () => {
    expect(DEVELOPMENT_CHAIN_IDS).toContain(24158n);
    expect(codeOf(() => checkSpec({ ...spec, chainId: 777n }))).toBe("spec/invalid");
    expect(codeOf(() => checkSpec({ ...real, chainId: 24158n }))).toBe("spec/invalid");
    const keyless = real.circuits.map((circuit) => ({ ...circuit, keyHash: undefined }));
    expect(codeOf(() => checkSpec({ ...real, development: true, circuits: keyless }))).toBe("spec/invalid");
    expect(codeOf(() => checkSpec({ ...real, circuits: keyless }))).toBe("spec/invalid");
    expect(codeOf(() => checkSpec({ ...spec, circuits: real.circuits }))).toBe("spec/invalid");
  });

  it("refuses nonsense in every field", () => {
    const nonsense: Partial<ChainSpec>[] = [
      { network: "" },
      { network: "Sero" },
      { network: "a".repeat(33) },
      { hrp: "" },
      { hrp: "sero1" },
      { hrp: "SERO" },
      { chainId: 0n },
      { chainId: -1n },
      { genesisTime: -1n },
      { slotSeconds: 0 },
      { slotSeconds: 1.5 },
      { slotSeconds: Number.NaN },
      { gasLimit: 0n },
      { gasLimit: 1n << 64n },
      { baseFee: -1n },
      { baseFee: 2_000_000_000n },
      { priceLadder: [] },
      { priceLadder: [0n], baseFee: 0n },
      { priceLadder: [2_000_000_000n, 2_000_000_000n] },
      { priceLadder: [3_000_000_000n, 2_000_000_000n] },
      { priceLadder: [1n << 64n] },
      { anchorStep: 0 },
      { anchorStep: 257 },
      { callPhaseTime: -1n },
      { packagesTime: 1n << 64n },
      { pragueTime: 1n },
      { osakaTime: 1n },
      { cancunTime: 1n, osakaTime: 2n },
      { cancunTime: 2n, pragueTime: 1n },
      { cancunTime: 1n, pragueTime: 3n, osakaTime: 2n },
      { cancunTime: -1n },
      { cancunTime: 1n << 64n },
      { circuits: [] },
      { circuits: [{ number: 256, keyHash: undefined, fromTime: 0n, untilTime: undefined }] },
      { circuits: [{ number: 0, keyHash: undefined, fromTime: 5n, untilTime: 5n }] },
      { circuits: [...spec.circuits, ...spec.circuits] },
      { gas: { ...spec.gas, bundle: 25_001n } },
      { gas: { ...spec.gas, bundle: 0n } },
      { gas: { ...spec.gas, memoChunk: 0n } },
      { gas: { ...spec.gas, create: -1n } },
      { genesisNotes: [{ inner: FIELD_ORDER as never, value: 1n }] },
      { genesisNotes: [{ inner: 1n as never, value: 0n }] },
      { genesisNotes: [{ inner: 1n as never, value: 1n << 128n }] },
      { genesisNotes: [0, 1].map(() => ({ inner: 1n as never, value: 1n << 127n })) },
    ];
    for (const change of nonsense)
      expect([change, codeOf(() => developmentSpec(notes, change))]).toEqual([change, "spec/invalid"]);
  });

  it("refuses JSON with fields missing, unknown or of another form", () => {
    const json = specToJson(real) as unknown as Record<string, unknown>;
    for (const name of Object.keys(json)) {
      const rest = Object.fromEntries(Object.entries(json).filter(([key]) => key !== name));
      expect([name, codeOf(() => specFromJson(rest))]).toEqual([name, "spec/json"]);
      for (const wrong of [{}, [{}], "X!", -1, 1.5, "0x10", "-1", "01", " 1", 12345678901234567890])
        expect([name, wrong, codeOf(() => specFromJson({ ...json, [name]: wrong }))]).toEqual([
          name,
          wrong,
          expect.stringMatching(/^spec\//),
        ]);
    }
    expect(codeOf(() => specFromJson({ ...json, extra: 1 }))).toBe("spec/json");
    expect(codeOf(() => specFromJson({ ...json, gas: { ...(json["gas"] as object), extra: "1" } }))).toBe("spec/json");
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(codeOf(() => specFromJson(value))).toMatch(/^spec\//);
      }),
    );
  });
});
