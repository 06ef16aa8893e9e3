import { loadArtifacts } from "../commands/artifacts.js";
import { EXIT, reportFailure } from "../io/failure.js";
import { openOutput } from "../io/output.js";
import { playSteps } from "./play.js";
import { openStage } from "./stage.js";
import { playStory } from "./story.js";

/** Plays the whole story on a temporary chain with real proofs. The exit code is 0 only if every check in it held. */
const playDemo = async (args: readonly string[]): Promise<number> => {
  const output = openOutput(args.includes("--json"));
  if (args.includes("--help")) {
    output.line(
      "npm run demo [-- --json]: a story of anonymous payments, calls and packages on a temporary chain, with real proofs. Takes about three minutes.",
    );
    return EXIT.ok;
  }
  output.line("A story on a temporary chain, with real proofs. Nothing is left behind.");
  const artifacts = await loadArtifacts(output);
  const opening = openStage(artifacts);
  const onInterrupt = (): void => {
    void opening
      .then((stage) => stage.clear())
      .catch(() => undefined)
      .finally(() => process.exit(EXIT.interrupted));
  };
  process.once("SIGINT", onInterrupt);
  const stage = await opening;
  try {
    return await playSteps(output, playStory(stage));
  } finally {
    process.off("SIGINT", onInterrupt);
    await stage.clear();
  }
};

const args = process.argv.slice(2);
process.exitCode = await playDemo(args).catch((error: unknown) => reportFailure(error, args.includes("--json")));
