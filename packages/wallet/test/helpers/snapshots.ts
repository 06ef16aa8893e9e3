import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRules } from "@sero/execution";
import { exportSnapshot, importSnapshot, startNode, type RunningNode } from "@sero/node";
import { verifySignature } from "@sero/protocol";
import { httpClient, type NodeClient } from "../../src/index.js";
import type { LiveChain } from "./live.js";

/** What the Pool said of assets and packages, as two nodes tell it. */
export interface ToldTwice {
  readonly whole: readonly unknown[];
  readonly imported: readonly unknown[];
}

/** Makes a snapshot of a chain once all of it is final, imports it, and asks the chain's node and one that begins with the snapshot. */
export async function throughSnapshot({ node, spec, client, mine }: LiveChain): Promise<ToldTwice> {
  await mine(40);
  const folder = mkdtempSync(join(tmpdir(), "sero-snapshot-"));
  const verifier: Parameters<typeof openRules>[0]["verifier"] = {
    check: async (items) => items.map(({ rk, message, signature }) => verifySignature(rk, message, signature)),
    close: async () => undefined,
  };
  let other: RunningNode | undefined;
  try {
    const rules = await openRules({ spec, verifier });
    const path = join(folder, "chain.snapshot");
    const identity = { chainId: spec.chainId, genesisHash: rules.genesis.hash };
    const { hash, number } = await exportSnapshot({ store: node.context.store, ...identity, path });
    const dataDir = join(folder, "node");
    await importSnapshot({ path, dataDir, rules, trusted: hash });
    other = await startNode({ sealer: { intervalMs: 0, onDemand: false }, verifier, rpcPort: 0, spec, dataDir });
    const ask = async (one: NodeClient): Promise<unknown[]> => [
      ...(await one.assets(0n, number)),
      ...(await one.packageEvents(0n, number)),
    ];
    return { whole: await ask(client), imported: await ask(httpClient(other.rpcUrl)) };
  } finally {
    await other?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
