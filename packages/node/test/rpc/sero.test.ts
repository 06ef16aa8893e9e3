import { decodeHeader, headerHash } from "@sero/execution";
import {
  appendLeaves,
  currentRootSlot,
  decodeCompactBlock,
  decodeRlp,
  EMPTY_FRONTIER,
  EMPTY_STREAM_DIGEST,
  fieldToBytes,
  fromHex,
  frontierFromBytes,
  frontierRoot,
  leavesOf,
  memoDigest,
  streamDigest,
  toHex,
  type RlpItem,
} from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestNode, type TestNode } from "../helpers/node.js";

describe("sero_ methods", () => {
  let test: TestNode;

  beforeAll(async () => {
    test = await startTestNode();
    for (let block = 0; block < 6; block++) {
      for (let i = 0; i < block; i++)
        await test.rpc("eth_sendRawTransaction", [toHex(test.pay(100 * block + i).bytes)]);
      await test.rpc("sero_sealBlock");
    }
    // Far enough that the blocks above are final.
    await test.rpc("sero_sealBlock", ["0x22"]);
  });
  afterAll(() => test.stop());

  async function frames(path: string): Promise<Uint8Array[]> {
    const response = await fetch(`${test.node.rpcUrl}${path}`);
    expect(response.status).toBe(200);
    const bytes = new Uint8Array(await response.arrayBuffer());
    const found: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const length = new DataView(bytes.buffer, at).getUint32(0);
      found.push(bytes.slice(at + 4, at + 4 + length));
      at += 4 + length;
    }
    return found;
  }
  const rlp = (bytes: Uint8Array): RlpItem => decodeRlp(bytes, { maxBytes: 1 << 25, maxItems: 1 << 20, maxDepth: 8 });

  it("D33: the compact stream, hashed, gives the tree root and the digest that the state proves", async () => {
    const stream = await frames("/sero/compact?from=0&to=999999");
    let frontier = EMPTY_FRONTIER;
    let digest: Uint8Array = EMPTY_STREAM_DIGEST;
    let last = new Uint8Array(32) as Uint8Array;
    for (const frame of stream) {
      const [headerRlp, compact] = rlp(frame) as [Uint8Array, Uint8Array];
      const header = decodeHeader(headerRlp);
      expect(header.parentHash).toEqual(last);
      last = headerHash(header);
      frontier = appendLeaves(frontier, leavesOf(decodeCompactBlock(compact)));
      digest = streamDigest(digest, compact);
    }
    const head = (await test.rpc("sero_head")) as { head: { hash: string; number: string }; leafCount: string };
    expect(toHex(last)).toBe(head.head.hash);
    expect(BigInt(head.leafCount)).toBe(frontier.count);
    const proof = (await test.rpc("sero_poolProof", ["latest"])) as { storageProof: { key: string; value: string }[] };
    expect(proof.storageProof.map(({ value }) => BigInt(value))).toEqual([
      frontierRoot(frontier),
      frontier.count,
      BigInt(toHex(digest)),
    ]);
    expect(proof.storageProof[0]!.key).toBe(toHex(currentRootSlot()));
    const json = (await test.rpc("sero_compactBlocks", ["0x0", "0x40"])) as { header: string; compact: string }[];
    expect(json.map(({ compact }) => compact)).toEqual(stream.map((frame) => toHex((rlp(frame) as Uint8Array[])[1]!)));
  });

  it("serves memos by range, and they are those that the compact blocks commit to", async () => {
    const stream = await frames("/sero/memos?from=0&to=7");
    const blocks = (await test.rpc("sero_memos", ["0x0", "0x7"])) as {
      transactions: { txid: string; chunks: string[] }[];
    }[];
    expect(stream.length).toBe(blocks.length);
    const compacts = (await test.rpc("sero_compactBlocks", ["0x0", "0x7"])) as { compact: string }[];
    blocks.forEach(({ transactions }, i) => {
      const compact = decodeCompactBlock(fromHex(compacts[i]!.compact));
      expect(transactions.map(({ txid }) => txid)).toEqual(compact.transactions.map(({ txid }) => toHex(txid)));
      transactions.forEach(({ chunks }, j) => {
        expect(memoDigest(chunks.map(fromHex))).toEqual(compact.transactions[j]!.memoDigest);
      });
    });
  });

  it("gives the tree's state after any block, also below finality", async () => {
    let frontier = EMPTY_FRONTIER;
    for (let number = 0n; number <= 8n; number++) {
      const [block] = (await test.rpc("sero_compactBlocks", [
        `0x${number.toString(16)}`,
        `0x${number.toString(16)}`,
      ])) as {
        compact: string;
      }[];
      frontier = appendLeaves(frontier, leavesOf(decodeCompactBlock(fromHex(block!.compact))));
      const state = (await test.rpc("sero_treeState", [`0x${number.toString(16)}`])) as Record<string, string>;
      expect(BigInt(state["count"]!)).toBe(frontier.count);
      expect(BigInt(state["root"]!)).toBe(frontierRoot(frontier));
      expect(frontierFromBytes(fromHex(state["frontier"]!))).toEqual(frontier);
    }
  });

  it("gives roots of complete subtrees of finalized blocks", async () => {
    const { store, chain } = test.node.context;
    const leaves = [];
    for (let number = 0n; number <= chain.finalized().number; number++) {
      leaves.push(...leavesOf(decodeCompactBlock(store.compact(store.canonicalHash(number)!)!)));
    }
    const expected: string[] = [];
    appendLeaves(EMPTY_FRONTIER, leaves, undefined, (level, _first, nodes) => {
      if (level === 2) expected.push(...nodes.map((node) => toHex(fieldToBytes(node))));
    });
    expect(expected.length).toBeGreaterThan(1);
    expect(await test.rpc("sero_subtreeRoots", [2, "0x0", 100])).toEqual(expected);
    expect(await test.rpc("sero_subtreeRoots", [2, "0x1", 1])).toEqual([expected[1]]);
    await expect(test.rpc("sero_subtreeRoots", [1, "0x0", 1])).rejects.toMatchObject({ code: -32602 });
  });

  it("says what the chain is and what lies in the Pool", async () => {
    const chain = (await test.rpc("sero_chain")) as { spec: { chainId: string }; poolAddress: string };
    expect(chain).toMatchObject({ spec: { chainId: "24158" }, poolAddress: `0x${"0".repeat(36)}5e50` });
    const totals = (await test.rpc("sero_poolTotals")) as Record<string, string> & { assets: { counter: string }[] };
    expect(BigInt(totals["surplus"]!)).toBe(0n);
    expect(BigInt(totals.assets[0]!.counter)).toBe(BigInt(totals["balance"]!));
    const head = (await test.rpc("sero_head")) as {
      head: { number: string };
      safe: { number: string };
      finalized: { number: string };
    };
    expect(Number(head.head.number) - Number(head.safe.number)).toBe(8);
    expect(Number(head.head.number) - Number(head.finalized.number)).toBe(32);
  });

  it("answers ranges beyond the head and upside-down ones with errors", async () => {
    await expect(test.rpc("sero_compactBlocks", ["0x999", "0x999"])).rejects.toMatchObject({ code: -32001 });
    await expect(test.rpc("sero_compactBlocks", ["0x5", "0x1"])).rejects.toMatchObject({ code: -32602 });
    for (const path of ["/sero/compact?from=5", "/sero/compact?from=0x1&to=2", "/sero/compact?from=9&to=1"]) {
      expect((await fetch(`${test.node.rpcUrl}${path}`)).status).toBe(400);
    }
    expect((await fetch(`${test.node.rpcUrl}/sero/compact?from=9999&to=9999`)).status).toBe(404);
    expect((await fetch(`${test.node.rpcUrl}/etc/passwd`)).status).toBe(404);
  });

  it("old states are gone, and say so", async () => {
    await expect(test.rpc("eth_getBalance", [`0x${"12".repeat(20)}`, "0x1"])).rejects.toMatchObject({
      code: -32001,
      data: { code: "state/forgotten" },
    });
  });
});
