import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openSeat } from "../../helpers/command.js";

/** What the harness uses of network.json, as `sero network init` writes it. */
export interface NetworkFile {
  readonly genesisHash: string;
  readonly validators: number;
  readonly nodes: readonly NodeEntry[];
}

/** One node of network.json. */
export interface NodeEntry {
  readonly name: string;
  readonly ports: Readonly<Record<"rpc" | "engine" | "metrics" | "p2p" | "consensus" | "rest", number>>;
  readonly peerId: string;
  readonly multiaddr: string;
  readonly validators: { readonly first: number; readonly count: number };
}

/** Makes a network's folder with the command that operators use; `genesisTime`: of slot 0, seconds since 1970. */
export const initNetwork = async (
  directory: string,
  options: { readonly validators: readonly number[]; readonly slotSeconds: number; readonly genesisTime: number },
): Promise<NetworkFile> => {
  const { slotSeconds, genesisTime } = options;
  const all = options.validators.reduce((sum, count) => sum + count, 0);
  const seat = openSeat(join(directory, "..", "operator"));
  const args = [
    "--nodes",
    String(options.validators.length),
    "--validators",
    String(all),
    "--slot-seconds",
    String(slotSeconds),
    "--genesis-time",
    String(genesisTime),
  ];
  await seat.ask(["network", "init", directory, ...args]);
  return JSON.parse(await readFile(join(directory, "network.json"), "utf8")) as NetworkFile;
};

/** The arguments after the program's name that a start script of `sero network init` gives it, its variables filled in. */
export const scriptArguments = async (folder: string, script: string): Promise<readonly string[]> => {
  const text = await readFile(join(folder, script), "utf8");
  const [, command] = /^run ([\s\S]+)$/m.exec(text) ?? [];
  if (command === undefined) throw new Error(`${script} runs nothing`);
  return command
    .replaceAll("\\\n", " ")
    .trim()
    .split(/\s+/)
    .map((word) => word.replaceAll(/["']/g, "").replaceAll("$here", folder))
    .filter((word) => word !== "$@");
};
