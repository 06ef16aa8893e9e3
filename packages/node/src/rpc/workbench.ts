import { SeroError } from "@sero/protocol";

/**
 * Where the EVM runs for those who ask, and for no block. The EVM does not let go of the thread while it runs, so runs go one at a time,
 * between them everything else has its turn, and blocks go first.
 */
export interface Workbench {
  /**
   * Runs `work` when its turn comes; sources take turns.
   *
   * @param source groups what one caller asks
   * @throws SeroError `rpc/limit` when too much waits already, and whatever `work` throws
   */
  run<T>(source: string, work: () => Promise<T>): Promise<T>;
}

/** What may wait. */
export interface WorkbenchLimits {
  readonly all: number;
  readonly perSource: number;
}

/** What a node uses. */
export const DEFAULT_WORKBENCH: WorkbenchLimits = { all: 1024, perSource: 256 };

/** @param others lets everything else have its turn, e.g. `turnsOfOthers` */
export function openWorkbench(others: () => Promise<void>, limits: WorkbenchLimits = DEFAULT_WORKBENCH): Workbench {
  // Insertion order is the order of turns: a source that has had its turn goes to the end.
  const waiting = new Map<string, (() => Promise<void>)[]>();
  let size = 0;
  let isRunning = false;

  function next(): (() => Promise<void>) | undefined {
    const first = waiting.entries().next();
    if (first.done) return undefined;
    const [source, jobs] = first.value;
    const job = jobs.shift();
    waiting.delete(source);
    if (jobs.length > 0) waiting.set(source, jobs);
    size--;
    return job;
  }

  async function runAll(): Promise<void> {
    for (let job = next(); job; job = next()) {
      await others();
      await job();
    }
    // In the same turn in which nothing was found: what comes later starts it again.
    isRunning = false;
  }

  return {
    run<T>(source: string, work: () => Promise<T>) {
      const own = waiting.get(source) ?? [];
      if (size >= limits.all || own.length >= limits.perSource) {
        return Promise.reject(
          new SeroError("rpc/limit", "The node is trying out as many calls as it can. Ask again in a moment.", {
            waiting: size,
          }),
        );
      }
      return new Promise<T>((resolve, reject) => {
        own.push(() => work().then(resolve, reject));
        waiting.set(source, own);
        size++;
        if (isRunning) return;
        isRunning = true;
        void runAll();
      });
    },
  };
}

/**
 * Lets everything else have its turn, and blocks come to an end first.
 *
 * @param blocks resolves when the engine's calls have been answered
 */
export async function turnsOfOthers(blocks: () => Promise<void>): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await blocks();
}
