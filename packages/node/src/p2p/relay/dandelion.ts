import { isStranger, openRoutes, type Source } from "./routes.js";
import type { DandelionSettings, Random } from "./settings.js";
import { openShelves, type Shelf } from "./shelves.js";
import { openTimers } from "./timers.js";

/** What happens to the state machine. */
export type DandelionEvent =
  | { readonly type: "joined"; readonly peer: string }
  | { readonly type: "left"; readonly peer: string }
  /** A verified transaction that is neither public nor mined came. */
  | {
      readonly type: "taken";
      /** Names exactly these bytes: another copy of the same transaction is another key. */
      readonly key: string;
      readonly size: number;
      readonly source: Source;
      /** When its bytes came, before they were checked. */
      readonly arrivedAt: number;
    }
  /** It is public, mined or void: there is nothing left to hide. */
  | { readonly type: "settled"; readonly key: string }
  /** A `stem` action could not be done. */
  | { readonly type: "undelivered"; readonly key: string; readonly source: Source; readonly to: string }
  | { readonly type: "tick" };

/** What is to be done. */
export type DandelionAction =
  | { readonly type: "stem"; readonly key: string; readonly to: string; readonly source: Source }
  /** Make it public. The machine has forgotten it. */
  | { readonly type: "fluff"; readonly key: string }
  /** Nothing: it made room for others. The machine has forgotten it. */
  | { readonly type: "dropped"; readonly key: string };

/** Dandelion++ of one node, without clock, chance or network of its own. */
export interface Dandelion {
  /** @param now of the caller's clock, milliseconds, never less than before */
  handle(event: DandelionEvent, now: number): DandelionAction[];
  /** When a `tick` is due; undefined while nothing is held. */
  next(): number | undefined;
  /** Transactions held. */
  readonly size: number;
}

/** A source from which a held transaction came. */
interface Passage {
  readonly source: Source;
  /** It came a second time from the same peer. */
  isLoop: boolean;
}

interface Held {
  readonly key: string;
  readonly size: number;
  /** By kind and name of the source. */
  readonly passages: Map<string, Passage>;
}

interface Due {
  readonly held: Held;
  /** Undefined: the embargo is over. Else this passage goes on. */
  readonly passage: Passage | undefined;
}

/** All that this node's own users sent is on one shelf. */
const OWN = "own";

/**
 * Dandelion++ (Fanti et al., 2018) with these answers to what was found since:
 *
 * - What a peer sends is treated alike whether or not it is held already: it goes on once for each peer that brings it, to that peer's
 *   successor, and is fluffed when the same peer brings it again. So nobody finds out what a node holds by stemming it there (gfanti/bitcoin#15;
 *   nodes that fluff whatever comes twice can be probed), and a loop still ends.
 * - What one stems oneself is never fluffed by the coin (monero#8627).
 * - It goes on a random time after it came, not after it was checked: a node that knows it already is not quicker.
 * - The embargo is exponential, so a holder that took it long ago and one that just took it are alike.
 */
export function openDandelion(settings: DandelionSettings, random: Random, start: number): Dandelion {
  const routes = openRoutes(settings, random, start);
  const shelves = openShelves(OWN);
  const timers = openTimers<Due>();
  const all = new Map<string, Held>();
  /** Own ones that no outbound peer could be given yet. */
  const waiting = new Map<Held, Passage>();

  const nameOf = (source: Source): string => `${source.kind}:${source.name}`;
  // Strangers' wallets have one each: what is pushed out of a shelf is made public here, and they must not do that to the node's own.
  const shelfOf = (source: Source): string => (source.kind === "own" && !isStranger(source) ? OWN : nameOf(source));
  const goesOnAt = (from: number): number => {
    const [least, most] = settings.hopMs;
    return from + least + (most - least) * random();
  };

  function forget(held: Held): void {
    all.delete(held.key);
    waiting.delete(held);
    for (const { source } of held.passages.values()) shelves.remove(shelfOf(source), held.key);
  }

  function fluff(held: Held): DandelionAction[] {
    forget(held);
    return [{ type: "fluff", key: held.key }];
  }

  /** The oldest of a shelf makes room. What other sources brought as well stays theirs. */
  function evict(shelf: Shelf): DandelionAction[] {
    const oldest = shelf.keys.keys().next();
    const held = oldest.done ? undefined : all.get(oldest.value);
    if (!held) return [];
    if (shelf.name === OWN) return fluff(held);
    for (const [name, { source }] of held.passages) if (shelfOf(source) === shelf.name) held.passages.delete(name);
    shelves.remove(shelf.name, held.key);
    if (held.passages.size > 0) return [];
    // A stranger's was taken in and its txid answered: it must not be lost.
    if (!shelf.name.startsWith("peer:")) return fluff(held);
    forget(held);
    return [{ type: "dropped", key: held.key }];
  }

  function makeRoom(shelf: Shelf): DandelionAction[] {
    const own = shelf.name === OWN;
    const [count, bytes] = own
      ? [settings.maxOwn, settings.maxOwnBytes]
      : [settings.maxPerPeer, settings.maxBytesPerPeer];
    const actions: DandelionAction[] = [];
    while (shelf.keys.size > count || shelf.bytes > bytes) actions.push(...evict(shelf));
    while (shelves.bytes > settings.maxBytes) {
      const largest = shelves.largest();
      if (!largest) break;
      actions.push(...evict(largest));
    }
    return actions;
  }

  function take(event: Extract<DandelionEvent, { type: "taken" }>, now: number): DandelionAction[] {
    const { key, size, source, arrivedAt } = event;
    let held = all.get(key);
    if (!held) {
      held = { key, size, passages: new Map() };
      all.set(key, held);
      timers.add(now - settings.embargoMs * Math.log(1 - random()), { held, passage: undefined });
    }
    const before = held.passages.get(nameOf(source));
    // A wallet that sends again must not hurry what it wants hidden.
    if (before && source.kind === "own") return [];
    const passage = before ?? { source, isLoop: false };
    if (before) before.isLoop = true;
    held.passages.set(nameOf(source), passage);
    timers.add(goesOnAt(arrivedAt), { held, passage });
    return before ? [] : makeRoom(shelves.put(shelfOf(source), key, size));
  }

  function goOn(held: Held, passage: Passage): DandelionAction[] {
    const { source, isLoop } = passage;
    const isOwn = source.kind === "own";
    if (!isOwn && (isLoop || routes.isDiffuser())) return fluff(held);
    const to = routes.of(source);
    if (to !== undefined) return [{ type: "stem", key: held.key, to, source }];
    if (!isOwn) return fluff(held);
    // Its embargo runs. Until then an outbound peer may come; fluffed at once it would show where it began.
    waiting.set(held, passage);
    return [];
  }

  /** Own ones that waited for an outbound peer go to it, each a while after it came. */
  function wake(now: number): void {
    for (const [held, passage] of waiting) timers.add(goesOnAt(now), { held, passage });
    waiting.clear();
  }

  function tick(now: number): DandelionAction[] {
    const actions: DandelionAction[] = [];
    for (let due = timers.take(now); due; due = timers.take(now)) {
      const { held, passage } = due;
      if (all.get(held.key) !== held) continue;
      if (!passage) actions.push(...fluff(held));
      else if (held.passages.get(nameOf(passage.source)) === passage) actions.push(...goOn(held, passage));
    }
    return actions;
  }

  function react(event: DandelionEvent, now: number): DandelionAction[] {
    switch (event.type) {
      case "joined":
        routes.join(event.peer);
        wake(now);
        return [];
      case "left":
        routes.leave(event.peer);
        return [];
      case "taken":
        return take(event, now);
      case "settled": {
        const held = all.get(event.key);
        if (held) forget(held);
        return [];
      }
      case "undelivered": {
        routes.avoid(event.to);
        const held = all.get(event.key);
        const passage = held?.passages.get(nameOf(event.source));
        return held && passage ? goOn(held, passage) : [];
      }
      case "tick":
        return [];
    }
  }

  return {
    get size() {
      return all.size;
    },
    handle(event, now) {
      routes.turn(now);
      return [...react(event, now), ...tick(now)];
    },
    next: () => timers.next(),
  };
}
