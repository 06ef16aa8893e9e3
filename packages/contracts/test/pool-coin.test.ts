import { FIELD_ORDER, POOL_ADDRESS } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { openChain, person } from "./helpers/chain.js";

describe("the Pool takes coins", () => {
  it("makes them a note of whoever `inner` names and counts them", async () => {
    const chain = await openChain();
    const outcome = await chain.pool("shieldCoin", [7n, "0x"], { value: 1000n });
    expect(outcome.error).toBeUndefined();
    expect(outcome.logs).toMatchObject([
      { name: "NoteCompleted", args: { asset: 0n, inner: 7n, value: 1000n, note: "0x" } },
    ]);
    expect((await chain.pool("turnstile", [0n])).value).toBe(1000n);
    expect(await chain.balance(POOL_ADDRESS)).toBe(1000n);
  });

  it.each([
    ["no value", [7n, "0x"], 0n, "ValueOutOfRange"],
    ["2^128", [7n, "0x"], 1n << 128n, "ValueOutOfRange"],
    ["inner = r", [FIELD_ORDER, "0x"], 1n, "InnerOutOfRange"],
    ["a note of 289 bytes", [7n, `0x${"00".repeat(289)}`], 1n, "WrongNoteLength"],
  ])("refuses %s", async (_, args, value, error) => {
    const chain = await openChain();
    await chain.fund(person(0), 1n << 129n);
    expect((await chain.pool("shieldCoin", args, { value })).error).toBe(error);
  });

  it("refuses coins sent without a function", async () => {
    const chain = await openChain();
    expect((await chain.transfer(POOL_ADDRESS, 5n)).error).toBe("UseShieldCoin");
  });
});
