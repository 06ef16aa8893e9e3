import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeBlock, type BuiltBlock } from "@sero/execution";
import { equalBytes, fromHex, hexDigits, specToJson, toHex } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { checkStore } from "../../src/chain/index.js";
import { exportSnapshot } from "../../src/snapshot/index.js";
import { openTestChain, randomNumbers, recomputedRoot } from "../helpers/chain.js";
import { temporaryDirectory, testSpec } from "../helpers/node.js";

const CHILD = fileURLToPath(new URL("kill-child.mjs", import.meta.url));
const spec = testSpec();

type Step = { readonly block: string } | { readonly head: string; readonly final: string } | { readonly prune: string };

/** A history with payments, branches, reorganisations, finality and pruning, and a snapshot of where it ends. */
interface Script {
  readonly steps: readonly Step[];
  readonly head: Uint8Array;
  readonly final: Uint8Array;
  readonly snapshot: string;
  /** Hashes of the canonical blocks, genesis first. */
  readonly canonical: readonly Uint8Array[];
}

describe("kill -9 at any write", () => {
  const directories: string[] = [];
  afterEach(() => {
    for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
  });
  const directory = (): string => {
    const path = temporaryDirectory();
    directories.push(path);
    return path;
  };

  async function makeScript(): Promise<Script> {
    const test = await openTestChain({ directory: directory(), spec });
    const steps: Step[] = [];
    const canonical: Uint8Array[] = [test.chain.head().hash];
    const grow = async (parent: Uint8Array, seed: number, salt = 0): Promise<BuiltBlock> => {
      const block = await test.grow(parent, [test.pay(parent, seed), test.pay(parent, seed + 5_000)], salt);
      steps.push({ block: toHex(encodeBlock(block)) });
      return block;
    };
    const choose = (head: Uint8Array, final: Uint8Array): void => {
      test.chain.setForkchoice({ head, safe: final, finalized: final });
      steps.push({ head: toHex(head), final: toHex(final) });
    };
    for (let i = 0; i < 24; i++) {
      const parent = canonical[i]!;
      const final = canonical[Math.max(0, i - 4)]!;
      if (i % 4 === 3) {
        // A branch that is the head for a while.
        const side = await grow(parent, 10_000 + i, 9);
        choose((await grow(side.hash, 20_000 + i, 9)).hash, final);
      }
      const { hash } = await grow(parent, 1 + i);
      canonical.push(hash);
      choose(hash, i % 3 === 0 ? final : test.chain.finalized().hash);
      if (i % 6 === 5) {
        const below = test.chain.finalized().number;
        test.store.prune(below, 100);
        steps.push({ prune: below.toString() });
      }
    }
    const snapshot = join(directory(), "chain.snapshot");
    await exportSnapshot({ store: test.store, chainId: spec.chainId, genesisHash: canonical[0]!, path: snapshot });
    const final = test.chain.finalized().hash;
    await test.store.close();
    return { steps, canonical, snapshot, head: canonical[24]!, final };
  }

  /** Runs a child that dies at its `killAt`th write, or is done before. @returns what it said */
  async function run(
    mode: string,
    dataDir: string,
    script: object,
    killAt: number,
    where: "put" | "write",
  ): Promise<{ lines: string[]; wasKilled: boolean }> {
    const path = join(directory(), "script.json");
    writeFileSync(path, JSON.stringify({ spec: specToJson(spec), ...script }));
    const child = spawn(process.execPath, [CHILD, mode, dataDir, path, String(killAt), where], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, error] = ["", ""];
    child.stdout.on("data", (part: Buffer) => (out += part.toString()));
    child.stderr.on("data", (part: Buffer) => (error += part.toString()));
    const [code, signal] = (await once(child, "close")) as [number | null, string | null];
    if (signal !== "SIGKILL") expect(code, error).toBe(0);
    return { lines: out.split("\n").filter((line) => line !== ""), wasKilled: signal === "SIGKILL" };
  }

  /** The store is sound, and has these blocks unless finality has ruled them out. */
  async function expectSound(dataDir: string, told: ReadonlySet<string>): Promise<{ head: Uint8Array; final: bigint }> {
    const { store, chain } = await openTestChain({ directory: dataDir, spec });
    const final = chain.finalized();
    expect(toHex(recomputedRoot(store, chain))).toBe(toHex(chain.head().header.stateRoot));
    for (let at = 0n; at <= chain.head().number; at++) {
      const hash = store.canonicalHash(at)!;
      expect(store.compact(hash)).toBeDefined();
      if (at >= store.oldestBody()) {
        store.body(hash)!.txids.forEach((txid, index) => expect(store.place(txid)).toEqual({ number: at, index }));
      }
    }
    for (const hash of told) {
      const isHere = chain.get(fromHex(hash)) !== undefined || store.header(fromHex(hash)) !== undefined;
      if (!isHere) expect(final.number).toBeGreaterThan(0n);
    }
    await checkStore(store, chain);
    const head = chain.head().hash;
    await store.close();
    return { head, final: final.number };
  }

  it("D31: of blocks, fork choices, finality and pruning: what was answered is there, and the state root is right", async () => {
    const script = await makeScript();
    const dataDir = directory();
    const random = randomNumbers(311);
    let from = 0;
    let kills = 0;
    for (let round = 0; from < script.steps.length; round++) {
      const where = round % 2 === 0 ? "put" : "write";
      const killAt = round > 20 ? 1e9 : 1 + random(where === "put" ? 500 : 8);
      const { lines, wasKilled } = await run("history", dataDir, { steps: script.steps, from }, killAt, where);
      const last = lines.at(-1);
      if (wasKilled) kills++;
      if (last?.startsWith("step ")) from = Number(last.slice(5)) + 1;
      if (!existsSync(join(dataDir, "chain.lmdb"))) continue;
      const { head } = await expectSound(dataDir, new Set());
      // The head is that of the newest fork choice that was answered, or of the one that was under way.
      const heads = script.steps.map((step) => ("head" in step ? step.head : undefined));
      const answered = heads.slice(0, from).findLast((hash) => hash !== undefined) ?? toHex(script.canonical[0]!);
      const underWay = wasKilled ? heads[from] : undefined;
      expect([answered, underWay]).toContain(toHex(head));
      // Blocks that were answered and that finality has not ruled out.
      const { store, chain } = await openTestChain({ directory: dataDir, spec });
      for (const hash of script.canonical.slice(0, Number(chain.head().number))) {
        const isCanonical = equalBytes(store.canonicalHash(chain.get(hash)?.number ?? 0n)!, hash);
        if (chain.get(hash) && chain.isCanonical(hash)) expect(isCanonical).toBe(true);
      }
      await store.close();
    }
    expect(kills).toBeGreaterThan(4);
    const { head } = await expectSound(dataDir, new Set(script.canonical.map(toHex)));
    expect(toHex(head)).toBe(toHex(script.head));
  }, 240_000);

  it("D31: of a sync: it goes on where it was, and what was answered is there", async () => {
    const script = await makeScript();
    const dataDir = directory();
    const random = randomNumbers(312);
    const told = new Set<string>();
    let kills = 0;
    for (let round = 0; ; round++) {
      const where = round % 2 === 0 ? "write" : "put";
      const killAt = round > 16 ? 1e9 : 1 + random(where === "put" ? 500 : 8);
      const { steps, head, final } = script;
      const goal = { steps, head: toHex(head), final: toHex(final) };
      const { lines, wasKilled } = await run("sync", dataDir, goal, killAt, where);
      for (const line of lines) if (line.startsWith("block ")) told.add(line.slice(6));
      expect(lines.filter((line) => line.startsWith("penalized"))).toEqual([]);
      if (existsSync(join(dataDir, "chain.lmdb"))) {
        const { store, chain } = await openTestChain({ directory: dataDir, spec });
        // All that a sync brings is canonical, so that nothing of it may be missing.
        for (const hash of told) expect(store.header(fromHex(hash)), hash).toBeDefined();
        for (const { hash } of store.layers()) expect(chain.get(hash), hexDigits(hash)).toBeDefined();
        await store.close();
        await expectSound(dataDir, told);
      }
      if (!wasKilled) break;
      kills++;
    }
    expect(kills).toBeGreaterThan(4);
    const { store, chain } = await openTestChain({ directory: dataDir, spec });
    expect(chain.get(script.head)).toBeDefined();
    // As the consensus client's next fork choice does; a final block that was killed right after it was stored waits for that.
    chain.setForkchoice({ head: script.head, safe: script.final, finalized: script.final });
    expect(toHex(recomputedRoot(store, chain))).toBe(toHex(chain.head().header.stateRoot));
    expect(store.environment.skeleton.getKeysCount()).toBe(0);
    await store.close();
  }, 240_000);

  it("D31: of a snapshot's import: there is no chain or all of it, and the next import works", async () => {
    const script = await makeScript();
    const goal = { path: script.snapshot, trusted: toHex(script.final) };
    for (let killAt = 1; ; killAt += killAt < 8 ? 4 : 8) {
      const dataDir = directory();
      const { wasKilled } = await run("snapshot", dataDir, goal, killAt, "write");
      if (!wasKilled) break;
      expect(readdirSync(dataDir)).not.toContain("chain.lmdb");
      const again = await run("snapshot", dataDir, goal, 1e9, "write");
      expect(again.lines).toEqual(["imported"]);
      expect(readdirSync(dataDir)).not.toContain("snapshot-import");
      const { head } = await expectSound(dataDir, new Set());
      expect(toHex(head)).toBe(toHex(script.final));
    }
  }, 240_000);
});
