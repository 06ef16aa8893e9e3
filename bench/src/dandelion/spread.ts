import { openDandelion, openTimers, type Dandelion, type DandelionEvent, type DandelionSettings } from "@sero/node";
import type { Link, Topology } from "./network.js";
import { exponential } from "./random.js";

/** A copy of a transaction that a spy was given by somebody who is no spy. */
export interface Sighting {
  readonly kind: "stem" | "gossip";
  readonly from: number;
  readonly at: number;
  /** When it was sent, as far as the spy knows the link. */
  readonly sentAt: number;
}

/** What became of a transaction. Times in milliseconds after it was made. */
export interface Course {
  readonly origin: number;
  readonly sightings: readonly Sighting[];
  /** When the first node made it public, and which. */
  readonly public: { readonly at: number; readonly by: number } | undefined;
  /** When nine tenths of the nodes had it in their mempools. */
  readonly spreadMs: number | undefined;
  /** Nodes that the stem went through before it was public. */
  readonly hops: number;
}

/** How transactions spread. */
export interface SpreadInput {
  readonly topology: Topology;
  readonly transactions: number;
  /** Mean time between two transactions of the whole network, milliseconds. */
  readonly everyMs: number;
  /** Undefined: no stem, gossip only. */
  readonly dandelion: DandelionSettings | undefined;
  /** Spies pass on gossip but no stems. */
  readonly spiesSwallow: boolean;
  readonly random: () => number;
}

/** Milliseconds until a transaction is checked, at least and at most: up to a tick of 150 ms until its turn, and the check. */
const CHECK_MS = [5, 165] as const;
/** Mean of what varies from message to message on a link, milliseconds. */
const JITTER_MS = 5;
const TRANSACTION_BYTES = 1800;

interface Trace {
  readonly origin: number;
  readonly start: number;
  readonly sightings: Sighting[];
  readonly has: Uint8Array;
  holders: number;
  public: { readonly at: number; readonly by: number } | undefined;
  spreadMs: number | undefined;
  hops: number;
}

/**
 * Lets transactions of honest nodes spread over a network, in simulated time. Each node runs the relay's own state machine, and does with its
 * actions what the relay does. Gossip goes over every link, which shows spies more than gossipsub's mesh would.
 */
export function spread(input: SpreadInput): Course[] {
  const { topology, dandelion, random } = input;
  const { links, isSpy } = topology;
  const honest = links.flatMap((_, node) => (isSpy[node] ? [] : [node]));
  const queue = openTimers<(now: number) => void>();
  const machines: Dandelion[] = [];
  const traces: Trace[] = [];
  const ticks = new Map<number, number>();

  const traceOf = (key: string): Trace => traces[Number(key)] as Trace;
  const checkMs = (): number => CHECK_MS[0] + (CHECK_MS[1] - CHECK_MS[0]) * random();
  const sendMs = (link: Link): number => link.latencyMs + exponential(random, JITTER_MS);

  function feed(node: number, event: DandelionEvent, now: number): void {
    const machine = machines[node] as Dandelion;
    for (const action of machine.handle(event, now)) {
      if (action.type === "fluff") publish(node, action.key, now, undefined);
      if (action.type !== "stem") continue;
      const to = Number(action.to);
      const link = links[node]?.find((each) => each.to === to) as Link;
      queue.add(now + sendMs(link), (at) => takeStem(to, node, link, action.key, at));
    }
    const next = machine.next();
    const planned = ticks.get(node);
    if (next === undefined || (planned !== undefined && planned > now && planned <= next)) return;
    ticks.set(node, next);
    queue.add(next, (at) => {
      if (ticks.get(node) === next) feed(node, { type: "tick" }, at);
    });
  }

  function see(kind: Sighting["kind"], node: number, from: number, link: Link, trace: Trace, now: number): void {
    if (!isSpy[node] || isSpy[from]) return;
    trace.sightings.push({ kind, from, at: now, sentAt: now - link.latencyMs });
  }

  function takeStem(node: number, from: number, link: Link, key: string, arrivedAt: number): void {
    const trace = traceOf(key);
    see("stem", node, from, link, trace, arrivedAt);
    if (isSpy[node] && input.spiesSwallow) return;
    if (trace.public === undefined) trace.hops++;
    queue.add(arrivedAt + checkMs(), (now) => {
      if (trace.has[node]) return;
      const source = { kind: "peer", name: String(from) } as const;
      feed(node, { type: "taken", key, size: TRANSACTION_BYTES, source, arrivedAt }, now);
    });
  }

  function publish(node: number, key: string, now: number, from: number | undefined): void {
    const trace = traceOf(key);
    if (trace.has[node]) return;
    trace.has[node] = 1;
    trace.holders++;
    trace.public ??= { at: now - trace.start, by: node };
    if (trace.holders >= 0.9 * links.length) trace.spreadMs ??= now - trace.start;
    if (dandelion) feed(node, { type: "settled", key }, now);
    for (const link of links[node] ?? []) {
      if (link.to === from || (trace.has[link.to] && !isSpy[link.to])) continue;
      queue.add(now + sendMs(link), (at) => takeGossip(link.to, node, link, key, at));
    }
  }

  function takeGossip(node: number, from: number, link: Link, key: string, arrivedAt: number): void {
    const trace = traceOf(key);
    see("gossip", node, from, link, trace, arrivedAt);
    if (!trace.has[node]) queue.add(arrivedAt + checkMs(), (now) => publish(node, key, now, from));
  }

  function make(origin: number, now: number): void {
    const key = String(traces.length);
    traces.push({
      origin,
      start: now,
      sightings: [],
      has: new Uint8Array(links.length),
      holders: 0,
      public: undefined,
      spreadMs: undefined,
      hops: 0,
    });
    const source = { kind: "own", name: "rpc" } as const;
    if (!dandelion) publish(origin, key, now, undefined);
    else feed(origin, { type: "taken", key, size: TRANSACTION_BYTES, source, arrivedAt: now }, now);
  }

  if (dandelion) {
    for (const [node, own] of links.entries()) {
      machines.push(openDandelion(dandelion, random, 0));
      for (const { to, outbound } of own) if (outbound) feed(node, { type: "joined", peer: String(to) }, 0);
    }
  }
  let at = 0;
  for (let i = 0; i < input.transactions; i++) {
    at += exponential(random, input.everyMs);
    const origin = honest[Math.floor(random() * honest.length)] as number;
    queue.add(at, (now) => make(origin, now));
  }
  for (let next = queue.next(); next !== undefined; next = queue.next()) queue.take(next)?.(next);
  return traces.map(({ origin, start, sightings, public: first, spreadMs, hops }) => ({
    origin,
    sightings: sightings.map((one) => ({ ...one, at: one.at - start, sentAt: one.sentAt - start })),
    public: first,
    spreadMs,
    hops,
  }));
}
