import { isFirstRun } from "../folders.js";
import type { Group } from "../measure.js";

/** A group of figures that is measured in a process of its own, so that no group disturbs another. */
export interface GroupEntry {
  readonly name: string;
  readonly title: string;
  /** Seconds that it takes on two cores, for the time left. `firstTime`: what making the proofs adds before they are kept. */
  readonly usual: number;
  readonly firstTime?: number;
  readonly load: () => Promise<Group>;
}

/** All groups in the order in which they run: whatever makes something that others use comes before them. */
export const GROUPS: readonly GroupEntry[] = [
  {
    name: "setup",
    title: "circuit and keys from nothing",
    usual: 16,
    load: async () => (await import("./setup.js")).setup,
  },
  {
    name: "prove",
    title: "one proof, ours and snarkjs's",
    usual: 28,
    load: async () => (await import("./prove.js")).prove,
  },
  {
    name: "payments",
    title: "real payments for the groups below",
    usual: 2,
    firstTime: 80,
    load: async () => (await import("./payments.js")).payments,
  },
  {
    name: "verify",
    title: "proofs and signatures checked",
    usual: 6,
    load: async () => (await import("./verify.js")).verify,
  },
  {
    name: "repack",
    title: "a repack of packages, ours and snarkjs's",
    usual: 16,
    load: async () => (await import("./repack.js")).repack,
  },
  { name: "tree", title: "note tree and its hash", usual: 5, load: async () => (await import("./tree.js")).tree },
  { name: "scan", title: "outputs of others tried", usual: 8, load: async () => (await import("./scan.js")).scan },
  { name: "block", title: "a block of real payments", usual: 20, load: async () => (await import("./block.js")).block },
  {
    name: "calls",
    title: "a block of token transfers inside anonymous calls",
    usual: 12,
    firstTime: 45,
    load: async () => (await import("./calls.js")).calls,
  },
  {
    name: "precompiles",
    title: "every precompile on its worst inputs",
    usual: 25,
    load: async () => (await import("./precompiles.js")).precompiles,
  },
  {
    name: "worst",
    title: "what costs a node most for its gas",
    usual: 90,
    load: async () => (await import("./worst.js")).worst,
  },
  {
    name: "engine",
    title: "full blocks over the Engine API",
    usual: 30,
    load: async () => (await import("./engine.js")).engine,
  },
  {
    name: "gossip",
    title: "payments among four nodes on loopback",
    usual: 60,
    load: async () => (await import("./gossip.js")).gossip,
  },
  {
    name: "sync",
    title: "a chain fetched from a peer on loopback",
    usual: 40,
    load: async () => (await import("./sync.js")).sync,
  },
  {
    name: "disk",
    title: "growth of the store, with and without pruning",
    usual: 45,
    load: async () => (await import("./disk.js")).disk,
  },
  {
    name: "restore",
    title: "a wallet among 100,000 outputs",
    usual: 60,
    load: async () => (await import("./restore.js")).restore,
  },
];

/** Seconds that a group takes on two cores, this time. */
export const usualSeconds = ({ usual, firstTime = 0 }: GroupEntry): number => usual + (isFirstRun() ? firstTime : 0);
