import { z } from "zod";
import { CODES, ProviderRpcError, type Json, type RequestArguments } from "../provider/index.js";

/** Answers one request. */
export type Ask = (request: RequestArguments) => Promise<Json>;

const call = z.object({
  id: z.union([z.string(), z.number(), z.null()]).optional(),
  method: z.string(),
  params: z.union([z.array(z.unknown()), z.null()]).optional(),
});

/** The body of an error reply. */
export const failure = (id: string | number | null, error: ProviderRpcError): Json => ({
  jsonrpc: "2.0",
  id,
  error: { code: error.code, message: error.message, ...(error.data === undefined ? {} : { data: error.data }) },
});

/**
 * Answers a JSON-RPC 2.0 request or batch.
 *
 * @returns the reply's text, or undefined when only notifications were sent
 */
export async function dispatch(text: string, ask: Ask, maxBatch: number): Promise<string | undefined> {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    return JSON.stringify(failure(null, new ProviderRpcError(CODES.parse, "The request is not JSON.")));
  }
  if (!Array.isArray(request)) {
    const reply = await one(request, ask);
    return reply === undefined ? undefined : JSON.stringify(reply);
  }
  if (request.length === 0 || request.length > maxBatch) {
    const error = new ProviderRpcError(CODES.invalidRequest, `A batch holds 1 to ${maxBatch} calls. Split it.`);
    return JSON.stringify(failure(null, error));
  }
  const replies: Json[] = [];
  // One after another: the order in which things are sent and signed is the caller's.
  for (const item of request) {
    const reply = await one(item, ask);
    if (reply !== undefined) replies.push(reply);
  }
  return replies.length > 0 ? JSON.stringify(replies) : undefined;
}

async function one(request: unknown, ask: Ask): Promise<Json | undefined> {
  const parsed = call.safeParse(request);
  if (!parsed.success)
    return failure(null, new ProviderRpcError(CODES.invalidRequest, "A call has a method and an array of parameters."));
  const { id, method, params } = parsed.data;
  try {
    const result = await ask({ method, params: params ?? [] });
    return id === undefined ? undefined : { jsonrpc: "2.0", id, result };
  } catch (error) {
    if (id === undefined) return undefined;
    return failure(
      id,
      error instanceof ProviderRpcError
        ? error
        : new ProviderRpcError(CODES.internal, "The wallet failed to answer this request."),
    );
  }
}
