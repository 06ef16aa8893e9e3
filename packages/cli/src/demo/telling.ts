import type { Output } from "../io/output.js";

/** Something that must hold for the demo to succeed. */
export interface Check {
  readonly what: string;
  readonly holds: boolean;
}

/** One step of the story, with what happened and what the chain shows of it side by side. */
export interface Step {
  readonly title: string;
  readonly really: readonly string[];
  readonly chain: readonly string[];
  readonly checks: readonly Check[];
  readonly seconds: number;
}

const WIDTH = 58;

const wrap = (text: string, width: number): string[] => {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  return [...lines, line];
};

const sideBySide = (left: readonly string[], right: readonly string[]): string[] => {
  const [a, b] = [left.flatMap((text) => wrap(text, WIDTH)), right.flatMap((text) => wrap(text, WIDTH))];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) =>
    `  ${(a[i] ?? "").padEnd(WIDTH)} | ${b[i] ?? ""}`.trimEnd(),
  );
};

/** Writes a step for people; nothing under `--json`. */
export const tellStep = (output: Output, number: number, step: Step): void => {
  output.line("");
  output.line(`${number}. ${step.title}  (${step.seconds.toFixed(1)} s)`);
  output.line("");
  if (step.chain.length > 0 || step.really.length > 0) {
    const heading = [
      `  ${"what really happened".padEnd(WIDTH)} | what the chain shows`,
      `  ${"-".repeat(WIDTH)}-+-${"-".repeat(WIDTH)}`,
    ];
    for (const line of [...heading, ...sideBySide(step.really, step.chain)]) output.line(line);
    output.line("");
  }
  for (const { what, holds } of step.checks) output.line(`  ${holds ? "ok    " : "FAILED"} ${what}`);
};
