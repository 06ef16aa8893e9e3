import { sanitizeText } from "@sero/protocol";

/** Where a command's results go. With `--json` exactly one JSON document is written to standard output and nothing else. */
export interface Output {
  readonly json: boolean;
  /** True where progress and colour make sense: standard error is a terminal and `--json` is off. */
  readonly interactive: boolean;
  /** A line for people; nothing under `--json`. */
  readonly line: (text?: string) => void;
  /** A remark on standard error, for people; nothing under `--json`. */
  readonly note: (text: string) => void;
  /** The command's result: `value` as JSON under `--json`, else `text`. Bigints become decimal strings, bytes 0x-hex. */
  readonly result: (value: unknown, text: string) => void;
}

/** JSON with bigints as decimal strings and bytes as 0x-hex. */
export const toJson = (value: unknown, indent = 2): string =>
  escaped(
    JSON.stringify(
      value,
      (_key, item: unknown) => {
        if (typeof item === "bigint") return item.toString();
        if (item instanceof Uint8Array) return `0x${Buffer.from(item).toString("hex")}`;
        return item;
      },
      indent,
    ),
  );

/** The same JSON with what a terminal might obey, or a reader not see, as escapes (attack D28). Newlines stand between its lines only. */
const escaped = (json: string): string =>
  json.replace(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    [...Array(character.length).keys()]
      .map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`)
      .join(""),
  );

/**
 * The output of a command that runs on this process's standard streams. Whatever others wrote into a text (nodes, senders, links), no terminal obeys
 * it: all text goes through `sanitizeText`.
 */
export const openOutput = (json: boolean): Output => ({
  json,
  interactive: !json && process.stderr.isTTY,
  line: (text = "") => {
    if (!json) process.stdout.write(`${sanitizeText(text)}\n`);
  },
  note: (text) => {
    if (!json) process.stderr.write(`${sanitizeText(text)}\n`);
  },
  result: (value, text) => {
    process.stdout.write(json ? `${toJson(value)}\n` : text === "" ? "" : `${sanitizeText(text)}\n`);
  },
});
