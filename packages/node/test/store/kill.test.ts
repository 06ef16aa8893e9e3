import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fromHex, specToJson, toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { openTestChain, randomNumbers, recomputedRoot } from "../helpers/chain.js";
import { rpc, temporaryDirectory, testSpec } from "../helpers/node.js";
import { fakePayment } from "../helpers/payment.js";

const CHILD = fileURLToPath(new URL("child.mjs", import.meta.url));
const spec = testSpec();

interface Acknowledged {
  readonly number: bigint;
  readonly hash: string;
}

describe("kill -9", () => {
  const children: ChildProcess[] = [];
  const directories: string[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  });

  async function start(directory: string): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, [CHILD, directory, JSON.stringify(specToJson(spec))], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    children.push(child);
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    return { child, url: line.toString().trim() };
  }

  it("D31: at any moment loses no sealed block, and the state root is the one computed anew", async () => {
    const directory = temporaryDirectory();
    directories.push(directory);
    const random = randomNumbers(31);
    let last: Acknowledged | undefined;
    let seed = 1;
    for (let round = 0; round < 4; round++) {
      const { child, url } = await start(directory);
      const { genesisHash, rulesId } = (await rpc(url, "sero_chain")) as { genesisHash: string; rulesId: string };
      const context = { genesisHash: fromHex(genesisHash) as never, rulesId: fromHex(rulesId) };
      // Kills at a moment that nothing in the parent waits for.
      const killed = once(child, "exit");
      let isDoomed = false;
      try {
        for (;;) {
          const tree = (await rpc(url, "sero_treeState", ["latest"])) as { number: string; root: string };
          const payment = fakePayment({
            spec,
            context,
            anchor: BigInt(tree.root),
            expiry: BigInt(tree.number) + 200n,
            seed: seed++,
          });
          await rpc(url, "eth_sendRawTransaction", [toHex(payment.bytes)]);
          const { head } = (await rpc(url, "sero_head")) as { head: { number: string; hash: string } };
          last = { number: BigInt(head.number), hash: head.hash };
          if (!isDoomed) setTimeout(() => child.kill("SIGKILL"), random(400));
          isDoomed = true;
        }
      } catch (error) {
        // The connection broke off with the child.
        expect(error).toBeInstanceOf(TypeError);
      }
      await killed;
      const reopened = await openTestChain({ directory, spec });
      const { chain, store } = reopened;
      expect(chain.head().number).toBeGreaterThanOrEqual(last!.number);
      expect(toHex(store.canonicalHash(last!.number)!)).toBe(last!.hash);
      expect(toHex(recomputedRoot(store, chain))).toBe(toHex(chain.head().header.stateRoot));
      for (let number = 0n; number <= chain.head().number; number++) {
        const hash = store.canonicalHash(number)!;
        const body = store.body(hash)!;
        expect(store.receipts(hash)).toHaveLength(body.txids.length);
        body.txids.forEach((txid, index) => expect(store.place(txid)).toEqual({ number, index }));
      }
      await reopened.close();
    }
    expect(last!.number).toBeGreaterThan(10n);
  }, 180_000);

  it("stops gracefully on request and goes on where it was", async () => {
    const directory = temporaryDirectory();
    directories.push(directory);
    const first = await start(directory);
    await rpc(first.url, "sero_sealBlock", ["0x5"]);
    const exited = once(first.child, "exit");
    first.child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
    const second = await start(directory);
    const { head } = (await rpc(second.url, "sero_head")) as { head: { number: string } };
    expect(Number(head.number)).toBeGreaterThanOrEqual(5);
  });
});
