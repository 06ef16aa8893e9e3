import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { toHex, type TxId } from "@sero/protocol";
import { issueToken } from "../../src/index.js";
import type { LogLine } from "../../src/log.js";
import { rpc, startTestNode, temporaryDirectory, type TestNode } from "../helpers/node.js";
import { addressOf, until } from "../p2p/host/hosts.js";

const ROOT = fileURLToPath(new URL("../../../..", import.meta.url));

/** Every event that the source logs under a name written out. */
function eventsInSource(): Set<string> {
  const folder = join(ROOT, "packages/node/src");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const names = files.flatMap((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    // The value of `event:` in an object, with both sides of a choice; and what is given to helpers that log for others.
    const values = [...text.matchAll(/\bevent: ([^\n]*)/g)].map(([, value]) => value!);
    const reports = [...text.matchAll(/\breport\("([a-z-]+\/[a-z-]+)"\)/g)].map(([, value]) => `"${value!}"`);
    return [...values, ...reports].flatMap((value) =>
      [...value.matchAll(/"([a-z0-9-]+\/[a-z-]+)"/g)].map((m) => m[1]!),
    );
  });
  return new Set(names);
}

/** The events that docs/network.md lists. */
function eventsInDocs(): Set<string> {
  const text = readFileSync(join(ROOT, "docs/network.md"), "utf8");
  const table = /<!-- events -->([\s\S]*?)<!-- \/events -->/.exec(text)?.[1] ?? "";
  return new Set([...table.matchAll(/`([a-z0-9]+\/[a-z-]+)`/g)].map((match) => match[1]!));
}

describe("the node's log", () => {
  const running: TestNode[] = [];
  const start = async (options: Parameters<typeof startTestNode>[0]): Promise<TestNode> => {
    const test = await startTestNode(options);
    running.push(test);
    return test;
  };
  afterEach(async () => {
    for (const test of running.splice(0).reverse()) await test.stop();
  });

  it("has the events that docs/network.md lists, and no others", () => {
    const source = eventsInSource();
    expect(source.size).toBeGreaterThan(20);
    expect([...source].sort()).toEqual([...eventsInDocs()].sort());
  });

  it("D32: of a whole run holds no transaction, no peer's address, no asker's address, and no secret", async () => {
    const lines: LogLine[] = [];
    const log = (line: LogLine): void => void lines.push(line);
    const dataDir = temporaryDirectory();
    const p2p = (bootstrap: string[]): object => ({
      p2p: {
        listen: ["/ip4/127.0.0.1/tcp/0"],
        bootstrap,
        relay: { dandelion: { hopMs: [50, 50], embargoMs: 300 } },
      },
    });
    const first = await start({ log, ...p2p([]), dataDir, engine: { port: 0 }, light: { port: 0 }, metricsPort: 0 });
    const second = await start({ log, ...p2p([addressOf(first.node.context.peers!)]) });
    await until(() => second.node.context.peers!.peers().length === 1);

    const txids: TxId[] = [];
    const payments = [1, 2, 3, 4].map((seed) => first.pay(seed));
    for (const [i, { bytes, txid }] of payments.entries()) {
      txids.push(txid);
      const url = [first.node.rpcUrl, first.node.lightUrl!, second.node.rpcUrl][i % 3]!;
      await rpc(url, "eth_sendRawTransaction", [toHex(bytes)]);
    }
    await until(() => txids.every((txid) => first.node.context.mempool.get(txid) !== undefined), 20_000);
    await first.node.context.sealer!.seal();
    // What is refused, cut off, false or damaged is told about too.
    const { bytes } = first.pay(9);
    bytes[bytes.length - 1]! ^= 1;
    for (const params of [[toHex(bytes)], ["0x00"], [toHex(payments[0]!.bytes)], [7]]) {
      await rpc(first.node.rpcUrl, "eth_sendRawTransaction", params).catch(() => undefined);
      await rpc(first.node.lightUrl!, "eth_sendRawTransaction", params).catch(() => undefined);
    }
    const secret = readFileSync(join(dataDir, "jwt.hex"), "utf8").trim().slice(2);
    const token = issueToken(Buffer.from(secret, "hex"), Math.floor(Date.now() / 1000));
    for (const authorization of [`Bearer ${token}`, "Bearer false", `Bearer ${token}x`]) {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "engine_newPayloadV2", params: [{}] });
      await fetch(first.node.engineUrl!, {
        method: "POST",
        headers: { "content-type": "application/json", authorization },
        body,
      });
    }
    for (const url of [first.node.rpcUrl, first.node.lightUrl!, first.node.metricsUrl!]) {
      for (const path of ["//", "/sero/compact?from=0&to=1", "/sero/memos?from=9&to=1"]) await fetch(`${url}${path}`);
    }
    const port = new URL(first.node.context.peers!.addresses()[0]!.replace(/.*tcp\/(\d+).*/, "http://x:$1")).port;
    const peerKey = readFileSync(join(dataDir, "peer.key"), "utf8").trim().slice(2);
    await second.node.stop();
    await first.node.stop();

    const text = lines.map((line) => JSON.stringify(line)).join("\n");
    expect(lines.map(({ event }) => event)).toEqual(
      expect.arrayContaining(["node/started", "chain/head", "p2p/joined"]),
    );
    for (const txid of txids) {
      expect(text).not.toContain(toHex(txid).slice(2));
      expect(text).not.toContain(Buffer.from(txid).toString("base64").slice(0, 20));
    }
    for (const { bytes: raw } of payments) expect(text).not.toContain(toHex(raw).slice(2, 66));
    for (const hidden of [secret, token, peerKey, peerKey.slice(8, 72)]) expect(text).not.toContain(hidden);
    // Addresses stand in one line only: that of the node's own ports.
    const others = lines.filter(({ event }) => event !== "node/started").map((line) => JSON.stringify(line));
    for (const line of others) {
      expect(line).not.toMatch(/\b\d{1,3}(\.\d{1,3}){3}\b|::1|\/ip[46]\//);
      expect(line).not.toContain(`:${port}`);
    }
    for (const line of lines) {
      expect(line.event).toMatch(/^[a-z0-9]+\/[a-z-]+$/);
      expect(line.message).toMatch(/^[A-Z]/);
    }
  }, 60_000);
});
