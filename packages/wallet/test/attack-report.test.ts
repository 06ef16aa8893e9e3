import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeDeployData, encodeFunctionData, hashTypedData, recoverAddress } from "viem";
import { PERMIT2, PERMIT2_ADDRESS, WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import { COIN, SeroError, assetIdOf, fromHex, toHex, type EthAddress } from "@sero/protocol";
import { TEST_TOKEN_OUTPUT } from "../../contracts/src/generated/test.js";
import { type CallRequest, type CallSpec, type PreparedCall, type Wallet } from "../src/index.js";
import { hexOf, liveChain, type LiveChain } from "./helpers/live.js";
import { ALICE, BOB, CAROL, COIN_UNIT } from "./helpers/wallets.js";

let chain: LiveChain;
let alice: Wallet;

beforeAll(async () => {
  chain = await liveChain([
    { phrase: ALICE, values: [100n, 50n, 20n, 10n].map((n) => n * COIN_UNIT) },
    { phrase: BOB, values: [2n * COIN_UNIT] },
  ]);
  await chain.mine();
  alice = await chain.wallet(ALICE);
});
afterAll(() => chain.stop());

async function run(wallet: Wallet, request: CallRequest | PreparedCall) {
  const prepared = "report" in request ? request : await wallet.prepareCall(request);
  const receipt = await wallet.sendCall(prepared);
  await chain.mine();
  await wallet.sync();
  return { prepared, receipt, outcome: await wallet.callOutcome(receipt.txid) };
}

const wrap = (value: bigint): CallSpec => ({
  to: WRAPPED_COIN_ADDRESS,
  value,
  abi: WRAPPED_COIN.abi,
  data: fromHex(encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "deposit" })),
});
const mint = (to: EthAddress, owner: EthAddress, amount: bigint): CallSpec => ({
  to,
  data: fromHex(encodeFunctionData({ abi: TEST_TOKEN_OUTPUT.abi, functionName: "mint", args: [hexOf(owner), amount] })),
});
const held = (wallet: Wallet, asset: bigint): bigint =>
  wallet.balances().find((balance) => balance.asset === asset)?.total ?? 0n;

describe("what a report says is so", () => {
  it("G47: a call that needs several notes shows none of their values; one that spends a note up is warned of", async () => {
    const bring = [{ asset: COIN, amount: 155n * COIN_UNIT }];
    const { prepared, outcome } = await run(alice, { calls: [], bring });
    expect(outcome.status).toBe("succeeded");
    expect(prepared.bundles).toHaveLength(2);
    for (const { planned } of prepared.bundles) {
      const values = planned.inputs.map(({ value }) => value);
      expect([...values, values.reduce((sum, value) => sum + value, 0n)]).not.toContain(planned.fee);
      expect(planned.change).not.toEqual([]);
    }
    expect(prepared.report.warnings.join("\n")).not.toContain("notes spent in it are worth");
    const bob = await chain.wallet(BOB);
    const { report } = await bob.prepareCall({ calls: [], gasLimit: 100_000n, bring: [] });
    expect(report.warnings.join("\n")).not.toContain("notes spent in it are worth");
    const all = [{ asset: COIN, amount: 2n * COIN_UNIT - report.maxFee }];
    const spent = await bob.prepareCall({ calls: [], gasLimit: 100_000n, bring: all });
    expect(spent.report.warnings.join("\n")).toContain("shows 2 SERO, which is, or almost is, what notes spent in it");
    await bob.close();
  });

  it("D33: a swept one-time pseudonym is not called kept, nor new", async () => {
    const { receipt } = await run(alice, { calls: [wrap(COIN_UNIT)], keep: "all" });
    const { report } = await alice.prepareSweep(receipt.pseudonym as EthAddress);
    expect(report.pseudonym).toMatchObject({ kind: "one-time", usedBefore: 1 });
    const text = report.sentences.join("\n");
    expect(text).not.toContain("kept pseudonym");
    expect(text).not.toContain("a new address");
    expect(text).toContain("before");
  });

  it("D33: what lies on a kept pseudonym of a token that comes back is named as coming back with it", async () => {
    const { outcome } = await run(alice, {
      calls: [{ data: fromHex(encodeDeployData({ ...TEST_TOKEN_OUTPUT, args: ["Votes", "VOTE", 18] })) }],
    });
    const votes = outcome.created[0] as EthAddress;
    const { address } = await alice.newPseudonym({ label: "voter" });
    await run(alice, {
      calls: [mint(votes, address, 30n)],
      pseudonym: address,
      keep: [{ kind: "token", token: votes }],
    });
    const { prepared } = await run(alice, { calls: [mint(votes, address, 10n)], pseudonym: address });
    expect(held(alice, assetIdOf(1, votes, 0n))).toBe(40n);
    expect(prepared.report.returns.find(({ kind }) => kind === "token")?.amount).toBe(40n);
    expect(prepared.report.sentences.join("\n")).toContain("40 base units");
  });

  it("G47: what a call takes from the pseudonym itself is named, and whom it lets take more", async () => {
    const { outcome } = await run(alice, {
      calls: [{ data: fromHex(encodeDeployData({ ...TEST_TOKEN_OUTPUT, args: ["Power", "POWER", 18] })) }],
    });
    const power = outcome.created[0] as EthAddress;
    const { address } = await alice.newPseudonym({ label: "owner" });
    await run(alice, { calls: [mint(power, address, 30n)], pseudonym: address, keep: "all" });
    const thief = fromHex(`0x${"7e".repeat(20)}`) as EthAddress;
    const asking = async (data: `0x${string}`, to = power, pseudonym: EthAddress | "one-time" = address) =>
      (await alice.prepareCall({ calls: [{ to, data: fromHex(data) }], pseudonym, bring: [] })).report;
    const { abi } = TEST_TOKEN_OUTPUT;
    const gives = await asking(encodeFunctionData({ abi, functionName: "transfer", args: [hexOf(thief), 30n] }));
    expect(gives.warnings).toContainEqual(
      `30 base units of ${toHex(power)} that lie on the pseudonym leave it: these calls give them away.`,
    );
    const approve = (amount: bigint) =>
      encodeFunctionData({ abi, functionName: "approve", args: [hexOf(thief), amount] });
    expect((await asking(approve(30n))).warnings.join("\n")).toContain(
      `let ${toHex(thief)} take up to 30 base units of ${toHex(power)}`,
    );
    expect((await asking(approve((1n << 256n) - 1n))).warnings.join("\n")).toContain("take any amount, without limit,");
    expect((await asking(approve(0n))).sentences.join("\n")).not.toContain(" take ");
    const permit = encodeFunctionData({
      abi: PERMIT2.abi,
      functionName: "approve",
      args: [hexOf(power), hexOf(thief), (1n << 160n) - 1n, 2 ** 47],
    });
    const lets = `let ${toHex(thief)} take any amount, without limit, of ${toHex(power)}`;
    expect((await asking(permit, PERMIT2_ADDRESS)).warnings.join("\n")).toContain(lets);
    // A pseudonym that is never used again, and on which nothing stays, has nothing to lose: said, and no more.
    const once = await asking(permit, PERMIT2_ADDRESS, "one-time");
    expect(once.warnings.join("\n")).not.toContain(lets);
    expect(once.sentences.join("\n")).toContain(lets);
  });

  it("F42: assets that the node did not ask about are said to be unknown", async () => {
    const simulate: typeof chain.client.simulate = async (...asked) => ({
      ...(await chain.client.simulate(...asked)),
      unasked: 7,
    });
    const told = await chain.wallet(ALICE, { client: { ...chain.client, simulate } });
    const { report } = await told.prepareCall({ calls: [wrap(COIN_UNIT)] });
    expect(report.warnings.join("\n")).toContain("7 more tokens and tickets than the node asked about");
    expect((await alice.prepareCall({ calls: [wrap(COIN_UNIT)] })).report.warnings.join("\n")).not.toContain(
      "asked about",
    );
    await told.close();
  });

  it("D33: a transaction that its pseudonym pays for does not claim that nobody sees where the funds came from", async () => {
    const carol = await chain.wallet(CAROL);
    const { address } = await carol.newPseudonym({ label: "fees" });
    await run(alice, { calls: [{ to: address, value: 2n * COIN_UNIT }] });
    await carol.sync();
    const { report } = await carol.prepareSweep(address, { payer: "pseudonym" });
    const text = report.sentences.join("\n");
    expect(text).not.toContain("where the funds came from");
    expect(text).toContain("pays for it");
    await carol.close();
  });

  it("D27: a kept pseudonym whose transaction leaves no change, so that a phrase would not bring it back, is warned of", async () => {
    const bob = await chain.wallet(BOB);
    const { address } = await bob.newPseudonym({ label: "all in" });
    const request = { calls: [], pseudonym: address, gasLimit: 100_000n };
    const { report } = await bob.prepareCall({ ...request, bring: [] });
    const rest = 2n * COIN_UNIT - report.maxFee;
    const all = { ...request, bring: [{ asset: 0n as never, amount: rest }] };
    expect(report.warnings.join("\n")).not.toContain("leaves no change");
    expect((await bob.prepareCall(all)).report.warnings.join("\n")).toContain("leaves no change");
    await bob.close();
  });

  it("G47: the chain that typed data names is signed, however the number is written", async () => {
    const { address } = await alice.newPseudonym();
    const { chainId } = chain.spec;
    const typed = (value: unknown, more: object = {}) => ({
      domain: { name: "Shop", chainId: value },
      types: { Order: [{ name: "amount", type: "uint256" }], ...more },
      primaryType: "Order",
      message: { amount: 5n },
    });
    const hash = hashTypedData(typed(Number(chainId)) as Parameters<typeof hashTypedData>[0]);
    for (const value of [chainId, chainId.toString(), `0x${chainId.toString(16)}`]) {
      const signature = hexOf(alice.signTypedData(address, typed(value)));
      expect((await recoverAddress({ hash, signature })).toLowerCase(), String(value)).toBe(toHex(address));
    }
    const nameless = { EIP712Domain: [{ name: "name", type: "string" }] };
    let thrown: unknown;
    try {
      alice.signTypedData(address, typed(Number(chainId), nameless));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SeroError);
    expect((thrown as SeroError).code).toBe("pseudonym/typed-data");
  });
});
