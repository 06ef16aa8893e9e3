import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFunctionData } from "viem";
import { WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import { SeroError, assetIdOf, fromHex, type EthAddress } from "@sero/protocol";
import type { CallSpec, Wallet } from "../src/index.js";
import { liveChain, type LiveChain } from "./helpers/live.js";
import { ALICE, COIN_UNIT } from "./helpers/wallets.js";

let chain: LiveChain;

beforeAll(async () => {
  chain = await liveChain([{ phrase: ALICE, values: [100n, 50n, 20n, 10n].map((n) => n * COIN_UNIT) }]);
  await chain.mine();
});
afterAll(() => chain.stop());

const wrap = (value: bigint): CallSpec => ({
  to: WRAPPED_COIN_ADDRESS,
  value,
  data: fromHex(encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "deposit" })),
});
const under = (pseudonym: EthAddress, coins: bigint) => ({ calls: [wrap(coins * COIN_UNIT)], pseudonym });
const errorOf = (promise: Promise<unknown>): Promise<SeroError> =>
  promise.then(
    () => new SeroError("test/nothing", "nothing was thrown"),
    (error: unknown) => error as SeroError,
  );
const wrapped = (wallet: Wallet): bigint =>
  wallet.balances().find(({ asset }) => asset === assetIdOf(1, WRAPPED_COIN_ADDRESS, 0n))?.total ?? 0n;

describe("two copies of one wallet under one kept pseudonym", () => {
  it("D30: the one that comes second says that it is kept, and is over once the first took its number", async () => {
    const one = await chain.wallet(ALICE);
    const { address } = await one.newPseudonym({ label: "shop" });
    await one.sendCall(await one.prepareCall(under(address, 1n)));
    await chain.mine();
    await one.sync();
    const other = await chain.wallet(ALICE);
    const [first, second] = [await one.prepareCall(under(address, 2n)), await other.prepareCall(under(address, 60n))];
    await one.sendCall(first);
    const refused = await errorOf(other.sendCall(second));
    expect(refused.code).toBe("send/pseudonym-busy");
    expect(refused.message).toContain("kept");
    expect(other.pending()).toHaveLength(1);
    await chain.mine();
    await one.sync();
    await other.sync();
    // Nothing can bring the second one back, so nothing waits for it: neither its notes nor the pseudonym.
    expect(other.pending()).toEqual([]);
    await other.sendCall(await other.prepareCall(under(address, 3n)));
    await chain.mine();
    await other.sync();
    expect(wrapped(other)).toBe(6n * COIN_UNIT);
    await one.close();
    await other.close();
  });
});

describe("calls too large for a transaction", () => {
  it("D32: memos beyond what one transaction carries are refused before anything is signed or kept", async () => {
    const wallet = await chain.wallet(ALICE);
    const { address } = await wallet.newPseudonym();
    const memo = "x".repeat(4_046);
    const pay = (amount: bigint) => ({ address: wallet.address(), amount, memo });
    const tries = [
      { ...under(address, 1n), payments: [pay(1n), pay(2n)] },
      { calls: [wrap(1n)], payments: [pay(1n), pay(2n), pay(3n)] },
      { calls: [{ to: WRAPPED_COIN_ADDRESS, data: new Uint8Array(131_072) }], force: true, gasLimit: 5_000_000n },
      { calls: Array.from({ length: 33 }, () => wrap(1n)) },
      {
        calls: [wrap(1n)],
        payments: Array.from({ length: 40 }, (_, i) => ({ address: wallet.address(), amount: BigInt(i + 1) })),
      },
    ];
    const codes: string[] = [];
    for (const [i, request] of tries.entries()) {
      const error = await errorOf(wallet.prepareCall(request).then((prepared) => wallet.sendCall(prepared)));
      expect(error, `${i}: ${error.message}`).toBeInstanceOf(SeroError);
      codes.push(error.code);
      expect(error.code, `${i}: ${error.message}`).toMatch(/^(memo|call|funds|tx)\//);
      expect(wallet.pending(), `${i}: ${error.code}`).toEqual([]);
    }
    const sent = await errorOf(
      wallet.prepareSend({ payments: [pay(1n), pay(2n), pay(3n)] }).then((prepared) => wallet.send(prepared)),
    );
    codes.push(sent.code);
    expect(wallet.pending()).toEqual([]);
    expect(codes).toEqual([
      "tx/memos",
      "tx/memos",
      "tx/too-large",
      "call/too-many",
      "funds/too-many-notes",
      "tx/memos",
    ]);
    await wallet.close();
  });
});
