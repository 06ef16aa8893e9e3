import { openRpc, type Rpc } from "./rpc.js";

/** A block as a watched node serves it. */
export interface SeenBlock {
  readonly number: number;
  readonly hash: string;
  readonly parentHash: string;
  readonly txids: readonly string[];
}

/** Follows the canonical chains of all nodes. */
export interface Watch {
  /** When the last of the nodes had this transaction in a canonical block, `performance.now()`; undefined while one hasn't. */
  minedEverywhere(txid: string): number | undefined;
  /** Block numbers of the nodes' heads. */
  heads(): readonly number[];
  /** Transactions in a node's canonical blocks so far. */
  minedAt(node: number): number;
  /** The finalized block number of the node that is furthest behind. */
  finalized(): Promise<number>;
  /**
   * Reads all blocks from each node again. Throws unless all nodes have the same block at every height up to the lowest head but two (the
   * newest may be on their way).
   *
   * @returns the txids in the blocks that all have, with their block's number
   */
  agreed(): Promise<ReadonlyMap<string, number>>;
  stop(): void;
}

interface RpcBlock {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly transactions: readonly string[];
}

const POLL_MS = 150;

/** Starts polling the public ports of the nodes. */
export function startWatch(ports: readonly number[]): Watch {
  const rpcs = ports.map((port) => openRpc(port));
  const chains: SeenBlock[][] = ports.map(() => []);
  const counts = new Map<string, { nodes: number; at: number }>();
  const totals = ports.map(() => 0);
  let stopped = false;

  const drop = (node: number): void => {
    const block = chains[node]?.pop();
    for (const txid of block?.txids ?? []) {
      const count = counts.get(txid);
      if (count) count.nodes--;
    }
    totals[node] = (totals[node] ?? 0) - (block?.txids.length ?? 0);
  };
  const add = (node: number, block: SeenBlock): void => {
    const at = performance.now();
    chains[node]?.push(block);
    totals[node] = (totals[node] ?? 0) + block.txids.length;
    for (const txid of block.txids) {
      const count = counts.get(txid);
      if (count) Object.assign(count, { nodes: count.nodes + 1, at });
      else counts.set(txid, { nodes: 1, at });
    }
  };

  const follow = async (rpc: Rpc, node: number): Promise<void> => {
    const chain = chains[node] ?? [];
    const newest = await blockOf(rpc, "latest");
    if (newest.hash === chain.at(-1)?.hash) return;
    const fresh = [newest];
    for (let at = newest; at.number > 0 && chain[at.number - 1]?.hash !== at.parentHash;) {
      at = await blockOf(rpc, at.parentHash);
      fresh.push(at);
    }
    const lowest = fresh.at(-1)?.number ?? 0;
    while (chain.length > lowest) drop(node);
    for (const block of fresh.reverse()) add(node, block);
  };
  const run = async (rpc: Rpc, node: number): Promise<void> => {
    let last = "";
    while (!stopped) {
      try {
        // A head of the same number with another hash shows when the next block comes.
        const number = await rpc.call<string>("eth_blockNumber", []);
        if (number !== last) {
          await follow(rpc, node);
          last = number;
        }
      } catch {
        // A node that is busy or away is asked again.
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  };
  rpcs.forEach((rpc, node) => void run(rpc, node));

  return {
    minedEverywhere(txid) {
      const count = counts.get(txid);
      return count && count.nodes === ports.length ? count.at : undefined;
    },
    heads: () => chains.map((chain) => chain.length - 1),
    minedAt: (node) => totals[node] ?? 0,
    async finalized() {
      const numbers = await Promise.all(rpcs.map((rpc) => blockOf(rpc, "finalized").then(({ number }) => number)));
      return Math.min(...numbers);
    },
    async agreed() {
      const heads = await Promise.all(rpcs.map((rpc) => rpc.call<string>("eth_blockNumber", []).then(Number)));
      const common = Math.min(...heads) - 2;
      const found = new Map<string, number>();
      for (let number = 0; number <= common; number++) {
        const blocks = await Promise.all(rpcs.map((rpc) => blockOf(rpc, `0x${number.toString(16)}`)));
        if (new Set(blocks.map(({ hash }) => hash)).size !== 1)
          throw new Error(`The nodes have different blocks at height ${number}.`);
        for (const txid of blocks[0]?.txids ?? []) {
          if (found.has(txid)) throw new Error(`${txid} is in two blocks.`);
          found.set(txid, number);
        }
      }
      return found;
    },
    stop() {
      stopped = true;
      for (const rpc of rpcs) rpc.close();
    },
  };
}

async function blockOf(rpc: Rpc, block: string): Promise<SeenBlock> {
  const byHash = block.length === 66;
  const found = await rpc.call<RpcBlock | null>(byHash ? "eth_getBlockByHash" : "eth_getBlockByNumber", [block, false]);
  if (!found) throw new Error(`There is no block ${block}.`);
  const { number, hash, parentHash, transactions } = found;
  return { number: Number(number), hash, parentHash, txids: transactions };
}
