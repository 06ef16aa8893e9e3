export { openPeerHost } from "./host.js";
export { IDENTITY_FILE } from "./identity.js";
export { DEFAULT_HOST_LIMITS } from "./settings.js";
export type * from "./types.js";
