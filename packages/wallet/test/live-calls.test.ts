import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeDeployData, encodeFunctionData } from "viem";
import { ERC20_ABI, ERC721_ABI, POOL_ABI, SERO_TOKEN, WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import { POOL_ADDRESS, SeroError, assetIdOf, equalBytes, fromHex, toHex, type EthAddress } from "@sero/protocol";
import { FALSE_TOKEN_OUTPUT, TEST_TICKET_OUTPUT, TEST_TOKEN_OUTPUT } from "../../contracts/src/generated/test.js";
import { type CallRequest, type CallSpec, type PreparedCall, type Wallet } from "../src/index.js";
import { createdBy, hexOf, liveChain, type LiveChain } from "./helpers/live.js";
import { throughSnapshot } from "./helpers/snapshots.js";
import { ALICE, BOB, CAROL, COIN_UNIT } from "./helpers/wallets.js";

let chain: LiveChain;
let alice: Wallet;
let bob: Wallet;

beforeAll(async () => {
  chain = await liveChain([
    { phrase: ALICE, values: [100n, 50n, 20n, 10n, 10n, 10n].map((n) => n * COIN_UNIT) },
    { phrase: BOB, values: [100n, 100n].map((n) => n * COIN_UNIT) },
  ]);
  await chain.mine();
  alice = await chain.wallet(ALICE);
  bob = await chain.wallet(BOB);
});
afterAll(() => chain.stop());

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing thrown",
    (error: unknown) => (error instanceof SeroError ? error.code : String(error)),
  );

/** Prepares, sends, mines and syncs. */
async function run(wallet: Wallet, request: CallRequest | PreparedCall) {
  const prepared = "report" in request ? request : await wallet.prepareCall(request);
  const receipt = await wallet.sendCall(prepared);
  await chain.mine();
  await wallet.sync();
  return { prepared, receipt, outcome: await wallet.callOutcome(receipt.txid) };
}

const held = (wallet: Wallet, asset: bigint): bigint =>
  wallet.balances().find((balance) => balance.asset === asset)?.total ?? 0n;

async function deploy(wallet: Wallet, creation: string): Promise<EthAddress> {
  const { outcome } = await run(wallet, { calls: [{ data: fromHex(creation) }] });
  expect(outcome.status).toBe("succeeded");
  return outcome.created[0] as EthAddress;
}

const token = (
  to: EthAddress,
  functionName: "transfer" | "approve",
  args: readonly [EthAddress, bigint],
): CallSpec => ({
  to,
  abi: ERC20_ABI,
  data: fromHex(encodeFunctionData({ abi: ERC20_ABI, functionName, args: [hexOf(args[0]), args[1]] })),
});
const mint = (to: EthAddress, owner: EthAddress, amount: bigint): CallSpec => ({
  to,
  abi: TEST_TOKEN_OUTPUT.abi,
  data: fromHex(encodeFunctionData({ abi: TEST_TOKEN_OUTPUT.abi, functionName: "mint", args: [hexOf(owner), amount] })),
});
const wrap = (value: bigint): CallSpec => ({
  to: WRAPPED_COIN_ADDRESS,
  value,
  abi: WRAPPED_COIN.abi,
  data: fromHex(encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "deposit" })),
});

describe("calls on a real node", () => {
  it("issues a token to a hidden owner, in one transaction that creates it", async () => {
    const { receipt, outcome, prepared } = await run(alice, {
      calls: (self) => [
        {
          data: fromHex(
            encodeDeployData({
              abi: SERO_TOKEN.abi,
              bytecode: SERO_TOKEN.bytecode,
              args: ["Gold", "GOLD", 6, 1_000_000n, 0n, "0x0000000000000000000000000000000000000000"],
            }),
          ),
        },
        {
          to: createdBy(self.pseudonym, 0),
          abi: SERO_TOKEN.abi,
          data: fromHex(
            encodeFunctionData({ abi: SERO_TOKEN.abi, functionName: "launch", args: [self.slot(0), "0x"] }),
          ),
        },
      ],
    });
    expect(outcome.status).toBe("succeeded");
    const created = createdBy(receipt.pseudonym as EthAddress, 0);
    expect(outcome.created.map(toHex)).toEqual([toHex(created)]);
    expect(prepared.report.warnings).toEqual([]);
    expect(prepared.report.calls[1]?.signature).toBe("launch(uint256,bytes)");
    expect(held(alice, assetIdOf(1, created, 0n))).toBe(1_000_000n);
    // The whole of it is there for a restored wallet, from the phrase alone, and for a full view key.
    const restored = await chain.wallet(ALICE);
    expect(held(restored, assetIdOf(1, created, 0n))).toBe(1_000_000n);
    await restored.close();
  });

  it("wraps coin and unwraps it again: what the calls need is found by trying", async () => {
    const asset = assetIdOf(1, WRAPPED_COIN_ADDRESS, 0n);
    await run(alice, { calls: [wrap(COIN_UNIT)] });
    expect(held(alice, asset)).toBe(COIN_UNIT);
    const before = held(alice, 0n);
    const { prepared, outcome } = await run(alice, {
      calls: [
        {
          to: WRAPPED_COIN_ADDRESS,
          abi: WRAPPED_COIN.abi,
          data: fromHex(
            encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "withdraw", args: [COIN_UNIT / 4n] }),
          ),
        },
      ],
    });
    expect(prepared.report.brings).toEqual([
      { asset, kind: "token", token: WRAPPED_COIN_ADDRESS, id: undefined, amount: COIN_UNIT / 4n },
    ]);
    expect(prepared.report.facts.bundles).toBe(1);
    expect(outcome.status).toBe("succeeded");
    expect(held(alice, asset)).toBe((COIN_UNIT * 3n) / 4n);
    const fee = BigInt(outcome.gasUsed ?? 0n) * prepared.report.price;
    expect(held(alice, 0n)).toBe(before + COIN_UNIT / 4n - fee);
    expect(fee <= prepared.report.maxFee).toBe(true);
  });

  it("takes in tickets that were minted, by count, and hands one on by its number", async () => {
    const art = await deploy(alice, encodeDeployData({ ...TEST_TICKET_OUTPUT, args: ["Art", "ART"] }));
    const mintTicket =
      (id: bigint) =>
      (self: { pseudonym: EthAddress }): CallSpec[] => [
        {
          to: art,
          data: fromHex(
            encodeFunctionData({
              abi: TEST_TICKET_OUTPUT.abi,
              functionName: "mint",
              args: [hexOf(self.pseudonym), id],
            }),
          ),
        },
      ];
    const { prepared } = await run(alice, { calls: (self) => [...mintTicket(7n)(self), ...mintTicket(8n)(self)] });
    expect(prepared.report.returns.map(({ id }) => id)).toEqual([undefined, 7n, 8n]);
    const seven = assetIdOf(2, art, 7n);
    expect([held(alice, seven), held(alice, assetIdOf(2, art, 8n))]).toEqual([1n, 1n]);
    const kept = await bob.newPseudonym({ label: "gallery" });
    const handed = await run(alice, {
      calls: (self) => [
        {
          to: art,
          abi: ERC721_ABI,
          data: fromHex(
            encodeFunctionData({
              abi: ERC721_ABI,
              functionName: "transferFrom",
              args: [hexOf(self.pseudonym), hexOf(kept.address), 7n],
            }),
          ),
        },
      ],
    });
    expect(handed.prepared.report.brings.map(({ kind, id }) => [kind, id])).toEqual([["ticket", 7n]]);
    expect(held(alice, seven)).toBe(0n);
    // It lies on Bob's pseudonym until he sweeps it in.
    await bob.sync();
    expect((await bob.leftovers()).map(({ assets }) => assets.map(({ asset }) => asset))).toEqual([[seven]]);
    const swept = await run(bob, await bob.prepareSweep(kept.address));
    expect(swept.outcome.status).toBe("succeeded");
    expect(held(bob, seven)).toBe(1n);
    expect(await bob.leftovers()).toEqual([]);
    expect(await codeOf(bob.prepareSweep(kept.address))).toBe("sweep/nothing");
  });

  it("says before sending that and why calls would fail; sent all the same, everything but the gas comes back", async () => {
    const asset = assetIdOf(1, WRAPPED_COIN_ADDRESS, 0n);
    await run(alice, { calls: [wrap(2n * COIN_UNIT)] });
    const [coin, wrapped] = [held(alice, 0n), held(alice, asset)];
    const calls: CallSpec[] = [
      token(WRAPPED_COIN_ADDRESS, "transfer", [POOL_ADDRESS, 1n]),
      {
        to: POOL_ADDRESS,
        abi: POOL_ABI,
        data: fromHex(
          encodeFunctionData({ abi: POOL_ABI, functionName: "releasePackage", args: [`0x${"11".repeat(32)}`] }),
        ),
      },
    ];
    const error = await alice.prepareCall({ calls }).then(
      () => undefined,
      (thrown: unknown) => thrown as SeroError,
    );
    expect(error?.code).toBe("call/would-fail");
    expect(error?.values).toMatchObject({ step: "call", index: 1 });
    expect(error?.message).toContain("UnknownPackage(0x1111");
    const { prepared, outcome } = await run(alice, {
      calls,
      bring: [{ asset, amount: 5n }],
      force: true,
      gasLimit: 500_000n,
    });
    expect(prepared.report.failure?.step).toBe("call");
    expect(prepared.report.warnings.some((warning) => warning.includes("Tried out now it fails"))).toBe(true);
    expect(outcome).toMatchObject({ status: "failed", created: [], failure: { step: "call", index: 1 } });
    expect((await alice.callOutcome(outcome.txid, POOL_ABI)).sentence).toContain("UnknownPackage");
    expect(held(alice, asset)).toBe(wrapped);
    expect(held(alice, 0n)).toBe(coin - BigInt(outcome.gasUsed ?? 0n) * prepared.report.price);
  });

  it("F46: out of gas: said before, and on the chain everything comes back", async () => {
    expect(await codeOf(alice.prepareCall({ calls: [wrap(COIN_UNIT)], gasLimit: 30_000n }))).toBe("call/would-fail");
    const before = held(alice, 0n);
    const { prepared, outcome } = await run(alice, { calls: [wrap(COIN_UNIT)], gasLimit: 30_000n, force: true });
    expect(outcome.status).toBe("failed");
    expect(held(alice, 0n)).toBe(before - BigInt(outcome.gasUsed ?? 0n) * prepared.report.price);
  });

  it("refuses what cannot be: nothing to bring with, an unknown asset, amounts, values, accounts", async () => {
    const nothing = await chain.wallet(CAROL);
    expect(await codeOf(nothing.prepareCall({ calls: [wrap(1n)] }))).toBe("funds/insufficient");
    await nothing.close();
    const bring = (asset: bigint, amount: bigint) => ({ calls: [], bring: [{ asset: asset as never, amount }] });
    expect(await codeOf(alice.prepareCall(bring(12345n, 1n)))).toBe("call/unknown-asset");
    expect(await codeOf(alice.prepareCall(bring(0n, 0n)))).toBe("call/amount");
    expect(await codeOf(alice.prepareCall(bring(0n, 10n ** 30n)))).toBe("funds/insufficient");
    expect(await codeOf(alice.prepareCall({ calls: [wrap(-1n)] }))).toBe("call/value");
    expect(await codeOf(alice.prepareCall({ calls: [], account: 3 }))).toBe("wallet/no-account");
    expect(await codeOf(alice.prepareCall({ calls: [], pseudonym: new Uint8Array(20) as EthAddress }))).toBe(
      "pseudonym/unknown",
    );
  });

  it("F42: a token that lies in its events, or refuses to come back, stays out; the rest comes home", async () => {
    const liar = await deploy(alice, FALSE_TOKEN_OUTPUT.bytecode);
    const { prepared, outcome } = await run(alice, {
      calls: (self) => [mint(liar, self.pseudonym, 5n), wrap(COIN_UNIT)],
    });
    expect(outcome.status).toBe("succeeded");
    expect(prepared.report.returns.map(({ token: at }) => at && toHex(at))).toEqual([
      undefined,
      toHex(WRAPPED_COIN_ADDRESS),
    ]);
    expect(prepared.report.stays.map(({ token: at, balance }) => [toHex(at), balance])).toEqual([[toHex(liar), 5n]]);
    expect(prepared.report.warnings.some((warning) => warning.includes("would stay on the pseudonym"))).toBe(true);
  });

  it("what is kept on purpose stays, and is swept in later", async () => {
    const gold = await deploy(alice, encodeDeployData({ ...TEST_TOKEN_OUTPUT, args: ["Votes", "VOTE", 18] }));
    const kept = await alice.newPseudonym({ label: "votes" });
    const { prepared } = await run(alice, {
      calls: [mint(gold, kept.address, 40n)],
      pseudonym: kept.address,
      keep: [{ kind: "token", token: gold }],
    });
    expect(prepared.report.stays).toMatchObject([{ balance: 40n, onPurpose: true }]);
    const lying = (await alice.leftovers()).find(({ pseudonym }) => equalBytes(pseudonym, kept.address));
    expect(lying?.assets.map(({ amount }) => amount)).toEqual([40n]);
    const swept = await run(alice, await alice.prepareSweep(kept.address));
    expect(swept.prepared.report.pseudonym).toMatchObject({ kind: "kept", usedBefore: 1 });
    expect(held(alice, assetIdOf(1, gold, 0n))).toBe(40n);
  });

  it("pays others unseen in the same transaction, which stands even when the calls fail", async () => {
    await bob.sync();
    const before = held(bob, 0n);
    const { prepared, outcome } = await run(alice, {
      calls: [{ to: WRAPPED_COIN_ADDRESS, data: Uint8Array.of(1, 2, 3, 4) }],
      payments: [{ address: bob.address(), amount: 11n, memo: "with the call" }],
      bring: [],
      force: true,
      gasLimit: 100_000n,
    });
    expect(outcome.status).toBe("failed");
    expect(prepared.report.sentences.join(" ")).not.toContain(bob.address());
    await bob.sync();
    expect(held(bob, 0n)).toBe(before + 11n);
    expect(bob.notes().find(({ value }) => value === 11n)?.memo).toBe("with the call");
  });

  it("hands out receive slots that are never the same twice, and finds what a contract pays to them", async () => {
    const slots = [await bob.receiveSlot(), await bob.receiveSlot()];
    expect(new Set(slots.map(({ inner }) => inner)).size).toBe(2);
    const before = held(bob, 0n);
    await run(alice, {
      calls: slots.map(({ inner }): CallSpec => ({
        to: POOL_ADDRESS,
        value: 3n,
        abi: POOL_ABI,
        data: fromHex(encodeFunctionData({ abi: POOL_ABI, functionName: "shieldCoin", args: [inner, "0x"] })),
      })),
    });
    await bob.sync();
    expect(held(bob, 0n)).toBe(before + 6n);
    const restored = await chain.wallet(BOB);
    expect(held(restored, 0n)).toBe(before + 6n);
    const next = await restored.receiveSlot();
    expect(slots.map(({ inner }) => inner)).not.toContain(next.inner);
    await restored.close();
    const gap: bigint[] = [];
    while (gap.length < 20) gap.push((await bob.receiveSlot()).inner);
    expect(await codeOf(bob.receiveSlot())).toBe("wallet/slot-gap");
  });

  it("takes in what a pseudonym earned while the wallet holds no coin: the pseudonym pays", async () => {
    const carol = await chain.wallet(CAROL);
    const { address } = await carol.newPseudonym({ label: "fees" });
    const { prepared: given } = await run(alice, { calls: [{ to: address, value: 2n * COIN_UNIT }] });
    expect(given.report.warnings.some((warning) => warning.includes("There is no contract at"))).toBe(true);
    await carol.sync();
    expect(await codeOf(carol.prepareSweep(address))).toBe("funds/insufficient");
    expect(await codeOf(carol.prepareCall({ calls: [], payer: "pseudonym" }))).toBe("call/payer");
    const tooMuch = {
      calls: [{ to: address, value: 3n * COIN_UNIT }],
      pseudonym: address,
      payer: "pseudonym" as const,
    };
    expect(await codeOf(carol.prepareCall({ ...tooMuch, force: true, gasLimit: 50_000n }))).toBe("pseudonym/poor");
    const { prepared, receipt, outcome } = await run(carol, await carol.prepareSweep(address, { payer: "pseudonym" }));
    expect(outcome.status).toBe("succeeded");
    expect(prepared.report.deposit).toBe(0n);
    expect(held(carol, 0n)).toBe(2n * COIN_UNIT - BigInt(outcome.gasUsed ?? 0n) * prepared.report.price);
    expect(carol.pending()).toEqual([]);
    expect(await carol.leftovers()).toEqual([]);
    const restored = await chain.wallet(CAROL);
    expect(held(restored, 0n)).toBe(held(carol, 0n));
    expect(receipt.pseudonym).toEqual(address);
    await restored.close();
    await carol.close();
  });

  it("D27: a full view key sees calls and returns, an incoming one neither", async () => {
    await alice.sync();
    const watch = async (viewKey: string): Promise<Wallet> => chain.watch(viewKey);
    const full = await watch(alice.viewKey("full"));
    expect(full.balances().map(({ asset, total }) => [asset, total])).toEqual(
      alice.balances().map(({ asset, total }) => [asset, total]),
    );
    const incoming = await watch(alice.viewKey("incoming"));
    expect(incoming.notes().some(({ origin }) => origin === "return" || origin === "change")).toBe(false);
    expect(await codeOf(full.prepareCall({ calls: [] }))).toBe("wallet/watch-only");
    expect(await codeOf(full.newPseudonym())).toBe("wallet/watch-only");
    await full.close();
    await incoming.close();
  });

  it("a snapshot of this chain is imported, and its node tells of the same tokens and tickets of every kind", async () => {
    const { whole, imported } = await throughSnapshot(chain);
    const kinds = whole.map((one) => (one as { readonly kind?: string }).kind);
    expect(kinds).toEqual(expect.arrayContaining(["token", "ticket"]));
    expect(imported).toEqual(whole);
  });
});
