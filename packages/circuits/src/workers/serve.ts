import { parentPort } from "node:worker_threads";
import { SeroError } from "@sero/protocol";
import type { FromWorker } from "./pool.js";

/**
 * Answers a `TaskPool`'s tasks in this worker thread, one at a time. A SeroError thrown by `handle` fails its task; anything else is a mistake in
 * the program and ends the worker, which fails the task as a crash.
 */
export function serveTasks<Task>(
  handle: (task: Task, report: (fraction: number) => void) => unknown | Promise<unknown>,
): void {
  const port = parentPort;
  if (port === null) throw new SeroError("workers/thread", "This module runs in a worker thread only.");
  const send = (message: FromWorker): void => port.postMessage(message);
  port.on("message", (task: Task) => {
    void (async () => {
      try {
        const result = await handle(task, (fraction) => send({ type: "progress", fraction }));
        send({ type: "result", result });
      } catch (error) {
        if (!(error instanceof SeroError)) throw error;
        send({ type: "failure", code: error.code, message: error.message, values: error.values });
      }
    })();
  });
  send({ type: "ready" });
}
