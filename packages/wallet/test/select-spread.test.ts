import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COIN, SeroError, parseAmount, type AssetId } from "@sero/protocol";
import { planCall, tellingAmounts, type CallNeeds, type FeeOf, type SelectableNote } from "../src/index.js";

const FEE = 25_000n;
const feeOf: FeeOf = (bundles) => FEE * BigInt(bundles);
const TOKEN = 5n as AssetId;
const notesOf = (values: readonly bigint[], asset: AssetId = COIN, from = 0): SelectableNote[] =>
  values.map((value, i) => ({ leafIndex: BigInt(from + i), asset, value }));
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

/** What is public of a plan, bundle by bundle, with the values of the notes of the asset spent there. */
const publicOf = (bundles: ReturnType<typeof planCall>["bundles"]) =>
  bundles.flatMap(({ inputs, fee, unshield }) =>
    [{ asset: COIN, amount: fee }, ...(unshield === undefined ? [] : [unshield])]
      .filter(({ amount }) => amount > 0n)
      .map(({ asset, amount }) => ({
        asset,
        amount,
        spent: inputs.filter((note) => note.asset === asset).map(({ value }) => value),
      })),
  );

/** No public amount is one note's value, or that of both. */
const expectHidden = (bundles: ReturnType<typeof planCall>["bundles"], asset: AssetId): void => {
  for (const shown of publicOf(bundles).filter((entry) => entry.asset === asset))
    expect([...shown.spent, sum(shown.spent)]).not.toContain(shown.amount);
};

/** Sums are right: what leaves is what was asked for, and each bundle's notes are what it pays and gives back. */
const expectBalanced = (plan: ReturnType<typeof planCall>, { coin, assets }: CallNeeds): void => {
  expect(sum(plan.bundles.map(({ fee }) => fee))).toBe(feeOf(plan.bundles.length, new Set()) + coin);
  for (const { asset, amount } of assets)
    expect(sum(plan.bundles.map(({ unshield }) => (unshield?.asset === asset ? unshield.amount : 0n)))).toBe(amount);
  for (const { inputs, change, fee, unshield } of plan.bundles)
    for (const asset of new Set(inputs.map((note) => note.asset))) {
      const spent = sum(inputs.filter((note) => note.asset === asset).map(({ value }) => value));
      const back = change.filter((entry) => entry.asset === asset);
      expect(back.length).toBeLessThanOrEqual(1);
      const shown = asset === COIN ? fee : unshield?.asset === asset ? unshield.amount : 0n;
      expect(spent).toBe(shown + sum(back.map(({ amount }) => amount)));
    }
};

/** The fewest bundles that hold a deposit in the largest notes. */
const fewest = (values: readonly bigint[], coin: bigint): number => {
  const sorted = [...values].sort((a, b) => (a < b ? 1 : -1));
  for (let bundles = 1; bundles <= 8; bundles++)
    if (sum(sorted.slice(0, 2 * bundles)) >= coin + feeOf(bundles, new Set())) return bundles;
  return Infinity;
};

/** Whether one note alone is (almost) what leaves: the sum, public in any case, tells as much, and no division of it helps. */
const isOneNote = (values: readonly bigint[], leaving: bigint): boolean =>
  values.some((value) => (value < leaving ? leaving - value : value - leaving) * 500n <= value);

describe("what several bundles pay in public", () => {
  const coins = (text: string): bigint => parseAmount(text, 18);
  const values = [coins("12.3456"), coins("5.1003"), coins("4.2001")];

  it("G47: a deposit from several notes names none of them", () => {
    for (let round = 0; round < 50; round++) {
      const needs = { coin: coins("20"), assets: [] };
      const plan = planCall(notesOf(values), needs, [], feeOf);
      expect(plan.bundles).toHaveLength(2);
      expectBalanced(plan, needs);
      expectHidden(plan.bundles, COIN);
      // Each gives back something worth the name, so that "a little less than 17.4459" is not what everybody sees either.
      for (const { change } of plan.bundles) expect(change[0]?.amount ?? 0n).toBeGreaterThan(coins("0.3"));
    }
  });

  it("G47: nor beside a token, nor does the token's own amount", () => {
    for (let round = 0; round < 50; round++) {
      const notes = [...notesOf(values), ...notesOf([700n, 450n, 300n], TOKEN, 100)];
      const needs = { coin: coins("20"), assets: [{ asset: TOKEN, amount: 1200n }] };
      const plan = planCall(notes, needs, [], feeOf);
      expectBalanced(plan, needs);
      expectHidden(plan.bundles, COIN);
      expectHidden(plan.bundles, TOKEN);
    }
  });

  it("G47: shares are drawn, so that no rule leads from them back to the notes", () => {
    const needs = { coin: coins("20"), assets: [] };
    const first = new Set(
      Array.from({ length: 20 }, () => planCall(notesOf(values), needs, [], feeOf).bundles[0]?.fee),
    );
    expect(first.size).toBeGreaterThan(15);
  });

  it("G47: where a note happens to be exactly what is needed, others are taken", () => {
    const needs = { coin: 1_000_000n - FEE, assets: [] };
    const plan = planCall(notesOf([1_000_000n, 1_030_000n]), needs, [], feeOf);
    expect(plan.bundles).toMatchObject([{ inputs: [{ value: 1_030_000n }] }]);
    const two = planCall(notesOf([600_000n, 400_000n, 300_000n]), needs, [], feeOf);
    expectBalanced(two, needs);
    expectHidden(two.bundles, COIN);
  });

  it("G47: for any notes and deposit, no public amount is what its notes are worth, if there is another way", () => {
    const value = fc.bigInt({ min: 10n ** 6n, max: 10n ** 8n });
    let several = 0;
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 9 }),
        fc.array(value, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 0, max: 99 }),
        fc.boolean(),
        (owned, tokens, part, tokenPart, isExact) => {
          const notes = [...notesOf(owned), ...notesOf(tokens, TOKEN, 100)];
          // Either any part of it all, or exactly what some notes are worth.
          const coin = isExact
            ? sum(owned.slice(0, 1 + (part % owned.length))) - FEE
            : (sum(owned) * BigInt(part)) / 100n;
          const amount = (sum(tokens) * BigInt(tokenPart)) / 100n;
          const needs = { coin, assets: amount === 0n ? [] : [{ asset: TOKEN, amount }] };
          let plan: ReturnType<typeof planCall>;
          try {
            plan = planCall(notes, needs, [], feeOf);
          } catch (error) {
            if (!(error instanceof SeroError)) throw error;
            return;
          }
          expectBalanced(plan, needs);
          const count = plan.bundles.length;
          if (amount === 0n) expect(count).toBeLessThanOrEqual(fewest(owned, coin) + 1);
          if (count > 1) several++;
          // Less than all, by enough that every bundle can keep some: there is another way.
          const leaving = coin + feeOf(count, new Set());
          if (sum(owned) - leaving > sum(owned) / 20n && !isOneNote(owned, leaving)) expectHidden(plan.bundles, COIN);
          if (tokenPart < 90 && !isOneNote(tokens, amount)) expectHidden(plan.bundles, TOKEN);
        },
      ),
      { numRuns: 600 },
    );
    expect(several).toBeGreaterThan(200);
  });

  it("G47: bundles are no more than the largest notes need, but for notes that are exactly what is asked for", () => {
    const value = fc.bigInt({ min: 10n ** 6n, max: 10n ** 8n });
    fc.assert(
      fc.property(fc.array(value, { minLength: 3, maxLength: 9 }), fc.integer({ min: 1, max: 90 }), (owned, part) => {
        const coin = (sum(owned) * BigInt(part)) / 100n;
        const least = fewest(owned, coin);
        fc.pre(least < 8);
        const sorted = [...owned].sort((a, b) => (a < b ? 1 : -1));
        const spare = sum(sorted.slice(0, 2 * least)) - coin - feeOf(least, new Set());
        fc.pre(spare > sum(owned) / 20n && !isOneNote(owned, coin + feeOf(least, new Set())));
        expect(planCall(notesOf(owned), { coin, assets: [] }, [], feeOf).bundles).toHaveLength(least);
      }),
      { numRuns: 300 },
    );
  });

  it("says which amounts tell where everything is spent, and plans it all the same", () => {
    const needs = { coin: sum(values) - 2n * FEE, assets: [] };
    const plan = planCall(notesOf(values), needs, [], feeOf);
    expectBalanced(plan, needs);
    expect(tellingAmounts(plan.bundles).map(({ amount }) => amount)).toEqual(plan.bundles.map(({ fee }) => fee));
    const ticket = planCall(
      [...notesOf([10n ** 9n]), ...notesOf([1n], TOKEN, 9)],
      {
        coin: 10n,
        assets: [{ asset: TOKEN, amount: 1n }],
      },
      [],
      feeOf,
    );
    expect(ticket.bundles).toHaveLength(1);
  });
});
