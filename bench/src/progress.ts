import { usualSeconds, type GroupEntry } from "./groups/index.js";

/** One line of progress for a group. */
export interface ProgressLine {
  readonly update: (fraction: number, doing: string) => void;
  readonly end: () => void;
}

/**
 * Shows on a terminal how far a group is and how long it and the rest will take; elsewhere a line when it starts. The time left follows from
 * how fast the group has been, and from the usual time before that can be told.
 */
export function progressLine(entry: GroupEntry, rest: readonly GroupEntry[]): ProgressLine {
  const started = performance.now();
  const after = rest.reduce((sum, other) => sum + usualSeconds(other), 0);
  const usual = usualSeconds(entry);
  const live = process.stderr.isTTY;
  if (!live) process.stderr.write(`${entry.name}: ${entry.title} (usually about ${usual} s) ...\n`);
  let fraction = 0;
  let doing = entry.title;
  const show = (): void => {
    if (!live) return;
    const spent = (performance.now() - started) / 1000;
    const own = fraction > 0.1 ? (spent / fraction) * (1 - fraction) : Math.max(0, usual - spent);
    const percent = String(Math.round(100 * fraction)).padStart(3);
    process.stderr.write(
      `\r\x1b[K  ${entry.name} ${percent} %  ${doing}, about ${Math.ceil(own)} s left, ${Math.ceil(own + after)} s for all`,
    );
  };
  const tick = setInterval(show, 500);
  return {
    update(nextFraction, nextDoing) {
      fraction = nextFraction;
      doing = nextDoing;
      show();
    },
    end() {
      clearInterval(tick);
      if (live) process.stderr.write("\r\x1b[K");
    },
  };
}
