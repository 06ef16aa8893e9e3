import { multiplyGenerator } from "./fixed-base.js";
import type { Group } from "./group.js";

// A process of its own, not a worker thread: ffjavascript's worker library takes any thread it is loaded in for one of its own.

/** What the process is told to do. */
export interface FixedBaseTask {
  readonly group: Group;
  /** 32 bytes little-endian each. */
  readonly scalars: Uint8Array;
}

/** What it says: a fraction now and then, the points at the end. */
export type FixedBaseReport = { readonly fraction: number } | { readonly points: Uint8Array };

const report = (message: FixedBaseReport): void => void process.send?.(message);

process.once("message", (task: FixedBaseTask) => {
  void multiplyGenerator(task.group, task.scalars, (fraction) => report({ fraction })).then((points) => {
    process.send?.({ points } satisfies FixedBaseReport, () => process.disconnect());
  });
});
