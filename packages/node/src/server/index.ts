export { DEFAULT_LIMITS, startRpcServer, type RpcServer, type ServerLimits } from "./http.js";
export { streamRoutes } from "./streams.js";
export type { AccessRules } from "./origin.js";
