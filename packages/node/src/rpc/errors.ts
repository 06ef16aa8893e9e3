import { SeroError } from "@sero/protocol";
import type { Json } from "./json.js";

/** The error member of a JSON-RPC reply. */
export interface RpcErrorBody {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

const INTERNAL: RpcErrorBody = {
  code: -32603,
  message: "The node failed to answer this request. Its log says why.",
  data: { code: "rpc/internal", values: {} },
};

// JSON-RPC 2.0, section 5.1, and EIP-1474.
const CODES: Readonly<Record<string, number>> = {
  "rpc/parse": -32700,
  "rpc/request": -32600,
  "rpc/batch-size": -32600,
  "rpc/method": -32601,
  "rpc/params": -32602,
  "rpc/not-found": -32001,
  "state/forgotten": -32001,
  "rpc/not-available": -32004,
  // EIP-4444: pruned history unavailable.
  "rpc/pruned": 4444,
  "rpc/limit": -32005,
  "rpc/timeout": -32002,
  "pool/busy": -32005,
  "pool/too-many-bad": -32005,
  "engine/unknown-payload": -38001,
  "engine/invalid-forkchoice-state": -38002,
  "engine/invalid-payload-attributes": -38003,
  "engine/too-large": -38004,
  "engine/unsupported-fork": -38005,
  "engine/too-deep-reorg": -38006,
};

const AREAS: Readonly<Record<string, number>> = {
  // Transaction rejected (EIP-1474): the codec's and the pool's verdicts.
  tx: -32003,
  pool: -32003,
  curve: -32003,
  field: -32003,
  bytes: -32602,
  store: -32603,
};

/**
 * The error that a caller sees: a JSON-RPC code, a sentence, and the project's own code with its values. Anything that is not a
 * `SeroError` is ours to explain in the log, not the caller's to read: no stack trace and no internals leave the node.
 */
export function rpcErrorBody(error: unknown): RpcErrorBody {
  if (!(error instanceof SeroError)) return INTERNAL;
  // What viem and ethers decode reverts from: code 3 and the returned bytes as `data` (as geth does).
  if (error.code === "evm/revert") {
    return { code: 3, message: error.message, data: String(error.values["returned"] ?? "0x") };
  }
  const area = error.code.slice(0, Math.max(0, error.code.indexOf("/")));
  const code = CODES[error.code] ?? AREAS[area] ?? -32000;
  return { code, message: error.message, data: { code: error.code, values: { ...error.values } } };
}

/** Whether the caller is not to blame, so that the failure belongs in the node's log. */
export function isInternal(error: unknown): boolean {
  return !(error instanceof SeroError) || error.code.startsWith("store/");
}
