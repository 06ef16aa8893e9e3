/** One line of what is being done and how long it will still take: live on a terminal, elsewhere a line for each new thing. */
export interface Progress {
  readonly say: (doing: string, secondsLeft: number) => void;
  /** A line that stays. */
  readonly note: (text: string) => void;
}

/** @param elsewhereMs least milliseconds between two lines where there is no terminal */
export function openProgress(stream: NodeJS.WriteStream = process.stderr, elsewhereMs = 10_000): Progress {
  let last = -Infinity;
  const begun = performance.now();
  return {
    say(doing, secondsLeft) {
      const now = performance.now();
      if (now - last < (stream.isTTY ? 200 : elsewhereMs)) return;
      last = now;
      const left = Number.isFinite(secondsLeft) ? `, about ${Math.max(0, Math.ceil(secondsLeft))} s left` : "";
      stream.write(
        stream.isTTY ? `\r\x1b[K  ${doing}${left}` : `  ${Math.round((now - begun) / 1000)} s: ${doing}${left}\n`,
      );
    },
    note(text) {
      last = -Infinity;
      stream.write(`${stream.isTTY ? "\r\x1b[K" : ""}${text}\n`);
    },
  };
}
