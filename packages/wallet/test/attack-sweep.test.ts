import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeDeployData, encodeFunctionData } from "viem";
import { assetIdOf, fromHex, toHex, type EthAddress } from "@sero/protocol";
import { FALSE_TOKEN_OUTPUT, TEST_TICKET_OUTPUT, TEST_TOKEN_OUTPUT } from "../../contracts/src/generated/test.js";
import { type CallRequest, type CallSpec, type PreparedCall, type Wallet } from "../src/index.js";
import { createdBy, hexOf, liveChain, type LiveChain } from "./helpers/live.js";
import { ALICE, BOB, COIN_UNIT } from "./helpers/wallets.js";

let chain: LiveChain;
let alice: Wallet;
let thief: Wallet;

beforeAll(async () => {
  chain = await liveChain([
    { phrase: ALICE, values: [100n, 50n, 20n, 10n].map((n) => n * COIN_UNIT) },
    { phrase: BOB, values: [100n, 100n, 100n].map((n) => n * COIN_UNIT) },
  ]);
  await chain.mine();
  alice = await chain.wallet(ALICE);
  thief = await chain.wallet(BOB);
});
afterAll(() => chain.stop());

async function run(wallet: Wallet, request: CallRequest | PreparedCall) {
  const prepared = "report" in request ? request : await wallet.prepareCall(request);
  const receipt = await wallet.sendCall(prepared);
  await chain.mine();
  await wallet.sync();
  const outcome = await wallet.callOutcome(receipt.txid);
  expect(outcome.status).toBe("succeeded");
  return { prepared, outcome };
}

const mint = (to: EthAddress, owner: EthAddress, amount: bigint): CallSpec => ({
  to,
  data: fromHex(encodeFunctionData({ abi: TEST_TOKEN_OUTPUT.abi, functionName: "mint", args: [hexOf(owner), amount] })),
});
const mintTicket = (to: EthAddress, owner: EthAddress, id: bigint): CallSpec => ({
  to,
  data: fromHex(encodeFunctionData({ abi: TEST_TICKET_OUTPUT.abi, functionName: "mint", args: [hexOf(owner), id] })),
});
const held = (wallet: Wallet, asset: bigint): bigint =>
  wallet.balances().find((balance) => balance.asset === asset)?.total ?? 0n;

describe("pseudonyms flooded with rubbish", () => {
  it("F42: tokens that refuse to be taken in, however many, do not keep a sweep from the rest", async () => {
    const { address } = await alice.newPseudonym({ label: "shop" });
    for (let batch = 0; batch < 2; batch++)
      await run(thief, {
        calls: (self) => [
          ...Array.from({ length: 9 }, (): CallSpec => ({ data: fromHex(FALSE_TOKEN_OUTPUT.bytecode) })),
          ...Array.from({ length: 9 }, (_, i) => mint(createdBy(self.pseudonym, i), address, 5n)),
        ],
        keep: "all",
      });
    const { outcome } = await run(thief, {
      calls: (self) => [
        { data: fromHex(encodeDeployData({ ...TEST_TOKEN_OUTPUT, args: ["Gold", "GOLD", 18] })) },
        mint(createdBy(self.pseudonym, 0), address, 40n),
      ],
    });
    const gold = outcome.created[0] as EthAddress;
    await alice.sync();
    const { prepared } = await run(alice, await alice.prepareSweep(address));
    expect(prepared.report.returns.map(({ token }) => token && toHex(token))).toContain(toHex(gold));
    expect(held(alice, assetIdOf(1, gold, 0n))).toBe(40n);
  }, 120_000);

  it("D29: two hundred tickets of rubbish do not hide one that the wallet knows", async () => {
    const { address } = await alice.newPseudonym({ label: "gallery" });
    const { outcome } = await run(alice, {
      calls: [{ data: fromHex(encodeDeployData({ ...TEST_TICKET_OUTPUT, args: ["Art", "ART"] })) }],
    });
    const art = outcome.created[0] as EthAddress;
    await run(alice, { calls: (self) => [mintTicket(art, self.pseudonym, 1n)] });
    const { outcome: rubbish } = await run(thief, {
      calls: [{ data: fromHex(encodeDeployData({ ...TEST_TICKET_OUTPUT, args: ["Junk", "JUNK"] })) }],
    });
    const junk = rubbish.created[0] as EthAddress;
    for (let batch = 0n; batch < 7n; batch++)
      await run(thief, {
        calls: Array.from({ length: 30 }, (_, i) => mintTicket(junk, address, batch * 30n + BigInt(i))),
      });
    await run(thief, { calls: [mintTicket(art, address, 7n)] });
    await alice.sync();
    const { prepared } = await run(alice, await alice.prepareSweep(address));
    expect(prepared.report.returns).toContainEqual(expect.objectContaining({ token: art, id: 7n }));
    expect(held(alice, assetIdOf(2, art, 7n))).toBe(1n);
  }, 120_000);
});
