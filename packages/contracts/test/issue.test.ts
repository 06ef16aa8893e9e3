import { POOL_ADDRESS } from "@sero/protocol";
import type { Abi } from "viem";
import { describe, expect, it } from "vitest";
import { PAYROLL, SERO_TICKET, SERO_TOKEN } from "../src/index.js";
import { balanceOf, ERC721, ownerOf, ticketAsset, tokenAsset, turnstile, unshield } from "./helpers/assets.js";
import { hex, openChain, person, POOL_HEX, type TestChain } from "./helpers/chain.js";

const TOKEN = SERO_TOKEN.abi as Abi;
const TICKET = SERO_TICKET.abi as Abi;
const UNLIMITED = (1n << 256n) - 1n;
const owner = person(1);

const token = (chain: TestChain, supply: bigint, cap: bigint): Promise<Uint8Array> =>
  chain.deploy(SERO_TOKEN, ["Harbour", "HBR", 6, supply, cap, hex(owner)]);

describe("SeroToken", () => {
  it("is launched into hidden hands by two calls of one transaction", async () => {
    const chain = await openChain();
    const made = await chain.together(async () => {
      const address = await token(chain, 1_000_000n, 0n);
      const outcome = await chain.call(TOKEN, address, "launch", [7n, "0x"]);
      expect(outcome.logs.at(-1)).toMatchObject({ name: "NoteCompleted", args: { inner: 7n, value: 1_000_000n } });
      return address;
    });
    expect(await turnstile(chain, tokenAsset(made))).toBe(1_000_000n);
    expect(await balanceOf(chain, made, POOL_ADDRESS)).toBe(1_000_000n);
    expect(await chain.must(TOKEN, made, "totalSupply")).toBe(1_000_000n);
    expect((await chain.call(TOKEN, made, "launch", [7n, "0x"])).error).toBe("Launched");
    expect((await unshield(chain, person(5), tokenAsset(made), 5n)).error).toBeUndefined();
  });

  it("is launched by who created it or its owner alone", async () => {
    const chain = await openChain();
    const made = await token(chain, 1_000_000n, 0n);
    expect((await chain.call(TOKEN, made, "launch", [7n, "0x"], { from: person(2) })).error).toBe("NotIssuer");
    expect((await chain.call(TOKEN, made, "launch", [7n, "0x"], { from: owner })).error).toBeUndefined();
  });

  it.each([
    ["fixed", 0n, [0, 1000n], "SupplyRuleForbids"],
    ["capped", 1500n, [1, 1500n], "SupplyRuleForbids"],
    ["owner-controlled", UNLIMITED, [2, UNLIMITED], undefined],
  ] as const)("%s: the rule that it states is the rule that it keeps", async (_, cap, rule, error) => {
    const chain = await openChain();
    const made = await token(chain, 1000n, cap);
    expect(await chain.must(TOKEN, made, "supplyRule")).toEqual(rule);
    const mint = async (value: bigint, from = owner): Promise<string | undefined> =>
      (await chain.call(TOKEN, made, "mint", [7n, value, "0x"], { from })).error;
    // Also before the launch.
    expect(await mint(501n)).toBe(error);
    await chain.must(TOKEN, made, "launch", [7n, "0x"]);
    expect(await mint(501n)).toBe(error);
    expect(await mint(499n)).toBe(cap === 0n ? "SupplyRuleForbids" : undefined);
    expect(await mint(1n, person(0))).toBe("NotOwner");
    await chain.must(TOKEN, made, "transferOwnership", [`0x${"00".repeat(20)}`], { from: owner });
    const supply = await chain.must(TOKEN, made, "totalSupply");
    expect(await chain.must(TOKEN, made, "supplyRule")).toEqual([0, cap === 0n ? 1000n : supply]);
  });

  it("refuses a supply that can't be hidden or is above its cap", async () => {
    const chain = await openChain();
    const make = async (supply: bigint, cap: bigint): Promise<string | undefined> =>
      (await chain.tryDeploy(SERO_TOKEN, ["Harbour", "HBR", 6, supply, cap, hex(owner)])).error;
    expect(await make(1n << 128n, 0n)).toBe("SupplyTooLarge");
    expect(await make(11n, 10n)).toBe("SupplyRuleForbids");
  });
});

describe("SeroTicket", () => {
  it("issues items to hidden owners, no more than it says", async () => {
    const chain = await openChain();
    const made = await chain.deploy(SERO_TICKET, ["Seats", "SEAT", "https://example.org/", 3n, hex(owner)]);
    expect(await chain.must(TICKET, made, "supplyRule")).toEqual([1, 3n]);
    const mint = (ids: bigint[], from = owner): ReturnType<TestChain["call"]> =>
      chain.call(TICKET, made, "mint", [ids.map((id) => id + 100n), ids, ids.map(() => "0x")], { from });
    const outcome = await mint([1n, 20n]);
    expect(outcome.logs.filter(({ name }) => name === "NoteCompleted")).toMatchObject([
      { args: { inner: 101n, value: 1n } },
      { args: { inner: 120n, value: 1n } },
    ]);
    expect(await ownerOf(chain, made, 20n)).toBe(POOL_HEX);
    expect(await turnstile(chain, ticketAsset(made, 20n))).toBe(1n);
    expect(await chain.must(ERC721, made, "tokenURI", [20n])).toBe("https://example.org/20");
    expect((await mint([20n])).error).toBe("ItemExists");
    // Whose it is inside the Pool is hidden; its owner takes it out to burn it (e2e/calls.test.ts).
    expect((await chain.call(TICKET, made, "burn", [20n], { from: owner })).error).toBe("NotAllowed");
    expect((await chain.call(TICKET, made, "burn", [20n], { from: POOL_ADDRESS })).error).toBeUndefined();
    expect(await chain.must(TICKET, made, "totalSupply")).toBe(1n);
    expect(await chain.must(TICKET, made, "supplyRule")).toEqual([1, 3n]);
    expect((await mint([30n, 31n])).error).toBe("SupplyRuleForbids");
    expect((await mint([30n], person(0))).error).toBe("NotOwner");
    expect((await mint([30n])).error).toBeUndefined();
    // What was burnt counts as issued: the series is complete.
    expect(await chain.must(TICKET, made, "supplyRule")).toEqual([0, 3n]);
    expect(await chain.must(TICKET, made, "totalSupply")).toBe(2n);
  });
});

describe("Payroll", () => {
  it("pays due salaries into receive slots, each used once", async () => {
    const chain = await openChain();
    const abi = PAYROLL.abi as Abi;
    const employee = person(3);
    const payroll = await chain.deploy(PAYROLL, [hex(owner), 1n]);
    await chain.must(abi, payroll, "hire", [hex(employee), 70n, 0n], { from: owner });
    const pay = async (): Promise<string | undefined> => (await chain.call(abi, payroll, "pay", [hex(employee)])).error;
    expect(await pay()).toBe("NoSlotLeft");
    await chain.must(abi, payroll, "addSlots", [[11n, 12n]], { from: employee });
    expect(await pay()).toBe("NotFunded");
    await chain.transfer(payroll, 100n);
    const outcome = await chain.call(abi, payroll, "pay", [hex(employee)]);
    expect(outcome.logs[0]).toMatchObject({ name: "NoteCompleted", args: { asset: 0n, inner: 12n, value: 70n } });
    expect(await pay()).toBe("NotDue");
    expect(await chain.must(abi, payroll, "jobOf", [hex(employee)])).toEqual([70n, 1n, 1n]);
    expect((await chain.call(abi, payroll, "hire", [hex(employee), 1n, 0n])).error).toBe("NotOwner");
  });
});
