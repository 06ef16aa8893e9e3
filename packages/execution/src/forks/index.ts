export { beginForkBlock, type BlockStart } from "./begin-block.js";
export { requestsHashOf, takeRequests } from "./requests.js";
export * from "./system-contracts.js";
