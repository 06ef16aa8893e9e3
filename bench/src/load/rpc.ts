import { Agent, request } from "node:http";
import { issueToken } from "@sero/node";

/** An error that a node answered. */
export class RpcFailure extends Error {}

/** JSON-RPC over HTTP with connections that stay open. */
export interface Rpc {
  call<T>(method: string, params: readonly unknown[]): Promise<T>;
  close(): void;
}

const TIMEOUT_MS = 60_000;

/** @param secret of the Engine API's tokens, 32 bytes; none for the public port */
export function openRpc(port: number, secret?: Uint8Array): Rpc {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  let id = 0;
  return {
    async call<T>(method: string, params: readonly unknown[]): Promise<T> {
      const body = JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params });
      const token = secret && issueToken(secret, Math.floor(Date.now() / 1000));
      const text = await post(agent, port, body, token);
      const answer = JSON.parse(text) as { result?: T; error?: { message: string; data?: { code?: string } } };
      if (answer.error) throw new RpcFailure(`${method}: ${answer.error.data?.code ?? ""} ${answer.error.message}`);
      return answer.result as T;
    },
    close: () => agent.destroy(),
  };
}

/** A node closes connections that were idle for a while; what crosses that on its way is sent again on a new one. */
async function post(agent: Agent, port: number, body: string, token: string | undefined): Promise<string> {
  try {
    return await postOnce(agent, port, body, token);
  } catch (error) {
    if (!(error instanceof ClosedWhileIdle)) throw error;
    return postOnce(undefined, port, body, token);
  }
}

class ClosedWhileIdle extends Error {}

function postOnce(agent: Agent | undefined, port: number, body: string, token: string | undefined): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        agent: agent ?? false,
        host: "127.0.0.1",
        port,
        method: "POST",
        timeout: TIMEOUT_MS,
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
      },
      (incoming) => {
        const parts: Buffer[] = [];
        incoming.on("data", (part: Buffer) => parts.push(part));
        incoming.on("end", () => resolve(Buffer.concat(parts).toString("utf8")));
        incoming.on("error", reject);
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error("The node did not answer within a minute.")));
    outgoing.on("error", (error: NodeJS.ErrnoException) =>
      reject(outgoing.reusedSocket && error.code === "ECONNRESET" ? new ClosedWhileIdle() : error),
    );
    outgoing.end(body);
  });
}
