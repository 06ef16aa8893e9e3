import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFunctionData } from "viem";
import { POOL_ABI } from "@sero/contracts";
import {
  POOL_ADDRESS,
  SeroError,
  decodeTransaction,
  fromHex,
  toHex,
  type EthAddress,
  type Inner,
} from "@sero/protocol";
import { type CallSpec, type PreparedCall, type Wallet } from "../src/index.js";
import { liveChain, type LiveChain } from "./helpers/live.js";
import { ALICE, BOB, CAROL, COIN_UNIT } from "./helpers/wallets.js";

let chain: LiveChain;
let alice: Wallet;

beforeAll(async () => {
  chain = await liveChain([
    { phrase: ALICE, values: Array.from({ length: 8 }, () => 100n * COIN_UNIT) },
    { phrase: BOB, values: [100n * COIN_UNIT] },
  ]);
  await chain.mine();
  alice = await chain.wallet(ALICE);
});
afterAll(() => chain.stop());

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing thrown",
    (error: unknown) => (error instanceof SeroError ? error.code : String(error)),
  );

async function run(wallet: Wallet, prepared: PreparedCall) {
  const receipt = await wallet.sendCall(prepared);
  await chain.mine();
  await wallet.sync();
  return { receipt, outcome: await wallet.callOutcome(receipt.txid) };
}

const held = (wallet: Wallet): bigint => wallet.balances().find(({ asset }) => asset === 0n)?.total ?? 0n;

/** A kept pseudonym of the wallet's with coin on it. */
async function paidPseudonym(wallet: Wallet, amount: bigint): Promise<EthAddress> {
  const { address } = await wallet.newPseudonym({ label: "fees" });
  await run(alice, await alice.prepareCall({ calls: [{ to: address, value: amount }] }));
  await wallet.sync();
  return address;
}

const shieldCoin = (inner: Inner, value: bigint): CallSpec => ({
  to: POOL_ADDRESS,
  value,
  abi: POOL_ABI,
  data: fromHex(encodeFunctionData({ abi: POOL_ABI, functionName: "shieldCoin", args: [inner, "0x"] })),
});
/** A call of the Pool that it refuses. */
const REFUSED: CallSpec = { to: POOL_ADDRESS, data: Uint8Array.of(1, 2, 3, 4) };
const GAS_LIMIT = 200_000n;

describe("transactions that their pseudonym pays for", () => {
  it("F46: a failed one is known as mined and failed, its pseudonym is free at once, and a restored wallet knows it as well", async () => {
    const carol = await chain.wallet(CAROL);
    const address = await paidPseudonym(carol, 2n * COIN_UNIT);
    const payer = "pseudonym" as const;
    const failing = { calls: [REFUSED], pseudonym: address, payer, force: true, gasLimit: GAS_LIMIT };
    const before = await chain.client.coinOf(address);
    const { outcome } = await run(carol, await carol.prepareCall(failing));
    expect(await chain.client.coinOf(address)).toBeLessThan(before);
    expect(outcome).toMatchObject({ status: "failed", sentence: expect.stringContaining("gas was paid") });
    expect(carol.pending()).toEqual([]);
    expect(carol.pendingCalls()).toEqual([]);
    expect(carol.history()).toMatchObject([{ type: "call", status: "mined", callFailed: true, fee: 0n, moves: [] }]);
    expect(carol.balances()).toMatchObject([{ total: 0n, notes: 0 }]);
    const restored = await chain.wallet(CAROL);
    expect(restored.history()).toEqual(carol.history());
    // The phrase alone brings its key back, too.
    expect(restored.pseudonyms()).toMatchObject([{ address, uses: 1 }]);
    await restored.close();
    expect((await run(carol, await carol.prepareSweep(address, { payer }))).outcome.status).toBe("succeeded");
    await carol.close();
  });

  it("F46: nobody can make one look mined by paying to what it shows in the mempool", async () => {
    let isLost = false;
    let shown: Inner | undefined;
    const carol = await chain.wallet(CAROL, {
      client: {
        ...chain.client,
        sendTransaction: (bytes, options) => {
          if (!isLost) return chain.client.sendTransaction(bytes, options);
          shown = decodeTransaction(bytes).call?.returns[0]?.inners[0];
          return Promise.reject(new SeroError("rpc/unreachable", "Lost."));
        },
      },
    });
    const address = await paidPseudonym(carol, 2n * COIN_UNIT);
    const prepared = await carol.prepareSweep(address, { payer: "pseudonym" });
    let txid = "";
    isLost = true;
    expect(await codeOf(carol.sendCall(prepared, { onTxid: (id) => (txid = id) }))).toBe("send/not-delivered");
    const bob = await chain.wallet(BOB);
    expect((await run(bob, await bob.prepareCall({ calls: [shieldCoin(shown as Inner, 1n)] }))).outcome.status).toBe(
      "succeeded",
    );
    await bob.close();
    await carol.sync();
    expect((await carol.callOutcome(txid)).status).toBe("pending");
    isLost = false;
    expect(await carol.rebroadcast()).toBe(1);
    await chain.mine();
    await carol.sync();
    expect((await carol.callOutcome(txid)).status).toBe("succeeded");
    await carol.close();
  });

  it("G42: what is paid to a receive slot that it hands over arrives, after a restore as well", async () => {
    const carol = await chain.wallet(CAROL);
    const address = await paidPseudonym(carol, 5n * COIN_UNIT);
    const before = held(carol);
    let slots: Inner[] = [];
    const prepared = await carol.prepareCall({
      calls: (self) => {
        slots = [self.slot(0), self.slot(1)];
        return [shieldCoin(self.slot(0), COIN_UNIT)];
      },
      pseudonym: address,
      payer: "pseudonym",
    });
    const { outcome } = await run(carol, prepared);
    expect(outcome.status).toBe("succeeded");
    const fee = BigInt(outcome.gasUsed ?? 0n) * prepared.report.price;
    expect(held(carol) - before).toBe(5n * COIN_UNIT - fee);
    // And what comes later.
    await run(alice, await alice.prepareCall({ calls: [shieldCoin(slots[1] as Inner, 7n)] }));
    await carol.sync();
    expect(held(carol) - before).toBe(5n * COIN_UNIT - fee + 7n);
    const restored = await chain.wallet(CAROL);
    expect(held(restored)).toBe(held(carol));
    expect(restored.history()).toEqual(carol.history());
    await restored.close();
    await carol.close();
  });

  it("D29: cancelled and failed ones use up no receive slots, however many", async () => {
    const carol = await chain.wallet(CAROL);
    const address = await paidPseudonym(carol, COIN_UNIT);
    const first = await carol.receiveSlot();
    const prepared = await carol.prepareSweep(address, { payer: "pseudonym" });
    const abort = new AbortController();
    abort.abort();
    for (let i = 0; i < 25; i++)
      expect(await codeOf(carol.sendCall(prepared, { signal: abort.signal }))).toBe("wallet/cancelled");
    expect((await carol.receiveSlot()).counter).toBe(first.counter + 1n);
    expect((await run(carol, prepared)).outcome.status).toBe("succeeded");
    await carol.close();
  });

  it("D33: the report and the list of pseudonyms count the ones mined before", async () => {
    const carol = await chain.wallet(CAROL);
    const address = await paidPseudonym(carol, 3n * COIN_UNIT);
    await run(carol, await carol.prepareSweep(address, { payer: "pseudonym" }));
    await run(alice, await alice.prepareCall({ calls: [{ to: address, value: COIN_UNIT }] }));
    await carol.sync();
    const { report } = await carol.prepareSweep(address, { payer: "pseudonym" });
    expect(report.pseudonym?.usedBefore).toBe(1);
    expect(report.warnings.join("\n")).toContain("used 1 time before");
    expect(carol.pseudonyms().find((entry) => toHex(entry.address) === toHex(address))?.uses).toBe(1);
    await carol.close();
  });
});
