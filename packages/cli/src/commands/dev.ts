import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DEVELOPMENT_WALLETS, fundedDevelopmentSpec } from "@sero/protocol";
import { DEFAULT_NODE_URL, DEFAULT_RPC_PORT, type Context } from "../context.js";
import { portOf, wholeOf } from "../io/numbers.js";
import { ensureDevelopmentWallets } from "./development-wallets.js";
import { nodeLog, openNode, untilStopped } from "./run-node.js";

/** Options of `sero dev`. */
export interface DevOptions {
  readonly rpcPort?: string;
  readonly blockTime?: string;
  readonly reset?: boolean;
  readonly verbose?: boolean;
}

const whatNext = (rpcUrl: string): string =>
  [
    "",
    `The development chain runs: ${rpcUrl}   (Ctrl-C stops it, the same command goes on where it ended)`,
    "",
    `Three wallets hold a million SERO each: ${DEVELOPMENT_WALLETS.map(({ name }) => name).join(", ")}. Their phrases are public; for development only.`,
    "Open a second terminal here and try:",
    "",
    ...(rpcUrl === DEFAULT_NODE_URL ? [] : [`  export SERO_NODE=${rpcUrl}`]),
    "  npx sero balance --wallet alice",
    "  npx sero address --wallet bob",
    "  npx sero send --wallet alice --to \"$(npx sero address --wallet bob)\" --amount 12.5 --memo 'for the lawyer'",
    "  npx sero history --wallet bob",
    "  npx sero audit",
    "  npx sero --help",
    "",
    "A story without a hand on it, with real proofs: npm run demo",
  ].join("\n");

/** `sero dev`: a chain of one's own, with funded wallets, that makes a block on demand and every few seconds. */
export const dev = async (context: Context, options: DevOptions): Promise<void> => {
  const { output } = context;
  const dataDir = join(context.home, "chains", "sero-dev");
  if (options.reset === true) await rm(dataDir, { recursive: true, force: true });
  const spec = fundedDevelopmentSpec();
  const running = await openNode(output, {
    spec,
    dataDir,
    rpcPort: portOf(options.rpcPort, DEFAULT_RPC_PORT),
    sealer: {
      intervalMs: 1000 * wholeOf(options.blockTime, spec.slotSeconds, "The block time", 0, 3600),
      onDemand: true,
    },
    log:
      options.verbose === true
        ? nodeLog(output, true)
        : (line) => (line.level === "error" ? output.note(line.message) : undefined),
  });
  try {
    await ensureDevelopmentWallets(context, running.rpcUrl);
    output.result(
      {
        rpcUrl: running.rpcUrl,
        wsUrl: running.wsUrl,
        chainId: spec.chainId,
        dataDir,
        wallets: DEVELOPMENT_WALLETS.map(({ name }) => name),
      },
      whatNext(running.rpcUrl),
    );
    await untilStopped();
    output.note("Stopping: finishing the block under way ...");
  } finally {
    await running.stop();
  }
};
