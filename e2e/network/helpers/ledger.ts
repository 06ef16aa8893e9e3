import type { Network } from "./network.js";
import type { Payment, Person } from "./people.js";
import type { Site } from "./site.js";

/** What a site's chain holds, walked from its head to genesis. */
export interface Walk {
  readonly hashes: ReadonlyMap<bigint, string>;
  /** Transactions in order of the chain; one that is applied twice stands here twice. */
  readonly txids: readonly string[];
}

interface Receipt {
  readonly blockNumber: string;
  readonly blockHash: string;
}

/** Reads a site's chain from block 0 to `number`. */
export const walk = async (site: Site, number: bigint): Promise<Walk> => {
  const hashes = new Map<bigint, string>();
  const txids: string[] = [];
  for (let at = 0n; at <= number; at++) {
    const block = await site.block(at);
    if (!block) throw new Error(`${site.name} has no block ${at}`);
    const before = hashes.get(at - 1n);
    if (before !== undefined && before !== block.parentHash)
      throw new Error(`${site.name}: block ${at} hangs in the air`);
    hashes.set(at, block.hash);
    txids.push(...block.transactions);
  }
  return { hashes, txids };
};

/** Waits until a transaction is in a block of every one of `sites`' chains, the same block; gives its number. */
export const minedAt = (network: Network, sites: readonly Site[], txid: string): Promise<bigint> =>
  network.waitFor(`${txid} is in a block of ${sites.map(({ name }) => name).join(", ")}`, async () => {
    const receipts = await Promise.all(
      sites.map((site) => site.rpc<Receipt | null>("eth_getTransactionReceipt", [txid])),
    );
    const [first] = receipts;
    return first && receipts.every((receipt) => receipt?.blockHash === first.blockHash)
      ? BigInt(first.blockNumber)
      : undefined;
  });

/** The site that proposed a block: each gives fees to an address of its own. */
export const proposerOf = async (network: Network, site: Site, number: bigint): Promise<Site | undefined> => {
  const block = await site.rpc<{ miner: string }>("eth_getBlockByNumber", [`0x${number.toString(16)}`, false]);
  return network.sites.find(({ feeRecipient }) => feeRecipient.toLowerCase() === block.miner.toLowerCase());
};

/** Waits until all of `sites` have the same head that is at least `number`, and gives it. */
export const sameHead = (
  network: Network,
  sites: readonly Site[],
  number: bigint,
): Promise<{ readonly number: bigint; readonly hash: string; readonly stateRoot: string }> =>
  network.waitFor(`${sites.map(({ name }) => name).join(", ")} agree on a head from ${number} on`, async () => {
    const heads = await Promise.all(sites.map((site) => site.block("latest")));
    const [first] = heads;
    if (!first || BigInt(first.number) < number) return undefined;
    if (!heads.every((head) => head?.hash === first.hash && head.stateRoot === first.stateRoot)) return undefined;
    return { number: BigInt(first.number), hash: first.hash, stateRoot: first.stateRoot };
  });

/** Waits until every one of `sites` has finalized `number`, and gives the highest block that all of them did. */
export const finalizedAt = (network: Network, sites: readonly Site[], number: bigint): Promise<bigint> =>
  network.waitFor(`${sites.map(({ name }) => name).join(", ")} finalize block ${number}`, async () => {
    const blocks = await Promise.all(sites.map((site) => site.block("finalized")));
    const numbers = blocks.map((block) => (block ? BigInt(block.number) : 0n));
    const least = numbers.reduce((low, next) => (next < low ? next : low));
    return least >= number ? least : undefined;
  });

/** All money there is: what wallets hold, and the fees that proposers got. Base units. */
export const allMoney = async (people: readonly Person[], network: Network, site: Site): Promise<bigint> => {
  let sum = 0n;
  for (const person of people) sum += (await person.balance()).total;
  for (const { feeRecipient } of network.sites)
    sum += BigInt(await site.rpc<string>("eth_getBalance", [feeRecipient, "latest"]));
  return sum;
};

/** How often each payment stands in a list of transactions. */
export const timesIn = (txids: readonly string[], payments: readonly Payment[]): readonly number[] =>
  payments.map(({ txid }) => txids.filter((other) => other === txid).length);
