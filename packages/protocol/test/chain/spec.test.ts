import { describe, expect, it } from "vitest";
import fc from "fast-check";
import { toHex } from "../../src/bytes/index.js";
import {
  DEVELOPMENT_CHAIN_IDS,
  GAS_FIELDS,
  checkSpec,
  developmentSpec,
  rulesId,
  specBytes,
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
  spendKeyHash: "0x" + "ab".repeat(32),
  callPhaseTime: 1_800_000_000n,
  packagesTime: 0n,
};

/** A value of each field that differs from both specs' and is valid. */
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
  { callPhaseTime: 0n },
  { packagesTime: 0n },
  { packagesTime: 1n },
  { genesisNotes: [] },
  { genesisNotes: [...notes].reverse() },
  { genesisNotes: [{ inner: 5n as never, value: 1_001n }] },
  ...GAS_FIELDS.map((name) => ({ gas: { ...spec.gas, [name]: spec.gas[name] - 1n } })),
];

describe("chain spec", () => {
  it("comes back from JSON as it was", () => {
    for (const each of [spec, real]) {
      expect(specFromJson(JSON.parse(JSON.stringify(specToJson(each))))).toEqual(each);
      expect(toHex(rulesId(specFromJson(specToJson(each))))).toBe(toHex(rulesId(each)));
    }
  });

  it("E34: every field changes the rules id", () => {
    const seen = new Set([toHex(rulesId(spec)), toHex(rulesId(real))]);
    for (const change of CHANGES) {
      const id = toHex(rulesId({ ...spec, ...change }));
      expect([change, seen.has(id)]).toEqual([change, false]);
      seen.add(id);
    }
    expect(rulesId({ ...real, spendKeyHash: "0x" + "cd".repeat(32) })).not.toEqual(rulesId(real));
    expect(specBytes(developmentSpec(notes))).toEqual(specBytes(spec));
  });

  it("C23: the development flag is on exactly for development chain ids", () => {
    expect(DEVELOPMENT_CHAIN_IDS).toContain(24158n);
    expect(codeOf(() => checkSpec({ ...spec, chainId: 777n }))).toBe("spec/invalid");
    expect(codeOf(() => checkSpec({ ...real, chainId: 24158n }))).toBe("spec/invalid");
    expect(codeOf(() => checkSpec({ ...real, development: true, spendKeyHash: undefined }))).toBe("spec/invalid");
    expect(codeOf(() => checkSpec({ ...real, spendKeyHash: undefined }))).toBe("spec/invalid");
    expect(codeOf(() => checkSpec({ ...spec, spendKeyHash: "0x" + "00".repeat(32) }))).toBe("spec/invalid");
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
