import { keccak256 } from "@sero/protocol";
import { createMPT, createMPTFromProof, verifyMerkleProof, type MerklePatriciaTrie } from "@ethereumjs/mpt";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hexKey } from "../../src/bytes/hex.js";
import {
  EMPTY_ROOT,
  listRoot,
  lookUp,
  pathKey,
  updateTrie,
  type ReadNode,
  type TrieItem,
} from "../../src/trie/index.js";

/** A store of path-keyed nodes with the batches applied to it. */
function storeOf() {
  const nodes = new Map<string, Uint8Array>();
  const read: ReadNode = (path) => nodes.get(pathKey(path));
  let root = EMPTY_ROOT;
  return {
    nodes,
    read,
    root: () => root,
    apply(items: readonly TrieItem[]) {
      const update = updateTrie(read, root, items);
      for (const [path, rlp] of update.nodes) {
        if (rlp === null) nodes.delete(path);
        else nodes.set(path, rlp);
      }
      root = update.root;
    },
  };
}

/** Short key space so that batches collide, with shared prefixes; values short enough to be embedded or long enough not to be. */
const item = fc.record({
  key: fc
    .tuple(fc.constantFrom(0, 1, 0x10, 0x11, 0xab), fc.constantFrom(0, 1, 0x10, 0xff), fc.integer({ min: 0, max: 255 }))
    .map((bytes) => Uint8Array.from(bytes)),
  value: fc.option(
    fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 4 }), fc.uint8Array({ minLength: 30, maxLength: 60 })),
    {
      nil: null,
    },
  ),
});
const batch = fc.uniqueArray(item, { maxLength: 24, selector: (x) => hexKey(x.key) });

describe("Merkle-Patricia trie", () => {
  it("has the root, values and proofs of @ethereumjs/mpt after any batches of sets and deletes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 8 }), async (batches) => {
        const ours = storeOf();
        const theirs: MerklePatriciaTrie = await createMPT();
        const model = new Map<string, TrieItem>();
        for (const items of batches) {
          ours.apply(items);
          for (const { key, value } of items) {
            await (value === null ? theirs.del(key) : theirs.put(key, value));
            if (value === null) model.delete(hexKey(key));
            else model.set(hexKey(key), { key, value });
          }
          expect(ours.root()).toEqual(theirs.root());
        }
        for (const { key, value } of model.values()) {
          const found = lookUp(ours.read, ours.root(), key);
          expect(found.value).toEqual(value);
          expect(await verifyMerkleProof(key, [...found.proof])).toEqual(value);
        }
        const fresh = storeOf();
        fresh.apply([...model.values()]);
        // Path-keyed and pruned as it goes: exactly the nodes of a trie built at once, none left behind.
        expect([...ours.nodes].sort()).toEqual([...fresh.nodes].sort());
      }),
      { numRuns: 150 },
    );
  });

  it("proves absence", async () => {
    const ours = storeOf();
    ours.apply([1, 2, 3].map((i) => ({ key: keccak256(Uint8Array.of(i)), value: Uint8Array.of(i) })));
    const key = keccak256(Uint8Array.of(9));
    const { value, proof } = lookUp(ours.read, ours.root(), key);
    expect(value).toBeUndefined();
    const theirs = await createMPTFromProof([...proof]);
    expect(theirs.root()).toEqual(ours.root());
    expect(await theirs.get(key)).toBeNull();
  });

  it("roots lists as Ethereum does, across the index encodings 0, 1..127 and 128.. and long values", async () => {
    for (const size of [0, 1, 2, 127, 128, 129, 300]) {
      const items = Array.from({ length: size }, (_, i) => keccak256(Uint8Array.of(i & 255, i >> 8)));
      if (size > 2) items[1] = new Uint8Array(70_000).fill(7);
      const theirs = await createMPT();
      const { encode } = await import("@ethereumjs/rlp");
      for (let i = 0; i < size; i++) await theirs.put(encode(i), items[i]!);
      expect(listRoot(items)).toEqual(theirs.root());
    }
  });

  it("says so when a node is missing or a key comes twice", () => {
    const ours = storeOf();
    ours.apply(Array.from({ length: 40 }, (_, i) => ({ key: keccak256(Uint8Array.of(i)), value: Uint8Array.of(1) })));
    ours.nodes.delete("");
    expect(() => lookUp(ours.read, ours.root(), keccak256(Uint8Array.of(1)))).toThrow(/lacks a trie node/);
    const twice = { key: Uint8Array.of(1), value: Uint8Array.of(1) };
    expect(() => ours.apply([twice, twice])).toThrow(/each key once/);
  });
});
