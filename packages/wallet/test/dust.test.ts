import { describe, expect, it } from "vitest";
import { COIN, assetIdOf, bigIntToBytes, receiveSlot, type AssetId, type EthAddress } from "@sero/protocol";
import { memoryFiles } from "../src/index.js";
import {
  BOB,
  COIN_UNIT,
  keysOf,
  openWalletAt,
  pay,
  placeFor,
  restored,
  spendable,
  testChain,
  total,
} from "./helpers/wallets.js";

const DUST = 10_000;
/** Worth a little more than its share of a fee. */
const VALUE = COIN_UNIT / 10_000n;

describe("dust", () => {
  it("D29: ten thousand dust notes: the wallet stays small, pays in one bundle, writes little, and cleans up", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    const { inner } = receiveSlot(keysOf(BOB), 1n);
    await chain.mine({ completed: Array.from({ length: DUST }, () => ({ inner, asset: COIN, value: VALUE })) });
    const contents = new Map<string, Uint8Array>();
    const size = (): number => [...contents.values()].reduce((sum, bytes) => sum + bytes.length, 0);
    const files = memoryFiles(contents);
    let bob = await restored(chain, { phrase: BOB }, { files });
    await bob.sync();
    expect(total(bob)).toBe(COIN_UNIT + BigInt(DUST) * VALUE);
    expect(bob.balances()[0]?.notes).toBe(DUST + 1);
    expect(size() / DUST).toBeLessThan(1500);

    // A payment takes one bundle and sweeps a dust note on the side.
    const payment = await bob.prepareSend({ payments: [{ address: bob.address(), amount: COIN_UNIT / 2n }] });
    expect(payment.report.transactions).toMatchObject([{ bundles: 1 }]);
    expect(payment.transactions[0]?.bundles[0]?.inputs).toHaveLength(2);
    const before = size();
    await bob.send(payment);
    expect(size() - before).toBeLessThan(50_000);
    await chain.mine();
    await bob.sync();

    const cleanup = await bob.prepareCleanup();
    expect(cleanup.report.transactions).toMatchObject([{ bundles: 8 }]);
    await bob.send(cleanup);
    await chain.mine();
    await bob.sync();
    // 16 of them became 8.
    expect(bob.balances()[0]?.notes).toBe(DUST + 1 - 8);

    await bob.close();
    bob = await openWalletAt(placeFor(chain, { files }));
    expect(spendable(bob)).toBe(total(bob));
    // More than all but dust: several transactions' worth of it.
    await expect(pay(bob, bob.address(), COIN_UNIT + 200n * VALUE)).resolves.toBeDefined();
  }, 180_000);

  it("D29: dust of a token, which anybody may issue, is merged as well, and stands in no other money's way", async () => {
    const token = assetIdOf(1, bigIntToBytes(77n, 20) as EthAddress, 0n);
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    const { inner } = receiveSlot(keysOf(BOB), 1n);
    await chain.mine({
      completed: Array.from({ length: 1000 }, (_, i) => ({ inner, asset: token, value: BigInt(1 + i) })),
    });
    const bob = await restored(chain, { phrase: BOB });
    await bob.sync();
    const payment = await bob.prepareSend({ payments: [{ address: bob.address(), amount: COIN_UNIT / 2n }] });
    expect(payment.report.transactions).toMatchObject([{ bundles: 1 }]);
    const cleanup = await bob.prepareCleanup(0, 0, token);
    expect(cleanup.report.transactions).toMatchObject([{ bundles: 8 }]);
    await bob.send(cleanup);
    await chain.mine();
    await bob.sync();
    expect(bob.balances()[1]).toMatchObject({ asset: token, total: 500_500n, notes: 1000 - 7 });
    await expect(bob.prepareCleanup(0, 0, 5n as AssetId)).rejects.toMatchObject({ code: "wallet/clean" });
  }, 60_000);
});
