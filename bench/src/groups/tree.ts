import { randomBytes } from "node:crypto";
import { appendLeaves, bytesToBigInt, DOMAINS, EMPTY_FRONTIER, treeHashOf, type Commitment } from "@sero/protocol";
import { openPoseidon } from "@sero/protocol/wasm";
import { buildPoseidon } from "circomlibjs";
import { interleavedMs, timedOnOneCore, type Group } from "../measure.js";

/** Leaves of a full block of payments. */
const BLOCK_LEAVES = 960;
const BLOCKS = 8;
const NODES = 1024;
const RUNS = 9;

const element = (): bigint => bytesToBigInt(new Uint8Array(randomBytes(31))) + 1n;

/** Appending full blocks to the note tree, and the hash of a node against circomlibjs's. */
export const tree: Group = async ({ progress }) => {
  const poseidon = openPoseidon();
  const hash = treeHashOf(poseidon.hashNodes);
  const theirs = await buildPoseidon();
  const blocks = Array.from({ length: BLOCKS }, () =>
    Array.from({ length: BLOCK_LEAVES }, () => element() as Commitment),
  );
  const children = new Uint8Array(NODES * 128);
  for (let at = 0; at < children.length; at += 32) children.set(randomBytes(31), at + 1);
  const single = Array.from({ length: 64 }, () => [DOMAINS.D_NODE, element(), element(), element(), element()]);
  const times = await interleavedMs(
    RUNS,
    {
      append: () => blocks.reduce((frontier, leaves) => appendLeaves(frontier, leaves, hash), EMPTY_FRONTIER),
      bulk: () => poseidon.hashNodes(children),
      one: () => single.forEach((inputs) => poseidon.hash(inputs)),
      circomlibjs: () => single.forEach((inputs) => theirs(inputs)),
    },
    (run) => progress(run / (RUNS + 1), `round ${run + 1} of ${RUNS + 1}`),
    timedOnOneCore,
  );
  return {
    "tree.appendsPerSecond": (1000 * BLOCKS * BLOCK_LEAVES) / times.append,
    "poseidon.bulk.usPerNode": (1000 * times.bulk) / NODES,
    "poseidon.single.usPerNode": (1000 * times.one) / single.length,
    "poseidon.circomlibjs.usPerNode": (1000 * times.circomlibjs) / single.length,
  };
};
