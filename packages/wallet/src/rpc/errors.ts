import { SeroError, sanitizeName, type ErrorValue } from "@sero/protocol";

/** The address of a node for messages: without user name, password and query, and without its path, which is where many keep a key. */
export function safeUrl(url: string): string {
  try {
    const { protocol, host } = new URL(url);
    return `${protocol}//${host}`;
  } catch {
    return "the node";
  }
}

/** The node does not answer. The cause is not kept, since it may quote the address with a password in it: only its code is. */
export function unreachable(url: string, cause?: unknown): SeroError {
  const reason = codeOf(cause);
  return new SeroError(
    "rpc/unreachable",
    `The node at ${url} does not answer. Start it, or name another one.`,
    reason === undefined ? { url } : { url, reason },
  );
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return "code" in error && typeof error.code === "string" ? error.code : codeOf(error.cause);
}

/** The node took too long. */
export const timedOut = (url: string, milliseconds: number): SeroError =>
  new SeroError(
    "rpc/timeout",
    `The node at ${url} took longer than ${Math.round(milliseconds / 1000)} s to answer. Try again, or name another node.`,
    { url, milliseconds },
  );

/** The node's answer makes no sense. */
export const badAnswer = (url: string, what: string, cause?: unknown): SeroError =>
  new SeroError(
    "rpc/bad-answer",
    `The node at ${url} gave an answer to ${what} that cannot be read. It may not be a SERO node, or be damaged; name another one.`,
    { url, what },
    { cause },
  );

/** The node's data contradicts the chain's own commitments. */
export const lying = (url: string, what: string, values: Readonly<Record<string, ErrorValue>> = {}): SeroError =>
  new SeroError(
    "rpc/lying",
    `The node at ${url} sent data that its own block headers contradict (${what}). Nothing of it was kept. Use another node, best your own.`,
    { url, what, ...values },
  );

/** Codes that are a node's to use. All others say something about the wallet itself, or about the node, that no node may make it say. */
const NODE_CODES =
  /^((tx|pool|state|evm|chain|block|curve|field)\/[a-z0-9-]+|rpc\/(not-found|params|method|limit|not-available|timeout|pruned))$/;

/** The answer that JSON-RPC gave as an error: its text as a quotation, in one line; the project's own code where a node may use it. */
export function nodeError(
  url: string,
  error: { readonly code: number; readonly message: string; readonly data?: unknown },
): SeroError {
  const said = sanitizeName(error.message.slice(0, 2000), 300);
  const data = typeof error.data === "object" && error.data !== null ? (error.data as { readonly code?: unknown }) : {};
  const code = typeof data.code === "string" && NODE_CODES.test(data.code) ? data.code : "rpc/refused";
  return new SeroError(code, `The node at ${url} refused: "${said}"`, { url, rpcCode: error.code });
}

/** Whether trying again may help. */
export const isTransient = (error: unknown): boolean =>
  error instanceof SeroError &&
  (error.code === "rpc/unreachable" || error.code === "rpc/timeout" || error.code === "rpc/busy");
