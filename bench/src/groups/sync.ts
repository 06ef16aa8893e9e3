import { fork } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureSpendArtifacts, openVerifierPool, type BundleVerifier } from "@sero/circuits";
import { openRules, type Rules } from "@sero/execution";
import { startNode, type ChainBlock } from "@sero/node";
import { beginChainInStore, buildNext, withFolder } from "../chain-store.js";
import { openForge } from "../forge/index.js";
import { timed, type Group } from "../measure.js";
import { proofsOff } from "../payments/verifiers.js";
import { syncSpec, type FromSource } from "../sync-child.js";

/** Blocks of each chain, and payments in each block: a tenth of a full one. */
const BLOCKS = 128;
const PAYMENTS = 32;
const EMPTY_BLOCKS = 1_024;
const THREADS = 2;

/** Head and finalized block of a chain that was grown. */
interface Grown {
  readonly head: ChainBlock;
  readonly finalized: ChainBlock;
}

/**
 * A node without a chain beside a node that has one, each in a process of its own, over loopback: from the first fork choice that its consensus
 * client sends until the head is VALID. Every proof and signature is verified.
 */
export const sync: Group = async ({ progress }) => {
  const artifacts = await ensureSpendArtifacts();
  const spec = syncSpec();
  const verifier = await openVerifierPool({ artifacts, chainId: spec.chainId, threads: THREADS });
  try {
    const rules = await openRules({ spec, verifier: proofsOff() });
    const forge = await openForge(artifacts, spec);
    progress(0.05, "making payments");
    const blocks = Array.from({ length: BLOCKS }, () =>
      forge.payments(PAYMENTS, { expiry: 512n }).map(({ bytes }) => bytes),
    );
    const full = await seconds(rules, blocks, verifier, (part) => progress(0.1 + 0.6 * part, "blocks with payments"));
    const none = Array.from({ length: EMPTY_BLOCKS }, () => []);
    const empty = await seconds(rules, none, verifier, (part) => progress(0.7 + 0.3 * part, "empty blocks"));
    return {
      "sync.blocksPerSecond": BLOCKS / full,
      "sync.paymentsPerSecond": (BLOCKS * PAYMENTS) / full,
      "sync.emptyBlocksPerSecond": EMPTY_BLOCKS / empty,
    };
  } finally {
    await verifier.close();
  }
};

function seconds(
  rules: Rules,
  blocks: readonly (readonly Uint8Array[])[],
  verifier: BundleVerifier,
  progress: (part: number) => void,
): Promise<number> {
  return withFolder(async (folder) => {
    const [from, to] = [join(folder, "from"), join(folder, "to")];
    mkdirSync(from);
    const grown = await grow(from, rules, blocks, (done) => progress((0.4 * done) / blocks.length));
    const source = await startSource(from);
    const node = await startNode({
      spec: rules.spec,
      dataDir: to,
      rpcPort: 0,
      verifier,
      p2p: { listen: [], bootstrap: source.addresses },
    });
    try {
      const { chain, engine, peers } = node.context;
      while (peers?.peers().length === 0) await pause(20);
      const { hash } = grown.head;
      const choice = { head: hash, safe: grown.finalized.hash, finalized: grown.finalized.hash };
      const { ms } = await timed(async () => {
        await engine.forkchoiceUpdated(choice);
        while (chain.get(hash) === undefined) {
          progress(0.4 + (0.6 * Number(chain.head().number)) / blocks.length);
          await pause(20);
        }
      });
      return ms / 1000;
    } finally {
      await node.stop();
      await source.stop();
    }
  });
}

async function grow(
  folder: string,
  rules: Rules,
  blocks: readonly (readonly Uint8Array[])[],
  onBlock: (done: number) => void,
): Promise<Grown> {
  const there = beginChainInStore(folder, rules);
  try {
    for (const [i, payments] of blocks.entries()) {
      there.add(await buildNext(rules, there.parent(), payments));
      onBlock(i + 1);
    }
    return { head: there.chain.head(), finalized: there.chain.finalized() };
  } finally {
    await there.close();
  }
}

async function startSource(
  folder: string,
): Promise<{ readonly addresses: readonly string[]; stop: () => Promise<void> }> {
  const child = fork(fileURLToPath(new URL("../sync-child.js", import.meta.url)), ["serve", folder], { execArgv: [] });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const { addresses } = await new Promise<FromSource>((resolve, reject) => {
    child.once("message", (message) => resolve(message as FromSource));
    child.once("exit", (code) => reject(new Error(`The source's process ended (${code}).`)));
  });
  return {
    addresses,
    async stop() {
      child.send("stop");
      await gone;
    },
  };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
