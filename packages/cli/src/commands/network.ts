import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { developmentSpec, isDevelopmentChainId, SeroError, type ChainSpec } from "@sero/protocol";
import type { Context } from "../context.js";
import { wholeOf } from "../io/numbers.js";
import { makeNode, readNetwork, refuseUsed, writeNetwork, writeNode, writePhrases } from "../network/folder.js";
import { fundsOf, type Funds } from "../network/funds.js";
import { summaryOf } from "../network/genesis-json.js";
import { choosePorts } from "../network/ports.js";
import type { ConsensusClient, Network, NetworkNode, Preset } from "../network/types.js";

/** Validators that each node of a new network runs, unless told otherwise. */
const VALIDATORS_PER_NODE = 8;
const MOST_NODES = 100;

/** Options of `sero network init`. */
export interface NetworkInitOptions {
  readonly nodes?: string;
  readonly name?: string;
  readonly chainId?: string;
  readonly slotSeconds?: string;
  readonly genesisTime?: string;
  readonly alloc?: readonly string[];
  readonly freshWallets?: string;
  readonly validators?: string;
  readonly address?: readonly string[];
  readonly basePort?: string;
  readonly consensus?: string;
  readonly preset?: string;
  readonly fork?: string;
  readonly feeRecipient?: string;
}

const chainIdOf = (text: string | undefined): bigint => {
  const id = BigInt(wholeOf(text, 24_159, "A chain id", 1, Number.MAX_SAFE_INTEGER));
  if (!isDevelopmentChainId(id)) {
    throw new SeroError(
      "network/no-ceremony",
      `Chain ${id} is no development chain: it needs proving keys from a ceremony, and there has been none yet. Use a chain id from 24158 to 24161; their keys are known to everybody.`,
      { chainId: String(id) },
    );
  }
  return id;
};

/** `+60`: that many seconds from now; else seconds since 1970. */
const timeOf = (text: string): bigint => {
  const match = /^(\+?)(\d{1,12})$/.exec(text);
  if (!match) {
    throw new SeroError("cli/time", "A genesis time is seconds since 1970, or +60 for a minute from now.", {
      time: text.slice(0, 40),
    });
  }
  return BigInt(match[2]!) + (match[1] === "+" ? BigInt(Math.floor(Date.now() / 1000)) : 0n);
};

const feeRecipientOf = (text: string | undefined): string | undefined => {
  if (text === undefined || /^0x[0-9a-fA-F]{40}$/.test(text)) return text;
  throw new SeroError(
    "cli/address",
    "A fee recipient is a pseudonym's address: 0x and 40 hex digits (`sero pseudonym new`).",
  );
};

const CLIENTS: readonly ConsensusClient[] = ["lodestar-dev", "lodestar", "lighthouse", "teku", "none"];
const PRESETS: readonly Preset[] = ["mainnet", "minimal"];
const FORKS = ["shanghai", "cancun", "prague", "osaka"] as const;

/** One of a few words. @throws SeroError `cli/choice` */
const choiceOf = <T extends string>(text: string, choices: readonly T[], name: string): T => {
  const choice = choices.find((word) => word === text);
  if (choice === undefined)
    throw new SeroError("cli/choice", `${name} is one of: ${choices.join(", ")}.`, { given: text.slice(0, 40) });
  return choice;
};

/** The forks that are active from genesis on. */
const forkTimes = (text: string, consensus: ConsensusClient): Partial<ChainSpec> => {
  const fork = FORKS.indexOf(choiceOf(text, FORKS, "A fork"));
  if (consensus === "lodestar-dev" && fork > 0) {
    throw new SeroError(
      "network/fork",
      "The script for Lodestar 1.5.1 knows nothing after Shanghai. Choose another --consensus for later forks.",
      { fork: text },
    );
  }
  return {
    ...(fork >= 1 ? { cancunTime: 0n } : {}),
    ...(fork >= 2 ? { pragueTime: 0n } : {}),
    ...(fork >= 3 ? { osakaTime: 0n } : {}),
  };
};

/** The validators of node `i`: an even share, the first nodes one more. */
const shareOf = (validators: number, nodes: number, i: number): { readonly first: number; readonly count: number } => {
  const first = Math.floor((validators * i) / nodes);
  return { first, count: Math.floor((validators * (i + 1)) / nodes) - first };
};

const addressesOf = (given: readonly string[], nodes: number): readonly string[] => {
  if (given.length === 0) return Array.from({ length: nodes }, () => "127.0.0.1");
  const wrong = given.find((address) => !/^[A-Za-z0-9.:-]{1,253}$/.test(address));
  if (given.length !== nodes || wrong !== undefined) {
    throw new SeroError(
      "network/addresses",
      "Give one --address for each node, in their order: an IP address or a DNS name.",
      {
        nodes,
        addresses: given.length,
      },
    );
  }
  return given;
};

const specOf = (
  options: NetworkInitOptions,
  network: string,
  { notes }: Funds,
  consensus: ConsensusClient,
): ChainSpec =>
  developmentSpec(notes, {
    network,
    hrp: "serotest",
    chainId: chainIdOf(options.chainId),
    slotSeconds: wholeOf(options.slotSeconds, 4, "Seconds of a slot", 1, 3600),
    genesisTime: timeOf(options.genesisTime ?? "+60"),
    ...forkTimes(options.fork ?? "shanghai", consensus),
  });

/** `sero network init`: everything that N nodes of a new network are started from. */
export const networkInit = async (context: Context, folder: string, options: NetworkInitOptions): Promise<void> => {
  const directory = resolve(folder);
  await refuseUsed(directory);
  const count = wholeOf(options.nodes, 3, "The number of nodes", 1, MOST_NODES);
  const validators = wholeOf(
    options.validators,
    VALIDATORS_PER_NODE * count,
    "The number of validators",
    count,
    100_000,
  );
  const addresses = addressesOf(options.address ?? [], count);
  const basePort =
    options.basePort === undefined ? undefined : wholeOf(options.basePort, 0, "The base port", 1024, 64_000);
  const consensus = choiceOf(options.consensus ?? "lodestar-dev", CLIENTS, "A consensus client");
  const preset = choiceOf(
    options.preset ?? (consensus === "lodestar-dev" ? "minimal" : "mainnet"),
    PRESETS,
    "A preset",
  );
  const feeRecipient = feeRecipientOf(options.feeRecipient);
  const name = options.name ?? "sero-testnet";
  chainIdOf(options.chainId);
  const funds = fundsOf(name, options.alloc ?? [], wholeOf(options.freshWallets, 0, "The number of wallets", 0, 100));
  const spec = specOf(options, name, funds, consensus);
  const ports = await choosePorts(count, basePort);
  const summary = summaryOf(spec);
  await mkdir(directory, { recursive: true });
  const nodes: NetworkNode[] = [];
  for (const [i, own] of ports.entries()) {
    const share = shareOf(validators, count, i);
    nodes.push(
      await makeNode(directory, { name: `node-${i + 1}`, address: addresses[i]!, ports: own, validators: share }),
    );
  }
  const network: Network = {
    spec,
    genesisHash: summary.genesisHash,
    consensus,
    preset,
    validators,
    feeRecipient,
    nodes,
  };
  for (const node of nodes) await writeNode(directory, network, node);
  await writePhrases(directory, funds.wallets);
  await writeNetwork(directory, network);
  context.output.result(
    {
      directory,
      ...summary,
      nodes,
      wallets: funds.wallets.map((wallet) => wallet.name),
      publicWallets: funds.publicWallets,
    },
    told(directory, network, summary.stateRoot, funds),
  );
};

const told = (directory: string, { spec, genesisHash, nodes }: Network, stateRoot: string, funds: Funds): string =>
  [
    `${nodes.length} node${nodes.length === 1 ? "" : "s"} of the network ${spec.network} (chain ${spec.chainId}) in ${directory}:`,
    `  genesis block  ${genesisHash}`,
    `  state root     ${stateRoot}`,
    `  slot 0         ${new Date(Number(spec.genesisTime) * 1000).toISOString()}, a slot every ${spec.slotSeconds} s`,
    ...nodes.map(
      ({ name, ports }) => `  ${name.padEnd(13)}  JSON-RPC ${ports.rpc}, metrics ${ports.metrics}, peers ${ports.p2p}`,
    ),
    "",
    funds.publicWallets
      ? "The wallets alice, bob and carol hold a million coins each. Their phrases are public."
      : funds.wallets.length > 0
        ? `${funds.wallets.length} new wallets hold a million coins each; their phrases are in ${directory}/wallets. Keep them secret.`
        : "The coins of genesis belong to the slots that were given.",
    "The proving keys of development chains are known to everybody: nothing on this network is worth anything.",
    "",
    `On this machine:  ${directory}/start-all.sh   and   ${directory}/stop-all.sh`,
    "On several: copy each node's folder to its machine and run its two scripts. docs/network.md says the rest.",
  ].join("\n");

/** `sero network add-node`: one more folder, for a node that follows the network and runs no validators of its genesis. */
export const networkAddNode = async (
  context: Context,
  folder: string,
  options: { readonly address?: string; readonly basePort?: string },
): Promise<void> => {
  const directory = resolve(folder);
  const before = await readNetwork(directory);
  const [address] = addressesOf([options.address ?? "127.0.0.1"], 1);
  const basePort =
    options.basePort === undefined ? undefined : wholeOf(options.basePort, 0, "The base port", 1024, 64_000);
  const [ports] = await choosePorts(
    1,
    basePort,
    before.nodes.map((node) => node.ports.rpc),
  );
  const last = Math.max(0, ...before.nodes.map(({ name }) => Number(name.slice("node-".length))));
  const node = await makeNode(directory, {
    name: `node-${last + 1}`,
    address: address!,
    ports: ports!,
    validators: { first: 0, count: 0 },
  });
  const network = { ...before, nodes: [...before.nodes, node] };
  await writeNode(directory, network, node);
  await writeNetwork(directory, network);
  context.output.result(
    { directory, node },
    [
      `${directory}/${node.name}: JSON-RPC ${node.ports.rpc}, metrics ${node.ports.metrics}, peers ${node.ports.p2p}.`,
      "Its scripts name the other nodes; they learn of it when it comes.",
    ].join("\n"),
  );
};
