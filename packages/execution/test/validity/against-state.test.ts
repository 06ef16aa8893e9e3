import { nullifierSlot, POOL_ADDRESS, type Anchor, type Nullifier } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { checkAgainstState, poolView, wordToBigInt, type CheckedTransaction, type PoolView } from "../../src/index.js";
import { COINS, openTestChain } from "../helpers/chain.js";

const codeOf = (verdict: ReturnType<typeof checkAgainstState>): string => (verdict.ok ? "" : verdict.error.code);

/** The same with one nullifier in place of the transaction's own. */
function spending(checked: CheckedTransaction, place: 0 | 1, nullifier: Nullifier): CheckedTransaction {
  const bundles = checked.tx.bundles.map((bundle, i) => {
    const [first, second] = bundle.nullifiers;
    const nullifiers: readonly [Nullifier, Nullifier] = place === 0 ? [nullifier, second] : [first, nullifier];
    return i === 0 ? { ...bundle, nullifiers } : bundle;
  });
  return { ...checked, tx: { ...checked.tx, bundles } };
}

describe("validity against the state", () => {
  it("A9: a block spends every nullifier of every bundle, and none of them is spent again in either place", async () => {
    const chain = await openTestChain({ wallets: 2, notes: 6 });
    const payments = [chain.pay(0, 1, 35n * COINS), chain.pay(1, 0, COINS)];
    expect(payments[0]!.tx.bundles.length).toBeGreaterThan(1);
    await chain.seal(payments);
    const view = poolView(chain.head().state);
    const at = { number: chain.head().header.number + 1n, timestamp: chain.head().header.timestamp + 4n };
    const next = chain.check(chain.pay(0, 1, COINS).bytes);
    expect(codeOf(checkAgainstState(next, view, at))).toBe("");
    const spent = payments.flatMap(({ tx }) => tx.bundles.flatMap(({ nullifiers }) => [...nullifiers]));
    expect(new Set(spent).size).toBe(2 * payments.reduce((sum, { tx }) => sum + tx.bundles.length, 0));
    for (const nullifier of spent) {
      expect(wordToBigInt(chain.head().state.storage(POOL_ADDRESS, nullifierSlot(nullifier)))).toBe(1n);
      for (const place of [0, 1] as const)
        expect(codeOf(checkAgainstState(spending(next, place, nullifier), view, at))).toBe("tx/spent");
    }
    const [first] = next.tx.bundles[0]!.nullifiers;
    expect(codeOf(checkAgainstState(spending(next, 1, first), view, at))).toBe("tx/spent");
  });

  it("E35: an anchor is the root after one of the 1,024 blocks before, whatever else the Pool remembers", async () => {
    const chain = await openTestChain({ notes: 1 });
    const checked = chain.check(chain.pay(0, 1, COINS).bytes);
    const real = poolView(chain.head().state);
    const known = (block: bigint | undefined): PoolView => ({ ...real, blockOfRoot: (_: Anchor) => block });
    const number = 200n;
    const at = { number, timestamp: chain.head().header.timestamp + 4n };
    const long = { ...checked, tx: { ...checked.tx, expiry: 2_000n } };
    expect(codeOf(checkAgainstState(checked, known(number - 1n), at))).toBe("");
    for (const block of [undefined, number, number + 1n])
      expect(codeOf(checkAgainstState(checked, known(block), at))).toBe("tx/anchor");
    const late = { ...at, number: 1_900n };
    expect(codeOf(checkAgainstState(long, known(1_900n - 1_024n), late))).toBe("");
    expect(codeOf(checkAgainstState(long, known(1_900n - 1_025n), late))).toBe("tx/anchor");
  });
});
