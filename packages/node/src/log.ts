import type { ErrorValue } from "@sero/protocol";

/** One line of the node's log: an event name, a sentence for people, facts for machines. Never a secret, never a note. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  /** Stable, `area/what`. */
  readonly event: string;
  readonly message: string;
  readonly values?: Readonly<Record<string, ErrorValue>>;
}

/** Where log lines go. The node itself prints nothing: its caller decides. */
export type Log = (line: LogLine) => void;

/** Drops every line. */
export const silent: Log = () => undefined;
