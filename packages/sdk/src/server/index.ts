export { newToken, type ServedSession } from "./access.js";
export { serveProvider, type ProviderServer, type ProviderServerOptions } from "./server.js";
