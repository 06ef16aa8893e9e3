import { type ErrorValue, isHexBytes, sanitizeName, SeroError } from "@sero/protocol";
import { safeUrl } from "@sero/wallet";

/** A node's JSON-RPC, for commands that read the chain and have no wallet. */
export interface JsonRpc {
  /** @throws SeroError `rpc/unreachable`, or the node's own error as `rpc/refused` with its sentence */
  readonly call: <T>(method: string, params: readonly unknown[]) => Promise<T>;
}

interface Answer<T> {
  readonly result?: T;
  readonly error?: {
    readonly code: number;
    readonly message: string;
    readonly data?: string | { readonly code?: string };
  };
}

const TIMEOUT_MS = 30_000;
/** Longest revert that is kept, characters. */
const MAX_RETURNED = 65_536;

/** What a node says, as one line of a quotation. */
const said = (text: unknown): string => sanitizeName(String(text).slice(0, 2000), 300);

/** Talks to the node at this address. */
export const jsonRpc = (url: string): JsonRpc => ({
  call: async <T>(method: string, params: readonly unknown[]): Promise<T> => {
    const shown = safeUrl(url);
    let answer: Answer<T>;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        // Not on to servers that the node chooses.
        redirect: "error",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      answer = (await response.json()) as Answer<T>;
    } catch (cause) {
      throw new SeroError(
        "rpc/unreachable",
        `No node answers at ${shown}. Start one (npm start), or name another with --node.`,
        { url: shown },
        // fetch quotes an address with its password in its error.
        url.includes("@") ? {} : { cause },
      );
    }
    if (answer.error !== undefined) {
      const values: Record<string, ErrorValue> = { method, rpcCode: answer.error.code };
      const { data } = answer.error;
      // What a call reverted with, as every node gives it.
      if (typeof data === "string" && data.length <= MAX_RETURNED && isHexBytes(data))
        values["returned"] = data.toLowerCase();
      else if (typeof data === "object" && data?.code !== undefined) values["code"] = said(data.code);
      throw new SeroError("rpc/refused", `The node at ${shown} refused: "${said(answer.error.message)}"`, values);
    }
    return answer.result as T;
  },
});
