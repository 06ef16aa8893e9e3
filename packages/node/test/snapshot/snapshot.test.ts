import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importBlock } from "@sero/execution";
import { concatBytes, decodeRlp, encodeRlp, POOL_ADDRESS, equalBytes, type RlpItem } from "@sero/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { checkStore } from "../../src/chain/index.js";
import { exportSnapshot, importSnapshot, inspectSnapshot } from "../../src/snapshot/index.js";
import { framesOfFile } from "../../src/snapshot/file.js";
import { FRAME, MAGIC } from "../../src/snapshot/format.js";
import { openTestChain, recomputedRoot, type TestChain } from "../helpers/chain.js";
import { createdBy, HASHER } from "../helpers/contracts.js";
import { growEvents } from "../helpers/events.js";
import { startTestNode, temporaryDirectory, testSpec } from "../helpers/node.js";
import { pseudonymAddress } from "../helpers/payment.js";

const spec = testSpec();
const directories: string[] = [];
const open: TestChain[] = [];
afterEach(async () => {
  for (const test of open.splice(0)) await test.store.close();
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});
const directory = (): string => {
  const path = temporaryDirectory();
  directories.push(path);
  return path;
};

/** 50 blocks with payments and contracts, the first 40 of them final, and a snapshot. */
async function exported(): Promise<{ test: TestChain; path: string; trusted: Uint8Array }> {
  const test = await openTestChain({ directory: directory(), spec });
  open.push(test);
  let final = test.chain.head().hash;
  for (let i = 0; i < 50; i++) {
    if (i === 20) {
      // Blocks 21 to 24.
      await growEvents(test);
      i += 3;
      continue;
    }
    const { hash } = test.chain.head();
    const call = { pseudonym: i, calls: [{ to: undefined, value: 0n, data: HASHER }] };
    const payments = i % 3 === 0 ? [test.pay(hash, i + 1), test.pay(hash, 1000 + i, { call })] : [];
    const block = await test.grow(hash, payments);
    if (i < 40) final = block.hash;
    test.chain.setForkchoice({ head: block.hash, safe: final, finalized: final });
  }
  const path = join(directory(), "chain.snapshot");
  const identity = { chainId: spec.chainId, genesisHash: test.rules.genesis.hash };
  await exportSnapshot({ store: test.store, ...identity, path });
  return { test, path, trusted: final };
}

const filesIn = (path: string): string[] => readdirSync(path).filter((name) => name !== "LOCK");

/** The file with one of its frames changed and its checksum made anew, as a forger would. */
function rewritten(path: string, change: (kind: number, payload: Uint8Array) => Uint8Array[]): string {
  const parts: Uint8Array[] = [MAGIC];
  const put = (kind: number, payload: Uint8Array): void => {
    const head = Buffer.alloc(5);
    head[0] = kind;
    head.writeUInt32BE(payload.length, 1);
    parts.push(head, payload);
  };
  for (const { kind, payload } of framesOfFile(path)) {
    if (kind !== FRAME.end) for (const one of change(kind, payload)) put(kind, one);
  }
  const end = Buffer.from([FRAME.end, 0, 0, 0, 32]);
  const digest = createHash("sha256")
    .update(concatBytes(...parts, end))
    .digest();
  const forged = join(directory(), "forged.snapshot");
  writeFileSync(forged, concatBytes(...parts, end, digest));
  return forged;
}

/** A change of the entries of one kind of frame. */
const entries =
  (wanted: number, change: (items: RlpItem[]) => RlpItem[]) =>
  (kind: number, payload: Uint8Array): Uint8Array[] => {
    if (kind !== wanted) return [payload];
    const items = decodeRlp(payload, { maxBytes: 1 << 26, maxItems: 1 << 20, maxDepth: 5 }) as RlpItem[];
    return [encodeRlp(change([...items]))];
  };

describe("snapshots", () => {
  it("let a node begin at the finalized block, serve all of history and go on block by block", async () => {
    const { test, path, trusted } = await exported();
    const dataDir = directory();
    const steps: number[] = [];
    const onProgress = (fraction: number): void => void steps.push(fraction);
    const summary = await importSnapshot({ path, dataDir, rules: test.rules, trusted, onProgress });
    expect(summary.number).toBe(40n);
    expect(steps.every((step, i) => step >= 0 && step <= 1 && (i === 0 || step >= steps[i - 1]!))).toBe(true);
    expect(filesIn(dataDir)).toEqual(expect.arrayContaining(["chain.lmdb"]));
    const fresh = await openTestChain({ directory: dataDir, spec });
    open.push(fresh);
    await checkStore(fresh.store, fresh.chain);
    expect(fresh.chain.head().hash).toEqual(trusted);
    expect(recomputedRoot(fresh.store, fresh.chain)).toEqual(fresh.chain.head().header.stateRoot);
    // Every row of the state and of what wallets need is what the exporter has.
    for (let number = 0n; number <= 40n; number++) {
      const hash = test.store.canonicalHash(number)!;
      expect(fresh.store.canonicalHash(number)).toEqual(hash);
      expect(fresh.store.header(hash)).toEqual(test.store.header(hash));
      expect(fresh.store.compact(hash)).toEqual(test.store.compact(hash));
      expect(fresh.store.tree(hash)).toEqual(test.store.tree(hash));
    }
    expect(fresh.store.body(trusted)).toEqual(test.store.body(trusted));
    expect(fresh.store.receipts(trusted)).toEqual(test.store.receipts(trusted));
    for (const table of ["accounts", "slots", "code", "nodes"] as const) {
      const rows = (one: TestChain): string[] =>
        [...one.store.environment[table].getRange()].map(({ key, value }) =>
          Buffer.concat([key, value]).toString("hex"),
        );
      expect(rows(fresh)).toEqual(rows(test));
    }
    for (let number = 41n; number <= 50n; number++) {
      const hash = test.store.canonicalHash(number)!;
      const { header } = test.chain.get(hash)!;
      const parent = fresh.chain.parent(header.parentHash);
      const verdict = await importBlock(fresh.rules, parent, { header, ...test.store.body(hash)! });
      if (!verdict.ok) throw verdict.error;
      fresh.chain.insert(verdict.value);
      fresh.chain.setForkchoice({ head: hash, safe: hash, finalized: hash });
    }
    expect(fresh.chain.state(fresh.chain.head().hash).account(createdBy(pseudonymAddress(0), 0n))).toBeDefined();
    expect(recomputedRoot(fresh.store, fresh.chain)).toEqual(test.chain.head().header.stateRoot);
    await checkStore(fresh.store, fresh.chain);
  });

  it("serve wallets by RPC as the exporter does, and say what they do not have", async () => {
    const { test, path, trusted } = await exported();
    const dataDir = directory();
    await importSnapshot({ path, dataDir, rules: test.rules, trusted });
    await test.store.close();
    open.splice(open.indexOf(test), 1);
    const [from, to] = [await startTestNode({ dataDir: test.directory, spec }), await startTestNode({ dataDir, spec })];
    for (const [method, params] of [
      ["sero_compactBlocks", ["0x0", "0x28"]],
      ["sero_memos", ["0x0", "0x28"]],
      ["sero_assets", ["0x0", "0x28"]],
      ["sero_packages", ["0x0", "0x28"]],
      ["sero_treeState", ["0x14"]],
      ["sero_subtreeRoots", ["0x2", "0x0", "0x4"]],
      ["eth_getBlockByNumber", ["finalized", true]],
    ] as const) {
      expect(await to.rpc(method, params)).toEqual(await from.rpc(method, params));
    }
    await expect(to.rpc("eth_getBlockByNumber", ["0x5", false])).rejects.toMatchObject({ code: 4444 });
    await to.rpc("sero_sealBlock");
    expect(await to.rpc("eth_blockNumber")).toBe("0x29");
    await Promise.all([from.stop(), to.stop()]);
  });

  it("D32: that are cut off, damaged or none are refused, and nothing is left behind", async () => {
    const { test, path, trusted } = await exported();
    const good = readFileSync(path);
    const bad = join(directory(), "bad.snapshot");
    const cases: [Uint8Array, string][] = [
      [good.subarray(0, good.length - 1), "snapshot/cut-off"],
      [good.subarray(0, good.length >> 1), "snapshot/cut-off"],
      [good.subarray(0, 10), "snapshot/not-one"],
      [new Uint8Array(0), "snapshot/not-one"],
      [Buffer.alloc(5_000, 3), "snapshot/not-one"],
      [concatBytes(good, Uint8Array.of(1)), "snapshot/damaged"],
    ];
    for (const at of [20, 100, good.length >> 1, good.length - 40, good.length - 5]) {
      const flipped = Uint8Array.from(good);
      flipped[at]! ^= 1;
      cases.push([flipped, "snapshot/"]);
    }
    for (const [bytes, code] of cases) {
      writeFileSync(bad, bytes);
      const dataDir = directory();
      const failed = importSnapshot({ path: bad, dataDir, rules: test.rules, trusted });
      await expect(failed).rejects.toMatchObject({ code: expect.stringContaining(code) as string });
      expect(filesIn(dataDir)).toEqual([]);
    }
    await expect(inspectSnapshot(join(directory(), "none"))).rejects.toMatchObject({ code: "snapshot/file" });
  });

  it("of another chain, of another block than the trusted one, or over a chain are refused", async () => {
    const { test, path, trusted } = await exported();
    const other = await openTestChain({ directory: directory(), spec: testSpec({ genesisTime: 9n }) });
    open.push(other);
    const dataDir = directory();
    await expect(importSnapshot({ path, dataDir, rules: other.rules, trusted })).rejects.toMatchObject({
      code: "snapshot/other-chain",
    });
    const wrong = test.store.canonicalHash(39n)!;
    await expect(importSnapshot({ path, dataDir, rules: test.rules, trusted: wrong })).rejects.toMatchObject({
      code: "snapshot/not-trusted",
      values: { number: "40" },
    });
    expect(filesIn(dataDir)).toEqual([]);
    await importSnapshot({ path, dataDir, rules: test.rules, trusted });
    const before = readFileSync(join(dataDir, "chain.lmdb"));
    await expect(importSnapshot({ path, dataDir, rules: test.rules, trusted })).rejects.toMatchObject({
      code: "snapshot/not-empty",
    });
    expect(readFileSync(join(dataDir, "chain.lmdb")).equals(before)).toBe(true);
  });

  it("that were forged are found out, whatever was changed, and nothing is left behind", async () => {
    const { test, path, trusted } = await exported();
    const words = (item: RlpItem): RlpItem[] => [...(item as RlpItem[])];
    const number = (item: RlpItem): number => (item as Uint8Array)[0] ?? 0;
    // Of what the Pool says in a block: [event's number, txid, log index, words].
    const events = (block: number, change: (items: RlpItem[][]) => RlpItem[][]) =>
      entries(FRAME.blocks, (items) =>
        items.with(block, words(items[block]!).with(3, change(words(words(items[block]!)[3]!).map(words)))),
      );
    const without = (wanted: number) => (items: RlpItem[][]) => items.filter(([kind]) => number(kind!) !== wanted);
    const changed = (wanted: number, change: (bytes: Uint8Array) => void) => (items: RlpItem[][]) =>
      items.map((item) => {
        if (number(item[0]!) !== wanted) return item;
        const bytes = Uint8Array.from(item[3] as Uint8Array);
        change(bytes);
        return item.with(3, bytes);
      });
    // One more after the last, about the package that nothing happened to.
    const oneMore =
      (kind: number, rest: (id: Uint8Array, owner: Uint8Array) => Uint8Array[]) => (items: RlpItem[][]) => {
        const { txid } = test.store.events(test.store.canonicalHash(22n)!).at(-1)!;
        const made = test.store.events(test.store.canonicalHash(21n)!).at(-1)!;
        const bytes = concatBytes(...rest(made.words.slice(0, 32), made.words.slice(32, 64)));
        return [...items, [Uint8Array.of(kind), txid, Uint8Array.of(0x7f), bytes]];
      };
    const flip = (item: RlpItem): Uint8Array => {
      const bytes = Uint8Array.from(item as Uint8Array);
      bytes[bytes.length - 1]! ^= 1;
      return bytes;
    };
    const forgeries: Record<string, (kind: number, payload: Uint8Array) => Uint8Array[]> = {
      "a header": entries(FRAME.blocks, (items) =>
        items.with(20, words(items[20]!).with(0, flip(words(items[20]!)[0]!))),
      ),
      "a block left out": entries(FRAME.blocks, (items) => items.filter((_, i) => i !== 20)),
      "the last block left out": entries(FRAME.blocks, (items) => items.slice(0, -1)),
      "another genesis": entries(FRAME.blocks, (items) =>
        items.with(0, words(items[0]!).with(0, words(items[1]!)[0]!)),
      ),
      "a ciphertext": entries(FRAME.blocks, (items) => {
        const bytes = Uint8Array.from(words(items[1]!)[1] as Uint8Array);
        bytes[bytes.length >> 1]! ^= 1;
        return items.with(1, words(items[1]!).with(1, bytes));
      }),
      "a compact block of another": entries(FRAME.blocks, (items) =>
        items.with(5, words(items[5]!).with(1, words(items[6]!)[1]!)),
      ),
      "a memo": entries(FRAME.blocks, (items) => {
        const [first, ...others] = words(words(items[1]!)[2]!);
        return items.with(1, words(items[1]!).with(2, [[flip(words(first!)[0]!)], ...others]));
      }),
      "a memo left out": entries(FRAME.blocks, (items) => items.with(1, words(items[1]!).with(2, []))),
      "an asset left out": events(21, without(0)),
      "an asset's contract": events(
        21,
        changed(0, (bytes) => (bytes[63]! ^= 1)),
      ),
      "an asset's kind": events(
        21,
        changed(0, (bytes) => (bytes[95]! ^= 3)),
      ),
      "an asset's number": events(
        21,
        changed(0, (bytes) => (bytes[127]! ^= 1)),
      ),
      "an asset in another block": (kind, payload) => {
        const asset = test.store.events(test.store.canonicalHash(21n)!).find(({ name }) => name === "registered")!;
        const { txid } = test.store.events(test.store.canonicalHash(22n)!)[0]!;
        const late: RlpItem[] = [new Uint8Array(0), txid, new Uint8Array(0), asset.words];
        return events(21, without(0))(kind, payload).flatMap((one) =>
          events(22, (items) => [late, ...items])(kind, one),
        );
      },
      "packages left out": events(21, without(1)),
      "one package left out": events(21, (items) => items.slice(0, -1)),
      "a package's commitment": events(
        21,
        changed(1, (bytes) => (bytes[95]! ^= 1)),
      ),
      "a package's controller": events(
        21,
        changed(1, (bytes) => (bytes[63]! ^= 1)),
      ),
      "packages handed on, left out": events(22, without(2)),
      "a package's new controller": events(
        22,
        changed(2, (bytes) => (bytes[95]! ^= 1)),
      ),
      "a package handed on that was not": events(
        22,
        oneMore(2, (id, owner) => [id, owner, new Uint8Array(32).fill(9, 12)]),
      ),
      "a package repacked that was not": events(
        22,
        oneMore(4, (id) => [id]),
      ),
      "a package released that was not": events(
        22,
        oneMore(3, (id) => [id, id]),
      ),
      "a release left out": events(23, without(3)),
      "an event of a transaction that is not there": events(22, (items) =>
        items.map((item) => item.with(1, flip(item[1]!))),
      ),
      "an event twice": events(22, (items) => [...items, items.at(-1)!]),
      "half an event": events(22, (items) => items.map((item) => item.with(3, (item[3] as Uint8Array).slice(0, 40)))),
      "a slot's value": entries(FRAME.slots, (items) => {
        const [address, pairs] = words(items[0]!);
        const [slot, value] = words(words(pairs!)[3]!);
        return items.with(0, [address!, words(pairs!).with(3, [slot!, flip(value!)])]);
      }),
      "a slot left out": entries(FRAME.slots, (items) => {
        const [address, pairs] = words(items[0]!);
        return items.with(0, [address!, words(pairs!).slice(1)]);
      }),
      "a slot twice": entries(FRAME.slots, (items) => {
        const [address, pairs] = words(items[0]!);
        return items.with(0, [address!, [words(pairs!)[0]!, ...words(pairs!)]]);
      }),
      "storage of nobody": entries(FRAME.slots, (items) => [
        ...items,
        [new Uint8Array(20).fill(0xff), [[new Uint8Array(32).fill(1), Uint8Array.of(1)]]],
      ]),
      "a balance": entries(FRAME.accounts, (items) => {
        const at = items.findIndex((item) => equalBytes(words(item)[0] as Uint8Array, POOL_ADDRESS));
        const [address, bytes] = words(items[at]!);
        const fields = decodeRlp(bytes as Uint8Array, { maxBytes: 200, maxItems: 8, maxDepth: 1 }) as RlpItem[];
        return items.with(at, [address!, encodeRlp(fields.with(1, flip(fields[1]!)))]);
      }),
      "an account more": entries(FRAME.accounts, (items) => [
        ...items,
        [new Uint8Array(20).fill(0xff), words(items[0]!)[1]!],
      ]),
      code: entries(FRAME.code, (items) => items.with(0, flip(items[0]!))),
      "code left out": entries(FRAME.code, (items) => items.slice(1)),
      "receipts of the newest block": entries(FRAME.tail, ([body, receipts]) => [body!, words(receipts!).slice(1)]),
      "no state": (kind, payload) => (kind === FRAME.slots || kind === FRAME.accounts ? [] : [payload]),
      "no blocks": (kind, payload) => (kind === FRAME.blocks ? [] : [payload]),
      rubbish: (kind, payload) => (kind === FRAME.accounts ? [Uint8Array.of(0xc2, 1)] : [payload]),
      "the state twice": (kind, payload) => (kind === FRAME.slots ? [payload, payload] : [payload]),
      "too much after the end of the blocks": (kind, payload) =>
        kind === FRAME.blocks ? [payload, payload] : [payload],
    };
    for (const [name, change] of Object.entries(forgeries)) {
      const dataDir = directory();
      const forged = rewritten(path, change);
      const failed = importSnapshot({ path: forged, dataDir, rules: test.rules, trusted });
      await expect(failed, name).rejects.toMatchObject({ code: "snapshot/forged" });
      expect(filesIn(dataDir), name).toEqual([]);
    }
  });

  it("stop when they are told to, and leave nothing", async () => {
    const { test, path, trusted } = await exported();
    const identity = { chainId: spec.chainId, genesisHash: test.rules.genesis.hash };
    const signal = AbortSignal.abort();
    const target = join(directory(), "other.snapshot");
    await expect(exportSnapshot({ store: test.store, ...identity, path: target, signal })).rejects.toMatchObject({
      code: "snapshot/interrupted",
    });
    expect(existsSync(target)).toBe(false);
    expect(readdirSync(join(target, ".."))).toEqual([]);
    const dataDir = directory();
    const stop = new AbortController();
    const onProgress = (fraction: number): void => void (fraction > 0.5 && stop.abort());
    await expect(
      importSnapshot({ path, dataDir, rules: test.rules, trusted, signal: stop.signal, onProgress }),
    ).rejects.toMatchObject({ code: "snapshot/interrupted" });
    expect(filesIn(dataDir)).toEqual([]);
    // What a killed import left is no obstacle.
    mkdirSync(join(dataDir, "snapshot-import"));
    writeFileSync(join(dataDir, "snapshot-import", "chain.lmdb"), "x");
    await importSnapshot({ path, dataDir, rules: test.rules, trusted });
  });
});
