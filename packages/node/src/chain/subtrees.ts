import {
  appendLeaves,
  decodeCompactBlock,
  EMPTY_FRONTIER,
  fieldToBytes,
  frontierFromBytes,
  leavesOf,
  SeroError,
  TREE_DEPTH,
  type Frontier,
  type TreeHash,
} from "@sero/protocol";
import type { Store } from "../store/index.js";
import type { Chain } from "./chain.js";
import { numberKey, numberOfKey } from "../store/keys.js";

/** The lowest level whose roots are kept: 16 leaves. Below it, leaves themselves are as quick to fetch. */
export const MIN_SUBTREE_LEVEL = 2;
/** Roots that one request may ask for. */
export const MAX_SUBTREE_ROOTS = 4096;

/** Roots of complete subtrees of the note tree, for wallets that join late. */
export interface Subtrees {
  /**
   * Roots of level `level` (4^level leaves each) from index `start`, 32 bytes each, as many as are complete in finalized blocks.
   *
   * @throws SeroError `rpc/params` for a level or count out of range
   */
  roots(level: number, start: bigint, count: number): Promise<Uint8Array[]>;
}

const UNTIL = Uint8Array.of(0xff);

/**
 * Opens the index. It is filled when somebody asks, up to the finalized block, since execution does not hand out inner nodes and most
 * nodes are never asked: a third of a hash a leaf.
 */
export function openSubtrees(store: Store, chain: Chain, hash?: TreeHash): Subtrees {
  const { subtrees } = store.environment;
  let work: Promise<void> | undefined;

  async function catchUp(): Promise<void> {
    const last = chain.finalized().number;
    const stored = subtrees.get(UNTIL);
    let next = stored ? numberOfKey(stored) + 1n : 0n;
    let frontier = next === 0n ? EMPTY_FRONTIER : frontierOf(store, next - 1n);
    while (next <= last) {
      const entries: [Uint8Array, Uint8Array][] = [];
      const stop = next + 63n < last ? next + 63n : last;
      for (; next <= stop; next++) {
        frontier = appendLeaves(
          frontier,
          leavesOf(decodeCompactBlock(compactOf(store, next))),
          hash,
          (level, first, nodes) => {
            if (level < MIN_SUBTREE_LEVEL) return;
            nodes.forEach((node, i) => entries.push([keyOf(level, first + BigInt(i)), fieldToBytes(node)]));
          },
        );
      }
      store.environment.write(() => {
        for (const [key, root] of entries) subtrees.putSync(key, root);
        subtrees.putSync(UNTIL, numberKey(stop));
      });
      // Years of blocks must not hold up everything else.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    async roots(level, start, count) {
      if (level < MIN_SUBTREE_LEVEL || level > TREE_DEPTH || count < 1 || count > MAX_SUBTREE_ROOTS) {
        throw new SeroError(
          "rpc/params",
          `Give a level from ${MIN_SUBTREE_LEVEL} to ${TREE_DEPTH} and ask for 1 to ${MAX_SUBTREE_ROOTS} roots.`,
          { level, count },
        );
      }
      work ??= catchUp().finally(() => (work = undefined));
      await work;
      const roots: Uint8Array[] = [];
      for (let i = 0n; i < BigInt(count); i++) {
        const root = subtrees.get(keyOf(level, start + i));
        if (!root) break;
        roots.push(Uint8Array.from(root));
      }
      return roots;
    },
  };
}

/** The note tree's frontier after a canonical block. @throws SeroError `store/damaged` */
export function frontierOf(store: Store, number: bigint): Frontier {
  return frontierFromBytes(frontierBytesOf(store, number));
}

/** `frontierOf` in the form of `frontierBytes`. @throws SeroError `store/damaged` */
export function frontierBytesOf(store: Store, number: bigint): Uint8Array {
  const hash = store.canonicalHash(number);
  const tree = hash && store.tree(hash);
  const holder = tree?.frontier.kind === "at" ? store.tree(tree.frontier.hash) : tree;
  if (holder?.frontier.kind !== "bytes") throw missing(number);
  return holder.frontier.bytes;
}

function compactOf(store: Store, number: bigint): Uint8Array {
  const hash = store.canonicalHash(number);
  const compact = hash && store.compact(hash);
  if (!compact) throw missing(number);
  return compact;
}

function missing(number: bigint): SeroError {
  return new SeroError("store/damaged", "The block store misses a block it must have. Let the node sync again.", {
    number: number.toString(),
  });
}

function keyOf(level: number, index: bigint): Uint8Array {
  const key = new Uint8Array(9);
  key[0] = level;
  key.set(numberKey(index), 1);
  return key;
}
