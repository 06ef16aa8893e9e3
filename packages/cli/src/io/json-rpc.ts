import { type ErrorValue, SeroError } from "@sero/protocol";

/** A node's JSON-RPC, for commands that read the chain and have no wallet. */
export interface JsonRpc {
  /** @throws SeroError `rpc/unreachable`, or the node's own error as `rpc/refused` with its sentence */
  readonly call: <T>(method: string, params: readonly unknown[]) => Promise<T>;
}

interface Answer<T> {
  readonly result?: T;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { readonly code?: string } };
}

const TIMEOUT_MS = 30_000;

/** Talks to the node at this address. */
export const jsonRpc = (url: string): JsonRpc => ({
  call: async <T>(method: string, params: readonly unknown[]): Promise<T> => {
    let answer: Answer<T>;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      answer = (await response.json()) as Answer<T>;
    } catch (cause) {
      throw new SeroError(
        "rpc/unreachable",
        `No node answers at ${url}. Start one (npm start), or name another with --node.`,
        { url },
        { cause },
      );
    }
    if (answer.error !== undefined) {
      const values: Record<string, ErrorValue> = { method, rpcCode: answer.error.code };
      if (answer.error.data?.code !== undefined) values["code"] = answer.error.data.code;
      throw new SeroError("rpc/refused", answer.error.message, values);
    }
    return answer.result as T;
  },
});
