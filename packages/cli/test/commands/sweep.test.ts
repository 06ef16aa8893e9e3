import { COIN, SeroError, fromHex, toHex, type EthAddress } from "@sero/protocol";
import type { Leftover, LeftoverOptions, PreparedCall, SweepOptions, Wallet } from "@sero/wallet";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Context } from "../../src/context.js";
import { sweep } from "../../src/commands/sweep.js";

const ADDRESS = `0x${"5e".repeat(20)}`;
const TOKEN = `0x${"70".repeat(20)}`;
const bytes = (text: string): EthAddress => fromHex(text) as EthAddress;

const world = vi.hoisted(() => ({ asked: [] as unknown[], prepared: [] as unknown[], found: [] as unknown[] }));

vi.mock("../../src/commands/open-wallet.js", () => ({
  withSyncedWallet: (_: Context, use: (wallet: Wallet) => Promise<void>) =>
    use({
      chain: { spec: { priceLadder: [1n, 2n, 3n] } },
      assets: () => [],
      leftovers: (options: LeftoverOptions) => {
        world.asked.push(options);
        return Promise.resolve(world.found as Leftover[]);
      },
      prepareSweep: (pseudonym: EthAddress, options: SweepOptions) => {
        world.prepared.push({ pseudonym: toHex(pseudonym), ...options });
        return Promise.resolve({ report: { sentences: [] } } as unknown as PreparedCall);
      },
    } as unknown as Wallet),
}));

const lines: string[] = [];
const context = {
  nodeUrl: "http://127.0.0.1:8545",
  output: {
    line: (text: string) => void lines.push(text),
    note: (text: string) => void lines.push(text),
    result: (_: unknown, text: string) => void lines.push(text),
  },
} as unknown as Context;

const leftover = (assets: Leftover["assets"], unseen: Partial<Leftover["unseen"]> = {}): Leftover => ({
  pseudonym: bytes(ADDRESS),
  label: undefined,
  assets,
  unseen: { leftOut: 0, eventsMissing: false, ...unseen },
});
const SOME_COIN = { asset: COIN, kind: "coin" as const, token: undefined, id: undefined, amount: 10n ** 18n };

beforeEach(() => {
  lines.length = world.asked.length = world.prepared.length = 0;
  world.found = [leftover([SOME_COIN], { leftOut: 3 })];
});

describe("sero sweep", () => {
  it("D27: passes on what was asked for: the pseudonym and no other, the token, the payer, the fee step and the account", async () => {
    const options = { account: "0", priceStep: "2", payer: "pseudonym", token: [TOKEN, `${TOKEN}:7`], dryRun: true };
    await sweep(context, ADDRESS, options);
    const tokens = [
      { kind: "token", token: Uint8Array.from(bytes(TOKEN)) },
      { kind: "ticket", token: Uint8Array.from(bytes(TOKEN)), id: 7n },
    ];
    expect(world.asked).toEqual([{ pseudonym: bytes(ADDRESS), account: 0, tokens }]);
    expect(world.prepared).toEqual([{ pseudonym: ADDRESS, account: 0, tokens, priceStep: 2, payer: "pseudonym" }]);
    expect(lines.join("\n")).toContain("3 more tokens and tickets");
  });

  it("without options asks about all, and the shielded coin pays", async () => {
    await sweep(context, undefined, { dryRun: true });
    expect(world.asked).toEqual([{}]);
    expect(world.prepared).toEqual([{ pseudonym: ADDRESS, priceStep: 0, payer: "shielded" }]);
  });

  it("says what could not be looked at where nothing was found, and refuses another payer before it opens the wallet", async () => {
    world.found = [leftover([], { eventsMissing: true })];
    await sweep(context, ADDRESS, { yes: true });
    expect(lines.join("\n")).toContain("does not have all events");
    expect(lines.at(-1)).toContain("Nothing was found");
    expect(world.prepared).toEqual([]);
    world.asked.length = 0;
    await expect(sweep(context, ADDRESS, { payer: "bob", yes: true })).rejects.toThrow(SeroError);
    expect(world.asked).toEqual([]);
  });
});
