import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openRules } from "@sero/execution";
import { fromHex, specToJson, toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { exportSnapshotOf, importSnapshot } from "../../src/snapshot/index.js";
import { openTestChain, recomputedRoot } from "../helpers/chain.js";
import { rpc, temporaryDirectory, testSpec } from "../helpers/node.js";
import { fakePayment } from "../helpers/payment.js";
import { acceptAllVerifier } from "../helpers/verifier.js";

const CHILD = fileURLToPath(new URL("../store/child.mjs", import.meta.url));
const spec = testSpec();

describe("a snapshot of a running node", () => {
  const children: ChildProcess[] = [];
  const directories: string[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
  });
  const directory = (): string => {
    const path = temporaryDirectory();
    directories.push(path);
    return path;
  };

  /** A node in a process of its own that seals a block every few milliseconds, with payments in the first ones. */
  async function start(dataDir: string): Promise<string> {
    const child = spawn(process.execPath, [CHILD, dataDir, JSON.stringify(specToJson(spec))], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = line.toString().trim();
    const { genesisHash, rulesId } = (await rpc(url, "sero_chain")) as { genesisHash: string; rulesId: string };
    const context = { genesisHash: fromHex(genesisHash) as never, rulesId: fromHex(rulesId) };
    for (let seed = 1; seed <= 8; seed++) {
      const tree = (await rpc(url, "sero_treeState", ["latest"])) as { number: string; root: string };
      const at = { anchor: BigInt(tree.root), expiry: BigInt(tree.number) + 200n };
      await rpc(url, "eth_sendRawTransaction", [toHex(fakePayment({ spec, context, seed, ...at }).bytes)]);
    }
    await rpc(url, "sero_sealBlock", ["0x50"]);
    return url;
  }

  const headOf = async (url: string): Promise<bigint> => BigInt((await rpc(url, "eth_blockNumber")) as string);

  it("is of one moment, whatever the node writes meanwhile; the node goes on, and nothing is left beside the file", async () => {
    const dataDir = directory();
    const url = await start(dataDir);
    const folder = directory();
    const rules = await openRules({ spec, verifier: acceptAllVerifier() });
    const identity = { chainId: spec.chainId, genesisHash: rules.genesis.hash };
    for (let round = 0; round < 5; round++) {
      const path = join(folder, `${round}.snapshot`);
      const before = await headOf(url);
      // Another container, another user: whether the node lives can't be seen. Its file must not even be made shorter.
      if (round === 2) rmSync(join(dataDir, "LOCK"));
      const size = statSync(join(dataDir, "chain.lmdb")).size;
      const said: string[] = [];
      const snapshot = await exportSnapshotOf({
        ...identity,
        dataDir,
        path,
        onProgress: (_, doing) => said.push(doing),
      });
      expect(snapshot.number).toBeGreaterThan(0n);
      expect(statSync(join(dataDir, "chain.lmdb")).size).toBeGreaterThanOrEqual(size);
      expect(await headOf(url)).toBeGreaterThan(before);
      expect(said.at(-1)).toBe("writing to disk");

      const copy = directory();
      await importSnapshot({ path, dataDir: copy, rules, trusted: snapshot.hash });
      const reopened = await openTestChain({ directory: copy, spec });
      const { chain, store } = reopened;
      expect(toHex(chain.head().hash)).toBe(toHex(snapshot.hash));
      expect(toHex(recomputedRoot(store, chain))).toBe(toHex(chain.head().header.stateRoot));
      await reopened.close();
    }
    expect(readdirSync(folder).sort()).toEqual([0, 1, 2, 3, 4].map((round) => `${round}.snapshot`));
  }, 120_000);

  it("that is interrupted leaves nothing", async () => {
    const dataDir = directory();
    await start(dataDir);
    const folder = directory();
    const { genesis } = await openRules({ spec, verifier: acceptAllVerifier() });
    const stop = new AbortController();
    stop.abort();
    // What a killed one left goes with the next.
    mkdirSync(join(folder, "a.snapshot.store-abcdef"));
    const options = { chainId: spec.chainId, genesisHash: genesis.hash, dataDir, path: join(folder, "a.snapshot") };
    await expect(exportSnapshotOf({ ...options, signal: stop.signal })).rejects.toMatchObject({
      code: "snapshot/interrupted",
    });
    expect(readdirSync(folder)).toEqual([]);
    expect(statSync(join(dataDir, "chain.lmdb")).size).toBeGreaterThan(0);
  });
});
