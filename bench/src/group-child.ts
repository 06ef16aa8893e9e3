import { GROUPS } from "./groups/index.js";
import type { Figures } from "./measure.js";

/** What the process of a group tells its parent. */
export type FromGroup =
  | { readonly type: "progress"; readonly fraction: number; readonly doing: string }
  | { readonly type: "figures"; readonly figures: Figures }
  | { readonly type: "failure"; readonly message: string };

/** Runs one group: node group-child.js NAME PAYMENTS. Ends when its parent has been told. */
const say = (message: FromGroup): Promise<void> =>
  new Promise((resolve) => {
    if (process.send) process.send(message, () => resolve());
    else resolve();
  });

const [name, payments] = process.argv.slice(2);
try {
  const entry = GROUPS.find((group) => group.name === name);
  if (entry === undefined) throw new Error(`There is no group ${name}.`);
  const group = await entry.load();
  let last = 0;
  const figures = await group({
    payments: Number(payments),
    progress(fraction, doing) {
      const now = performance.now();
      if (now - last < 200) return;
      last = now;
      void say({ type: "progress", fraction, doing });
    },
  });
  await say({ type: "figures", figures });
} catch (error) {
  await say({ type: "failure", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
// snarkjs keeps its threads; nothing of ours is left to do.
process.exit();
