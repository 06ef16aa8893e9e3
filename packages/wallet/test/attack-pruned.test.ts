import { afterEach, describe, expect, it } from "vitest";
import { WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import { assetIdOf, fromHex } from "@sero/protocol";
import { encodeFunctionData } from "viem";
import { liveChain, type LiveChain } from "./helpers/live.js";
import { ALICE, COIN_UNIT } from "./helpers/wallets.js";

const DEPOSIT = fromHex(encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "deposit" }));

describe("a node that throws old blocks away", () => {
  let chain: LiveChain | undefined;
  afterEach(() => chain?.stop());

  it("D27: restores a wallet from the phrase, with its tokens and packages", async () => {
    chain = await liveChain([{ phrase: ALICE, values: [100n, 50n, 20n].map((n) => n * COIN_UNIT) }], {}, 128);
    await chain.mine();
    const wallet = await chain.wallet(ALICE);
    const wrap = { to: WRAPPED_COIN_ADDRESS, value: COIN_UNIT, data: DEPOSIT };
    await wallet.sendCall(await wallet.prepareCall({ calls: [wrap] }));
    await chain.mine();
    await wallet.sync();
    await wallet.sendCall(await wallet.prepareSeal({ contents: [{ address: wallet.address(), amount: COIN_UNIT }] }));
    await chain.mine();
    await wallet.sync();
    const [balances, packages] = [wallet.balances(), await wallet.packages()];
    await wallet.close();
    await chain.mine(400);
    await expect(chain.rpc("eth_getBlockByNumber", ["0x2", false])).rejects.toThrow("rpc/pruned");
    const restored = await chain.wallet(ALICE);
    expect(restored.balances()).toEqual(balances);
    expect(restored.assets().map(({ asset }) => asset)).toContain(assetIdOf(1, WRAPPED_COIN_ADDRESS, 0n));
    expect(await restored.packages()).toEqual(packages);
    expect(packages.map(({ controlled }) => controlled)).toEqual([true]);
    await restored.close();
  });
});
