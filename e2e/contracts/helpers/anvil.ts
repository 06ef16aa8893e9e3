import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePort, until } from "../../helpers/command.js";
import { rpc } from "../../helpers/rpc.js";
import { FOLDER } from "./compile.js";

/** A reference EVM that runs. */
export interface Anvil {
  readonly url: string;
  /** Ends the process that this started, and waits until it is gone. */
  readonly stop: () => Promise<void>;
}

const program = (): string => {
  const given = process.env["ANVIL"];
  if (given !== undefined) return given;
  // The registry that this lock file was made with has the binary of one platform only; on others Foundry's own is taken from the path.
  const installed = join(FOLDER, "node_modules", "@foundry-rs", "anvil-linux-amd64", "bin", "anvil");
  return existsSync(installed) ? installed : "anvil";
};

/**
 * Starts anvil on a free loopback port: Cancun's rules, SERO's chain id, one block for each transaction, and no fee rules but a base fee.
 *
 * @throws Error with what to do when there is no anvil
 */
export const startAnvil = async (chainId: bigint, gasLimit: bigint): Promise<Anvil> => {
  const port = await freePort();
  const args = ["--host", "127.0.0.1", "--port", String(port), "--silent", "--hardfork", "cancun"];
  args.push("--chain-id", String(chainId), "--gas-limit", String(gasLimit), "--accounts", "1", "--timestamp", "1");
  args.push("--disable-min-priority-fee", "--steps-tracing");
  const child: ChildProcess = spawn(program(), args, { stdio: "ignore" });
  let failure: Error | undefined;
  child.on("error", (error) => (failure = error));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  await until("anvil answers", async () => {
    if (failure !== undefined)
      throw new Error(`anvil does not start (${failure.message}). Install Foundry, or name its program in ANVIL.`);
    if (child.exitCode !== null) throw new Error(`anvil ended with ${child.exitCode}`);
    return rpc<string>(url, "eth_blockNumber").catch(() => undefined);
  });
  return {
    url,
    stop: async () => {
      child.kill("SIGTERM");
      await ended;
    },
  };
};
