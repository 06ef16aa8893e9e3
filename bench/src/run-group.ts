import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromGroup } from "./group-child.js";
import type { GroupEntry } from "./groups/index.js";
import type { Figures } from "./measure.js";

/** How a group ended. */
export type GroupOutcome =
  | { readonly type: "figures"; readonly figures: Figures; readonly seconds: number }
  | { readonly type: "failure"; readonly message: string };

/**
 * Runs a group in a process of its own. `execArgv` goes to that process's Node, e.g. `--cpu-prof`. Aborting `signal` ends the process.
 */
export function runGroup(
  entry: GroupEntry,
  options: {
    readonly payments: number;
    readonly execArgv: readonly string[];
    readonly signal: AbortSignal;
    readonly onProgress: (fraction: number, doing: string) => void;
  },
): Promise<GroupOutcome> {
  const started = performance.now();
  const child = fork(
    fileURLToPath(new URL("./group-child.js", import.meta.url)),
    [entry.name, String(options.payments)],
    { execArgv: [...options.execArgv], signal: options.signal },
  );
  return new Promise((resolve) => {
    let outcome: GroupOutcome = { type: "failure", message: "Its process ended without an answer." };
    child.on("message", (message: FromGroup) => {
      if (message.type === "progress") return options.onProgress(message.fraction, message.doing);
      outcome =
        message.type === "figures"
          ? { ...message, seconds: (performance.now() - started) / 1000 }
          : { type: "failure", message: message.message };
    });
    child.on("error", (error) => resolve({ type: "failure", message: error.message }));
    child.on("close", () => resolve(outcome));
  });
}
