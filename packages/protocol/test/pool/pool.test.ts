import { describe, expect, it } from "vitest";
import { bigIntToBytes, concatBytes, toHex } from "../../src/bytes/index.js";
import { keccak256 } from "../../src/hash/index.js";
import {
  POOL_ADDRESS,
  POOL_LAYOUT,
  SYSTEM_ADDRESS,
  assetSlot,
  assetTicketIdSlot,
  currentRootSlot,
  frontierFromSlots,
  frontierSlot,
  frontierWrites,
  knownRootSlot,
  leafCountSlot,
  nullifierSlot,
  rootRingSlot,
  streamDigestSlot,
  tokenKindSlot,
  turnstileSlot,
} from "../../src/pool/index.js";
import { EMPTY_FRONTIER, appendLeaves, frontierRoot } from "../../src/tree/index.js";
import type { Commitment } from "../../src/types.js";
import { addressOf, codeOf } from "../transaction/sample.js";
import { fastHash } from "../tree/fast-hash.js";

const word = (x: bigint): Uint8Array => bigIntToBytes(x, 32);

describe("Pool layout", () => {
  it("is at 0x…5e50, and the system address at 2^160 - 2", () => {
    expect(toHex(POOL_ADDRESS)).toBe("0x0000000000000000000000000000000000005e50");
    expect(toHex(SYSTEM_ADDRESS)).toBe("0xfffffffffffffffffffffffffffffffffffffffe");
  });

  it("computes slots as Solidity does", () => {
    expect(nullifierSlot(9n as never)).toEqual(keccak256(concatBytes(word(9n), word(0n))));
    expect(knownRootSlot(9n)).toEqual(keccak256(concatBytes(word(9n), word(4n))));
    expect(turnstileSlot(9n as never)).toEqual(keccak256(concatBytes(word(9n), word(6n))));
    const token = addressOf("t");
    expect(tokenKindSlot(token)).toEqual(keccak256(concatBytes(new Uint8Array(12), token, word(8n))));
    expect(rootRingSlot(1n)).toEqual(rootRingSlot(1_025n));
    expect(rootRingSlot(1n)).not.toEqual(rootRingSlot(2n));
    expect(BigInt(toHex(assetTicketIdSlot(9n as never)))).toBe(BigInt(toHex(assetSlot(9n as never))) + 1n);
  });

  it("gives no two variables one slot", () => {
    const slots = [
      currentRootSlot(),
      leafCountSlot(),
      streamDigestSlot(),
      nullifierSlot(1n as never),
      knownRootSlot(1n),
      rootRingSlot(1n),
      turnstileSlot(1n as never),
      assetSlot(1n as never),
      assetTicketIdSlot(1n as never),
      ...Array.from({ length: 51 }, (_, i) => frontierSlot(Math.floor(i / 3), i % 3)),
    ].map(toHex);
    expect(new Set(slots).size).toBe(slots.length);
    const plain = Object.values(POOL_LAYOUT).filter((slot) => slot !== POOL_LAYOUT.frontier);
    expect(plain.every((slot) => slot < POOL_LAYOUT.frontier)).toBe(true);
    expect(codeOf(() => frontierSlot(17, 0))).toBe("pool/frontier-slot");
    expect(codeOf(() => frontierSlot(0, 3))).toBe("pool/frontier-slot");
  });
});

describe("stored frontier", () => {
  it("comes back from the slots that changed, whatever is left over from before", () => {
    const hash = fastHash();
    const storage = new Map<string, Uint8Array>();
    const read = (slot: Uint8Array): Uint8Array => storage.get(toHex(slot)) ?? new Uint8Array(32);
    let frontier = EMPTY_FRONTIER;
    for (let block = 1; block < 40; block++) {
      const leaves = Array.from({ length: (block * 7) % 23 }, (_, i) => BigInt(1_000 * block + i) as Commitment);
      const next = appendLeaves(frontier, leaves, hash);
      for (const { slot, value } of frontierWrites(frontier, next)) storage.set(toHex(slot), value);
      frontier = next;
      const stored = frontierFromSlots(frontier.count, read);
      expect(stored).toEqual(frontier);
      expect(frontierRoot(stored, hash)).toBe(frontierRoot(frontier, hash));
    }
  });
});
