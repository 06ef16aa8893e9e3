import { createServer } from "node:net";
import { SeroError } from "@sero/protocol";
import type { Ports } from "./types.js";

/** Names of a node's ports, in the order in which they follow each other. */
const NAMES = ["rpc", "engine", "metrics", "light", "p2p", "consensus", "discovery", "rest"] as const;

/** Ports from one node's first to the next one's. */
export const PORT_STRIDE = 10;
/** The first port of the first node, unless it is taken. */
export const FIRST_PORT = 18_500;
const LAST_PORT = 65_000;

const portsFrom = (first: number): Ports =>
  Object.fromEntries(NAMES.map((name, i) => [name, first + i])) as Record<keyof Ports, number>;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

const areFree = async (ports: Ports): Promise<boolean> => {
  for (const port of Object.values(ports) as number[]) if (!(await isFree(port))) return false;
  return true;
};

/**
 * Ports for `count` nodes: blocks of ten from `first` on. Without `first` the blocks begin at 18500, or after the
 * last that is taken, and pass over those of which a port is in use on this machine.
 *
 * @param taken first ports of blocks that other nodes have
 * @throws SeroError `network/ports` when a chosen port is in use, or none are left
 */
export const choosePorts = async (
  count: number,
  first: number | undefined,
  taken: readonly number[] = [],
): Promise<readonly Ports[]> => {
  const chosen: Ports[] = [];
  const begin = taken.length === 0 ? FIRST_PORT : Math.max(...taken) + PORT_STRIDE;
  for (let base = first ?? begin; chosen.length < count; base += PORT_STRIDE) {
    if (base > LAST_PORT) {
      throw new SeroError(
        "network/ports",
        "No free ports are left. Name a lower --base-port, or stop other programs.",
        {
          found: chosen.length,
          wanted: count,
        },
      );
    }
    if (taken.some((port) => Math.abs(port - base) < PORT_STRIDE)) continue;
    const ports = portsFrom(base);
    if (await areFree(ports)) chosen.push(ports);
    else if (first !== undefined) {
      throw new SeroError(
        "network/ports",
        `A port from ${base} to ${base + NAMES.length - 1} is in use on this machine. Choose another --base-port.`,
        { from: base, to: base + NAMES.length - 1 },
      );
    }
  }
  return chosen;
};
