import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { MIN_KEPT_BLOCKS, type LightOptions } from "@sero/node";
import { type ChainSpec, fundedDevelopmentSpec, SeroError, specFromJson } from "@sero/protocol";
import { DEFAULT_RPC_PORT, type Context } from "../context.js";
import { portOf, wholeOf } from "../io/numbers.js";
import { p2pOf, type P2pFlags } from "./p2p-options.js";
import { nodeLog, openNode, untilStopped } from "./run-node.js";

/** Options of `sero node`. */
export interface NodeOptions extends P2pFlags {
  readonly spec?: string;
  readonly dataDir?: string;
  readonly rpcPort?: string;
  readonly enginePort?: string;
  readonly jwtSecret?: string;
  readonly metricsPort?: string;
  readonly lightPort?: string;
  readonly lightHost?: string;
  readonly lightName?: readonly string[];
  readonly lightOrigin?: readonly string[];
  readonly lightProxy?: boolean;
  readonly keepBlocks?: string;
  readonly logJson?: boolean;
  readonly verbose?: boolean;
}

/**
 * Reads a chain spec from a JSON file; without one, the spec of the development chain.
 *
 * @throws SeroError `cli/spec-file` when it can't be read or is no JSON; `spec/*` when it makes no sense
 */
export const readSpec = async (path: string | undefined): Promise<ChainSpec> => {
  if (path === undefined) return fundedDevelopmentSpec();
  try {
    return specFromJson(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    if (cause instanceof SeroError) throw cause;
    throw new SeroError(
      "cli/spec-file",
      `The chain spec ${path} can't be read as JSON. Check the path.`,
      {},
      { cause },
    );
  }
};

/** The light port's settings; none without --light-port. */
const lightOf = (options: NodeOptions): { readonly light?: LightOptions } =>
  options.lightPort === undefined
    ? {}
    : {
        light: {
          port: portOf(options.lightPort, 0),
          host: options.lightHost ?? "127.0.0.1",
          names: options.lightName ?? [],
          origins: options.lightOrigin ?? [],
          behindProxy: options.lightProxy === true,
        },
      };

/** How many blocks keep their transactions; all without --keep-blocks. */
const keepOf = ({ keepBlocks }: NodeOptions): { readonly keepBlocks?: number } =>
  keepBlocks === undefined ? {} : { keepBlocks: wholeOf(keepBlocks, 0, "--keep-blocks", MIN_KEPT_BLOCKS, 1e12) };

/** `sero node`: a node for a consensus client outside; it makes no blocks by itself. */
export const node = async (context: Context, options: NodeOptions): Promise<void> => {
  const spec = await readSpec(options.spec);
  const enginePort = portOf(options.enginePort, 8551);
  const running = await openNode(context.output, {
    spec,
    dataDir: options.dataDir ?? join(context.home, "chains", spec.network),
    rpcPort: portOf(options.rpcPort, DEFAULT_RPC_PORT),
    engine: { port: enginePort, ...(options.jwtSecret === undefined ? {} : { jwtSecretPath: options.jwtSecret }) },
    ...(options.metricsPort === undefined ? {} : { metricsPort: portOf(options.metricsPort, 0) }),
    ...lightOf(options),
    ...p2pOf(options),
    ...keepOf(options),
    log: nodeLog(context.output, options.verbose === true, options.logJson === true),
  });
  // Standard output is the log's under --log-json.
  const say = options.logJson === true ? context.output.note : context.output.line;
  say(`JSON-RPC ${running.rpcUrl}, Engine API ${running.engineUrl ?? "off"}. Ctrl-C stops it.`);
  await untilStopped();
  context.output.note("Stopping: finishing what is under way ...");
  await running.stop();
};
