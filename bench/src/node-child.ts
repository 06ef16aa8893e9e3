import { ensureSpendArtifacts, openVerifierPool } from "@sero/circuits";
import { startNode } from "@sero/node";
import { benchSpec } from "./payments/chain.js";

/** What the parent asks for. */
export type ToNode = { readonly type: "memory" } | { readonly type: "stop" };

/** What this process answers. */
export type FromNode =
  { readonly type: "started"; readonly url: string } | { readonly type: "memory"; readonly rss: number };

const say = (message: FromNode): void => void process.send?.(message);

const spec = benchSpec();
const artifacts = await ensureSpendArtifacts();
const verifier = await openVerifierPool({ artifacts, chainId: spec.chainId, threads: 2 });
const node = await startNode({ spec, dataDir: process.argv[2] ?? "", rpcPort: 0, verifier });

process.on("message", (message: ToNode) => {
  if (message.type === "memory") return say({ type: "memory", rss: process.memoryUsage.rss() });
  void node.stop().then(async () => {
    await verifier.close();
    process.disconnect();
  });
});
say({ type: "started", url: node.rpcUrl });
