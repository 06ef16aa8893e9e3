import { COIN, decodeCompactBlock, intrinsicGas, POOL_ADDRESS, type EthAddress } from "@sero/protocol";
import { FAILING_TOKEN, TEST_TICKET, TEST_TOKEN } from "@sero/contracts/test-contracts";
import type { Artifact } from "@sero/contracts";
import { describe, expect, it } from "vitest";
import { checkPoolState, poolTotals, poolView, type BuiltBlock } from "../../src/index.js";
import { randomPseudonym, type TestCall } from "../helpers/call.js";
import { balanceOf, FEE_RECIPIENT, openTestChain, type TestChain } from "../helpers/chain.js";
import { callData, deploy, deployCode } from "../helpers/contracts.js";

const PRICE = 1_000_000_000n;
const NOBODY = new Uint8Array(20) as EthAddress;

/** A chain whose wallet 0 has a note of 100 of a token. */
async function withToken(artifact: Artifact = FAILING_TOKEN, args: readonly unknown[] = []) {
  const chain = await openTestChain({ notes: 6 });
  const token = await deploy(chain, artifact, args);
  const pseudonym = randomPseudonym();
  const data = callData(artifact, "mint", [pseudonym.address, 100n]);
  await chain.seal([chain.call(0, { pseudonym, calls: [{ to: token, data }], returns: [{ kind: "token", token }] })]);
  const asset = chain.wallets[0]!.notes.find(({ note }) => note.asset !== COIN)!.note.asset;
  expect(balanceOf(chain.wallets[0]!, asset)).toBe(100n);
  return { chain, token, asset };
}

const coinsOf = (chain: TestChain): bigint => balanceOf(chain.wallets[0]!);
const proposerOf = (chain: TestChain): bigint => chain.head().state.account(FEE_RECIPIENT)?.balance ?? 0n;

/** Seals a call that must fail, and checks that nothing but its gas was lost. */
async function sealFailing(chain: TestChain, call: TestCall, asset = COIN): Promise<BuiltBlock> {
  const before = { coins: coinsOf(chain), held: balanceOf(chain.wallets[0]!, asset), proposer: proposerOf(chain) };
  const counter = poolView(chain.head().state).turnstile(asset);
  const built = await chain.seal([call]);
  const [receipt] = built.receipts;
  const [detail] = built.details;
  const fee = detail!.gasUsed * PRICE;
  expect(receipt).toMatchObject({ status: 0, logs: [] });
  expect(coinsOf(chain)).toBe(before.coins - fee);
  expect(proposerOf(chain) - before.proposer).toBe(fee);
  if (asset !== COIN) {
    expect(balanceOf(chain.wallets[0]!, asset)).toBe(before.held);
    expect(poolView(chain.head().state).turnstile(asset)).toBe(counter);
  }
  const { pseudonym, nonce } = call.tx.call!;
  expect(chain.head().state.account(pseudonym)).toMatchObject({ nonce: nonce + 1n, balance: 0n });
  expect(decodeCompactBlock(built.compact).transactions[0]!.call?.status).toBe(0);
  expect(checkPoolState(chain.head().state, chain.head().header.number).ok).toBe(true);
  expect(poolTotals(chain.head().state).surplus).toBe(0n);
  return built;
}

describe("F46: a failure at each phase", () => {
  const WAYS = [
    ["reverts", 1, "revert"],
    ["reverts with a megabyte", 2, "revert"],
    ["runs into INVALID", 3, "invalid opcode"],
    ["burns all gas", 4, "out of gas"],
    ["returns without moving anything", 5, "revert"],
    ["returns false", 6, "the token's transfer did not return true"],
  ] as const;

  it.each(WAYS)(
    "F46: the token %s when it is returned: it comes back as a note all the same",
    async (_, way, reason) => {
      const { chain, token, asset } = await withToken();
      await chain.seal([
        chain.call(0, { calls: [{ to: token, data: callData(FAILING_TOKEN, "fail", [way, NOBODY, POOL_ADDRESS]) }] }),
      ]);
      const bring = [{ kind: "token" as const, token, amount: 60n }];
      const call = chain.call(0, { bring, calls: [], gasLimit: way === 2 ? 4_000_000n : 400_000n });
      const built = await sealFailing(chain, call, asset);
      expect(built.details[0]!.failure).toMatchObject({ step: "return", index: 1, reason });
      if (way === 3 || way === 4) {
        expect(built.details[0]!.gasUsed).toBe(intrinsicGas(call.tx, chain.rules.spec) + 400_000n);
      } else
        expect(built.details[0]!.gasUsed).toBeLessThan(
          intrinsicGas(call.tx, chain.rules.spec) + call.tx.call!.gasLimit,
        );
      const entries = decodeCompactBlock(built.compact).entries;
      expect(entries.map((entry) => entry.kind === "completed" && [entry.asset, entry.inner])).toEqual([
        [asset, call.returns[1]!.inners[0]],
        // Coin only where gas was left.
        ...(way === 3 || way === 4 ? [] : [[COIN, call.returns[0]!.inners[0]]]),
      ]);
      // `leave` is for success only: the note comes back by its entry too.
      const left = chain.call(0, {
        bring,
        returns: [{ kind: "token", token, leave: true }],
        calls: [{ to: POOL_ADDRESS, value: 1n }],
      });
      const again = await sealFailing(chain, left, asset);
      expect(again.details[0]!.failure?.step).toBe("call");
    },
  );

  it.each(WAYS.slice(0, 1))("F46: the token %s when it is unshielded", async (_, way) => {
    const { chain, token, asset } = await withToken();
    await chain.seal([
      chain.call(0, { calls: [{ to: token, data: callData(FAILING_TOKEN, "fail", [way, POOL_ADDRESS, NOBODY]) }] }),
    ]);
    const bring = [{ kind: "token" as const, token, amount: 60n }];
    const built = await sealFailing(chain, chain.call(0, { bring, calls: [] }), asset);
    expect(built.details[0]!.failure).toMatchObject({ step: "unshield", index: 0, reason: "revert" });
    const none = await sealFailing(chain, chain.call(0, { bring, calls: [], gasLimit: 1_000n }), asset);
    expect(none.details[0]!.failure).toMatchObject({ step: "unshield", index: 0, reason: "out of gas" });
  });

  it("F46: gas that runs out in a call or a return takes all of it, and nothing else; a revert keeps the rest", async () => {
    const { chain, token, asset } = await withToken(TEST_TOKEN, ["T", "T", 0]);
    const bring = [{ kind: "token" as const, token, amount: 60n }];
    const free = await chain.seal([chain.call(0, { bring, calls: [] })]);
    expect(free.details[0]!.failure).toBeUndefined();
    const used = free.details[0]!.gasUsed - intrinsicGas(chain.call(0, { bring, calls: [] }).tx, chain.rules.spec);
    for (const gasLimit of [used / 3n, (used * 2n) / 3n, used - 1n]) {
      const call = chain.call(0, { bring, calls: [], gasLimit });
      const built = await sealFailing(chain, call, asset);
      expect(built.details[0]!.gasUsed).toBeLessThanOrEqual(intrinsicGas(call.tx, chain.rules.spec) + gasLimit);
    }
    const loop = await deployCode(chain, "5b5f56");
    const burnt = chain.call(0, { bring, calls: [{ to: loop, value: 3n }], gasLimit: 300_000n });
    const built = await sealFailing(chain, burnt, asset);
    expect(built.details[0]!.failure).toMatchObject({ step: "call", index: 0, reason: "out of gas" });
    expect(built.details[0]!.gasUsed).toBe(intrinsicGas(burnt.tx, chain.rules.spec) + 300_000n);
    expect(chain.head().state.account(loop)!.balance).toBe(0n);
  });

  it("F46: a pseudonym that pays for itself keeps what a failure did not cost, and no note is made of it", async () => {
    const { chain, token } = await withToken();
    const pseudonym = randomPseudonym();
    const withdrawal = { index: 0n, validatorIndex: 0n, address: pseudonym.address, amount: 1_000_000_000n };
    await chain.seal([], { withdrawals: [withdrawal] });
    const had = chain.head().state.account(pseudonym.address)!.balance;
    const before = { proposer: proposerOf(chain), counter: poolView(chain.head().state).turnstile(COIN) };
    const calls = [{ to: token, value: 1n }];
    const built = await chain.seal([chain.call(0, { pseudonym, paysItself: true, calls, gasLimit: 100_000n })]);
    expect(built.receipts[0]).toMatchObject({ status: 0, logs: [] });
    const fee = built.details[0]!.gasUsed * PRICE;
    expect(proposerOf(chain) - before.proposer).toBe(fee);
    expect(chain.head().state.account(pseudonym.address)).toMatchObject({ nonce: 1n, balance: had - fee });
    expect(decodeCompactBlock(built.compact).transactions[0]!.call).toMatchObject({ status: 0 });
    expect(decodeCompactBlock(built.compact).entries).toEqual([]);
    expect(poolView(chain.head().state).turnstile(COIN)).toBe(before.counter);
    expect(checkPoolState(chain.head().state, chain.head().header.number).ok).toBe(true);
    expect(poolTotals(chain.head().state).surplus).toBe(0n);
  });

  it("F46: after a failure no code runs: a contract that would undo it is never called", async () => {
    const { chain, token, asset } = await withToken();
    // The first call works and writes; the second fails; the returns after it are not tried.
    const writer = await deployCode(chain, "60015f55");
    const reverter = await deployCode(chain, "5f5ffd");
    const call = chain.call(0, {
      bring: [{ kind: "token", token, amount: 10n }],
      calls: [{ to: writer }, { to: reverter }, { to: writer }],
    });
    const built = await sealFailing(chain, call, asset);
    expect(built.details[0]!.calls).toHaveLength(1);
    expect(chain.head().state.storage(writer, new Uint8Array(32))).toEqual(new Uint8Array(32));
  });

  it("F46: a ticket comes back as its note too", async () => {
    const chain = await openTestChain({ notes: 5 });
    const ticket = await deploy(chain, TEST_TICKET, ["Seat", "SEAT"]);
    const pseudonym = randomPseudonym();
    const data = callData(TEST_TICKET, "mint", [pseudonym.address, 1n << 200n]);
    const returns = [{ kind: "ticket" as const, token: ticket, id: { any: 1 } }];
    await chain.seal([chain.call(0, { pseudonym, calls: [{ to: ticket, data }], returns })]);
    const asset = chain.wallets[0]!.notes.find(({ note }) => note.asset !== COIN)!.note.asset;
    const bring = [{ kind: "ticket" as const, token: ticket, id: 1n << 200n, amount: 1n }];
    await sealFailing(chain, chain.call(0, { bring, calls: [{ to: POOL_ADDRESS, value: 1n }] }), asset);
    const fine = await chain.seal([chain.call(0, { bring, calls: [] })]);
    expect(fine.details[0]!.failure).toBeUndefined();
    expect(balanceOf(chain.wallets[0]!, asset)).toBe(1n);
  });
});
