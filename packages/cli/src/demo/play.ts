import { CONTRACT_STEPS } from "./contracts-story.js";
import { EXIT } from "../io/failure.js";
import type { Output } from "../io/output.js";
import { openProgress } from "../io/progress.js";
import { tellStep, type Step } from "./telling.js";

/** Steps of the whole story, for the progress line. */
const STEPS = 11 + CONTRACT_STEPS;

/**
 * Tells a story step by step as it happens, then its result. The exit code is 0 only if the story ran to its end, checked something, and
 * every check in it held.
 *
 * @throws whatever the story throws
 */
export const playSteps = async (output: Output, story: AsyncIterable<Step>): Promise<number> => {
  const steps: Step[] = [];
  const progress = openProgress(output, "Playing");
  const tick = setInterval(() => progress.update(steps.length / STEPS, `scene ${steps.length + 1} of ${STEPS}`), 500);
  try {
    for await (const step of story) {
      progress.done();
      steps.push(step);
      tellStep(output, steps.length, step);
    }
  } finally {
    clearInterval(tick);
    progress.done();
  }
  const checks = steps.flatMap((step) => step.checks);
  const failed = checks.filter(({ holds }) => !holds);
  const ok = checks.length > 0 && failed.length === 0;
  output.result(
    { ok, checks: checks.length, failed: failed.map(({ what }) => what), steps },
    `\n${checks.length - failed.length} of ${checks.length} checks held.${failed.length === 0 ? "" : ` Failed: ${failed.map(({ what }) => what).join("; ")}`}`,
  );
  return ok ? EXIT.ok : EXIT.check;
};
