export { DEFAULT_LIMITS, startRpcServer, type RpcServer, type ServerLimits } from "./http.js";
export { streamRoutes } from "./streams.js";
export type { AccessRules } from "./origin.js";
export { LIGHT_LIMITS, startLightServer, type LightLimits, type LightOutcome } from "./light.js";
export { LIGHT_METHODS } from "./light-methods.js";
