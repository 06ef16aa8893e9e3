/** A node's refusal. */
export class RpcRefusal extends Error {
  constructor(
    message: string,
    readonly code: number,
    readonly data: unknown,
  ) {
    super(message);
  }
}

/** One JSON-RPC call. @throws RpcRefusal with the node's own code and data; TypeError when nobody answers */
export const rpc = async <T>(url: string, method: string, params: readonly unknown[] = []): Promise<T> => {
  const ask = (): Promise<Response> =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
  // A connection kept alive from before a restart breaks once.
  const response = await ask().catch(ask);
  const reply = (await response.json()) as {
    readonly result?: T;
    readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
  };
  if (reply.error !== undefined) throw new RpcRefusal(reply.error.message, reply.error.code, reply.error.data);
  return reply.result as T;
};

/** A block as eth_getBlockByNumber gives it; what these tests look at. */
export interface RpcBlock {
  readonly number: string;
  readonly hash: string;
  readonly parentHash: string;
  readonly stateRoot: string;
  readonly transactions: readonly string[];
}

/** A block by its number or tag. */
export const blockAt = (url: string, number: bigint | string): Promise<RpcBlock> =>
  rpc(url, "eth_getBlockByNumber", [typeof number === "string" ? number : `0x${number.toString(16)}`, false]);
