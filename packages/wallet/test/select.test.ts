import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COIN, SeroError, type AssetId } from "@sero/protocol";
import {
  MAX_BUNDLES,
  planCall,
  planCleanup,
  planPayments,
  type CallNeeds,
  type Demand,
  type FeeOf,
  type Plan,
  type PlannedTransaction,
  type SelectableNote,
} from "../src/index.js";

const FEE = 25_000n;
const feeOf: FeeOf = (bundles, ids) => FEE * BigInt(bundles) + 100n * BigInt(Math.max(1, ids.size));
const note = (leafIndex: number, value: bigint, asset: bigint = COIN): SelectableNote => ({
  leafIndex: BigInt(leafIndex),
  asset: asset as AssetId,
  value,
});
const notesOf = (values: readonly bigint[], asset: bigint = COIN, from = 0): SelectableNote[] =>
  values.map((value, i) => note(from + i, value, asset));
const demand = (id: number, amount: bigint, asset: bigint = COIN): Demand => ({ id, asset: asset as AssetId, amount });

/** Everything that must hold of any plan. */
function checkPlan(plan: Plan<SelectableNote>, demands: readonly Demand[], priced: FeeOf): void {
  const used = new Set<bigint>();
  const paid = new Map<number, bigint>();
  const started = new Set<number>();
  for (const { bundles, fee, deposit } of plan.transactions) {
    expect(bundles.length).toBeGreaterThan(0);
    expect(bundles.length).toBeLessThanOrEqual(MAX_BUNDLES);
    const starting = new Set(
      bundles.flatMap((bundle) => bundle.parts.map((part) => part.id)).filter((id) => !started.has(id)),
    );
    expect(fee).toBe(priced(bundles.length, starting));
    for (const id of starting) started.add(id);
    expect(bundles.reduce((sum, bundle) => sum + bundle.fee, 0n)).toBe(fee + deposit);
    for (const { inputs, parts, change, fee: bundleFee, unshield } of bundles) {
      expect(inputs.length).toBeLessThanOrEqual(2);
      expect(parts.length + change.length).toBeLessThanOrEqual(3);
      const assets = new Set(
        [...inputs, ...parts, ...change, ...(unshield === undefined ? [] : [unshield])]
          .map((item) => item.asset)
          .filter((asset) => asset !== COIN),
      );
      expect(assets.size).toBeLessThanOrEqual(1);
      expect(unshield?.asset).not.toBe(COIN);
      expect(unshield?.amount).not.toBe(0n);
      for (const asset of new Set([COIN, ...assets])) {
        const sum = (items: readonly { asset: AssetId; value?: bigint; amount?: bigint }[]): bigint =>
          items
            .filter((item) => item.asset === asset)
            .reduce((total, item) => total + (item.value ?? item.amount ?? 0n), 0n);
        expect(sum(inputs)).toBe(
          sum(parts) + sum(change) + (asset === COIN ? bundleFee : unshield?.asset === asset ? unshield.amount : 0n),
        );
      }
      for (const input of inputs) {
        expect(used.has(input.leafIndex)).toBe(false);
        used.add(input.leafIndex);
      }
      for (const part of parts) {
        expect(part.amount).toBeGreaterThan(0n);
        const asked = demands.find((entry) => entry.id === part.id);
        if (asked?.whole === true) expect(part.amount).toBe(asked.amount);
        paid.set(part.id, (paid.get(part.id) ?? 0n) + part.amount);
      }
      for (const { amount } of change) {
        expect(amount).toBeGreaterThan(0n);
        expect(amount).toBeLessThan(1n << 128n);
      }
    }
  }
  for (const { id, amount } of demands) {
    const later = plan.later.filter((rest) => rest.id === id).reduce((sum, rest) => sum + rest.amount, 0n);
    expect((paid.get(id) ?? 0n) + later).toBe(amount);
  }
}

describe("coin selection", () => {
  it("conserves every asset, pays exact fees, uses no note twice, for any notes and payments", () => {
    const values = fc.array(fc.oneof(fc.bigInt({ min: 1n, max: 1000n }), fc.bigInt({ min: 1n, max: 10n ** 7n })), {
      maxLength: 40,
    });
    const asset = fc.constantFrom(COIN, 5n, 6n);
    fc.assert(
      fc.property(
        values,
        values,
        fc.array(fc.tuple(fc.bigInt({ min: 1n, max: 3n * 10n ** 6n }), asset), { minLength: 1, maxLength: 12 }),
        (coins, tokens, asked) => {
          const notes = [...notesOf(coins), ...notesOf(tokens, 5n, 1000), ...notesOf(tokens.slice(0, 3), 6n, 2000)];
          const demands = asked.map(([amount, of], id) => demand(id, amount, of));
          try {
            checkPlan(planPayments(notes, demands, feeOf), demands, feeOf);
          } catch (error) {
            if (!(error instanceof SeroError)) throw error;
            expect(["funds/insufficient", "funds/too-small"]).toContain(error.code);
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it("takes one bundle where two notes suffice, whatever else there is", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 1n, max: 10n ** 6n }), { minLength: 2, maxLength: 30 }),
        fc.nat(),
        (values, pick) => {
          const sorted = [...values].sort((a, b) => (a < b ? -1 : 1));
          const most = (sorted.at(-1) ?? 0n) + (sorted.at(-2) ?? 0n);
          const amount = most - feeOf(1, new Set([0])) - BigInt(pick % 100);
          fc.pre(amount > 0n);
          const plan = planPayments(notesOf(values), [demand(0, amount)], feeOf);
          expect(plan.transactions[0]?.bundles).toHaveLength(1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("needs no more bundles than the largest notes do", () => {
    const plan = planPayments(notesOf(Array.from({ length: 20 }, () => 100_000n)), [demand(0, 500_000n)], feeOf);
    // 10 notes of 100,000 would carry it in 5 bundles of 200,000 less fees; 3 bundles hold 600,000, of which 75,100 is the fee.
    expect(plan.transactions[0]?.bundles).toHaveLength(3);
    checkPlan(plan, [demand(0, 500_000n)], feeOf);
  });

  it("pays a token and its fee in one bundle when one note of each suffices", () => {
    const demands = [demand(0, 40n, 5n)];
    const plan = planPayments([note(0, 100n, 5n), note(1, 10n ** 6n)], demands, feeOf);
    expect(plan.transactions[0]?.bundles).toHaveLength(1);
    checkPlan(plan, demands, feeOf);
  });

  it("splits what 8 bundles cannot carry, and leaves what only change can pay for later", () => {
    const many = notesOf(Array.from({ length: 60 }, () => 1_000_000n));
    const plan = planPayments(many, [demand(0, 40_000_000n)], feeOf);
    expect(plan.transactions.length).toBeGreaterThan(2);
    expect(plan.later).toEqual([]);
    checkPlan(plan, [demand(0, 40_000_000n)], feeOf);
    const demands = Array.from({ length: 5 }, (_, id) => demand(id, 1000n));
    const single = planPayments([note(0, 10n ** 9n)], demands, feeOf);
    expect(single.transactions).toHaveLength(1);
    expect(single.later).toHaveLength(3);
    checkPlan(single, demands, feeOf);
  });

  it("says what is missing, and that money on its way would suffice", () => {
    const pending = new Map([[COIN, 5_000_000n]]);
    const error = ((): unknown => {
      try {
        return planPayments([note(0, 100_000n)], [demand(0, 1_000_000n)], feeOf, { pending });
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({
      code: "funds/insufficient",
      values: { needed: "1025100", spendable: "100000", pending: "5000000" },
    });
    expect((error as Error).message).toMatch(/on its way/);
    expect(() => planPayments(notesOf(Array.from({ length: 50 }, () => 1000n)), [demand(0, 10n)], feeOf)).toThrow(
      expect.objectContaining({ code: "funds/too-small" }),
    );
  });

  it("D30: a payment made again takes a note that the first one also spends", () => {
    const must = note(7, 500_000n);
    const plan = planPayments([...notesOf([10n ** 6n, 10n ** 6n]), must], [demand(0, 1000n)], feeOf, { must: [must] });
    expect(plan.transactions[0]?.bundles.flatMap((bundle) => bundle.inputs)).toContain(must);
    checkPlan(plan, [demand(0, 1000n)], feeOf);
    expect(() => planPayments(notesOf([10n ** 6n]), [demand(0, 1n)], feeOf, { must: [note(9, 5n, 77n)] })).toThrow(
      expect.objectContaining({ code: "funds/no-shared-note" }),
    );
  });

  it("D29: ten thousand dust notes: plans stay small, merge dust on the side, and clean up", () => {
    const dust = notesOf(Array.from({ length: 10_000 }, (_, i) => 30_000n + BigInt(i % 97)));
    const notes = [...dust, note(20_000, 10n ** 9n)];
    const demands = [demand(0, 5_000_000n)];
    let left = notes;
    for (let round = 0; round < 50; round++) {
      const plan = planPayments(left, demands, feeOf);
      checkPlan(plan, demands, feeOf);
      expect(plan.transactions[0]?.bundles).toHaveLength(1);
      expect(plan.transactions[0]?.bundles[0]?.inputs).toHaveLength(2);
      const used = new Set(plan.transactions.flatMap(({ bundles }) => bundles.flatMap(({ inputs }) => inputs)));
      left = [...left.filter((entry) => !used.has(entry)), note(30_000 + round, 10n ** 9n)];
    }
    const cleanup = planCleanup(dust, feeOf);
    expect(cleanup?.bundles).toHaveLength(8);
    checkPlan({ transactions: [cleanup as NonNullable<typeof cleanup>], later: [] }, [], feeOf);
    expect(planCleanup(notesOf([1n, 2n, 3n]), feeOf)).toBeUndefined();
  });
});

/** What leaves the pool is exactly what was asked for. */
function checkCall(plan: PlannedTransaction<SelectableNote>, needs: CallNeeds, payments: readonly Demand[]): void {
  checkPlan({ transactions: [plan], later: [] }, payments, feeOf);
  expect(plan.deposit).toBe(needs.coin);
  for (const { asset, amount } of needs.assets) {
    const out = plan.bundles.flatMap(({ unshield }) => (unshield?.asset === asset ? [unshield.amount] : []));
    expect(out.reduce((sum, x) => sum + x, 0n)).toBe(amount);
  }
  const asked = new Set(needs.assets.map(({ asset }) => asset));
  for (const { unshield } of plan.bundles) if (unshield !== undefined) expect(asked).toContain(unshield.asset);
}

describe("selection for calls", () => {
  it("brings exactly what was asked, in one transaction, with payments, packages and several assets beside it", () => {
    const values = fc.array(fc.bigInt({ min: 1n, max: 10n ** 7n }), { maxLength: 14 });
    const amount = fc.bigInt({ min: 1n, max: 10n ** 7n });
    let planned = 0;
    fc.assert(
      fc.property(
        fc.tuple(values, values, values),
        fc.bigInt({ min: 0n, max: 10n ** 7n }),
        fc.uniqueArray(fc.tuple(fc.constantFrom(5n, 6n, 7n), amount), { maxLength: 3, selector: ([asset]) => asset }),
        fc.array(fc.tuple(amount, fc.constantFrom(COIN, 5n, 6n), fc.boolean()), { maxLength: 3 }),
        ([coins, tokens, others], coin, brought, paid) => {
          const notes = [
            ...notesOf(coins, COIN),
            ...notesOf(tokens, 5n, 1000),
            ...notesOf(others, 6n, 2000),
            ...notesOf(others, 7n, 3000),
          ];
          const needs = { coin, assets: brought.map(([asset, sum]) => ({ asset: asset as AssetId, amount: sum })) };
          const payments = paid.map(([sum, asset, whole], id): Demand => ({
            ...demand(id, sum, asset),
            ...(whole ? { whole } : {}),
          }));
          try {
            checkCall(planCall(notes, needs, payments, feeOf), needs, payments);
            planned++;
          } catch (error) {
            if (!(error instanceof SeroError)) throw error;
            expect(["funds/insufficient", "funds/too-small", "funds/too-many-notes"]).toContain(error.code);
          }
        },
      ),
      { numRuns: 400 },
    );
    expect(planned).toBeGreaterThan(40);
  });

  it("takes one bundle for a token with the coin beside it, and no more bundles than it needs", () => {
    const notes = [note(0, 100n, 5n), note(1, 10n ** 6n), note(2, 10n ** 6n), note(3, 60n, 5n)];
    const one = planCall(notes, { coin: 500_000n, assets: [{ asset: 5n as AssetId, amount: 70n }] }, [], feeOf);
    expect(one.bundles).toMatchObject([{ unshield: { amount: 70n } }]);
    // No coin note holds it alone: one goes with the token, another gets a bundle.
    const needs = { coin: 1_500_000n, assets: [{ asset: 5n as AssetId, amount: 70n }] };
    const two = planCall(notes, needs, [], feeOf);
    expect(two.bundles).toHaveLength(2);
    checkCall(two, needs, []);
    // Coin only, and a call that brings nothing but its gas.
    expect(planCall(notes, { coin: 3n, assets: [] }, [], feeOf).bundles).toHaveLength(1);
    // What is to be spread over several bundles is.
    const spread = { coin: 0n, assets: [{ asset: 5n as AssetId, amount: 160n }] };
    const both = planCall(notes, spread, [], feeOf);
    checkCall(both, spread, []);
    const three = planCall(
      [...notes, note(4, 50n, 5n)],
      { ...spread, assets: [{ asset: 5n as AssetId, amount: 210n }] },
      [],
      feeOf,
    );
    expect(three.bundles.flatMap(({ unshield }) => unshield?.amount ?? 0n)).toEqual([160n, 50n]);
  });

  it("a package is one output, however the notes lie", () => {
    const notes = [...notesOf([40n, 40n, 40n], 5n), note(9, 10n ** 7n)];
    const whole: Demand = { ...demand(0, 70n, 5n), whole: true };
    const plan = planCall(notes, { coin: 0n, assets: [{ asset: 5n as AssetId, amount: 30n }] }, [whole], feeOf);
    expect(plan.bundles.flatMap(({ parts }) => parts)).toEqual([{ id: 0, asset: 5n, amount: 70n }]);
    const fails = (payment: Demand, needs: CallNeeds, from = notes): string => {
      try {
        planCall(from, needs, [payment], feeOf);
        return "ok";
      } catch (error) {
        return (error as SeroError).code;
      }
    };
    expect(fails({ ...whole, amount: 81n }, { coin: 0n, assets: [] })).toBe("funds/too-many-notes");
    expect(fails({ ...whole, amount: 121n }, { coin: 0n, assets: [] })).toBe("funds/insufficient");
    expect(fails(whole, { coin: 10n ** 7n, assets: [] })).toBe("funds/insufficient");
    const crumbs = notesOf(Array.from({ length: 40 }, () => 100_000n));
    expect(fails(demand(0, 1n), { coin: 2_000_000n, assets: [] }, crumbs)).toBe("funds/too-many-notes");
    const tickets = Array.from({ length: 9 }, (_, i) => note(50 + i, 1n, 100n + BigInt(i)));
    const many = tickets.map(({ asset }) => ({ asset, amount: 1n }));
    expect(fails(demand(0, 1n), { coin: 0n, assets: many }, [...tickets, note(99, 10n ** 8n)])).toBe(
      "funds/too-many-assets",
    );
  });

  it("tickets: each in a bundle of its own, its one note whole, eight at most", () => {
    const tickets = Array.from({ length: 8 }, (_, i) => note(50 + i, 1n, 100n + BigInt(i)));
    const needs = { coin: 10n, assets: tickets.slice(0, 5).map(({ asset }) => ({ asset, amount: 1n })) };
    const payments = tickets.slice(5).map(({ asset }, id) => demand(id, 1n, asset));
    const plan = planCall([...tickets, note(1, 10n ** 7n)], needs, payments, feeOf);
    expect(plan.bundles).toHaveLength(8);
    checkCall(plan, needs, payments);
    for (const { inputs, change } of plan.bundles) {
      expect(inputs.filter((input) => input.asset !== COIN)).toHaveLength(1);
      expect(change.filter((entry) => entry.asset !== COIN)).toEqual([]);
    }
  });

  it("D29: notes of a token with any supply never merge into more than an output holds", () => {
    const huge = (1n << 128n) - 1n;
    const notes = [...notesOf([huge, huge, huge, 5n, 4n], 5n), ...notesOf([10n ** 7n, 10n ** 7n], COIN, 100)];
    const demands = [demand(0, 7n, 5n)];
    checkPlan(planPayments(notes, demands, feeOf), demands, feeOf);
    const more = notesOf(
      Array.from({ length: 12 }, () => huge),
      5n,
    );
    checkPlan(planPayments([...more, note(99, 10n ** 8n)], demands, feeOf), demands, feeOf);
    const all = { coin: 0n, assets: [{ asset: 5n as AssetId, amount: huge }] };
    checkCall(planCall([...more, note(99, 10n ** 8n)], all, demands, feeOf), all, demands);
    expect(planCleanup([...more, note(99, 10n ** 8n)], feeOf, 0, 5n as AssetId)).toBeUndefined();
  });

  it("D29: dust of a token is merged too, and its fee comes in coin", () => {
    const dust = notesOf(
      Array.from({ length: 500 }, (_, i) => BigInt(1 + i)),
      5n,
    );
    const cleanup = planCleanup([...dust, note(900, 10n ** 8n)], feeOf, 8, 5n as AssetId);
    expect(cleanup?.bundles).toHaveLength(8);
    checkPlan({ transactions: [cleanup as NonNullable<typeof cleanup>], later: [] }, [], feeOf);
    expect(planCleanup(dust, feeOf, 8, 5n as AssetId)).toBeUndefined();
  });
});
