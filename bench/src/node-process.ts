import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { ToNode, FromNode } from "./node-child.js";

/** A node in a process of its own. */
export interface NodeProcess {
  readonly url: string;
  /** Memory of the whole process, its verifier's threads included. */
  rssBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a node with two verifier threads on the bench's chain in `folder`. */
export async function startNodeProcess(folder: string): Promise<NodeProcess> {
  const child = fork(fileURLToPath(new URL("./node-child.js", import.meta.url)), [folder], { execArgv: [] });
  const ended = new Promise<never>((_resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`The node's process ended (${code}).`)));
  });
  ended.catch(() => undefined);
  const next = (): Promise<FromNode> =>
    Promise.race([ended, new Promise<FromNode>((resolve) => child.once("message", resolve as (m: unknown) => void))]);
  const ask = (message: ToNode): Promise<FromNode> => {
    const answer = next();
    child.send(message);
    return answer;
  };
  const started = await next();
  if (started.type !== "started") throw new Error("The node's process did not start.");
  return {
    url: started.url,
    async rssBytes() {
      const answer = await ask({ type: "memory" });
      return answer.type === "memory" ? answer.rss : 0;
    },
    async stop() {
      const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      child.send({ type: "stop" } satisfies ToNode);
      await gone;
    },
  };
}
