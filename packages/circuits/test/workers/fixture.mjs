// A worker for tests of the pool: does what the task says.
import { SeroError } from "@sero/protocol";
import { serveTasks } from "../../dist/workers/serve.js";

serveTasks(async (task, report) => {
  if (task.crash) throw new Error("a mistake in the program");
  if (task.exit) process.exit(3);
  if (task.refuse) throw new SeroError("test/refused", "No.", { number: 7 });
  report(0.5);
  await new Promise((resolve) => setTimeout(resolve, task.wait ?? 0));
  return task.echo;
});
