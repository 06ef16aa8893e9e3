import { describe, expect, it } from "vitest";
import { DEFAULT_DANDELION, openDandelion, type DandelionAction } from "../../../src/p2p/relay/index.js";
import { randomNumbers } from "../../helpers/chain.js";

const PEERS = 6;

/** One node's machine under random events; ends when nothing is held. */
function wander(seed: number): void {
  const below = randomNumbers(seed);
  const settings = {
    ...DEFAULT_DANDELION,
    epochMs: 5_000,
    embargoMs: 3_000,
    maxPerPeer: 4,
    maxOwn: 6,
    maxBytes: 9_000,
  };
  const machine = openDandelion(settings, () => below(2 ** 30) / 2 ** 30, 0);
  const outbound = new Set<string>();
  /** By key, whether this node's own users handed it in. */
  const held = new Map<string, boolean>();
  let now = 0;
  let made = 0;
  const seen = (actions: readonly DandelionAction[]): void => {
    const undelivered: Extract<DandelionAction, { type: "stem" }>[] = [];
    for (const action of actions) {
      const isOwn = held.get(action.key);
      // Nothing is done twice with a transaction, and nothing after it was made public.
      if (isOwn === undefined) throw new Error(`${action.type} of what is not held`);
      if (action.type !== "stem") {
        expect(action.type === "dropped" && isOwn).toBe(false);
        held.delete(action.key);
        continue;
      }
      expect(outbound.has(action.to)).toBe(true);
      expect(action.source).not.toEqual({ kind: "peer", name: action.to });
      if (below(5) === 0) undelivered.push(action);
    }
    for (const { key, to, source } of undelivered) {
      seen(machine.handle({ type: "undelivered", key, source, to }, now));
    }
  };
  for (let step = 0; step < 400; step++) {
    now += below(300);
    const peer = `p${below(PEERS)}`;
    const what = below(10);
    if (what < 2) {
      outbound.add(peer);
      seen(machine.handle({ type: "joined", peer }, now));
    } else if (what === 2) {
      outbound.delete(peer);
      seen(machine.handle({ type: "left", peer }, now));
    } else if (what === 3) {
      const key = [...held.keys()][below(held.size + 1)];
      if (key === undefined) continue;
      held.delete(key);
      seen(machine.handle({ type: "settled", key }, now));
    } else if (what < 8) {
      const again = below(3) === 0 ? [...held.keys()][below(held.size + 1)] : undefined;
      const key = again ?? `tx${made++}`;
      const isOwn = below(3) === 0;
      const source = isOwn
        ? ({ kind: "own", name: `rpc${below(2)}` } as const)
        : ({ kind: "peer", name: peer } as const);
      held.set(key, isOwn || held.get(key) === true);
      seen(machine.handle({ type: "taken", key, size: 500, source, arrivedAt: now - below(50) }, now));
    } else seen(machine.handle({ type: "tick" }, now));
    expect(machine.size).toBe(held.size);
  }
  for (let at = machine.next(); at !== undefined; at = machine.next()) {
    now = Math.max(now, at);
    seen(machine.handle({ type: "tick" }, now));
  }
  // Whatever was taken and neither settled nor dropped became public.
  expect(held.size).toBe(0);
}

describe("Dandelion++ under random events", () => {
  it("loses nothing, does nothing twice, and stems to outbound peers alone", () => {
    for (let seed = 0; seed < 100; seed++) wander(seed);
  });
});
