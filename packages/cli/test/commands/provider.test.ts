import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "@sero/protocol";
import type { Consent, ConsentRequest } from "@sero/sdk";
import { createTestChain, type TestChain } from "@sero/sdk/testing";
import { askersOf, consentOf, serveAskers, type ServedAskers } from "../../src/commands/provider.js";
import type { Output } from "../../src/io/output.js";

const SHOP = "https://shop.example";
const GAME = "http://localhost:5173";

describe("several pages at one provider", () => {
  let chain: TestChain;
  let askers: ServedAskers;
  const questions: ConsentRequest[] = [];

  beforeAll(async () => {
    chain = await createTestChain({ users: 1, intervalMs: 0 });
    const consent: Consent = async (request) => questions.push(request) > 0;
    const told = { consent, problem: () => undefined, show: () => undefined };
    const options = { origin: [SHOP, GAME, SHOP], port: "0" };
    askers = await serveAskers(chain.users[0]!.wallet, chain.node.rpcUrl, options, told);
  });
  afterAll(async () => {
    await askers.close();
    await chain.close();
  });

  const ask = async (at: string, origin: string, method: string, params: unknown[] = []): Promise<unknown> => {
    const headers = { "content-type": "application/json", origin };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
    const response = await fetch(at, { method: "POST", headers, body });
    return response.status === 200 ? ((await response.json()) as { result: unknown }).result : response.status;
  };

  it("G47: each has pseudonyms and a token of its own, and the question names the one that asks", async () => {
    expect(askers.served.map(({ site }) => site)).toEqual([SHOP, GAME]);
    const [shop, game] = askers.served.map(({ url }) => url) as [string, string];
    const [atShop, atGame] = [await ask(shop, SHOP, "eth_accounts"), await ask(game, GAME, "eth_accounts")] as [
      string[],
      string[],
    ];
    expect(new Set([...atShop, ...atGame]).size).toBe(2);
    // Neither opens the other's session.
    expect(await ask(shop, GAME, "eth_accounts")).toBe(403);
    expect(await ask(game, SHOP, "eth_accounts")).toBe(403);
    expect(await ask(game, GAME, "personal_sign", ["0x00", atShop[0]])).toBeUndefined();
    expect(await ask(game, GAME, "personal_sign", ["0x00", atGame[0]])).toMatch(/^0x/);
    expect(await ask(shop, SHOP, "personal_sign", ["0x00", atShop[0]])).toMatch(/^0x/);
    expect(questions.map(({ site }) => site)).toEqual([GAME, SHOP]);
  });
});

describe("a wallet restored from its phrase", () => {
  it("acts as the pseudonyms that it is told, though it does not know any more whose they were", async () => {
    const chain = await createTestChain({ users: 1, intervalMs: 0 });
    const { wallet } = chain.users[0]!;
    const { address } = await wallet.newPseudonym({ label: "old one" });
    const told = { consent: async () => true, problem: () => undefined, show: () => undefined };
    const askers = await serveAskers(wallet, chain.node.rpcUrl, { as: ["old one"], port: "0" }, told);
    expect(askers.served.map(({ session }) => session.provider.accounts())).toEqual([[toHex(address)]]);
    await askers.close();
    await chain.close();
  });
});

describe("who may ask", () => {
  it("is scripts, a name, a page, or each page by itself", () => {
    expect(askersOf({})).toEqual([{ site: "scripts", origins: [] }]);
    expect(askersOf({ site: "mine" })).toEqual([{ site: "mine", origins: [] }]);
    expect(askersOf({ site: "mine", origin: [SHOP] })).toEqual([{ site: "mine", origins: [SHOP] }]);
    expect(askersOf({ origin: [SHOP] })).toEqual([{ site: SHOP, origins: [SHOP] }]);
    for (const one of [{ site: "mine" }, { as: ["old"] }])
      expect(() => askersOf({ ...one, origin: [SHOP, GAME] })).toThrow(expect.objectContaining({ code: "cli/site" }));
  });

  it("nobody is asked for a page that has left while it waited", async () => {
    const lines: unknown[] = [];
    const consent = consentOf({ line: (text?: string) => void lines.push(text) } as unknown as Output, true);
    const request: ConsentRequest = { kind: "message", site: SHOP, pseudonym: "0x", message: Uint8Array.of(1) };
    expect(await consent(request, AbortSignal.abort())).toBe(false);
    expect(lines).toEqual([]);
    expect(await consent(request, new AbortController().signal)).toBe(true);
  });
});
