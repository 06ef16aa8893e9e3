import { hexDigits } from "@sero/protocol";
import type { Payload } from "./types.js";

/** Payloads that wait for an ancestor: the consensus client sends each once, so that forgetting one means fetching it from peers. */
export interface KeptPayloads {
  readonly size: number;
  readonly bytes: number;
  get(hash: Uint8Array): Payload | undefined;
  /** Keeps a payload; the oldest give way when there are too many, or too many bytes. */
  add(payload: Payload): void;
  remove(hash: Uint8Array): void;
  /** Those whose parent has this hash. */
  childrenOf(hash: Uint8Array): Payload[];
  /** The payload of this hash and its kept ancestors, oldest first; empty if it is not kept. */
  pathTo(hash: Uint8Array): Payload[];
  /** Everything kept that descends from this block, and takes it out. */
  takeDescendants(hash: Uint8Array): Payload[];
  /** Takes out what has at most this number: it can never be executed. */
  dropUpTo(number: bigint): void;
}

/** Bounds of what is kept. */
export interface KeptLimits {
  readonly maxPayloads: number;
  readonly maxBytes: number;
}

/** Two epochs of a chain that finalizes, and some; a full block is below 1 MB. */
export const KEPT_LIMITS: KeptLimits = { maxPayloads: 512, maxBytes: 64 * 1024 * 1024 };

/** Makes an empty store in memory. After a restart what was kept comes from peers, or from the consensus client again. */
export function openKeptPayloads(limits: KeptLimits = KEPT_LIMITS): KeptPayloads {
  const kept = new Map<string, Payload>();
  const children = new Map<string, Set<string>>();
  let bytes = 0;

  function remove(hash: Uint8Array): void {
    const key = hexDigits(hash);
    const payload = kept.get(key);
    if (!payload) return;
    kept.delete(key);
    bytes -= sizeOf(payload);
    const parent = hexDigits(payload.block.header.parentHash);
    const siblings = children.get(parent);
    siblings?.delete(key);
    if (siblings?.size === 0) children.delete(parent);
  }
  const childrenOf = (hash: Uint8Array): Payload[] =>
    [...(children.get(hexDigits(hash)) ?? [])].flatMap((key) => kept.get(key) ?? []);

  return {
    get size() {
      return kept.size;
    },
    get bytes() {
      return bytes;
    },
    get: (hash) => kept.get(hexDigits(hash)),
    add(payload) {
      const key = hexDigits(payload.hash);
      if (kept.has(key) || sizeOf(payload) > limits.maxBytes) return;
      kept.set(key, payload);
      bytes += sizeOf(payload);
      const parent = hexDigits(payload.block.header.parentHash);
      children.set(parent, (children.get(parent) ?? new Set()).add(key));
      for (const oldest of kept.values()) {
        if (kept.size <= limits.maxPayloads && bytes <= limits.maxBytes) break;
        remove(oldest.hash);
      }
    },
    remove,
    childrenOf,
    pathTo(hash) {
      const path: Payload[] = [];
      for (let at = kept.get(hexDigits(hash)); at; at = kept.get(hexDigits(at.block.header.parentHash))) path.push(at);
      return path.reverse();
    },
    takeDescendants(hash) {
      const taken: Payload[] = [];
      const from: Uint8Array[] = [hash];
      for (let at = from.pop(); at; at = from.pop()) {
        for (const child of childrenOf(at)) {
          remove(child.hash);
          taken.push(child);
          from.push(child.hash);
        }
      }
      return taken;
    },
    dropUpTo(number) {
      for (const payload of [...kept.values()]) if (payload.block.header.number <= number) remove(payload.hash);
    },
  };
}

function sizeOf({ block }: Payload): number {
  // What a header and a withdrawal take in memory, about.
  const fixed = 1_024 + 64 * block.withdrawals.length;
  return block.transactions.reduce((sum, transaction) => sum + transaction.length, fixed);
}
