import { openVerifierPool } from "@sero/circuits";
import {
  type LightOptions,
  type P2pOptions,
  type RunningNode,
  type SealerOptions,
  startNode,
  type Log,
} from "@sero/node";
import { type ChainSpec, keyExpectations } from "@sero/protocol";
import type { Output } from "../io/output.js";
import { loadArtifacts } from "./artifacts.js";

/** What a node needs that isn't in the chain spec. */
export interface NodeSettings {
  readonly spec: ChainSpec;
  readonly dataDir: string;
  readonly rpcPort: number;
  readonly sealer?: SealerOptions;
  readonly engine?: { readonly port: number; readonly jwtSecretPath?: string };
  readonly allowedOrigins?: readonly string[];
  readonly metricsPort?: number;
  readonly light?: LightOptions;
  readonly p2p?: P2pOptions;
  readonly keepBlocks?: number;
  readonly log?: Log;
}

/** Starts a node with its verifier's workers; `stop` ends both. */
export const openNode = async (output: Output, settings: NodeSettings): Promise<RunningNode> => {
  const artifacts = await loadArtifacts(output);
  const verifier = await openVerifierPool({ artifacts, ...keyExpectations(settings.spec) });
  try {
    const node = await startNode({ ...settings, verifier });
    return {
      ...node,
      stop: async () => {
        await node.stop();
        await verifier.close();
      },
    };
  } catch (error) {
    await verifier.close();
    throw error;
  }
};

/** Resolves on Ctrl-C or a termination signal. A second Ctrl-C ends the process at once; what was sealed is on disk. */
export const untilStopped = (): Promise<void> =>
  new Promise((resolve) => {
    const stop = (): void => {
      process.once("SIGINT", () => process.exit(130));
      resolve();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });

/** A log that writes JSON lines to standard output under `--json` or `asJson`, else sentences to standard error; debug lines only if asked for. */
export const nodeLog =
  (output: Output, verbose: boolean, asJson = output.json): Log =>
  (line) => {
    if (line.level === "debug" && !verbose) return;
    if (output.json || asJson) {
      process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
      return;
    }
    const values = Object.entries(line.values ?? {}).map(([name, value]) => `${name}=${String(value)}`);
    output.note([line.level === "info" ? " " : line.level.toUpperCase(), line.message, ...values].join(" "));
  };
