import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureSpendArtifacts, openVerifierPool, type BundleVerifier } from "@sero/circuits";
import { startNode, type RunningNode } from "@sero/node";
import { developmentSpec, SeroError, type ChainSpec, type Inner } from "@sero/protocol";
import { openForge } from "../forge/index.js";
import { median, type Group } from "../measure.js";

const NODES = 4;
const PAYMENTS = 800;
const RUNS = 3;
/** Payments that a user of each node has under way at a time. */
const UNDER_WAY = 32;
/** Threads of the verifier that the nodes share. */
const THREADS = 2;
/** All are connected, and each has somebody whom it dialled: stems go there. */
const DIALS = [
  [0, 1],
  [1, 2],
  [2, 3],
  [3, 0],
  [0, 2],
  [1, 3],
] as const;
/** Until gossip's mesh stands. */
const MESH_MS = 3_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Payments that users hand to four nodes on loopback, until every node has verified all of them: stemmed first, then gossiped. */
export const gossip: Group = async ({ progress }) => {
  const artifacts = await ensureSpendArtifacts();
  const spec = developmentSpec([{ inner: 5n as Inner, value: 10n ** 24n }]);
  const forge = await openForge(artifacts, spec);
  const verifier = await openVerifierPool({ artifacts, chainId: spec.chainId, threads: THREADS });
  const rates: number[] = [];
  try {
    for (let run = -1; run < RUNS; run++) {
      progress((run + 1) / (RUNS + 1), `run ${run + 2} of ${RUNS + 1}`);
      const payments = forge.payments(PAYMENTS, { expiry: 256n });
      const seconds = await withNodes(spec, verifier, (nodes) => spreadAll(nodes, payments));
      // The first run compiles.
      if (run >= 0) rates.push(PAYMENTS / seconds);
    }
  } finally {
    await verifier.close();
  }
  return { "gossip.txPerSecond": median(rates) };
};

async function withNodes<T>(
  spec: ChainSpec,
  verifier: BundleVerifier,
  work: (nodes: readonly RunningNode[]) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "sero-gossip-"));
  const nodes: RunningNode[] = [];
  try {
    for (let i = 0; i < NODES; i++) {
      nodes.push(
        await startNode({
          spec,
          verifier,
          dataDir: join(folder, String(i)),
          rpcPort: 0,
          p2p: { listen: ["/ip4/127.0.0.1/tcp/0"], bootstrap: [], limits: { maxOutbound: 0 } },
        }),
      );
    }
    for (const [from, to] of DIALS) {
      await nodes[from]?.context.peers?.dial(nodes[to]?.context.peers?.addresses()[0] ?? "");
    }
    const deadline = performance.now() + 60_000;
    while (nodes.some(({ context }) => (context.peers?.peers().length ?? 0) < NODES - 1)) {
      if (performance.now() > deadline) throw new Error("The nodes did not find each other.");
      await pause(50);
    }
    await pause(MESH_MS);
    return await work(nodes);
  } finally {
    for (const node of nodes) await node.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Hands each node an equal part, a few at a time. @returns seconds until all nodes have all of them */
async function spreadAll(nodes: readonly RunningNode[], payments: readonly { bytes: Uint8Array }[]): Promise<number> {
  const started = performance.now();
  const users = nodes.map(async ({ context }, index) => {
    const own = payments.filter((_, i) => i % nodes.length === index).map(({ bytes }) => bytes);
    const user = async (): Promise<void> => {
      for (let bytes = own.pop(); bytes; bytes = own.pop()) await submit(context, bytes);
    };
    await Promise.all(Array.from({ length: UNDER_WAY }, user));
  });
  await Promise.all(users);
  const deadline = performance.now() + 120_000;
  while (nodes.some(({ context }) => context.mempool.size < payments.length)) {
    if (performance.now() > deadline) {
      const sizes = nodes.map(({ context }) => context.mempool.size);
      throw new Error(`Not all of ${payments.length} payments arrived: ${sizes.join(", ")}.`);
    }
    await pause(10);
  }
  return (performance.now() - started) / 1000;
}

/** Tries again while the node says that it is busy. */
async function submit(context: RunningNode["context"], bytes: Uint8Array): Promise<void> {
  for (;;) {
    try {
      await context.submit(bytes, "rpc:bench");
      return;
    } catch (error) {
      if (!(error instanceof SeroError) || error.code !== "pool/busy") throw error;
      await pause(20);
    }
  }
}
