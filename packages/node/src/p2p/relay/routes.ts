import type { DandelionSettings, Random } from "./settings.js";

/** Where a transaction came from, as far as routes go. */
export interface Source {
  /** `own`: handed to this node by RPC. `peer`: stemmed to it. */
  readonly kind: "own" | "peer";
  /** The peer's id; of an own one whatever groups what one client sends. */
  readonly name: string;
}

/** Whether it came by the light port: from somebody who is not this node's own user, and may be hostile. */
export const isStranger = ({ kind, name }: Source): boolean => kind === "own" && name.startsWith("light:");

/** One epoch after another: whether this node diffuses, whom it stems to, and which source goes to whom. */
export interface Routes {
  /** Begins a new epoch if the old one is over. Called before anything else at each event. */
  turn(now: number): void;
  /** Whether what peers stem here is fluffed in this epoch. */
  isDiffuser(): boolean;
  /** The outbound peer that this source's transactions go to for the rest of the epoch; undefined when there is none. */
  of(source: Source): string | undefined;
  join(peer: string): void;
  leave(peer: string): void;
  /** Passes a peer over until the epoch ends: it could not be given a transaction. */
  avoid(peer: string): void;
}

/** Sources whose route is remembered: more can only come from peers that change their names all the time. */
const MAX_ROUTES = 10_000;

/** Draws the first epoch. */
export function openRoutes(settings: DandelionSettings, random: Random, start: number): Routes {
  const outbound = new Set<string>();
  const avoided = new Set<string>();
  const routes = new Map<string, string>();
  let successors: string[] = [];
  // Nodes that started together must not change epochs together.
  let end = start + settings.epochMs * 1.2 * random();
  let diffuses = random() < settings.fluffProbability;

  const pick = (from: readonly string[]): string | undefined => from[Math.floor(random() * from.length)];

  function fill(): void {
    successors = successors.filter((peer) => outbound.has(peer) && !avoided.has(peer));
    // Drawn when first needed, among all that are connected then: not whoever happened to connect first.
    while (successors.length < settings.successors) {
      const next = pick([...outbound].filter((peer) => !avoided.has(peer) && !successors.includes(peer)));
      if (next === undefined) return;
      successors.push(next);
    }
  }

  return {
    turn(now) {
      if (now < end) return;
      end = now + settings.epochMs * (0.8 + 0.4 * random());
      diffuses = random() < settings.fluffProbability;
      successors = [];
      routes.clear();
      avoided.clear();
    },
    isDiffuser: () => diffuses,
    of({ kind, name }) {
      fill();
      const key = `${kind}:${name}`;
      // Back to where it came from would tell nobody anything new and end the stem there.
      const candidates = kind === "peer" ? successors.filter((peer) => peer !== name) : successors;
      const known = routes.get(key);
      if (known !== undefined && candidates.includes(known)) return known;
      const route = pick(candidates);
      if (route !== undefined && (routes.has(key) || routes.size < MAX_ROUTES)) routes.set(key, route);
      return route;
    },
    join: (peer) => void outbound.add(peer),
    leave: (peer) => void outbound.delete(peer),
    avoid: (peer) => void avoided.add(peer),
  };
}
