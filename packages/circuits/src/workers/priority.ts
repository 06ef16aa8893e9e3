import { setPriority } from "node:os";

/** Niceness of threads whose work may wait. Under contention such a thread gets a third of what an ordinary one gets: it never starves. */
const BACKGROUND = 5;

/**
 * Lets all other threads and programs of this machine go before the thread that calls it: it can't take that back,
 * so only threads that do nothing else should. On Linux alone, where setpriority(2) with 0 means the calling thread and not its process; elsewhere
 * nothing happens.
 */
export function yieldToOthers(): void {
  if (process.platform !== "linux") return;
  try {
    setPriority(BACKGROUND);
  } catch {
    // Forbidden by a sandbox: it competes with the others then.
  }
}
