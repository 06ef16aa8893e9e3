export { CODES, ProviderRpcError } from "./errors.js";
export type { Hex, Json } from "./json.js";
export { httpNode, type NodeAccess, type NodeSubscription } from "./node.js";
export { nodeAccess } from "./node-socket.js";
export { openProvider } from "./provider.js";
export type {
  Consent,
  ConsentRequest,
  HeldAsset,
  OnProblem,
  ProviderOptions,
  ProviderWallet,
  RequestArguments,
  SeroProvider,
  SessionOptions,
} from "./types.js";
