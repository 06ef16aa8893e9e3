import { POOL_ADDRESS } from "@sero/protocol";
import { decodeErrorResult, encodeFunctionData, toFunctionSelector, type Abi } from "viem";
import { describe, expect, it } from "vitest";
import { POOL_ABI } from "../src/index.js";
import {
  CONSTRUCTOR_TOKEN,
  HOOK_TOKEN,
  LYING_TICKET,
  PUPPET,
  REENTERING_TICKET,
  REENTERING_TOKEN,
  SLOW_TICKET,
  TEST_TICKET,
  TEST_TOKEN,
} from "../src/test-contracts.js";
import {
  balanceOf,
  ERC20,
  POOL_HEX,
  shieldTicket,
  shieldToken,
  sweep,
  sweepTicket,
  ticketAsset,
  ticketFor,
  tokenAsset,
  tokenFor,
  turnstile,
  unshield,
} from "./helpers/assets.js";
import { plantPackage } from "./helpers/packages.js";
import { hex, openChain, person, type TestChain } from "./helpers/chain.js";

const ID = `0x${"11".repeat(32)}` as const;
const ZERO = `0x${"00".repeat(20)}` as const;
const NONE = `0x${"00".repeat(32)}` as const;

/** Every function of the Pool that changes state, with arguments that would be decoded. */
const ENTRIES: readonly (readonly [name: string, args: readonly unknown[], answer: string])[] = [
  ["shieldCoin", [7n, "0x"], "PoolLocked"],
  ["shieldToken", [7n, ZERO, 1n, "0x"], "PoolLocked"],
  ["shieldTicket", [7n, ZERO, 1n, "0x"], "PoolLocked"],
  ["registerKey", ["0x", "0x"], "PoolLocked"],
  ["transferPackage", [ID, ZERO], "PoolLocked"],
  ["transferPackageAndCall", [ID, ZERO, "0x"], "PoolLocked"],
  ["releasePackage", [ID], "PoolLocked"],
  ["repack", [[ID, NONE], [1n, 2n, 3n], [0, 0, 0], [ZERO, ZERO, ZERO], ["0x", "0x", "0x"], "0x"], "PoolLocked"],
  ["unshieldTo", [ZERO, 1n, 1n], "NotSystem"],
  ["openReturn", [ZERO, ZERO], "NotSystem"],
  ["closeReturn", [7n, ZERO], "NotSystem"],
  ["openReturnTicket", [ZERO, 1n, ZERO], "NotSystem"],
  ["closeReturnTicket", [7n, ZERO, 1n], "NotSystem"],
];

const poolCall = (name: string, args: readonly unknown[]): `0x${string}` =>
  encodeFunctionData({ abi: POOL_ABI as Abi, functionName: name, args });

/** What the call that was made in the middle got as an answer. */
async function answerInside(chain: TestChain, contract: Uint8Array, abi: Abi): Promise<string> {
  if ((await chain.must(abi, contract, "runs")) === 0n) return "was not called";
  if ((await chain.must(abi, contract, "lastOk")) === true) return "succeeded";
  const data = (await chain.must(abi, contract, "lastOutput")) as `0x${string}`;
  return decodeErrorResult({ abi: POOL_ABI as Abi, data }).errorName;
}

const REE = REENTERING_TOKEN.abi as Abi;

describe.each(ENTRIES)("F41: %s can't be entered again", (name, args, answer) => {
  it.each([
    ["before it moves", true, false],
    ["after it moved", false, false],
    ["from a constructor, without code", false, true],
  ])("from a token that is being shielded, %s", async (_, before, creates) => {
    const chain = await openChain();
    const token = await tokenFor(chain, REENTERING_TOKEN);
    await chain.must(REE, token, "setBefore", [before]);
    await chain.must(REE, token, "prepare", [POOL_HEX, poolCall(name, args), creates]);
    expect((await shieldToken(chain, token, 600n)).error).toBeUndefined();
    expect(await answerInside(chain, token, REE)).toBe(answer);
    expect(await turnstile(chain, tokenAsset(token))).toBe(600n);
  });

  it("from a token that leaves the Pool, and from one that a return takes back", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, REENTERING_TOKEN);
    await shieldToken(chain, token, 600n);
    await chain.must(REE, token, "prepare", [POOL_HEX, poolCall(name, args), false]);
    expect((await unshield(chain, person(5), tokenAsset(token), 200n)).error).toBeUndefined();
    expect(await answerInside(chain, token, REE)).toBe(answer);
    const { closed } = await sweep(chain, token, person(5));
    expect(closed?.value).toBe(200n);
    expect(await chain.must(REE, token, "runs")).toBe(2n);
    expect(await answerInside(chain, token, REE)).toBe(answer);
  });

  it("from a ticket that comes in, goes out and is taken back", async () => {
    const chain = await openChain();
    const token = await ticketFor(chain, 3n, REENTERING_TICKET);
    const abi = REENTERING_TICKET.abi as Abi;
    await chain.must(abi, token, "prepare", [POOL_HEX, poolCall(name, args), false]);
    expect((await shieldTicket(chain, token, 3n)).error).toBeUndefined();
    expect(await answerInside(chain, token, abi)).toBe(answer);
    expect((await unshield(chain, person(5), ticketAsset(token, 3n), 1n)).error).toBeUndefined();
    expect(await answerInside(chain, token, abi)).toBe(answer);
    expect((await sweepTicket(chain, token, 3n, person(5))).closed?.error).toBeUndefined();
    expect(await chain.must(abi, token, "runs")).toBe(3n);
    expect(await answerInside(chain, token, abi)).toBe(answer);
  });
});

describe("F41: hooks between two balance readings", () => {
  it("the sender's hook can't have its own tokens counted twice", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, HOOK_TOKEN);
    const puppet = await chain.deploy(PUPPET);
    const abi = PUPPET.abi as Abi;
    await chain.must(HOOK_TOKEN.abi as Abi, token, "mint", [hex(puppet), 1000n]);
    const approval = encodeFunctionData({ abi: ERC20, functionName: "approve", args: [POOL_HEX, 1000n] });
    await chain.must(abi, puppet, "perform", [hex(token), 0n, approval]);
    await chain.must(HOOK_TOKEN.abi as Abi, token, "setHook", [hex(person(0)), hex(puppet)]);
    const again = poolCall("shieldToken", [8n, hex(token), 1000n, "0x"]);
    await chain.must(abi, puppet, "prepare", [POOL_HEX, 0n, again, "0x00000000"]);
    const outcome = await shieldToken(chain, token, 1000n);
    expect(outcome.error).toBeUndefined();
    expect(await answerInside(chain, puppet, abi)).toBe("PoolLocked");
    expect(await turnstile(chain, tokenAsset(token))).toBe(1000n);
    expect(await balanceOf(chain, token, POOL_ADDRESS)).toBe(1000n);
  });

  it("the receiver's hook can't make an unshielding that moves nothing look like one", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, HOOK_TOKEN);
    await shieldToken(chain, token, 1000n);
    const puppet = await chain.deploy(PUPPET);
    await chain.must(HOOK_TOKEN.abi as Abi, token, "mint", [hex(puppet), 1000n]);
    await chain.must(HOOK_TOKEN.abi as Abi, token, "setHook", [hex(person(5)), hex(puppet)]);
    const back = encodeFunctionData({ abi: ERC20, functionName: "transfer", args: [POOL_HEX, 400n] });
    await chain.must(PUPPET.abi as Abi, puppet, "prepare", [hex(token), 0n, back, "0x00000000"]);
    const outcome = await unshield(chain, person(5), tokenAsset(token), 400n);
    expect(outcome.error).toBe("WrongAmountMoved");
    expect(await turnstile(chain, tokenAsset(token))).toBe(1000n);
  });
});

describe("F41: a package's receiver", () => {
  it.each(ENTRIES)("can't enter %s", async (name, args, answer) => {
    const chain = await openChain();
    const puppet = await chain.deploy(PUPPET);
    await plantPackage(chain, ID, 5n, person(0));
    const received = toFunctionSelector("onPackageReceived(address,bytes32,bytes)");
    await chain.must(PUPPET.abi as Abi, puppet, "prepare", [POOL_HEX, 0n, poolCall(name, args), received]);
    expect((await chain.pool("transferPackageAndCall", [ID, hex(puppet), "0x"])).error).toBeUndefined();
    expect(await answerInside(chain, puppet, PUPPET.abi as Abi)).toBe(answer);
    expect((await chain.pool("packageOf", [ID])).value).toMatchObject([5n, expect.anything()]);
  });
});

describe("F41: kinds", () => {
  it("a ticket can't be shielded or returned as a token, nor a token as a ticket, whatever was tried first", async () => {
    const chain = await openChain();
    const ticket = await ticketFor(chain, 3n, TEST_TICKET);
    const token = await tokenFor(chain, TEST_TOKEN);
    for (let round = 0; round < 2; round++) {
      expect((await shieldToken(chain, ticket, 3n)).error).toBe("WrongKind");
      expect((await shieldTicket(chain, token, 3n)).error).toBe("WrongKind");
      expect((await sweep(chain, ticket, person(0))).opened.error).toBe("WrongKind");
      expect((await shieldTicket(chain, ticket, 3n)).error).toBe(round === 0 ? undefined : "TokenCallFailed");
      expect((await shieldToken(chain, token, 3n)).error).toBeUndefined();
      if (round === 0) await unshield(chain, person(0), ticketAsset(ticket, 3n), 1n);
    }
  });

  it("an address without code is refused", async () => {
    const chain = await openChain();
    expect((await shieldToken(chain, person(9), 3n)).error).toBe("NoCode");
    expect((await shieldTicket(chain, person(9), 3n)).error).toBe("NoCode");
    expect((await sweep(chain, person(9), person(0))).opened.error).toBe("TokenCallFailed");
    expect((await sweepTicket(chain, person(9), 3n, person(0))).opened.value).toBe(false);
    expect((await shieldToken(chain, new Uint8Array(20).fill(0, 0, 19).fill(4, 19), 3n)).error).toBe("NoCode");
  });

  it("a token can't shield itself from its constructor, and can afterwards", async () => {
    const chain = await openChain();
    expect((await chain.tryDeploy(CONSTRUCTOR_TOKEN, [7n, false])).error).toBe("NoCode");
    const token = await chain.deploy(CONSTRUCTOR_TOKEN, [7n, true]);
    expect((await chain.pool("kindOf", [hex(token)])).value).toBe(0n);
    expect((await chain.call(CONSTRUCTOR_TOKEN.abi as Abi, token, "shield", [7n])).error).toBeUndefined();
    expect((await chain.pool("kindOf", [hex(token)])).value).toBe(1n);
  });

  it("a ticket contract that lies later stays what it was", async () => {
    const chain = await openChain();
    const abi = LYING_TICKET.abi as Abi;
    const truthful = await ticketFor(chain, 3n, LYING_TICKET);
    await shieldTicket(chain, truthful, 3n);
    await chain.must(abi, truthful, "set", [true, false, false]);
    expect((await shieldToken(chain, truthful, 3n)).error).toBe("WrongKind");
    expect((await unshield(chain, person(5), ticketAsset(truthful, 3n), 1n)).error).toBeUndefined();

    const denier = await ticketFor(chain, 3n, LYING_TICKET);
    await chain.must(abi, denier, "set", [true, false, false]);
    expect((await shieldToken(chain, denier, 3n)).error).toBeUndefined();
    await chain.must(abi, denier, "set", [false, false, false]);
    expect((await shieldTicket(chain, denier, 3n)).error).toBe("WrongKind");
  });

  it("can't be decided by giving the question too little gas", async () => {
    const chain = await openChain();
    const ticket = await ticketFor(chain, 3n, SLOW_TICKET);
    let decided = 0;
    for (let gas = 30_000n; gas <= 120_000n; gas += 1_500n) {
      const outcome = await chain.pool("shieldToken", [7n, hex(ticket), 3n, "0x"], { gas });
      expect(outcome.ok).toBe(false);
      if (outcome.error === "WrongKind") decided++;
      expect((await chain.pool("kindOf", [hex(ticket)])).value).toBe(0n);
    }
    expect(decided).toBeGreaterThan(10);
    expect((await shieldTicket(chain, ticket, 3n)).error).toBeUndefined();
  });
});
