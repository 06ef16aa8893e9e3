import { execFile } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { specFromJson, type ChainSpec } from "@sero/protocol";
import { startDriver, type Driver } from "./driver.js";
import { connectBeacons, LODESTAR } from "./lodestar.js";
import { startProgram, type Program } from "./processes.js";
import { openRpc } from "./rpc.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const SERO = join(ROOT, "packages", "cli", "bin", "sero.js");

/** Who decides what the next block is. */
export type Consensus = "lodestar" | "driver";

/** What `sero network init` chose for a node. */
export interface NodePlace {
  readonly name: string;
  readonly ports: Readonly<Record<"rpc" | "engine" | "rest" | "consensus", number>>;
  readonly multiaddr: string;
}

export interface NetworkOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly nodes: number;
  readonly consensus: Consensus;
  readonly slotSeconds: number;
  /** Folder for CPU profiles of the first node. */
  readonly profile: string | undefined;
  /** Further arguments of `sero node`. */
  readonly nodeArgs: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (doing: string) => void;
  /** Given, before anything is started, the step that stops all of it. */
  readonly onStop: (step: () => Promise<void>) => void;
}

/** A network that makes blocks. */
export interface LoadNetwork {
  readonly spec: ChainSpec;
  readonly specPath: string;
  readonly genesisHash: string;
  readonly places: readonly NodePlace[];
  readonly nodes: readonly Program[];
  readonly beacons: readonly Program[];
}

/** Seconds from making the genesis to slot 0: what starting eight programs takes on two cores. */
const LEAD_SECONDS = { lodestar: 40, driver: 15 } as const;

/**
 * Makes a network with `sero network init` and starts its nodes, each a `sero node` process with a consensus client of its own, by the scripts
 * that init writes; then waits for the first block. Nodes are peers of each other; development wallets hold the coin that pays all fees.
 */
export async function startNetwork(options: NetworkOptions): Promise<LoadNetwork> {
  const { folder, consensus, onProgress } = options;
  const home = join(folder, "network");
  const lead = LEAD_SECONDS[consensus];
  const init = [
    "network",
    "init",
    home,
    "--nodes",
    String(options.nodes),
    "--slot-seconds",
    String(options.slotSeconds),
  ];
  await promisify(execFile)(process.execPath, [SERO, ...init, "--genesis-time", `+${lead}`], {
    signal: options.signal,
  });
  const described = JSON.parse(readFileSync(join(home, "network.json"), "utf8")) as {
    readonly genesisHash: string;
    readonly nodes: readonly NodePlace[];
  };
  const specPath = join(home, "spec.json");
  const spec = specFromJson(JSON.parse(readFileSync(specPath, "utf8")));
  const places = described.nodes;
  const logs = join(folder, "logs");
  mkdirSync(logs, { recursive: true });

  const programs: Program[] = [];
  let driver: Driver | undefined;
  options.onStop(async () => {
    await driver?.stop();
    // Consensus clients first: a node that ends under them makes them complain for nothing.
    await Promise.all(programs.slice(places.length).map((program) => program.stop()));
    await Promise.all(programs.map((program) => program.stop()));
  });
  onProgress("starting nodes");
  const nodes = places.map(({ name }, i) => {
    const profiled = options.profile !== undefined && i === 0;
    const flags = profiled ? ` --cpu-prof --cpu-prof-dir=${options.profile}` : "";
    return startProgram(name, join(home, name, "start-execution.sh"), options.nodeArgs, {
      cwd: join(home, name),
      logPath: join(logs, `${name}.log`),
      env: { SERO: `${process.execPath}${flags} ${SERO}` },
    });
  });
  programs.push(...nodes);
  await Promise.all(places.map(({ ports }) => answers(ports.rpc)));
  const beacons =
    consensus === "driver"
      ? []
      : places.map(({ name }) =>
          startProgram(`${name} consensus`, join(home, name, "start-consensus.sh"), [], {
            cwd: join(home, name),
            logPath: join(logs, `${name}-consensus.log`),
            env: { LODESTAR },
          }),
        );
  programs.push(...beacons);
  if (consensus === "lodestar") {
    onProgress("starting consensus clients");
    await connectBeacons(places);
  } else {
    driver = startDriver({
      engines: places.map(({ name, ports }) => ({
        port: ports.engine,
        secret: Buffer.from(
          readFileSync(join(home, name, "jwt.hex"), "utf8")
            .trim()
            .slice(2),
          "hex",
        ),
      })),
      genesisHash: described.genesisHash,
      genesisTime: Number(spec.genesisTime),
      slotSeconds: spec.slotSeconds,
      onMissed: (slot, reason) => process.stderr.write(`\nslot ${slot} has no block: ${reason}\n`),
    });
  }
  onProgress(`waiting for the first blocks (genesis is ${lead} s after the beginning)`);
  await Promise.all(places.map(({ ports }) => reaches(ports.rpc, 2)));
  return { spec, specPath, genesisHash: described.genesisHash, places, nodes, beacons };
}

const PATIENCE_MS = 180_000;

/** Waits until a node's public port answers. */
const answers = (port: number): Promise<void> => reaches(port, 0);

/** Waits until a node's head has at least this number. */
async function reaches(port: number, number: number): Promise<void> {
  const rpc = openRpc(port);
  const end = performance.now() + PATIENCE_MS;
  try {
    for (;;) {
      const head = await rpc.call<string>("eth_blockNumber", []).then(Number, () => -1);
      if (head >= number) return;
      if (performance.now() > end)
        throw new Error(`The node on port ${port} does not get to block ${number}; see its log.`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  } finally {
    rpc.close();
  }
}
