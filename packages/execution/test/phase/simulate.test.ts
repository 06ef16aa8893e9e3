import { COIN, POOL_ADDRESS, type EthAddress } from "@sero/protocol";
import { POOL, WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import { FAILING_TOKEN, TEST_TICKET, TEST_TOKEN } from "@sero/contracts/test-contracts";
import { describe, expect, it } from "vitest";
import { simulatePhase, type PhaseReport, type PhaseRequest } from "../../src/index.js";
import { randomPseudonym } from "../helpers/call.js";
import { COINS, openTestChain, type TestChain } from "../helpers/chain.js";
import { callData, deploy, deployCode } from "../helpers/contracts.js";

const simulate = (chain: TestChain, request: Partial<PhaseRequest>): Promise<PhaseReport> => {
  const { state, header } = chain.head();
  return simulatePhase(
    { rules: chain.rules, state, header },
    {
      pseudonym: randomPseudonym().address,
      coin: 0n,
      assets: [],
      calls: [],
      returns: "infer",
      gasLimit: 7_000_000n,
      price: 1_000_000_000n,
      find: "least-gas",
      ...request,
    },
  );
};
const empty = new Uint8Array(0);

describe("simulatePhase", () => {
  it("suggests returns that a transaction then uses, with a gas limit that suffices for it", async () => {
    const chain = await openTestChain({ notes: 6 });
    const token = await deploy(chain, TEST_TOKEN, ["T", "T", 0]);
    const ticket = await deploy(chain, TEST_TICKET, ["S", "S"]);
    const pseudonym = randomPseudonym();
    const calls = [
      { to: token, value: 0n, data: callData(TEST_TOKEN, "mint", [pseudonym.address, 50n]) },
      { to: ticket, value: 0n, data: callData(TEST_TICKET, "mint", [pseudonym.address, 3n]) },
      { to: ticket, value: 0n, data: callData(TEST_TICKET, "mint", [pseudonym.address, 2n]) },
      { to: WRAPPED_COIN_ADDRESS, value: 9n, data: callData(WRAPPED_COIN, "deposit") },
    ];
    const report = await simulate(chain, { pseudonym: pseudonym.address, calls, coin: 9n });
    expect(report.ok).toBe(true);
    const kinds = report.suggested.map(({ kind, token: of, id, count }) => [kind, of, id, count]);
    expect(kinds).toHaveLength(4);
    expect(kinds[0]).toEqual(["coin", undefined, 0n, 1]);
    expect(kinds).toContainEqual(["token", token, 0n, 1]);
    expect(kinds).toContainEqual(["token", WRAPPED_COIN_ADDRESS, 0n, 1]);
    expect(kinds[3]).toEqual(["ticket", ticket, { any: 2 }, 2]);
    expect(report.left).toEqual([]);
    expect(report.coinLeft).toBe(0n);
    expect(report.moved).toContainEqual({ kind: "token", token, id: 0n, delta: 50n });
    expect(report.moved).toContainEqual({ kind: "ticket", token: ticket, id: 3n, delta: 1n });
    const returns = report.suggested.slice(1).map(({ kind, token: of, id }) => ({ kind, token: of, id }));
    const built = await chain.seal([chain.call(0, { pseudonym, calls, returns, gasLimit: report.gasLimit })]);
    expect(built.details[0]!.failure).toBeUndefined();
    expect(chain.wallets[0]!.notes.filter(({ note }) => note.asset !== COIN)).toHaveLength(4);
    // Nothing was written by simulating, and what was measured is what it cost.
    const spent = built.details[0]!.gasUsed - chain.check(built.transactions[0]!).gas;
    expect(spent).toBe(report.gasUsed);
  });

  it("brings assets, gives those an entry even when nothing of them is left, and says what the calls took", async () => {
    const chain = await openTestChain({ notes: 6 });
    const token = await deploy(chain, TEST_TOKEN, ["T", "T", 0]);
    const pseudonym = randomPseudonym();
    const data = callData(TEST_TOKEN, "mint", [pseudonym.address, 10n]);
    await chain.seal([chain.call(0, { pseudonym, calls: [{ to: token, data }], returns: [{ kind: "token", token }] })]);
    const somebody = new Uint8Array(20).fill(7) as EthAddress;
    const request = {
      assets: [{ kind: "token" as const, token, id: 0n, amount: 6n }],
      calls: [{ to: token, value: 0n, data: callData(TEST_TOKEN, "transfer", [somebody, 6n]) }],
    };
    const report = await simulate(chain, request);
    expect(report.ok).toBe(true);
    expect(report.suggested.map(({ kind }) => kind)).toEqual(["coin", "token"]);
    expect(report.moved).toEqual([{ kind: "token", token, id: 0n, delta: -6n }]);
    const tooMuch = await simulate(chain, { ...request, assets: [{ ...request.assets[0]!, amount: 11n }] });
    expect(tooMuch).toMatchObject({ ok: false, failure: { step: "unshield", index: 0, reason: "revert" } });
  });

  it("leaves what can't be returned, says so, and reports why a call fails", async () => {
    const chain = await openTestChain({ notes: 6 });
    const bad = await deploy(chain, FAILING_TOKEN);
    const pseudonym = randomPseudonym();
    const nobody = new Uint8Array(20);
    const calls = [
      { to: bad, value: 0n, data: callData(FAILING_TOKEN, "mint", [pseudonym.address, 5n]) },
      { to: bad, value: 0n, data: callData(FAILING_TOKEN, "fail", [1, nobody, POOL_ADDRESS]) },
    ];
    const report = await simulate(chain, { pseudonym: pseudonym.address, calls });
    expect(report.ok).toBe(true);
    expect(report.suggested.map(({ kind }) => kind)).toEqual(["coin"]);
    expect(report.left).toEqual([{ kind: "token", token: bad, id: 0n, balance: 5n }]);
    const failing = await simulate(chain, { calls: [{ to: POOL_ADDRESS, value: 1n, data: empty }], coin: 1n });
    expect(failing).toMatchObject({ ok: false, failure: { step: "call", index: 0, reason: "revert" }, coinLeft: 1n });
  });

  it("finds a limit for code that wants more gas than it uses, and leaves the state alone", async () => {
    const chain = await openTestChain({ notes: 6 });
    // Fails unless 200,000 gas are left when it begins: GAS, PUSH3, GT, PUSH1, JUMPI, STOP, JUMPDEST, INVALID.
    const greedy = await deployCode(chain, "5a62030d4011600a57005bfe");
    const root = chain.head().state.root;
    const report = await simulate(chain, { calls: [{ to: greedy, value: 0n, data: empty }], gasLimit: 1_000_000n });
    expect(report.ok).toBe(true);
    expect(report.gasUsed).toBeLessThan(100n);
    expect(report.gasLimit).toBeGreaterThan(200_000n);
    const pays = [{ to: POOL_ADDRESS, value: COINS, data: callData(POOL, "shieldCoin", [5n, "0x"]) }];
    expect((await simulate(chain, { coin: COINS, calls: pays })).ok).toBe(true);
    expect(chain.head().state.root).toEqual(root);
  });
});
