import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** An execution payload as engine_getPayloadV2 and engine_newPayloadV2 carry it (execution-apis, shanghai.md). */
export interface PayloadJson {
  readonly parentHash: string;
  readonly stateRoot: string;
  readonly blockHash: string;
  readonly blockNumber: string;
  readonly transactions: readonly string[];
  readonly [field: string]: unknown;
}

/** What passes between a consensus client and its node may be looked at, held up or changed. Set anew by `become`. */
export interface Interference {
  /** Sees each request before the node does; a value is answered in the node's place. */
  readonly before?: (method: string, params: readonly unknown[]) => unknown;
  /** Sees each result and gives what is handed on. */
  readonly after?: (method: string, params: readonly unknown[], result: unknown) => unknown;
}

/** PayloadStatusV1. */
export interface Verdict {
  readonly status: string;
  readonly latestValidHash: string | null;
  readonly validationError: string | null;
}

/** A way to a node's engine port that stays the same while the node is gone, and remembers what the node thought of payloads. */
export interface EngineProxy {
  readonly url: string;
  /** The node's own answer to the payload with this hash; undefined when it was never asked. */
  readonly verdict: (blockHash: string) => Verdict | undefined;
  readonly become: (interference: Interference) => void;
  readonly close: () => Promise<void>;
}

interface Call {
  readonly id: unknown;
  readonly method: string;
  readonly params: readonly unknown[];
}

/** Payloads whose verdicts are remembered. */
const MAX_VERDICTS = 10_000;

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
};

/** Opens a proxy to an engine port of this machine, where nobody need listen yet. Tokens pass as they are. */
export const openEngineProxy = async (target: number): Promise<EngineProxy> => {
  let interference: Interference = {};
  const verdicts = new Map<string, Verdict>();

  const forward = async (request: IncomingMessage, body: string): Promise<{ result?: unknown }> => {
    const { authorization = "" } = request.headers;
    const answer = await fetch(`http://127.0.0.1:${target}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization },
      body,
    });
    return (await answer.json()) as { result?: unknown };
  };
  const handle = async (request: IncomingMessage): Promise<unknown> => {
    const body = await bodyOf(request);
    const { id, method, params } = JSON.parse(body) as Call;
    const own = interference.before?.(method, params);
    if (own !== undefined) return { jsonrpc: "2.0", id, result: own };
    const reply = await forward(request, body);
    if (method.startsWith("engine_newPayload") && reply.result !== undefined) {
      const { blockHash } = params[0] as PayloadJson;
      if (verdicts.size < MAX_VERDICTS) verdicts.set(blockHash, reply.result as Verdict);
    }
    if (reply.result === undefined || interference.after === undefined) return reply;
    return { ...reply, result: interference.after(method, params, reply.result) };
  };

  const server = createServer((request, response) => {
    handle(request)
      .then((reply) => response.setHeader("content-type", "application/json").end(JSON.stringify(reply)))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    verdict: (blockHash) => verdicts.get(blockHash),
    become: (next) => (interference = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
