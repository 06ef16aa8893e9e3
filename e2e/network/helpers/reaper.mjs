// Ends the programs of a test run whose own process was killed. Reads "+pid" and "-pid" lines; when the pipe closes, what is still
// listed is killed. Nothing else can do it: a process that gets SIGKILL runs no handler.
import { createInterface } from "node:readline";

const pids = new Set();
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const pid = Number(line.slice(1));
    if (line.startsWith("+")) pids.add(pid);
    else pids.delete(pid);
  })
  .on("close", () => {
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // Gone by itself.
      }
    }
    process.exit(0);
  });
// Ctrl-C goes to the whole group of a terminal; this one must outlive it.
process.on("SIGINT", () => undefined);
