import { describe, expect, it } from "vitest";
import { seroBanPeer, seroBans, seroUnbanPeer } from "../../../src/rpc/sero/bans.js";
import { seroPeers } from "../../../src/rpc/sero/peers.js";
import { startTestNode, type TestNode } from "../../helpers/node.js";
import { cleanup, directory, until } from "./hosts.js";

async function node(dataDir: string, bootstrap: readonly string[]): Promise<TestNode> {
  const made = await startTestNode({
    dataDir,
    p2p: { listen: ["/ip4/127.0.0.1/tcp/0"], bootstrap, limits: { redialMs: 200 } },
  });
  cleanup(() => made.stop());
  return made;
}

describe("a node among others", () => {
  it("says the truth in net_ methods, and to its own machine who its peers are", async () => {
    const alone = await startTestNode();
    cleanup(() => alone.stop());
    expect(await alone.rpc("net_listening")).toBe(false);
    expect(await alone.rpc("net_peerCount")).toBe("0x0");
    await expect(alone.rpc("sero_peers")).rejects.toThrow("keeps to itself");

    const a = await node(directory(), []);
    const { addresses, id } = (await a.rpc("sero_peers")) as { addresses: string[]; id: string };
    const b = await node(directory(), addresses.slice(0, 1));
    await until(() => a.node.context.peers?.peers().length === 1);
    expect(await a.rpc("net_listening")).toBe(true);
    expect(await a.rpc("net_peerCount")).toBe("0x1");
    expect(await b.rpc("net_version")).toBe(String(b.node.context.spec.chainId));
    const seen = (await b.rpc("sero_peers")) as { peers: unknown[] };
    expect(seen.peers).toMatchObject([{ id, direction: "outbound", penalty: 0, head: { number: "0x0" } }]);
    expect(Object.keys(seen.peers[0] as object).sort()).toEqual(
      ["address", "direction", "head", "id", "penalty", "since"].sort(),
    );
  });

  it("tells who its peers are to its own machine only", async () => {
    const a = await node(directory(), []);
    const { context } = a.node;
    for (const method of [seroPeers, seroBans]) {
      await expect(method.call(context, [], { source: "rpc:192.168.1.7" })).rejects.toThrow("own machine");
      await expect(method.call(context, [], { source: "rpc:::ffff:127.0.0.1" })).resolves.toBeDefined();
    }
    await expect(seroBanPeer.call(context, ["203.0.113.7"], { source: "rpc:2001:db8::1" })).rejects.toThrow(
      "own machine",
    );
    await expect(seroUnbanPeer.call(context, ["203.0.113.7"], { source: "rpc:" })).rejects.toThrow("own machine");
  });

  it("bans and lets in again", async () => {
    const a = await node(directory(), []);
    const { addresses } = (await a.rpc("sero_peers")) as { addresses: string[] };
    const b = await node(directory(), addresses.slice(0, 1));
    await until(() => b.node.context.peers?.peers().length === 1);
    const id = b.node.context.peers?.id;
    expect(await a.rpc("sero_banPeer", [id, 60])).toMatchObject([{ subject: id, code: "operator" }]);
    await until(() => a.node.context.peers?.peers().length === 0);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await a.rpc("net_peerCount")).toBe("0x0");
    expect(await a.rpc("sero_unbanPeer", [id])).toBe(true);
    expect(await a.rpc("sero_unbanPeer", [id])).toBe(false);
    await until(() => a.node.context.peers?.peers().length === 1);
    await expect(a.rpc("sero_banPeer", ["everybody"])).rejects.toThrow("peer id");
  });

  it("finds its peers again after a restart, without being told", async () => {
    const [first, second] = [directory(), directory()];
    const a = await startTestNode({
      dataDir: first,
      p2p: { listen: ["/ip4/127.0.0.1/tcp/0"], bootstrap: [], limits: { redialMs: 200 } },
    });
    const address = a.node.context.peers?.addresses()[0] ?? "";
    const port = /tcp\/(\d+)/.exec(address)?.[1];
    const b = await node(second, [address]);
    await until(() => b.node.context.peers?.peers().length === 1);
    await b.stop();
    await a.stop();
    const again = await startTestNode({
      dataDir: first,
      p2p: { listen: [`/ip4/127.0.0.1/tcp/${port}`], bootstrap: [], limits: { redialMs: 200 } },
    });
    cleanup(() => again.stop());
    const c = await node(second, []);
    await until(() => c.node.context.peers?.peers().length === 1);
    expect(c.node.context.peers?.peers()[0]?.id).toBe(again.node.context.peers?.id);
    expect(again.node.context.peers?.addresses()[0]).toBe(address);
  });
});
