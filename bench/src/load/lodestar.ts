import { fileURLToPath } from "node:url";
import type { NodePlace } from "./network.js";

/** Where scripts/load.mjs has it installed, from the lock file of the end-to-end tests. */
export const LODESTAR = fileURLToPath(new URL("../../../e2e/network/node_modules/.bin/lodestar", import.meta.url));

const PATIENCE_MS = 120_000;

/** Waits for the consensus clients' own ports and makes them peers of each other: finding each other on loopback takes over a minute. */
export async function connectBeacons(places: readonly NodePlace[]): Promise<void> {
  const identities = await Promise.all(places.map(({ ports }) => identityOf(ports.rest)));
  for (const [i, { ports }] of places.entries()) {
    for (const [k, peer] of identities.entries()) {
      if (k >= i) continue;
      const multiaddr = `/ip4/127.0.0.1/tcp/${places[k]?.ports.consensus}`;
      const query = new URLSearchParams({ peerId: peer, multiaddr });
      await fetch(`http://127.0.0.1:${ports.rest}/eth/v1/lodestar/connect_peer?${query.toString()}`, {
        method: "POST",
      });
    }
  }
}

async function identityOf(port: number): Promise<string> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/eth/v1/node/identity`);
      const { data } = (await response.json()) as { data: { peer_id: string } };
      return data.peer_id;
    } catch (error) {
      if (performance.now() > end) {
        throw new Error("A consensus client did not start within two minutes; see its log.", { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
