import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SeroError } from "@sero/protocol";

/**
 * Starts listening.
 *
 * @param port 0 lets the system choose
 * @returns the port in use
 * @throws SeroError `server/port-taken`, `server/listen`
 */
export async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(
        error.code === "EADDRINUSE"
          ? new SeroError(
              "server/port-taken",
              `Port ${port} is taken by another program. Stop that one, or choose another port.`,
              { host, port },
            )
          : new SeroError("server/listen", `The server cannot listen on ${host}:${port}.`, {
              host,
              port,
              reason: error.code ?? error.message,
            }),
      );
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Stops listening, lets answers under way finish for `graceMs`, then cuts what is left. */
export async function closeServer(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}
