import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { randomBytes } from "node:crypto";
import { makeGenesis } from "@sero/execution";
import { makePeerKey } from "@sero/node";
import { SeroError, specFromJson, specToJson } from "@sero/protocol";
import { z } from "zod";
import { consensusConfig } from "./consensus-config.js";
import { consensusScript } from "./consensus-scripts.js";
import { executionGenesis } from "./execution-genesis.js";
import type { FreshWallet } from "./funds.js";
import { summaryOf } from "./genesis-json.js";
import { executionScript, multiaddrOf, startAllScript, stopAllScript } from "./scripts.js";
import type { Network, NetworkNode, Ports } from "./types.js";

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

const port = z.number().int().min(1).max(65_535);

const networkFile = z.strictObject({
  genesisHash: z.string().regex(/^0x[0-9a-f]{64}$/),
  consensus: z.enum(["lodestar-dev", "lodestar", "lighthouse", "teku", "none"]),
  preset: z.enum(["mainnet", "minimal"]),
  validators: z.number().int().min(0),
  // It stands in scripts that are made from this file, and the file may be somebody else's.
  feeRecipient: z
    .string()
    .regex(/^0x[0-9a-fA-F]{40}$/)
    .nullable(),
  nodes: z.array(
    z.strictObject({
      name: z.string().regex(/^node-[1-9][0-9]{0,4}$/),
      address: z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/),
      ports: z.strictObject({
        rpc: port,
        engine: port,
        metrics: port,
        light: port,
        p2p: port,
        consensus: port,
        discovery: port,
        rest: port,
      }),
      peerId: z.string().regex(/^[A-Za-z0-9]{10,128}$/),
      multiaddr: z.string().regex(/^\/[A-Za-z0-9./:-]{1,300}$/),
      validators: z.strictObject({ first: z.number().int().min(0), count: z.number().int().min(0) }),
    }),
  ),
});

/**
 * Refuses a folder that holds anything: a network's keys and data are not written over.
 *
 * @throws SeroError `network/exists`
 */
export const refuseUsed = async (directory: string): Promise<void> => {
  const found = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code === "ENOTDIR") return ["a file"];
    throw error;
  });
  if (found.length > 0) {
    throw new SeroError(
      "network/exists",
      `There is something in ${directory} already, and nothing is written over. Name an empty or a new folder.`,
      { directory },
    );
  }
};

/**
 * Reads a network that `init` wrote.
 *
 * @throws SeroError `network/none` where there is none, `network/damaged` when its files don't fit together; `spec/*`
 */
export const readNetwork = async (directory: string): Promise<Network> => {
  const read = (name: string): Promise<unknown> =>
    readFile(join(directory, name), "utf8").then(
      (text) => JSON.parse(text) as unknown,
      (cause: unknown) => {
        throw new SeroError(
          "network/none",
          `There is no network in ${directory}: sero network init makes one.`,
          {},
          { cause },
        );
      },
    );
  const parsed = networkFile.safeParse(await read("network.json"));
  const damaged = (what: string): SeroError =>
    new SeroError("network/damaged", `The network's file ${what}. Restore it from where it was made.`, { directory });
  if (!parsed.success) throw damaged("network.json holds what init doesn't write");
  const spec = specFromJson(await read("spec.json"));
  if (summaryOf(spec).genesisHash !== parsed.data.genesisHash) throw damaged("spec.json makes another genesis block");
  return { ...parsed.data, feeRecipient: parsed.data.feeRecipient ?? undefined, spec };
};

/** The files of the whole network; written again when a node comes to it. */
export const writeNetwork = async (directory: string, network: Network): Promise<void> => {
  const { genesisHash, consensus, preset, validators, feeRecipient, nodes, spec } = network;
  await writeFile(join(directory, "spec.json"), json(specToJson(spec)));
  await writeFile(join(directory, "genesis.json"), json(summaryOf(spec)));
  const file = { genesisHash, consensus, preset, validators, feeRecipient: feeRecipient ?? null, nodes };
  await writeFile(join(directory, "network.json"), json(file));
  const script = { mode: 0o755 };
  await writeFile(join(directory, "start-all.sh"), startAllScript(nodes, consensus), script);
  await writeFile(join(directory, "stop-all.sh"), stopAllScript(nodes), script);
};

/** Makes a node's folder with its data folder and identity. */
export const makeNode = async (
  directory: string,
  node: Omit<NetworkNode, "peerId" | "multiaddr"> & { readonly ports: Ports },
): Promise<NetworkNode> => {
  const folder = join(directory, node.name);
  await mkdir(join(folder, "execution"), { recursive: true, mode: 0o700 });
  const peerId = await makePeerKey(join(folder, "execution", "peer.key"));
  const secret = `0x${randomBytes(32).toString("hex")}\n`;
  await writeFile(join(folder, "jwt.hex"), secret, { mode: 0o600, flag: "wx" });
  return { ...node, peerId, multiaddr: multiaddrOf(node.address, node.ports.p2p, peerId) };
};

/** The files in a node's folder that follow from the network. */
export const writeNode = async (directory: string, network: Network, node: NetworkNode): Promise<void> => {
  const folder = join(directory, node.name);
  const script = { mode: 0o755 };
  await writeFile(join(folder, "spec.json"), json(specToJson(network.spec)));
  await writeFile(join(folder, "start-execution.sh"), executionScript(network, node), script);
  const consensus = consensusScript(network, node);
  if (consensus !== undefined) await writeFile(join(folder, "start-consensus.sh"), consensus, script);
  // Lodestar's dev command makes all of it by itself.
  if (network.consensus === "lodestar-dev") return;
  const files = join(folder, "network");
  await mkdir(files, { recursive: true });
  await writeFile(join(files, "config.yaml"), consensusConfig(network.spec, network.preset, network.validators));
  await writeFile(
    join(files, "execution-genesis.json"),
    json(executionGenesis(network.spec, makeGenesis(network.spec))),
  );
  // Names that clients look for: the block from which deposits are read.
  for (const name of ["deposit_contract_block.txt", "deploy_block.txt"]) await writeFile(join(files, name), "0\n");
};

/** Phrases of wallets that were made with the network, each readable by its owner only. */
export const writePhrases = async (directory: string, wallets: readonly FreshWallet[]): Promise<void> => {
  if (wallets.length === 0) return;
  const folder = join(directory, "wallets");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { name, phrase } of wallets)
    await writeFile(join(folder, `${name}.phrase`), `${phrase}\n`, { mode: 0o600, flag: "wx" });
};
