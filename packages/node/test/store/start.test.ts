import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { specToJson, toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { requireSpace, writeError } from "../../src/store/disk.js";
import { openTestChain } from "../helpers/chain.js";
import { startTestNode, temporaryDirectory, testSpec } from "../helpers/node.js";

const directories: string[] = [];
function directory(): string {
  const path = temporaryDirectory();
  directories.push(path);
  return path;
}
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

describe("starting", () => {
  it("goes on after a stop where it was, with the same answers", async () => {
    const dataDir = directory();
    const first = await startTestNode({ dataDir });
    const payment = first.pay(1);
    await first.rpc("eth_sendRawTransaction", [toHex(payment.bytes)]);
    await first.rpc("sero_sealBlock", ["0x28"]);
    const before = {
      head: await first.rpc("sero_head"),
      receipt: await first.rpc("eth_getTransactionReceipt", [toHex(payment.txid)]),
      proof: await first.rpc("sero_poolProof"),
    };
    await first.stop();
    const second = await startTestNode({ dataDir });
    expect({
      head: await second.rpc("sero_head"),
      receipt: await second.rpc("eth_getTransactionReceipt", [toHex(payment.txid)]),
      proof: await second.rpc("sero_poolProof"),
    }).toEqual(before);
    await second.rpc("sero_sealBlock");
    expect(await second.rpc("eth_blockNumber")).toBe("0x29");
    await second.stop();
  });

  it("refuses a data directory of another chain, and changes nothing in it", async () => {
    const dataDir = directory();
    const first = await startTestNode({ dataDir });
    await first.rpc("sero_sealBlock");
    await first.stop();
    await expect(startTestNode({ dataDir, spec: testSpec({ chainId: 24159n }) })).rejects.toMatchObject({
      code: "store/other-chain",
      values: { chainId: "24158", expectedChainId: "24159" },
    });
    await expect(startTestNode({ dataDir, spec: testSpec({ genesisTime: 5n }) })).rejects.toMatchObject({
      code: "store/other-chain",
    });
    const again = await startTestNode({ dataDir });
    expect(await again.rpc("eth_blockNumber")).toBe("0x1");
    await again.stop();
  });

  it("refuses a directory that another node holds, and takes over one whose node was killed", async () => {
    const dataDir = directory();
    const first = await startTestNode({ dataDir });
    await expect(startTestNode({ dataDir })).rejects.toMatchObject({
      code: "store/locked",
      values: { pid: process.pid },
    });
    await first.stop();
    expect(existsSync(join(dataDir, "LOCK"))).toBe(false);
    const dead = spawn("true");
    await once(dead, "exit");
    writeFileSync(join(dataDir, "LOCK"), JSON.stringify({ pid: dead.pid, started: "1" }));
    await (await startTestNode({ dataDir })).stop();
    // The id of a living process that started at another time than the holder did.
    writeFileSync(join(dataDir, "LOCK"), JSON.stringify({ pid: 1, started: "0" }));
    await (await startTestNode({ dataDir })).stop();
    writeFileSync(join(dataDir, "LOCK"), "");
    await (await startTestNode({ dataDir })).stop();
  });

  it("says that the port is taken, and leaves nothing locked behind", async () => {
    const dataDir = directory();
    const blocker = createServer();
    await new Promise<void>((resolve) => blocker.listen(0, "127.0.0.1", resolve));
    const { port } = blocker.address() as { port: number };
    await expect(startTestNode({ dataDir, rpcPort: port })).rejects.toMatchObject({
      code: "server/port-taken",
      values: { port },
    });
    blocker.close();
    await (await startTestNode({ dataDir })).stop();
  });

  it("D32: names a store that it cannot read, is cut off or is not its own, and leaves it as it is", async () => {
    const dataDir = directory();
    await (await startTestNode({ dataDir })).stop();
    const path = join(dataDir, "chain.lmdb");
    const good = readFileSync(path);
    for (const bytes of [
      Buffer.alloc(65_536, 7),
      good.subarray(0, good.length - 4096),
      good.subarray(0, 100),
      Buffer.from("x"),
    ]) {
      writeFileSync(path, bytes);
      await expect(startTestNode({ dataDir })).rejects.toMatchObject({ code: "store/damaged" });
      expect(readFileSync(path).equals(bytes)).toBe(true);
    }
    writeFileSync(path, good);
    await (await startTestNode({ dataDir })).stop();
    const file = join(directory(), "file");
    writeFileSync(file, "");
    await expect(startTestNode({ dataDir: file })).rejects.toMatchObject({ code: "store/directory" });
  });
});

describe("a full disk", () => {
  it("is noticed before a block is written", () => {
    expect(() => requireSpace("/x", () => 1000)).toThrowError(
      expect.objectContaining({ code: "store/disk-full" }) as Error,
    );
    expect(() => requireSpace("/x", () => undefined)).not.toThrow();
    for (const number of [5, 28, 122, -30792]) {
      expect(writeError("/x", Object.assign(new Error("no"), { code: number }))).toMatchObject({
        code: "store/disk-full",
      });
    }
    expect(writeError("/x", new Error("no"))).toMatchObject({ code: "store/write-failed" });
  });

  it("in the middle of a write loses nothing: the node says so and goes on once there is room", async () => {
    const dataDir = directory();
    const spec = testSpec();
    const child = fileURLToPath(new URL("child.mjs", import.meta.url));
    // A file size limit is what a full disk looks like to lmdb: writes fail halfway.
    const limited = spawn(
      "bash",
      ["-c", `ulimit -f 400; exec "${process.execPath}" "${child}" "${dataDir}" '${JSON.stringify(specToJson(spec))}'`],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const log = new Promise<string>((resolve) => {
      let text = "";
      limited.stderr.on("data", (part: Buffer) => {
        text += part.toString();
        if (text.includes("store/disk-full")) resolve(text);
      });
      limited.on("exit", () => resolve(text));
    });
    expect(await log).toContain("store/disk-full");
    limited.kill("SIGKILL");
    await once(limited, "exit");
    const { chain, store, close } = await openTestChain({ directory: dataDir, spec });
    expect(chain.head().number).toBeGreaterThan(0n);
    expect(store.canonicalHash(chain.head().number)).toEqual(chain.head().hash);
    await close();
    const again = await startTestNode({ dataDir, spec });
    const number = again.node.context.chain.head().number;
    await again.rpc("sero_sealBlock");
    expect(again.node.context.chain.head().number).toBe(number + 1n);
    await again.stop();
  });
});
