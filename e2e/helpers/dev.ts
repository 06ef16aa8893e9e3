import { until, type Environment, type Seat, type Started } from "./command.js";
import { rpc } from "./rpc.js";

/** A `sero dev` that answers. */
export interface DevChain extends Started {
  readonly url: string;
  /** Ctrl-C; resolves with the exit code. */
  readonly interrupt: () => Promise<number | null>;
  /** kill -9, and waits until the process is gone. */
  readonly kill: () => Promise<void>;
}

/** Starts `sero dev` on `port` and waits until it answers and its wallets are made. */
export const startDev = async (
  seat: Seat,
  port: number,
  more: readonly string[] = [],
  environment: Environment = {},
): Promise<DevChain> => {
  const started = seat.start(["dev", "--rpc-port", String(port), ...more], environment);
  const url = `http://127.0.0.1:${port}`;
  let code: number | null | undefined;
  void started.ended.then((end) => (code = end));
  // Its result comes when the node answers and the wallets are there.
  await until("sero dev runs", async () => {
    if (code !== undefined) throw new Error(`sero dev ended with ${code}: ${started.stdout()}${started.stderr()}`);
    if (!started.stdout().includes(url)) return undefined;
    return rpc<string>(url, "eth_blockNumber").catch(() => undefined);
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    started.child.kill(signal);
    return started.ended;
  };
  return {
    ...started,
    url,
    interrupt: () => end("SIGINT"),
    kill: async () => void (await end("SIGKILL")),
  };
};
