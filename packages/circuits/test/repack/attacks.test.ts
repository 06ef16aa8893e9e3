import type { AssetId, Inner } from "@sero/protocol";
import { COIN, DOMAINS, FIELD_ORDER, H } from "@sero/protocol";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PlainSystem } from "../helpers/circuit.js";
import { openPlainSystem } from "../helpers/circuit.js";
import type { RepackPlan } from "../helpers/repack.js";
import { repackInputs, richRepack, sealed, sealOf } from "../helpers/repack.js";
import { element, OTHER_TOKEN, TOKEN } from "../helpers/spend.js";
import { obstacles } from "../helpers/verdict.js";
import { letMessagesThrough } from "../helpers/yield.js";

afterEach(letMessagesThrough);

let system: PlainSystem;
beforeAll(async () => {
  system = await openPlainSystem("repack");
});

const MAX = 2n ** 128n - 1n;

/** The rules that stop a repack, by the signals in them; [] if nothing does. One: without that rule it would pass. */
const stops = (plan: RepackPlan, replaced = {}): string[] => obstacles(system, { ...repackInputs(plan), ...replaced });

const coins = (values: readonly bigint[], out: readonly bigint[]): RepackPlan => ({
  packages: values.map((value, i) => sealed(`in ${i}`, COIN, value)),
  outputs: out.map((value, i) => sealed(`out ${i}`, COIN, value)),
});

const tokens = (a: AssetId, values: readonly bigint[], out: readonly bigint[]): RepackPlan => ({
  asset: a,
  packages: values.map((value, i) => sealed(`in ${i}`, TOKEN, value)),
  outputs: out.map((value, i) => sealed(`out ${i}`, TOKEN, value)),
});

/** The rules by the one name that says which they are. */
const INTEGRITY = /^main\.inCommitment\[\d\]$/;
const BALANCE = /main\.(coinOut|otherOut)/;

describe("what the repack circuit accepts", () => {
  it.each([
    ["coin and a token, divided", richRepack],
    ["one package and a filler", coins([10n], [4n, 5n, 1n])],
    ["two packages merged", tokens(TOKEN, [1n, 2n], [3n])],
    ["an empty package", coins([0n, 7n], [7n])],
    ["fillers only, and nothing", coins([], [])],
    ["the largest values", coins([MAX, MAX], [MAX, MAX - 5n, 5n])],
  ])("%s", (_, plan) => {
    expect(stops(plan)).toEqual([]);
  });

  it("a filler in the first place: order is the Pool's business", () => {
    const plan = repackInputs(coins([5n], [5n]));
    const swapped = Object.fromEntries(
      Object.entries(plan).map(([name, values]) => [name, name.startsWith("in") ? [...values].reverse() : values]),
    );
    expect(obstacles(system, swapped)).toEqual([]);
  });
});

describe("A4: fillers", () => {
  it.each([1n, 1000n, MAX])("A4: a filler worth %s is rejected, by one rule", (value) => {
    const signals = { inValue: [value, 0n] };
    expect(stops(coins([], [value]), signals)).toHaveLength(1);
    expect(stops(coins([], [value]), { inValue: [0n, value] })).toHaveLength(1);
  });

  it("A4: nor may a filler be worth something that the outputs don't hold", () => {
    expect(stops(coins([], []), { inValue: [5n, 0n] }).length).toBeGreaterThan(0);
  });

  it("A4: a filler can't hold an asset of its own", () => {
    expect(stops(coins([], []), { inAsset: [OTHER_TOKEN, 0n] })).toHaveLength(1);
  });

  it("A4: a package whose contents are not known can't go in, not even as one of value 0", () => {
    for (const i of [0, 1]) {
      const inCm = [0n, 0n].with(i, sealOf(sealed("somebody's", COIN, 7n)));
      const found = stops(coins([], []), { inCm });
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(INTEGRITY);
    }
  });
});

describe("A5: ranges", () => {
  it("A5: a value of 2^128 or r - 1 is rejected where it goes in", () => {
    const rules = [...stops(coins([MAX + 1n], [MAX, 1n])), ...stops(coins([FIELD_ORDER - 1n, 1n], []))];
    expect(rules).toEqual(["main.inValue[0]", "main.inValue[0]"]);
    expect(stops(coins([1n, MAX + 1n], [MAX, 2n]))).toEqual(["main.inValue[1]"]);
  });

  it.each([0, 1, 2])("A5: a value of 2^128 or r - 1 is rejected where it comes out, in output %s", (i) => {
    const place = (value: bigint, rest: bigint): bigint[] => [0n, 0n, 0n].with(i, value).with((i + 1) % 3, rest);
    expect(stops(coins([MAX, 1n], place(MAX + 1n, 0n)))).toEqual([`main.outValue[${i}]`]);
    // r - 1 and x: the sum is x - 1 in the field, so x - 1 would become x.
    expect(stops(coins([6n], place(FIELD_ORDER - 1n, 7n)))).toEqual([`main.outValue[${i}]`]);
  });

  it("A5: out of nothing, x and r - x", () => {
    for (const x of [1n, 1000n, MAX]) expect(stops(coins([], [x, FIELD_ORDER - x]))).toEqual(["main.outValue[1]"]);
    for (const x of [1n, MAX]) expect(stops(tokens(TOKEN, [], [x, FIELD_ORDER - x]))).toEqual(["main.outValue[1]"]);
  });

  it("A5: sums of the largest inputs fit neither one output nor all of three", () => {
    expect(stops(coins([MAX, MAX], [2n * MAX]))).toEqual(["main.outValue[0]"]);
    expect(stops(coins([MAX, MAX], [MAX, MAX, MAX]))).toHaveLength(1);
    expect(stops(coins([MAX, MAX], [MAX, MAX, 1n]))).toHaveLength(1);
  });
});

describe("A8: public inputs", () => {
  it("A8: with all private inputs as they are, no commitment can be another", () => {
    const signals = repackInputs(richRepack);
    for (const name of ["inCm", "outCm"]) {
      const values = signals[name] ?? [];
      values.forEach((value, i) => {
        for (const other of [(value + 1n) % FIELD_ORDER, 0n, values[(i + 1) % values.length] ?? 0n]) {
          expect(stops(richRepack, { [name]: values.with(i, other) }), `${name} ${i}`).not.toEqual([]);
        }
      });
    }
  });

  it("A8: the context is in a constraint of its own, so it is not dropped", () => {
    const wire = system.wireOf.get("main.ctx") ?? -1;
    const rows = [system.r1cs.a, system.r1cs.b].map(({ wires }) => wires.includes(wire));
    expect(rows).toEqual([true, true]);
    const square = system.wireOf.get("main.ctxSquared") ?? -1;
    const found = system.deduce(repackInputs(richRepack));
    if (found.kind !== "unique") throw new Error(found.kind);
    expect(found.wires[square]).toBe(element("context") ** 2n % FIELD_ORDER);
  });
});

describe("A11: domains", () => {
  it.each(Object.entries(DOMAINS).filter(([name]) => name !== "D_NOTE"))(
    "A11: a hash with %s is no package and no output",
    (_, domain) => {
      const { inner, asset, value, blind } = sealed("in 0", COIN, 5n);
      const other = H(domain, inner, asset, value, blind);
      const plan = coins([5n], [5n]);
      expect(stops(plan, { inCm: [other, 0n] })).toHaveLength(1);
      const out = sealed("out 0", COIN, 5n);
      const outCm = [...(repackInputs(plan)["outCm"] ?? [])].with(
        0,
        H(domain, out.inner, out.asset, out.value, out.blind),
      );
      expect(stops(plan, { outCm })).toHaveLength(1);
    },
  );
});

describe("A12: assets", () => {
  it.each([TOKEN, OTHER_TOKEN, COIN])(
    "A12: asset X can't become asset Y, whichever is called the private one",
    (asset) => {
      const become = (from: AssetId, to: AssetId): string[] =>
        stops({ asset, packages: [sealed("x", from, 5n)], outputs: [sealed("y", to, 5n)] });
      expect(become(TOKEN, OTHER_TOKEN)).not.toEqual([]);
      expect(become(TOKEN, COIN)).not.toEqual([]);
      expect(become(COIN, TOKEN)).not.toEqual([]);
    },
  );

  it("A12: two private assets don't go in one repack, even if each balances", () => {
    const both = (asset: AssetId): string[] =>
      stops({
        asset,
        packages: [sealed("x", TOKEN, 5n), sealed("y", OTHER_TOKEN, 6n)],
        outputs: [sealed("v", TOKEN, 5n), sealed("w", OTHER_TOKEN, 6n)],
      });
    expect(both(TOKEN)).toHaveLength(2);
    expect(both(COIN).length).toBeGreaterThan(2);
  });

  it("A12: two tokens of which one takes the other's amount", () => {
    const mixed = {
      packages: [sealed("x", TOKEN, 5n), sealed("y", OTHER_TOKEN, 6n)],
      outputs: [sealed("v", TOKEN, 11n)],
    };
    expect(stops({ ...mixed, asset: TOKEN })).toContain("main.inAsset[1]");
  });

  it("A12: nothing comes of an asset whose id is made up", () => {
    const made = element("made up") as AssetId;
    expect(stops({ asset: made, packages: [], outputs: [sealed("m", made, 1n)] })).toHaveLength(1);
  });

  it.each([0, 1, 2])("A12: neither coin nor token comes from nowhere or vanishes, in output %s", (i) => {
    for (const plan of [coins, (from: bigint[], out: bigint[]) => tokens(TOKEN, from, out)]) {
      const place = (value: bigint): bigint[] => [0n, 0n, 0n].with(i, value);
      for (const found of [
        stops(plan([5n], place(6n))),
        stops(plan([5n, 2n], place(8n))),
        stops(plan([5n], place(4n))),
      ]) {
        expect(found).toHaveLength(1);
        expect(found[0]).toMatch(BALANCE);
      }
    }
  });
});

describe("A13: other people's packages", () => {
  it("A13: each secret of a package must be the true one", () => {
    const plan = coins([5n], [5n]);
    const changes = { inInner: [element("mine") as Inner, 0n], inBlind: [element("guess"), 0n] };
    for (const [name, values] of Object.entries(changes)) {
      const found = stops(plan, { [name]: values });
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(INTEGRITY);
    }
    // A package of 5 can't be opened as one of 6.
    const found = stops(coins([5n], [6n]), { inValue: [6n, 0n] });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(INTEGRITY);
  });

  it("A13: nor does the second input open the first one's commitment", () => {
    const { inCm = [] } = repackInputs(coins([5n, 7n], [12n]));
    expect(stops(coins([5n, 7n], [12n]), { inCm: [...inCm].reverse() })).toHaveLength(2);
  });
});
