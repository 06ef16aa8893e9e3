import { COIN, POOL_ADDRESS, concatBytes, turnstileSlot, leafCountSlot } from "@sero/protocol";
import { rmSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { openTestChain } from "../helpers/chain.js";
import { startTestNode, temporaryDirectory, testSpec } from "../helpers/node.js";
import { toHex } from "@sero/protocol";

const spec = testSpec();
const directories: string[] = [];
afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

async function nodeWithBlocks(): Promise<string> {
  const dataDir = temporaryDirectory();
  directories.push(dataDir);
  const node = await startTestNode({ dataDir, spec });
  for (let i = 0; i < 3; i++) {
    await node.rpc("eth_sendRawTransaction", [toHex(node.pay(i + 1).bytes)]);
    await node.rpc("sero_sealBlock", ["0x2"]);
  }
  // Far enough that no layer hides what the base holds.
  await node.rpc("sero_sealBlock", ["0x22"]);
  await node.stop();
  return dataDir;
}

/** Writes over a value of the finalized state, as a broken disk or hand would. */
async function corrupt(dataDir: string, slot: Uint8Array, value: Uint8Array): Promise<void> {
  const { store } = await openTestChain({ directory: dataDir, spec });
  store.environment.write(() => store.environment.slots.putSync(concatBytes(POOL_ADDRESS, slot), value));
  await store.close();
}

describe("check at the start", () => {
  it("E36: finds a corrupted turnstile counter", async () => {
    const dataDir = await nodeWithBlocks();
    await (await startTestNode({ dataDir, spec })).stop();
    await corrupt(dataDir, turnstileSlot(COIN), Uint8Array.of(0x7f, ...new Uint8Array(12)));
    await expect(startTestNode({ dataDir, spec })).rejects.toMatchObject({
      code: expect.stringMatching(/^(store\/damaged|pool\/turnstile-mismatch)$/) as string,
    });
  });

  it("E36: finds a counter that the state root commits to, but that the blocks do not add up to", async () => {
    const dataDir = await nodeWithBlocks();
    const { store } = await openTestChain({ directory: dataDir, spec });
    const { meta } = store.environment;
    const key = Buffer.from("audited");
    const audited = Uint8Array.from(meta.get(key)!);
    audited[audited.length - 1]! ^= 1;
    store.environment.write(() => meta.putSync(key, audited));
    await store.close();
    await expect(startTestNode({ dataDir, spec })).rejects.toMatchObject({ code: "pool/turnstile-mismatch" });
  });

  it("finds a flat value that its trie does not hold", async () => {
    const dataDir = await nodeWithBlocks();
    await corrupt(dataDir, leafCountSlot(), Uint8Array.of(9));
    const start = startTestNode({ dataDir, spec });
    await expect(start).rejects.toMatchObject({ code: "store/damaged", values: { what: "leafCount" } });
  });
});
