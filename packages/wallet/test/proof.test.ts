import { createMPT, createMerkleProof } from "@ethereumjs/mpt";
import { describe, expect, it } from "vitest";
import { bigIntToBytes, encodeRlp, keccak256, rlpUint } from "@sero/protocol";
import { verifyTrieProof } from "../src/index.js";

const key = (i: number): Uint8Array => bigIntToBytes(BigInt(i), 32);
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return "ok";
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("Merkle-Patricia proofs", () => {
  it("agree with @ethereumjs/mpt on what is there and what is not, for tries of every size", async () => {
    for (const size of [1, 2, 3, 17, 150]) {
      const trie = await createMPT({ useKeyHashing: true });
      const value = (i: number): Uint8Array => encodeRlp(i % 5 === 0 ? keccak256(key(i)) : rlpUint(i + 1));
      for (let i = 0; i < size; i++) await trie.put(key(i), value(i));
      for (let i = 0; i < Math.min(size, 40); i++)
        expect(verifyTrieProof(trie.root(), key(i), await createMerkleProof(trie, key(i)))).toEqual(value(i));
      for (let i = size; i < size + 20; i++)
        expect(verifyTrieProof(trie.root(), key(i), await createMerkleProof(trie, key(i)))).toBeUndefined();
    }
  });

  it("D33: a proof that is changed, cut, padded, empty or of another key or root proves nothing", async () => {
    const trie = await createMPT({ useKeyHashing: true });
    for (let i = 0; i < 100; i++) await trie.put(key(i), encodeRlp(rlpUint(i + 1)));
    const proof = await createMerkleProof(trie, key(7));
    const root = trie.root();
    expect(codeOf(() => verifyTrieProof(root, key(8), proof))).toBe("proof/false");
    expect(codeOf(() => verifyTrieProof(new Uint8Array(32), key(7), proof))).toBe("proof/false");
    expect(codeOf(() => verifyTrieProof(root, key(7), []))).toBe("proof/false");
    expect(codeOf(() => verifyTrieProof(root, key(7), proof.slice(0, -1)))).toBe("proof/false");
    expect(codeOf(() => verifyTrieProof(root, key(7), [...proof, proof[0] ?? new Uint8Array(1)]))).toBe("proof/false");
    proof.forEach((node, n) => {
      for (let at = 0; at < node.length; at += 5) {
        const changed = proof.map((bytes) => bytes.slice());
        const target = changed[n];
        if (target !== undefined) target[at] = (target[at] ?? 0) ^ 1;
        expect(codeOf(() => verifyTrieProof(root, key(7), changed))).toBe("proof/false");
      }
    });
  });
});
