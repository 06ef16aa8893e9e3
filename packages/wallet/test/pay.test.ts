import { describe, expect, it } from "vitest";
import { ALICE, BOB, COIN_UNIT, pay, restored, spendable, testChain, total } from "./helpers/wallets.js";

describe("paying", () => {
  it("pays from genesis notes; both sides see it; a restored wallet sees the same", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT, 5n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    const bob = await restored(chain, { phrase: BOB });
    await alice.sync();
    expect(spendable(alice)).toBe(15n * COIN_UNIT);
    const [receipt] = await pay(alice, await bob.newAddress(), 3n * COIN_UNIT, "for the coffee ☕");
    expect(alice.history()[0]).toMatchObject({ type: "sent", status: "pending" });
    await chain.mine();
    await alice.sync();
    await bob.sync();
    expect(total(bob)).toBe(3n * COIN_UNIT);
    expect(bob.history()[0]).toMatchObject({
      type: "received",
      txid: receipt?.txid,
      parts: [{ amount: 3n * COIN_UNIT, memo: "for the coffee ☕" }],
    });
    const again = await restored(chain, { phrase: ALICE });
    await again.sync();
    expect(again.balances()).toEqual(alice.balances());
    expect(again.history()).toEqual(alice.history());
    expect(total(again)).toBe(12n * COIN_UNIT - (again.history()[0]?.fee ?? 0n));
  });
});
