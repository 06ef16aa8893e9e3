export { orderedQueue, type OrderedQueue } from "./queue.js";
export type { Builder, BuildingTimes, Draft } from "./building.js";
export { openEngine, type Engine, type EngineOptions, type Executor } from "./engine.js";
export { issueToken, isAuthorized, loadJwtSecret } from "./jwt.js";
export { ENGINE_ETH_METHODS, ENGINE_METHODS } from "./methods/index.js";
export { startEngineServer } from "./server.js";
export type * from "./types.js";
