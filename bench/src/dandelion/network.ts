import { draw, logNormal } from "./random.js";

/** A connection as one of its ends sees it. */
export interface Link {
  readonly to: number;
  /** This end dialled. */
  readonly outbound: boolean;
  /** One way, milliseconds, without what varies from message to message. */
  readonly latencyMs: number;
}

/** Who is connected to whom, and who spies. */
export interface Topology {
  /** By node. */
  readonly links: readonly (readonly Link[])[];
  readonly isSpy: readonly boolean[];
}

/** What a network is drawn from. */
export interface TopologyInput {
  readonly nodes: number;
  /** Peers that each node dials. */
  readonly outbound: number;
  /** Share of nodes that spy, 0 to 1. */
  readonly spies: number;
}

/** Half of the links are faster, one way, than this; two thirds are between 0.6 and 1.65 times it: nodes all over the world. */
const MEDIAN_LATENCY_MS = 60;
const LATENCY_SPREAD = 0.5;

/** Draws a network: each node dials `outbound` others that are not connected to it yet. Spies dial and are dialled like everybody else. */
export function drawTopology({ nodes, outbound, spies }: TopologyInput, random: () => number): Topology {
  const links: Link[][] = Array.from({ length: nodes }, () => []);
  const isSpy = Array.from({ length: nodes }, () => false);
  for (const spy of draw(random, nodes, Math.round(nodes * spies))) isSpy[spy] = true;
  for (const from of draw(random, nodes, nodes)) {
    const own = links[from] as Link[];
    const others = draw(random, nodes, nodes).filter((to) => to !== from && !own.some((link) => link.to === to));
    for (const to of others.slice(0, outbound)) {
      const latencyMs = logNormal(random, MEDIAN_LATENCY_MS, LATENCY_SPREAD);
      own.push({ to, outbound: true, latencyMs });
      links[to]?.push({ to: from, outbound: false, latencyMs });
    }
  }
  return { links, isSpy };
}
