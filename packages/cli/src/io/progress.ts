import { sanitizeText } from "@sero/protocol";
import type { Output } from "./output.js";

/** One line on a terminal's standard error that shows how far something is and how long it will still take. */
export interface Progress {
  /** `fraction` from 0 to 1; undefined when it can't be known. `detail` stands behind the bar. */
  readonly update: (fraction: number | undefined, detail?: string) => void;
  /** Removes the line; `text`, if given, stays in its place. */
  readonly done: (text?: string) => void;
}

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
/** Off a terminal a line is written at most this often, so that a log shows life without filling up. */
const LOG_MS = 10_000;

/** Seconds as people say them: "8 s", "3 min 20 s", "2 h 5 min". */
export const formatDuration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
};

const bar = (fraction: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return `[${"#".repeat(full)}${"-".repeat(BAR_WIDTH - full)}]`;
};

/** Opens a progress line. Under `--json` nothing is shown. */
export const openProgress = (output: Output, title: string): Progress => {
  const started = Date.now();
  let drawn = 0;
  let logged = started;
  const render = (fraction: number | undefined, detail: string): string => {
    const elapsed = (Date.now() - started) / 1000;
    if (fraction === undefined) return `${title} ... ${formatDuration(elapsed)} ${detail}`;
    const left =
      fraction > 0.02 && fraction < 1 ? `, ${formatDuration((elapsed / fraction) * (1 - fraction))} left` : "";
    return `${title} ${bar(fraction)} ${Math.floor(fraction * 100)} %${left} ${detail}`;
  };
  return {
    update: (fraction, detail = "") => {
      const now = Date.now();
      if (output.json) return;
      if (output.interactive) {
        if (now - drawn < REDRAW_MS && fraction !== 1) return;
        drawn = now;
        process.stderr.write(
          `\r\x1b[K${sanitizeText(render(fraction, detail)).slice(0, (process.stderr.columns ?? 100) - 1)}`,
        );
      } else if (now - logged >= LOG_MS) {
        logged = now;
        process.stderr.write(`${sanitizeText(render(fraction, detail))}\n`);
      }
    },
    done: (text) => {
      if (output.interactive) process.stderr.write("\r\x1b[K");
      if (text !== undefined) output.note(text);
    },
  };
};
