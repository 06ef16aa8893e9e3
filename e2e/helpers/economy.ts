import { join } from "node:path";
import { ensureSpendArtifacts, openVerifierPool, type BundleVerifier } from "@sero/circuits";
import { startNode, type RunningNode } from "@sero/node";
import { COIN, developmentSpec, genesisNotesFor, keyExpectations, newPhrase, SeroError } from "@sero/protocol";
import type { ChainSpec } from "@sero/protocol";
import { nodePlatform, restoreWallet, type PaymentRequest, type Platform, type Wallet } from "@sero/wallet";
import { prooflessPlatform, prooflessVerifier } from "./proofless.js";
import { randomFrom, type Random } from "./random.js";

/** What an economy is made of. */
export interface EconomyOptions {
  readonly folder: string;
  readonly people: number;
  /** Coins of each person's four genesis notes. */
  readonly coinsPerNote: bigint;
  readonly realProofs: boolean;
  readonly seed: number;
}

/** Somebody with a wallet, and what must be in it by the ledger that the test keeps. */
export interface Person {
  readonly name: string;
  readonly phrase: string;
  readonly wallet: Wallet;
  expected: bigint;
}

/** People who pay each other at random on a real node with a store on disk. */
export interface Economy {
  readonly spec: ChainSpec;
  readonly node: () => RunningNode;
  readonly verifier: BundleVerifier;
  readonly people: readonly Person[];
  /** Transactions sent so far, and the sum of their fees. */
  readonly sent: () => { readonly txids: readonly string[]; readonly fees: bigint };
  /** Nullifiers of all notes that anybody could spend when paying: those published besides are of dummies. */
  readonly nullifiers: () => ReadonlySet<bigint>;
  /** Sends `count` random payments puts them into blocks of one to six, and lets every wallet read them. */
  readonly play: (count: number) => Promise<void>;
  /** A second copy of somebody's wallet, in a folder of its own, synchronised. */
  readonly copy: (name: string, from: { readonly phrase: string } | { readonly viewKey: string }) => Promise<Wallet>;
  /** Stops the node and starts it again on what is on disk. */
  readonly restartNode: () => Promise<RunningNode>;
  readonly close: () => Promise<void>;
}

const COINS = 10n ** 18n;
/** The passphrase's work is not what is tested here. */
const KDF = { logN: 10, r: 8, p: 1 } as const;
const MEMOS = ["", "rent", "für Öl & Brot", "謝謝", "👩‍👩‍👧 holiday money", "a longer word of thanks. ".repeat(12)];

const spendableOf = (wallet: Wallet): bigint => wallet.balances().find(({ asset }) => asset === COIN)?.spendable ?? 0n;

/** Everything in base units that a wallet holds of the coin. */
export const totalOf = (wallet: Wallet): bigint => wallet.balances().find(({ asset }) => asset === COIN)?.total ?? 0n;

/** One base unit, a few coins with all 18 decimals, or a large part of everything, which takes several notes and so several bundles. */
const randomAmount = (random: Random, spendable: bigint): bigint => {
  const kind = random.below(10);
  if (kind === 0) return 1n;
  const part = BigInt(random.below(1_000_000_000)) + 1n;
  const most = kind < 8 ? spendable / 500n : (spendable * 9n) / 10n;
  return (most * part) / 1_000_000_000n + BigInt(random.below(1_000_000));
};

const randomPayments = (random: Random, others: readonly Person[], spendable: bigint): PaymentRequest[] => {
  const recipients = random.shuffled(others).slice(0, random.pick([1, 1, 1, 1, 2, 3]));
  return recipients.map(({ wallet }) => {
    const memo = random.pick(MEMOS);
    const amount = randomAmount(random, spendable) / BigInt(recipients.length) + 1n;
    return { address: wallet.address(), amount, ...(memo === "" ? {} : { memo }) };
  });
};

/** Starts a node and funds the people. */
export const openEconomy = async (options: EconomyOptions): Promise<Economy> => {
  const { folder, realProofs } = options;
  const random = randomFrom(options.seed);
  const phrases = Array.from({ length: options.people }, () => newPhrase(12));
  const spec = developmentSpec(genesisNotesFor(phrases, "sero-dev", 4, options.coinsPerNote * COINS));
  const artifacts = await ensureSpendArtifacts();
  const verifier = realProofs ? await openVerifierPool({ artifacts, ...keyExpectations(spec) }) : prooflessVerifier();
  const platform: Platform = realProofs ? nodePlatform() : prooflessPlatform(artifacts);
  const start = (rpcPort: number): Promise<RunningNode> =>
    startNode({
      spec,
      dataDir: join(folder, "chain"),
      rpcPort,
      // Blocks come when the play asks for them: after one payment or after several.
      sealer: { intervalMs: 0, onDemand: false },
      verifier,
    });
  let node = await start(0);
  const wallets: Wallet[] = [];
  const copy: Economy["copy"] = async (name, from) => {
    const place = { directory: join(folder, name), node: node.rpcUrl, passphrase: "economy", platform, kdf: KDF };
    const wallet = await restoreWallet({ ...place, from });
    wallets.push(wallet);
    await wallet.sync();
    return wallet;
  };
  const people: Person[] = [];
  for (const [i, phrase] of phrases.entries()) {
    const name = `person-${i}`;
    people.push({ name, phrase, wallet: await copy(name, { phrase }), expected: 4n * options.coinsPerNote * COINS });
  }
  const txids: string[] = [];
  const nullifiers = new Set<bigint>();
  let fees = 0n;

  /** One person pays. False where the money does not suffice just now, which is no fault: change may still be on its way. */
  const payOnce = async (): Promise<boolean> => {
    const sender = random.pick(people);
    await sender.wallet.sync();
    for (const { nullifier } of sender.wallet.notes()) if (nullifier !== undefined) nullifiers.add(nullifier);
    const others = people.filter((person) => person !== sender);
    const payments = randomPayments(random, others, spendableOf(sender.wallet));
    const priceStep = random.below(8) === 0 ? random.below(spec.priceLadder.length) : 0;
    try {
      const prepared = await sender.wallet.prepareSend({ payments, priceStep });
      // What would have to wait for change is another payment; the ledger below counts whole ones.
      if (prepared.report.later.length > 0) return false;
      const receipts = await sender.wallet.send(prepared);
      txids.push(...receipts.map(({ txid }) => txid));
      fees += prepared.report.totalFee;
      sender.expected -= prepared.report.totalFee;
    } catch (error) {
      if (error instanceof SeroError && error.code.startsWith("funds/")) return false;
      throw error;
    }
    for (const { address, amount } of payments) {
      sender.expected -= amount;
      const recipient = people.find(({ wallet }) => wallet.address() === address);
      if (recipient !== undefined) recipient.expected += amount;
    }
    return true;
  };

  return {
    spec,
    node: () => node,
    verifier,
    people,
    sent: () => ({ txids, fees }),
    nullifiers: () => nullifiers,
    play: async (count) => {
      for (let paid = 0; paid < count;) {
        const together = Math.min(count - paid, random.pick([1, 2, 3, 4, 6]));
        for (let tries = 0, made = 0; made < together && tries < 20; tries++) {
          if (!(await payOnce())) continue;
          made++;
          paid++;
        }
        await node.context.sealer?.seal();
      }
      for (const { wallet } of people) await wallet.sync();
    },
    copy,
    restartNode: async () => {
      const { port } = new URL(node.rpcUrl);
      await node.stop();
      return (node = await start(Number(port)));
    },
    close: async () => {
      for (const wallet of wallets) await wallet.close();
      await node.stop();
      await verifier.close();
    },
  };
};
