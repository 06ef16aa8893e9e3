import { POOL_ADDRESS } from "@sero/protocol";
import type { Abi } from "viem";
import { describe, expect, it } from "vitest";
import {
  DESTRUCTIBLE,
  FAILING_TOKEN,
  FALSE_TOKEN,
  FEE_TOKEN,
  GROWING_TOKEN,
  LYING_TICKET,
  LYING_TOKEN,
  MEGABYTE_TOKEN,
  REBASE_IN_TRANSFER_TOKEN,
  REBASING_TOKEN,
  SENDER_FEE_TOKEN,
  SILENT_TOKEN,
  TEST_TICKET,
  TEST_TOKEN,
  TWO_TOKEN,
} from "../src/test-contracts.js";
import {
  balanceOf,
  ERC20,
  ERC721,
  ownerOf,
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
import { hex, openChain, person } from "./helpers/chain.js";

const me = person(0);
const pseudonym = person(5);

describe("an honest token", () => {
  it("comes in, goes out and comes back, each counted", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, TEST_TOKEN);
    const asset = tokenAsset(token);
    const outcome = await shieldToken(chain, token, 600n);
    expect(outcome.logs.map(({ name }) => name)).toEqual(["AssetRegistered", "NoteCompleted"]);
    expect(outcome.logs.at(-1)).toMatchObject({ args: { asset, inner: 7n, value: 600n, note: "0x" } });
    expect((await chain.pool("assetOf", [asset])).value).toEqual([
      1,
      expect.stringMatching(new RegExp(hex(token), "i")),
      0n,
    ]);
    expect((await unshield(chain, pseudonym, asset, 250n)).error).toBeUndefined();
    expect([await balanceOf(chain, token, pseudonym), await turnstile(chain, asset)]).toEqual([250n, 350n]);
    const { closed } = await sweep(chain, token, pseudonym);
    expect(closed?.logs).toMatchObject([{ name: "NoteCompleted", args: { asset, inner: 9n, value: 250n } }]);
    expect(await turnstile(chain, asset)).toBe(600n);
  });

  it("is not begun to be taken back if there is nothing", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, TEST_TOKEN);
    expect((await sweep(chain, token, pseudonym)).opened.value).toBe(0n);
    expect((await chain.pool("kindOf", [hex(token)])).value).toBe(0n);
    expect((await shieldToken(chain, token, 1n)).error).toBeUndefined();
  });

  it("leaves no further than it came in, and only if it ever came in", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, TEST_TOKEN);
    expect((await unshield(chain, pseudonym, tokenAsset(token), 1n)).error).toBe("UnknownAsset");
    await shieldToken(chain, token, 600n);
    // A gift to the Pool does not raise what may leave.
    await chain.must(TEST_TOKEN.abi as Abi, token, "mint", [POOL_HEX, 1000n]);
    expect((await unshield(chain, pseudonym, tokenAsset(token), 601n)).error).toBe("TurnstileExceeded");
    expect((await unshield(chain, pseudonym, tokenAsset(token), 0n)).error).toBe("ValueOutOfRange");
  });

  it("is taken from the caller alone, who must have approved", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, TEST_TOKEN);
    expect((await shieldToken(chain, token, 1n, person(1))).error).toBe("TokenCallFailed");
    expect((await shieldToken(chain, token, 1001n)).error).toBe("TokenCallFailed");
  });
});

describe("an honest ticket", () => {
  it("comes in, goes out and comes back", async () => {
    const chain = await openChain();
    const id = (1n << 200n) + 3n;
    const token = await ticketFor(chain, id, TEST_TICKET);
    const asset = ticketAsset(token, id);
    expect((await shieldTicket(chain, token, id)).logs.at(-1)).toMatchObject({ args: { asset, inner: 7n, value: 1n } });
    expect(await ownerOf(chain, token, id)).toBe(POOL_HEX);
    expect((await chain.pool("assetOf", [asset])).value).toMatchObject([2, expect.anything(), id]);
    expect((await unshield(chain, pseudonym, asset, 2n)).error).toBe("TurnstileExceeded");
    expect((await unshield(chain, pseudonym, asset, 1n)).error).toBeUndefined();
    expect(await ownerOf(chain, token, id)).toBe(hex(pseudonym));
    expect((await sweepTicket(chain, token, id, pseudonym)).closed?.logs).toMatchObject([
      { args: { asset, inner: 9n, value: 1n } },
    ]);
    expect(await turnstile(chain, asset)).toBe(1n);
  });

  it("can't be sent to the Pool by safeTransferFrom, where it would be lost", async () => {
    const chain = await openChain();
    const token = await ticketFor(chain, 3n, TEST_TICKET);
    const args = [hex(me), POOL_HEX, 3n];
    expect((await chain.call(ERC721, token, "safeTransferFrom", args)).error).toBe("UseShieldTicket");
  });

  it("is taken from its owner alone", async () => {
    const chain = await openChain();
    const token = await ticketFor(chain, 3n, TEST_TICKET);
    expect((await shieldTicket(chain, token, 3n, person(1))).error).toBe("WrongTicketOwner");
  });
});

describe("F42: fees and changing balances", () => {
  it("credits what arrived, and lets leave what was credited", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, FEE_TOKEN, [100n]);
    const outcome = await shieldToken(chain, token, 1000n);
    expect(outcome.logs.at(-1)).toMatchObject({ args: { value: 990n } });
    expect((await unshield(chain, pseudonym, tokenAsset(token), 990n)).error).toBeUndefined();
    expect(await balanceOf(chain, token, pseudonym)).toBe(981n);
    expect(await balanceOf(chain, token, POOL_ADDRESS)).toBe(0n);
  });

  it("does not let a token charge the Pool, which would pay with what belongs to others", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, SENDER_FEE_TOKEN, [100n], me, 2000n);
    expect((await shieldToken(chain, token, 1000n)).logs.at(-1)).toMatchObject({ args: { value: 1000n } });
    expect((await unshield(chain, pseudonym, tokenAsset(token), 500n)).error).toBe("WrongAmountMoved");
    expect([await turnstile(chain, tokenAsset(token)), await balanceOf(chain, token, POOL_ADDRESS)]).toEqual([
      1000n,
      1000n,
    ]);
  });

  it("bears rounding down and balances that grow or shrink meanwhile", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, REBASING_TOKEN);
    const asset = tokenAsset(token);
    await chain.must(REBASING_TOKEN.abi as Abi, token, "rebase", [1_500_000_000_000_000_001n]);
    expect((await shieldToken(chain, token, 1000n)).logs.at(-1)).toMatchObject({ args: { value: 999n } });
    expect((await unshield(chain, pseudonym, asset, 500n)).error).toBeUndefined();
    await chain.must(REBASING_TOKEN.abi as Abi, token, "rebase", [10n ** 18n]);
    // The Pool has less than it owes now: who comes last must wait; nobody else's asset pays.
    expect((await unshield(chain, pseudonym, asset, 499n)).error).toBe("TokenCallFailed");
    expect((await unshield(chain, pseudonym, asset, 300n)).error).toBeUndefined();
  });

  it("counts a jump of all balances within the transfer as what it is: the Pool's balance is never below the turnstile", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, REBASE_IN_TRANSFER_TOKEN);
    await shieldToken(chain, token, 500n);
    await chain.must(REBASE_IN_TRANSFER_TOKEN.abi as Abi, token, "setNext", [3n * 10n ** 18n]);
    await shieldToken(chain, token, 100n);
    expect([await turnstile(chain, tokenAsset(token)), await balanceOf(chain, token, POOL_ADDRESS)]).toEqual([
      1800n,
      1800n,
    ]);
    await chain.must(REBASE_IN_TRANSFER_TOKEN.abi as Abi, token, "setNext", [10n ** 18n]);
    expect((await shieldToken(chain, token, 100n)).error).toBe("NothingReceived");
    expect((await unshield(chain, pseudonym, tokenAsset(token), 100n)).error).toBe("WrongAmountMoved");
  });
});

describe("F42: lies", () => {
  it("a transfer that only says it happened credits nothing and takes nothing out", async () => {
    const chain = await openChain();
    const abi = LYING_TOKEN.abi as Abi;
    const token = await tokenFor(chain, LYING_TOKEN);
    expect((await shieldToken(chain, token, 600n)).error).toBe("NothingReceived");
    await chain.must(abi, token, "setMoves", [true]);
    await shieldToken(chain, token, 600n);
    await chain.must(abi, token, "setMoves", [false]);
    expect((await unshield(chain, pseudonym, tokenAsset(token), 100n)).error).toBe("WrongAmountMoved");
    expect(await turnstile(chain, tokenAsset(token))).toBe(600n);
    await chain.must(abi, token, "mint", [hex(pseudonym), 5n]);
    expect((await sweep(chain, token, pseudonym)).closed?.error).toBe("NothingReceived");
  });

  it("a balance of 2^128 or more credits nothing, and a false balance touches no other asset", async () => {
    const chain = await openChain();
    const abi = LYING_TOKEN.abi as Abi;
    const good = await tokenFor(chain, TEST_TOKEN);
    await shieldToken(chain, good, 600n);
    const token = await tokenFor(chain, LYING_TOKEN);
    const { closed } = await chain.together(async () => {
      await chain.must(abi, token, "say", [hex(pseudonym), 1n]);
      const opened = await chain.system("openReturn", [hex(token), hex(pseudonym)]);
      expect(opened.value).toBe(1n);
      await chain.must(abi, token, "say", [POOL_HEX, 1n << 128n]);
      const first = await chain.system("closeReturn", [9n, hex(token)]);
      expect(first.error).toBe("ValueOutOfRange");
      await chain.must(abi, token, "say", [POOL_HEX, (1n << 128n) - 1n]);
      return { closed: await chain.system("closeReturn", [9n, hex(token)]) };
    });
    expect(closed.value).toBe((1n << 128n) - 1n);
    expect([await turnstile(chain, tokenAsset(good)), await balanceOf(chain, good, POOL_ADDRESS)]).toEqual([
      600n,
      600n,
    ]);
  });

  it("a balance that grows with every reading mints of its own asset and nothing else", async () => {
    const chain = await openChain();
    const good = await tokenFor(chain, TEST_TOKEN);
    await shieldToken(chain, good, 600n);
    const token = await tokenFor(chain, GROWING_TOKEN);
    const credit = (await shieldToken(chain, token, 1n)).logs.at(-1)?.args["value"];
    expect(credit).toBeGreaterThan(1n);
    expect(await turnstile(chain, tokenAsset(token))).toBe(credit);
    expect((await unshield(chain, pseudonym, tokenAsset(token), 1n)).error).toBe("WrongAmountMoved");
    expect(await turnstile(chain, tokenAsset(good))).toBe(600n);
  });

  it.each([
    ["returns false", FALSE_TOKEN],
    ["returns 2", TWO_TOKEN],
  ])("a token that %s is refused both ways", async (_, contract) => {
    const chain = await openChain();
    const token = await tokenFor(chain, contract);
    expect((await shieldToken(chain, token, 600n)).error).toBe("TokenCallFailed");
  });

  it("a token that returns nothing works", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, SILENT_TOKEN);
    expect((await shieldToken(chain, token, 600n)).error).toBeUndefined();
    expect((await unshield(chain, pseudonym, tokenAsset(token), 200n)).error).toBeUndefined();
    expect((await sweep(chain, token, pseudonym)).closed?.value).toBe(200n);
  });

  it("a ticket has one note at most, whatever its contract says about its owner", async () => {
    const chain = await openChain();
    const abi = LYING_TICKET.abi as Abi;
    const token = await ticketFor(chain, 3n, LYING_TICKET);
    await shieldTicket(chain, token, 3n);
    const thief = person(1);
    // The Pool owns it; a careless contract would let the Pool move it for anybody.
    await chain.must(abi, token, "set", [false, true, false]);
    expect((await shieldTicket(chain, token, 3n, thief)).error).toBe("WrongTicketOwner");
    // Seized by its contract and shielded by somebody else: the first note still counts.
    await chain.must(abi, token, "seize", [3n, hex(thief)]);
    expect((await shieldTicket(chain, token, 3n, thief)).error).toBe("TicketAlreadyShielded");
    await chain.must(abi, token, "set", [false, false, false]);
    expect((await unshield(chain, pseudonym, ticketAsset(token, 3n), 1n)).error).toBe("TokenCallFailed");
    expect((await sweepTicket(chain, token, 3n, thief)).closed?.error).toBe("TicketAlreadyShielded");
    expect(await turnstile(chain, ticketAsset(token, 3n))).toBe(1n);
  });

  it("a ticket that does not move is neither credited nor let out", async () => {
    const chain = await openChain();
    const abi = LYING_TICKET.abi as Abi;
    const token = await ticketFor(chain, 3n, LYING_TICKET);
    await chain.must(abi, token, "set", [false, false, true]);
    expect((await shieldTicket(chain, token, 3n)).error).toBe("WrongTicketOwner");
    await chain.must(abi, token, "set", [false, false, false]);
    await shieldTicket(chain, token, 3n);
    await chain.must(abi, token, "set", [false, false, true]);
    expect((await unshield(chain, pseudonym, ticketAsset(token, 3n), 1n)).error).toBe("WrongTicketOwner");
    expect(await turnstile(chain, ticketAsset(token, 3n))).toBe(1n);
  });
});

describe("F42: failures", () => {
  const ways = ["revert", "a megabyte of reason", "invalid", "endless loop", "self-destruct", "false"];

  it.each(ways.map((name, i) => [name, i + 1] as const))("%s: reverts, and the Pool is as before", async (_, way) => {
    const chain = await openChain();
    const abi = FAILING_TOKEN.abi as Abi;
    const token = await tokenFor(chain, FAILING_TOKEN);
    await shieldToken(chain, token, 600n);
    const zero = `0x${"00".repeat(20)}`;
    await chain.must(abi, token, "fail", [way, zero, zero]);
    // After SELFDESTRUCT the frame ends without an error and without a result.
    const [shielding, leaving] =
      way === 5 ? ["NothingReceived", "WrongAmountMoved"] : ["TokenCallFailed", "TokenCallFailed"];
    expect((await shieldToken(chain, token, 100n)).error).toBe(shielding);
    expect((await unshield(chain, pseudonym, tokenAsset(token), 100n)).error).toBe(leaving);
    await chain.must(abi, token, "fail", [0, zero, zero]);
    expect((await unshield(chain, pseudonym, tokenAsset(token), 100n)).error).toBeUndefined();
    await chain.must(abi, token, "fail", [way, zero, zero]);
    const { closed } = await sweep(chain, token, pseudonym);
    expect(closed?.error).toBe("NothingReceived");
    expect(await turnstile(chain, tokenAsset(token))).toBe(500n);
  });

  it("a token that is gone: its notes stay, and nothing is taken for it", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, TEST_TOKEN);
    await shieldToken(chain, token, 600n);
    await chain.setCode(token, new Uint8Array(0));
    expect((await shieldToken(chain, token, 1n)).error).toBe("NoCode");
    expect((await unshield(chain, pseudonym, tokenAsset(token), 100n)).error).toBe("NoCode");
    expect((await sweep(chain, token, pseudonym)).opened.error).toBe("TokenCallFailed");
  });

  it("a token that destroys itself in the transaction that made and shielded it: a note of nothing, and no way out", async () => {
    const chain = await openChain();
    const token = await chain.together(async () => {
      const made = await tokenFor(chain, DESTRUCTIBLE);
      expect((await shieldToken(chain, made, 600n)).error).toBeUndefined();
      await chain.must(DESTRUCTIBLE.abi as Abi, made, "destroy", [hex(me)]);
      return made;
    });
    expect(await chain.code(hex(token))).toHaveLength(0);
    expect((await unshield(chain, pseudonym, tokenAsset(token), 1n)).error).toBe("NoCode");
    expect((await chain.pool("kindOf", [hex(token)])).value).toBe(1n);
  });

  it("megabytes of answer cost the Pool nothing: none is copied", async () => {
    const chain = await openChain();
    const abi = MEGABYTE_TOKEN.abi as Abi;
    const token = await tokenFor(chain, MEGABYTE_TOKEN);
    // The token itself pays 2.2 million gas for a megabyte of memory; a copy would cost the Pool as much again.
    const gas = 2_500_000n;
    expect((await chain.pool("shieldToken", [7n, hex(token), 100n, "0x"], { gas })).error).toBeUndefined();
    await chain.must(abi, token, "set", [true, false, false]);
    expect((await chain.pool("shieldToken", [7n, hex(token), 100n, "0x"], { gas })).error).toBe("TokenCallFailed");
    await chain.must(abi, token, "set", [false, true, false]);
    expect((await chain.call(ERC20, token, "balanceOf", [POOL_HEX])).gasUsed).toBeGreaterThan(2_000_000n);
    const outcome = await chain.pool("shieldToken", [7n, hex(token), 100n, "0x"], { gas: 7_200_000n });
    expect(outcome.error).toBeUndefined();
    const other = await tokenFor(chain, MEGABYTE_TOKEN);
    await chain.must(abi, other, "set", [false, false, true]);
    expect((await chain.pool("shieldToken", [7n, hex(other), 100n, "0x"], { gas })).error).toBeUndefined();
    expect((await chain.pool("kindOf", [hex(other)])).value).toBe(1n);
  });
});
