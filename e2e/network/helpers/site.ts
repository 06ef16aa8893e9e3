import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../helpers/command.js";
import { blockAt, rpc, type RpcBlock } from "../../helpers/rpc.js";
import { openBeacon, type Beacon } from "./beacon.js";
import { openEngineProxy, type EngineProxy } from "./engine-proxy.js";
import type { Firewall } from "./firewall.js";
import { scriptArguments, type NodeEntry } from "./folder.js";
import { startProgram, type Program } from "./program.js";

const SERO = fileURLToPath(new URL("../../../packages/cli/bin/sero.js", import.meta.url));
const LODESTAR = fileURLToPath(new URL("../node_modules/@chainsafe/lodestar/lib/index.js", import.meta.url));

/** Mean time until a node spreads what it gave to one peer and never saw again: peers are killed here, and 39 s is long. */
const EMBARGO_SECONDS = "5";

/** One operator's machine: a node, its consensus client, and what stands between them and the others. */
export interface Site {
  readonly name: string;
  readonly entry: NodeEntry;
  readonly url: string;
  readonly beacon: Beacon;
  readonly engine: EngineProxy;
  /** Address that its blocks' fees go to, so that one sees who proposed a block. */
  readonly feeRecipient: string;
  readonly execution: () => Program | undefined;
  readonly consensus: () => Program | undefined;
  readonly rpc: <T>(method: string, params?: readonly unknown[]) => Promise<T>;
  readonly block: (at: bigint | string) => Promise<RpcBlock | null>;
  readonly startExecution: () => Promise<Program>;
  /** `checkpoint`: another site's REST address, to begin at its finalized state instead of at genesis. */
  readonly startConsensus: (checkpoint?: string) => Promise<Program>;
  /** Takes the node's data away, all but its identity; it must not run. */
  readonly emptyExecution: () => Promise<void>;
}

/** What a site is made from. */
export interface SiteOptions {
  readonly entry: NodeEntry;
  /** The node's folder in the network's folder. */
  readonly folder: string;
  readonly logs: string;
  readonly firewall: Firewall;
  readonly index: number;
  /** Validators that it runs, in place of its even share. */
  readonly validators: { readonly first: number; readonly count: number };
}

const rangeOf = ({ first, count }: { readonly first: number; readonly count: number }): string =>
  `${first}..${first + count - 1}`;

const emptied = async (folder: string, keep: readonly string[]): Promise<void> => {
  for (const name of await readdir(folder))
    if (!keep.includes(name)) await rm(join(folder, name), { recursive: true, force: true });
};

/**
 * Gets a site ready; nothing runs yet. What runs are the start scripts' own commands, with three ports changed, the node's and the consensus
 * client's listening ports, in whose place the firewall stands, and the engine port, in whose place the proxy does, and another share of
 * the validators.
 */
export const openSite = async ({ entry, folder, logs, firewall, index, validators }: SiteOptions): Promise<Site> => {
  const { name, ports } = entry;
  const url = `http://127.0.0.1:${ports.rpc}`;
  const p2p = await freePort();
  // Another one at each start: its peers remember the one before, and would go around the firewall.
  let consensusPort = 0;
  await firewall.open(name, ports.p2p, () => p2p);
  await firewall.open(name, ports.consensus, () => consensusPort);
  const engine = await openEngineProxy(ports.engine);
  const feeRecipient = `0x${String(index + 1).padStart(40, "fee0")}`;
  const consensusData = join(folder, "consensus");
  let execution: Program | undefined;
  let consensus: Program | undefined;

  const replaced = async (script: string, changes: readonly (readonly [string, string])[]): Promise<string[]> => {
    const words = [...(await scriptArguments(folder, script))];
    for (const [from, to] of changes) {
      const at = words.indexOf(from);
      if (at < 0) throw new Error(`${script} of ${name} doesn't say ${from}`);
      words[at] = to;
    }
    return words;
  };
  return {
    name,
    entry,
    url,
    beacon: openBeacon(ports.rest),
    engine,
    feeRecipient,
    execution: () => execution,
    consensus: () => consensus,
    rpc: <T>(method: string, params: readonly unknown[] = []) => rpc<T>(url, method, params),
    block: (at) => blockAt(url, at),
    startExecution: async () => {
      const listen = (port: number): string => `/ip4/127.0.0.1/tcp/${port}`;
      const args = await replaced("start-execution.sh", [[listen(ports.p2p), listen(p2p)]]);
      execution = await startProgram({
        name: `${name} execution`,
        command: process.execPath,
        args: [SERO, ...args, "--p2p-announce", listen(ports.p2p), "--embargo-seconds", EMBARGO_SECONDS, "--verbose"],
        log: join(logs, `${name}-execution.log`),
      });
      return execution;
    },
    startConsensus: async (checkpoint) => {
      consensusPort = await freePort();
      const args = await replaced("start-consensus.sh", [
        [`http://127.0.0.1:${ports.engine}`, engine.url],
        [String(ports.consensus), String(consensusPort)],
        [rangeOf(entry.validators), rangeOf(validators)],
      ]);
      await mkdir(consensusData, { recursive: true });
      await rm(join(consensusData, "peerstore"), { recursive: true, force: true });
      consensus = await startProgram({
        name: `${name} consensus`,
        command: process.execPath,
        // The harness makes the connections: discovery on loopback takes over a minute.
        args: [LODESTAR, ...args, "--discv5", "false", "--suggestedFeeRecipient", feeRecipient].concat(
          checkpoint === undefined ? [] : ["--checkpointSyncUrl", checkpoint],
        ),
        env: { LODESTAR_PRESET: "minimal" },
        // It writes its genesis state into the folder that it is started in.
        cwd: consensusData,
        log: join(logs, `${name}-consensus.log`),
      });
      return consensus;
    },
    emptyExecution: () => emptied(join(folder, "execution"), ["peer.key"]),
  };
};
