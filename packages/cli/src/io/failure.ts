import { SeroError, sanitizeText } from "@sero/protocol";
import { toJson } from "./output.js";

/** Exit codes, by what somebody has to do about it. Listed in `sero --help` and docs/cli.md. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  wallet: 3,
  node: 4,
  funds: 5,
  check: 6,
  call: 7,
  interrupted: 130,
} as const;

const BY_AREA: Readonly<Record<string, number>> = {
  cli: EXIT.usage,
  amount: EXIT.usage,
  address: EXIT.usage,
  link: EXIT.usage,
  phrase: EXIT.usage,
  keys: EXIT.usage,
  memo: EXIT.usage,
  spec: EXIT.usage,
  "view-key": EXIT.usage,
  store: EXIT.wallet,
  wallet: EXIT.wallet,
  rpc: EXIT.node,
  node: EXIT.node,
  chain: EXIT.node,
  sync: EXIT.node,
  server: EXIT.node,
  // What a node says of a transaction, and what it claims without being able to prove it.
  tx: EXIT.node,
  pool: EXIT.node,
  proof: EXIT.node,
  send: EXIT.node,
  funds: EXIT.funds,
  select: EXIT.funds,
  audit: EXIT.check,
  demo: EXIT.check,
  disclosure: EXIT.check,
  call: EXIT.call,
  asset: EXIT.usage,
  bytes: EXIT.usage,
  package: EXIT.usage,
  peers: EXIT.usage,
  p2p: EXIT.node,
  network: EXIT.usage,
  snapshot: EXIT.check,
  pseudonym: EXIT.usage,
  sweep: EXIT.usage,
  circuits: EXIT.wallet,
};

/** Codes whose area says something else than what has to be done about them. */
const BY_CODE: Readonly<Record<string, number>> = {
  "send/double-spend": EXIT.funds,
  "tx/memos": EXIT.usage,
  "tx/too-large": EXIT.usage,
  "call/too-many": EXIT.usage,
  "pseudonym/busy": EXIT.funds,
  "pseudonym/poor": EXIT.funds,
  "wallet/txid": EXIT.usage,
  "network/connect": EXIT.node,
  "network/consensus-silent": EXIT.node,
  "network/ports": EXIT.node,
};

/** The exit code of an error: by its code or its code's area, 1 for what nobody foresaw. */
export const exitCodeOf = (error: unknown): number => {
  if (!(error instanceof SeroError)) return EXIT.unexpected;
  if (error.code.endsWith("/interrupted") || error.code.endsWith("/cancelled")) return EXIT.interrupted;
  return BY_CODE[error.code] ?? BY_AREA[error.code.split("/", 1)[0] ?? ""] ?? EXIT.unexpected;
};

/** What the sentence of a library can't know: where in a payment link the mistake is, and which command helps. */
const hintOf = (error: SeroError): string => {
  const { part, position } = error.values;
  if (error.code === "store/damaged" && part !== undefined) return " (sero wallet sync --rebuild)";
  return error.code.startsWith("link/") && typeof position === "number"
    ? ` (character ${position + 1} of the link)`
    : "";
};

/**
 * Writes an error as one sentence (or one JSON document on standard output) and returns the exit code. A stack trace is shown only with
 * SERO_DEBUG=1, since it helps developers alone.
 */
export const reportFailure = (error: unknown, json: boolean): number => {
  const known = error instanceof SeroError;
  const code = known ? error.code : "unexpected";
  const message = error instanceof Error ? error.message : String(error);
  if (json) {
    process.stdout.write(`${toJson({ error: { code, message, values: known ? error.values : {} } })}\n`);
  } else {
    process.stderr.write(
      `${known ? "" : "Something unforeseen went wrong: "}${sanitizeText(message)}${known ? hintOf(error) : ""}\n`,
    );
    if (!known)
      process.stderr.write("This is a fault of SERO's. Run again with SERO_DEBUG=1 for its trace, and report it.\n");
  }
  if (process.env["SERO_DEBUG"] === "1" && error instanceof Error)
    process.stderr.write(`${sanitizeText(error.stack ?? "")}\n`);
  return exitCodeOf(error);
};
