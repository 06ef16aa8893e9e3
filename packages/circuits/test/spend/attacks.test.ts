import type { AssetId, Nullifier } from "@sero/protocol";
import { addPoints, BASE8, COIN, DOMAINS, FIELD_ORDER, H, mulPoint, nullifierOf, rootFromPath } from "@sero/protocol";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SpendWitness } from "../../src/index.js";
import { witnessSignals } from "../../src/index.js";
import type { PlainSystem, BuiltCircuit } from "../helpers/circuit.js";
import { openPlainSystem, openCircuit } from "../helpers/circuit.js";
import {
  commitmentOfOwn,
  element,
  nowhere,
  OTHER_TOKEN,
  output,
  ownNote,
  richPlan,
  spender,
  spendWitness,
  TOKEN,
} from "../helpers/spend.js";
import { obstaclesOf } from "../helpers/verdict.js";
import { letMessagesThrough } from "../helpers/yield.js";

afterEach(letMessagesThrough);

let system: PlainSystem;
let circuit: BuiltCircuit;
beforeAll(async () => {
  circuit = await openCircuit("spend");
  system = await openPlainSystem("spend");
});

const MAX = 2n ** 128n - 1n;

/** What is in the way of a note that is not in the tree: with a value above 0 the root would have to be the anchor, and it is not. */
const MEMBERSHIP = "main.inRoot[0]";

/** The rules that stop a witness, by the signals in them; [] if nothing does. */
const stops = (witness: SpendWitness, replaced = {}): string[] => obstaclesOf(system, witness, replaced);

/** Whether the constraints contradict it, however many of them. */
const isRefused = (witness: SpendWitness, replaced = {}): boolean =>
  system.deduce({ ...witnessSignals(witness), ...replaced }).kind === "contradiction";

/** A witness with another statement. */
const stating = (witness: SpendWitness, change: Partial<SpendWitness["statement"]>): SpendWitness => ({
  ...witness,
  statement: { ...witness.statement, ...change },
});

const dummies = (rest: Partial<Parameters<typeof spendWitness>[0]> = {}): SpendWitness =>
  spendWitness({ notes: [], outputs: [], ...rest });

const coins = (values: readonly bigint[], out: readonly bigint[], pubCoin = 0n): SpendWitness =>
  spendWitness({
    notes: values.map((value, i) => ownNote(`in ${i}`, COIN, value)),
    outputs: out.map((value, i) => output(`out ${i}`, COIN, value)),
    pubCoin,
  });

/** A coin note at some index of a tree of which its path is all that is known. */
function atIndex(leafIndex: bigint): SpendWitness {
  const witness = coins([10n], [10n]);
  const [input, dummy] = witness.inputs;
  const path = nowhere(leafIndex);
  const cm = commitmentOfOwn(witness, input);
  const nf = nullifierOf(witness.nk, cm, leafIndex);
  return stating(
    { ...witness, inputs: [{ ...input, path }, dummy] },
    { anchor: rootFromPath(cm, path), nullifiers: [nf, witness.statement.nullifiers[1]] },
  );
}

describe("what the spend circuit accepts", () => {
  it.each([
    ["coin and token in, change of both, some of both in public", () => spendWitness(richPlan)],
    ["two dummies and nothing", () => dummies()],
    ["one coin note and a dummy", () => coins([10n], [4n, 5n], 1n)],
    [
      "two tokens merged",
      () =>
        spendWitness({
          asset: TOKEN,
          notes: [ownNote("x", TOKEN, 1n), ownNote("y", TOKEN, 2n)],
          outputs: [output("o", TOKEN, 3n)],
        }),
    ],
    ["the largest values", () => coins([MAX, MAX], [MAX, MAX - 5n], 5n)],
    [
      "the largest public amount",
      () =>
        spendWitness({ asset: TOKEN, notes: [ownNote("x", TOKEN, MAX)], outputs: [], pubAsset: TOKEN, pubAmount: MAX }),
    ],
    ["alpha 0", () => dummies({ alpha: 0n })],
  ])("%s", (_, make) => {
    const witness = make();
    expect(stops(witness)).toEqual([]);
    expect(() => circuit.calculator.calculate(witnessSignals(witness))).not.toThrow();
  });
});

describe("A3: a nullifier is a function of the note", () => {
  it("A3: leaf index + 2^32 is rejected", () => {
    const witness = coins([10n], [10n]);
    const [input] = witness.inputs;
    const cm = commitmentOfOwn(witness, input);
    const second = H(DOMAINS.D_NF, witness.nk, cm, input.path.leafIndex + 2n ** 32n) as Nullifier;
    expect(stops(stating(witness, { nullifiers: [second, witness.statement.nullifiers[1]] }))).toHaveLength(1);
  });

  it.each([0, 1])("A3: bit %s of a level can't be 2 or more", (k) => {
    // In a dummy, whose path leads nowhere, so that nothing but the bit itself is wrong: the nullifier has the index that the bits add up to.
    const witness = dummies();
    const [dummy] = witness.inputs;
    const bits = [...(witnessSignals(witness)["inBits"] ?? [])];
    bits[k] = (bits[k] ?? 0n) + 2n;
    const index = dummy.path.leafIndex + (2n << BigInt(k));
    const nf = H(DOMAINS.D_NF, witness.nk, commitmentOfOwn(witness, dummy), index) as Nullifier;
    const forged = stating(witness, { nullifiers: [nf, witness.statement.nullifiers[1]] });
    expect(stops(forged, { inBits: bits })).toHaveLength(1);
  });

  it("A3: one note has exactly one nullifier", () => {
    const witness = spendWitness(richPlan);
    const signals = Object.entries(witnessSignals(witness)).filter(([name]) => name !== "nf");
    const found = system.deduce(Object.fromEntries(signals));
    if (found.kind !== "unique") throw new Error(found.kind);
    const derived = [0, 1].map((i) => found.wires[system.wireOf.get(`main.nf[${i}]`) ?? -1]);
    expect(derived).toEqual(witness.statement.nullifiers);
  });

  it("A3: the same note at another index is not in the tree", () => {
    const witness = coins([10n], [10n]);
    const [input, dummy] = witness.inputs;
    const moved = { ...input, path: { ...input.path, leafIndex: input.path.leafIndex ^ 1n } };
    const nf = H(DOMAINS.D_NF, witness.nk, commitmentOfOwn(witness, input), moved.path.leafIndex) as Nullifier;
    const other = stating(
      { ...witness, inputs: [moved, dummy] },
      { nullifiers: [nf, witness.statement.nullifiers[1]] },
    );
    expect(stops(other)).toHaveLength(1);
  });
});

describe("A4: dummies skip membership and nothing else", () => {
  it("A4: membership is waived for value 0, not for value 1", () => {
    expect(stops(stating(dummies(), { anchor: element("any") as never }))).toEqual([]);
    const one = dummies({ pubCoin: 1n });
    const [first, second] = one.inputs;
    const worth = { ...first, value: 1n };
    const nf = H(DOMAINS.D_NF, one.nk, commitmentOfOwn(one, worth), worth.path.leafIndex) as Nullifier;
    const forged = stating({ ...one, inputs: [worth, second] }, { nullifiers: [nf, one.statement.nullifiers[1]] });
    expect(stops(forged)).toEqual([MEMBERSHIP]);
  });

  it("A4: a dummy can't burn a nullifier of somebody else's note", () => {
    const bob = spender("bob");
    const victim = H(DOMAINS.D_NF, bob.nk, commitmentOfOwn(bob, ownNote("bob's", COIN, 7n)), 3n) as Nullifier;
    const witness = dummies();
    expect(stops(stating(witness, { nullifiers: [victim, witness.statement.nullifiers[1]] }))).toHaveLength(1);
    expect(stops(stating(witness, { nullifiers: [witness.statement.nullifiers[0], victim] }))).toHaveLength(1);
  });

  it("A4: a dummy's rk is its owner's, and A is on the curve", () => {
    const witness = dummies();
    expect(stops(stating(witness, { rk: addPoints(spender("bob").A, mulPoint(BASE8, witness.alpha)) }))).toHaveLength(
      2,
    );
    const off = { x: witness.A.x, y: witness.A.y + 1n };
    expect(stops({ ...witness, A: off }).some((rule) => rule.includes("OnCurve"))).toBe(true);
  });
});

describe("A5: ranges", () => {
  it("A5: a value of 2^128 or r - 1 is rejected where it goes in", () => {
    expect(stops(coins([MAX], [MAX]))).toEqual([]);
    const rules = [...stops(coins([MAX + 1n], [MAX, 1n])), ...stops(coins([FIELD_ORDER - 1n, 1n], []))];
    expect(rules).toHaveLength(2);
    expect(rules.every((rule) => rule === "main.inValue[0]")).toBe(true);
  });

  it("A5: a value of 2^128 or r - 1 is rejected where it comes out", () => {
    const rules = [...stops(coins([MAX, 1n], [MAX + 1n])), ...stops(coins([], [FIELD_ORDER - 1n, 1n]))];
    expect(rules).toHaveLength(2);
    expect(rules.every((rule) => rule === "main.outValue[0]")).toBe(true);
  });

  it.each([1n, 1000n, MAX])("A5: two dummies with pubCoin = r - %s would print it", (x) => {
    const printing = spendWitness({ notes: [], outputs: [output("printed", COIN, x)], pubCoin: FIELD_ORDER - x });
    expect(stops(printing)).toEqual(["main.pubCoin"]);
  });

  it("A5: and so would pubAmount = r - x", () => {
    const printing = spendWitness({
      asset: TOKEN,
      notes: [],
      outputs: [output("printed", TOKEN, 9n)],
      pubAsset: TOKEN,
      pubAmount: FIELD_ORDER - 9n,
    });
    expect(stops(printing)).toHaveLength(1);
  });

  it("A5: of two bundles whose public coin cancels, one is rejected", () => {
    const fee = 21n;
    const x = 5000n;
    expect(stops(coins([fee + x], [], fee + x))).toEqual([]);
    expect(stops(spendWitness({ notes: [], outputs: [output("x", COIN, x)], pubCoin: FIELD_ORDER - x }))).toHaveLength(
      1,
    );
  });

  it("A5: sums of the largest inputs don't fit one output, nor two inputs three outputs", () => {
    expect(isRefused(coins([MAX, MAX], [2n * MAX]))).toBe(true);
    expect(isRefused(coins([MAX, MAX], [MAX, MAX, MAX]))).toBe(true);
    expect(stops(coins([MAX, MAX], [MAX, MAX, 1n]))).toHaveLength(1);
  });

  it("A5: r is no input at all", () => {
    for (const value of [FIELD_ORDER, -1n]) {
      const signals = { ...witnessSignals(dummies()), pubCoin: [value] };
      expect(() => circuit.calculator.calculate(signals)).toThrow(
        expect.objectContaining({ code: "circuits/signals" }),
      );
    }
  });
});

describe("A8: public inputs", () => {
  it("A8: with all private inputs as they are, no public one can be another", () => {
    const witness = spendWitness(richPlan);
    for (const [name, values] of Object.entries(witnessSignals(witness)).slice(0, 7)) {
      values.forEach((_, i) => {
        const changed = values.map((x, j) => (j === i ? (x + 1n) % FIELD_ORDER : x));
        expect(isRefused(witness, { [name]: changed }), `${name} ${i}`).toBe(true);
      });
    }
  });
});

describe("A10: the tree", () => {
  it("A10: an inner node is no leaf", () => {
    const witness = coins([10n], [10n]);
    const [input, dummy] = witness.inputs;
    // The path from level 1 up, with one more level on top, as if the note were a node of level 1.
    const shifted = [...input.path.siblings.slice(1), nowhere(0n).siblings[0] ?? [0n, 0n, 0n]] as never;
    const path = { leafIndex: input.path.leafIndex >> 2n, siblings: shifted };
    const nf = H(DOMAINS.D_NF, witness.nk, commitmentOfOwn(witness, input), path.leafIndex) as Nullifier;
    const forged = stating(
      { ...witness, inputs: [{ ...input, path }, dummy] },
      { nullifiers: [nf, witness.statement.nullifiers[1]] },
    );
    expect(stops(forged)).toHaveLength(1);
  });

  it("A10: an empty leaf is no note", () => {
    const real = coins([10n], [10n], 0n);
    const [, dummy] = real.inputs;
    // A note that was never made, at the empty place right after the last leaf.
    const made = ownNote("never made", COIN, 10n);
    const empty = {
      leafIndex: 7n,
      siblings: [[real.statement.anchor, 0n, 0n], ...real.inputs[0].path.siblings.slice(1)] as never,
    };
    const nf = H(DOMAINS.D_NF, real.nk, commitmentOfOwn(real, made), 7n) as Nullifier;
    const forged = stating(
      { ...real, inputs: [{ ...made, path: empty }, dummy] },
      { nullifiers: [nf, real.statement.nullifiers[1]] },
    );
    expect(stops(forged)).toEqual([MEMBERSHIP]);
  });

  it("A10: the last leaf is one, one past the last is not", () => {
    const last = atIndex(2n ** 32n - 1n);
    expect(stops(last)).toEqual([]);
    expect(stops(atIndex(0n))).toEqual([]);
    const past = { ...last, inputs: [{ ...last.inputs[0], path: nowhere(2n ** 32n) }, last.inputs[1]] as const };
    expect(() => witnessSignals(past)).toThrow(expect.objectContaining({ code: "circuits/witness-shape" }));
  });
});

describe("A12: assets", () => {
  it("A12: asset X can't pay for asset Y", () => {
    for (const a of [TOKEN, OTHER_TOKEN, COIN]) {
      const swap = spendWitness({
        asset: a,
        notes: [ownNote("x", TOKEN, 5n)],
        outputs: [output("y", OTHER_TOKEN, 5n)],
      });
      expect(isRefused(swap)).toBe(true);
      const cash = spendWitness({ asset: a, notes: [ownNote("x", TOKEN, 5n)], outputs: [output("y", COIN, 5n)] });
      expect(isRefused(cash)).toBe(true);
      const buy = spendWitness({ asset: a, notes: [ownNote("x", COIN, 5n)], outputs: [output("y", TOKEN, 5n)] });
      expect(isRefused(buy)).toBe(true);
    }
  });

  it("A12: two private assets don't go in one bundle", () => {
    const both = spendWitness({
      asset: TOKEN,
      notes: [ownNote("x", TOKEN, 5n), ownNote("y", OTHER_TOKEN, 6n)],
      outputs: [output("x", TOKEN, 5n), output("y", OTHER_TOKEN, 6n)],
    });
    expect(stops(both)).toHaveLength(2);
  });

  it("A12: nothing comes of an asset whose id is made up", () => {
    const made = element("made up") as AssetId;
    expect(stops(spendWitness({ asset: made, notes: [], outputs: [output("m", made, 1n)] }))).toHaveLength(1);
    expect(stops(spendWitness({ asset: made, notes: [], outputs: [], pubAsset: made, pubAmount: 1n }))).toHaveLength(1);
  });

  it("A12: pubAsset goes with an amount, and is the private asset", () => {
    const plan = { asset: TOKEN, notes: [ownNote("x", TOKEN, 5n)] };
    expect(isRefused(spendWitness({ ...plan, outputs: [output("o", TOKEN, 5n)], pubAsset: TOKEN }))).toBe(true);
    expect(isRefused(spendWitness({ ...plan, outputs: [], pubAsset: OTHER_TOKEN, pubAmount: 5n }))).toBe(true);
    expect(isRefused(spendWitness({ ...plan, outputs: [], pubAsset: COIN, pubAmount: 5n }))).toBe(true);
    expect(isRefused(stating(coins([5n], []), { pubAmount: 5n }))).toBe(true);
  });

  it("A12: neither coin nor token comes from nowhere or vanishes", () => {
    expect(stops(coins([5n], [6n]))).toHaveLength(1);
    expect(stops(coins([5n], [4n]))).toHaveLength(1);
    expect(stops(coins([5n], [5n], 1n))).toHaveLength(1);
    expect(stops(spendWitness({ ...richPlan, pubAmount: 81n }))).toHaveLength(1);
    expect(stops(spendWitness({ ...richPlan, pubCoin: 101n }))).toHaveLength(1);
  });
});

describe("A13: other people's keys", () => {
  const alice = spender("alice");
  const bob = spender("bob");

  it("A13: a note can't be spent with another nullifier key or another authority", () => {
    const honest = coins([10n], [10n]);
    for (const thief of [{ A: alice.A, nk: bob.nk }, { A: bob.A, nk: alice.nk }, bob]) {
      const [input, dummy] = honest.inputs;
      const nullifiers = [input, dummy].map((note) =>
        H(DOMAINS.D_NF, thief.nk, commitmentOfOwn(thief, note), note.path.leafIndex),
      ) as unknown as SpendWitness["statement"]["nullifiers"];
      const rk = addPoints(thief.A, mulPoint(BASE8, honest.alpha));
      // All of it is consistent, and the commitment that follows from the thief's keys is not in the tree.
      expect(stops(stating({ ...honest, ...thief }, { nullifiers, rk }))).toEqual([MEMBERSHIP]);
    }
  });

  it("A13: another nullifier key with the true commitment is rejected as well", () => {
    const honest = coins([10n], [10n]);
    const [input] = honest.inputs;
    const nf = H(DOMAINS.D_NF, bob.nk, commitmentOfOwn(alice, input), input.path.leafIndex) as Nullifier;
    expect(stops(stating(honest, { nullifiers: [nf, honest.statement.nullifiers[1]] }))).toHaveLength(1);
  });
});
