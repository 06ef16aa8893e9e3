import { setMaxListeners } from "node:events";
import { Worker } from "node:worker_threads";
import { SeroError } from "@sero/protocol";

/** What a pool's worker threads run. */
export interface PoolOptions {
  /** The compiled module that calls `serveTasks`. */
  readonly module: URL;
  /** Given to each worker as `workerData`. */
  readonly data: unknown;
  readonly threads: number;
  /** In messages of errors: "the verifier", "the prover". */
  readonly name: string;
}

/** Options of one task. */
export interface TaskOptions {
  /** When aborted, the task is dropped if it has not begun, and its result ignored if it has; the promise rejects at once. */
  readonly signal?: AbortSignal | undefined;
  /** Told the fractions that the worker reports. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** A fixed number of worker threads and one queue in front of them. */
export interface TaskPool {
  /** Runs a task on the next free worker. Rejects with workers/crashed, workers/cancelled, workers/closed or the task's own error. */
  run<Result>(task: unknown, options?: TaskOptions): Promise<Result>;
  /** Ends the workers that are at a task, whose promise rejects if it hasn't; the next tasks start others. What is queued stays so. */
  restart(): Promise<void>;
  /** Rejects what is queued or running and ends the workers. */
  close(): Promise<void>;
}

/** What a worker sends. A task's SeroError goes over as its parts: a structured clone would lose its class. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly fraction: number }
  | { readonly type: "result"; readonly result: unknown }
  | { readonly type: "failure"; readonly code: string; readonly message: string; readonly values: SeroError["values"] };

interface Job {
  readonly task: unknown;
  readonly options: TaskOptions;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  settled: boolean;
}

interface Slot {
  worker: Worker | undefined;
  job: Job | undefined;
}

/** Rejects with this when `signal` was aborted. */
export const cancelled = (name: string): SeroError =>
  new SeroError("workers/cancelled", `The work of ${name} was cancelled.`, { name });

/**
 * Starts worker threads and waits until each is ready. A worker that crashes fails the task it had, as an error and never as a result, and is
 * replaced for the next one.
 *
 * @throws SeroError workers/crashed when a worker can't be started.
 */
export async function openTaskPool({ module, data, threads, name }: PoolOptions): Promise<TaskPool> {
  const queue: Job[] = [];
  const slots: Slot[] = Array.from({ length: Math.max(1, threads) }, () => ({ worker: undefined, job: undefined }));
  let closed = false;

  const crashed = (cause: unknown): SeroError =>
    new SeroError("workers/crashed", `A worker of ${name} ended unexpectedly; try again.`, { name }, { cause });

  const settle = (job: Job | undefined, finish: (job: Job) => void): void => {
    if (job === undefined || job.settled) return;
    job.settled = true;
    finish(job);
  };

  const start = (slot: Slot): Promise<void> =>
    new Promise((resolve, reject) => {
      // Not the parent's flags: what a test runner or loader passes on its command line means nothing to the worker.
      const worker = new Worker(module, { workerData: data, execArgv: [] });
      slot.worker = worker;
      worker.on("message", (message: FromWorker) => {
        // A worker that was ended may have had something on the way: it is not about the slot's new job.
        if (slot.worker !== worker) return;
        if (message.type === "ready") resolve();
        else if (message.type === "progress") {
          if (slot.job?.settled === false) slot.job.options.onProgress?.(message.fraction);
        } else {
          const job = slot.job;
          slot.job = undefined;
          settle(job, ({ resolve, reject }) => {
            if (message.type === "result") resolve(message.result);
            else reject(new SeroError(message.code, message.message, message.values));
          });
          pump();
        }
      });
      const lost = (cause: unknown): void => {
        if (slot.worker !== worker) return;
        slot.worker = undefined;
        const job = slot.job;
        slot.job = undefined;
        reject(crashed(cause));
        settle(job, ({ reject }) => reject(crashed(cause)));
        void worker.terminate();
        pump();
      };
      worker.on("error", lost);
      worker.on("messageerror", lost);
      worker.on("exit", lost);
    });

  /** Gives queued tasks to free workers. */
  const pump = (): void => {
    for (const slot of slots) {
      if (closed || slot.job !== undefined) continue;
      let job = queue.shift();
      while (job?.settled) job = queue.shift();
      if (job === undefined) return;
      const chosen = job;
      slot.job = chosen;
      if (slot.worker === undefined) {
        start(slot).then(
          () => slot.worker?.postMessage(chosen.task),
          (error: unknown) => settle(chosen, ({ reject }) => reject(error)),
        );
      } else slot.worker.postMessage(chosen.task);
    }
  };

  const restart = async (): Promise<void> => {
    const busy = slots.filter(({ job }) => job !== undefined);
    const ended = busy.map(({ worker }) => worker?.terminate());
    for (const slot of busy) {
      settle(slot.job, ({ reject }) => reject(cancelled(name)));
      [slot.worker, slot.job] = [undefined, undefined];
    }
    await Promise.all(ended);
    pump();
  };

  const close = async (): Promise<void> => {
    closed = true;
    const error = new SeroError("workers/closed", `${name} is closed; open another.`, { name });
    const jobs = [...queue.splice(0), ...slots.map(({ job }) => job)];
    const workers = slots.map(({ worker }) => worker);
    for (const slot of slots) [slot.worker, slot.job] = [undefined, undefined];
    for (const job of jobs) settle(job, ({ reject }) => reject(error));
    await Promise.all(workers.map((worker) => worker?.terminate()));
  };

  try {
    await Promise.all(slots.map(start));
  } catch (error) {
    await close();
    throw error;
  }

  return {
    run: <Result>(task: unknown, options: TaskOptions = {}) =>
      new Promise<Result>((resolve, reject) => {
        const { signal } = options;
        if (closed) return reject(new SeroError("workers/closed", `${name} is closed; open another.`, { name }));
        if (signal?.aborted) return reject(cancelled(name));
        const abort = (): void => settle(job, ({ reject }) => reject(cancelled(name)));
        const release = (): void => signal?.removeEventListener("abort", abort);
        const job: Job = {
          task,
          options,
          settled: false,
          resolve: (result) => {
            release();
            resolve(result as Result);
          },
          reject: (error) => {
            release();
            reject(error);
          },
        };
        // One signal for all tasks of one piece of work is the normal use, and no leak to warn of.
        if (signal !== undefined) setMaxListeners(0, signal);
        signal?.addEventListener("abort", abort, { once: true });
        queue.push(job);
        pump();
      }),
    restart,
    close,
  };
}
