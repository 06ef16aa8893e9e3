import { loadArtifacts } from "../commands/artifacts.js";
import { EXIT, reportFailure } from "../io/failure.js";
import { openOutput } from "../io/output.js";
import { openProgress } from "../io/progress.js";
import { openStage } from "./stage.js";
import { playStory } from "./story.js";
import { tellStep, type Step } from "./telling.js";

const STEPS = 11;

/** Plays the whole story on a temporary chain with real proofs. The exit code is 0 only if every check in it held. */
const playDemo = async (args: readonly string[]): Promise<number> => {
  const output = openOutput(args.includes("--json"));
  if (args.includes("--help")) {
    output.line(
      "npm run demo [-- --json]: a story of anonymous payments on a temporary chain, with real proofs. Takes about two minutes.",
    );
    return EXIT.ok;
  }
  output.line("A story on a temporary chain, with real proofs. Nothing is left behind.");
  const stage = await openStage(await loadArtifacts(output));
  const onInterrupt = (): void => {
    void stage.clear().finally(() => process.exit(EXIT.interrupted));
  };
  process.once("SIGINT", onInterrupt);
  const progress = openProgress(output, "Playing");
  const tick = setInterval(() => progress.update(steps.length / STEPS, `scene ${steps.length + 1} of ${STEPS}`), 500);
  const steps: Step[] = [];
  try {
    for await (const step of playStory(stage)) {
      progress.done();
      steps.push(step);
      tellStep(output, steps.length, step);
    }
  } finally {
    clearInterval(tick);
    progress.done();
    process.off("SIGINT", onInterrupt);
    await stage.clear();
  }
  const checks = steps.flatMap((step) => step.checks);
  const failed = checks.filter(({ holds }) => !holds);
  const ok = failed.length === 0;
  output.result(
    { ok, checks: checks.length, failed: failed.map(({ what }) => what), steps },
    `\n${checks.length - failed.length} of ${checks.length} checks held.${ok ? "" : ` Failed: ${failed.map(({ what }) => what).join("; ")}`}`,
  );
  return ok ? EXIT.ok : EXIT.check;
};

const args = process.argv.slice(2);
process.exitCode = await playDemo(args).catch((error: unknown) => reportFailure(error, args.includes("--json")));
