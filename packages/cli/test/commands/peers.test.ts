import { createServer, type Server } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { p2pOf } from "../../src/commands/p2p-options.js";
import { run } from "../../src/main.js";

const servers: Server[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});

/** A node that answers as `answers` says, and what it was asked. */
async function node(answers: Readonly<Record<string, unknown>>): Promise<{ url: string; asked: unknown[] }> {
  const asked: unknown[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { id, method, params } = JSON.parse(body) as { id: number; method: string; params: unknown };
      asked.push([method, params]);
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result: answers[method] }));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`, asked };
}

const output = (): { readonly stdout: () => string; readonly stderr: () => string } => {
  let [stdout, stderr] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => ((stdout += String(chunk)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => ((stderr += String(chunk)), true));
  return { stdout: () => stdout, stderr: () => stderr };
};

const PEERS = {
  id: "12D3KooWown",
  listening: true,
  addresses: ["/ip4/203.0.113.1/tcp/30303/p2p/12D3KooWown"],
  peers: [
    {
      id: "12D3KooWother",
      direction: "outbound",
      address: "/ip4/203.0.113.2/tcp/1\u001b[31m",
      since: "0x0",
      penalty: 5,
      head: { number: "0x10", hash: "0x00" },
    },
  ],
};

describe("sero peers", () => {
  it("lists who is connected, without what a terminal would obey", async () => {
    const { url, asked } = await node({ sero_peers: PEERS });
    const { stdout } = output();
    expect(await run(["peers", "--node", url])).toBe(0);
    expect(stdout()).toContain("This node: 12D3KooWown");
    expect(stdout()).toContain("block 16  5 penalty points");
    expect(stdout()).not.toContain("\u001b");
    expect(await run(["peers", "list", "--node", url])).toBe(0);
    expect(asked).toEqual([
      ["sero_peers", []],
      ["sero_peers", []],
    ]);
  });

  it("is one JSON document under --json", async () => {
    const { url } = await node({ sero_peers: PEERS });
    const { stdout } = output();
    expect(await run(["peers", "--json", "--node", url])).toBe(0);
    expect(JSON.parse(stdout())).toMatchObject({ id: "12D3KooWown", peers: [{ direction: "outbound" }] });
  });

  it("bans and unbans", async () => {
    const bans = [{ subject: "203.0.113.2", code: "operator", until: "0x6a000000" }];
    const { url, asked } = await node({ sero_banPeer: bans, sero_bans: bans, sero_unbanPeer: true });
    const { stdout } = output();
    expect(await run(["peers", "ban", "203.0.113.2", "--days", "3", "--node", url])).toBe(0);
    expect(await run(["peers", "bans", "--node", url])).toBe(0);
    expect(await run(["peers", "unban", "203.0.113.2", "--node", url])).toBe(0);
    expect(asked).toEqual([
      ["sero_banPeer", ["203.0.113.2", 3 * 86_400]],
      ["sero_bans", []],
      ["sero_unbanPeer", ["203.0.113.2"]],
    ]);
    expect(stdout()).toContain("203.0.113.2  until 2026-05-10");
    const none = await node({ sero_unbanPeer: false });
    expect(await run(["peers", "unban", "203.0.113.9", "--node", none.url])).toBe(2);
    expect(await run(["peers", "ban", "203.0.113.9", "--days", "0", "--node", none.url])).toBe(2);
  });
});

describe("the node's options about others", () => {
  it("keeps to itself unless it is told of others", () => {
    expect(p2pOf({})).toEqual({});
    expect(p2pOf({ p2p: false, p2pListen: ["/ip4/0.0.0.0/tcp/1"], socks: "127.0.0.1:9050" })).toEqual({});
    expect(p2pOf({ p2pPeer: ["a"] })).toEqual({ p2p: { listen: [], bootstrap: ["a"] } });
  });

  it("divides the places, and reads the proxy's address", () => {
    expect(p2pOf({ p2pListen: ["x"], maxPeers: "20" }).p2p?.limits).toEqual({ maxOutbound: 8, maxInbound: 12 });
    expect(p2pOf({ p2pListen: ["x"], maxPeers: "3" }).p2p?.limits).toEqual({ maxOutbound: 3, maxInbound: 0 });
    expect(p2pOf({ socks: "127.0.0.1:9050" }).p2p?.socks).toEqual({ host: "127.0.0.1", port: 9050 });
    expect(p2pOf({ socks: "[::1]:9050" }).p2p?.socks).toEqual({ host: "::1", port: 9050 });
    expect(p2pOf({ socks: "tor:9050", embargoSeconds: "5" }).p2p).toMatchObject({ embargoSeconds: 5 });
    for (const socks of ["", "9050", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:70000", "a b:1", ":1"]) {
      expect(() => p2pOf({ socks }), socks).toThrow();
    }
    expect(() => p2pOf({ p2pListen: ["x"], maxPeers: "many" })).toThrow();
  });
});
