import { describe, expect, it } from "vitest";
import {
  DEFAULT_DANDELION,
  openDandelion,
  type Dandelion,
  type DandelionAction,
  type DandelionSettings,
} from "../../../src/p2p/relay/index.js";
import { randomNumbers } from "../../helpers/chain.js";

const seeded = (seed: number): (() => number) => {
  const next = randomNumbers(seed);
  return () => next(2 ** 30) / 2 ** 30;
};

const open = (settings: Partial<DandelionSettings> = {}, seed = 1): Dandelion =>
  openDandelion({ ...DEFAULT_DANDELION, fluffProbability: 0, epochMs: 1e12, ...settings }, seeded(seed), 0);

const own = (name = "rpc:127.0.0.1") => ({ kind: "own", name }) as const;
const peer = (name: string) => ({ kind: "peer", name }) as const;

function join(machine: Dandelion, ...peers: string[]): void {
  for (const each of peers) machine.handle({ type: "joined", peer: each }, 0);
}

function take(
  machine: Dandelion,
  key: string,
  source: ReturnType<typeof own> | ReturnType<typeof peer>,
  at: number,
  size = 1000,
): DandelionAction[] {
  return machine.handle({ type: "taken", key, size, source, arrivedAt: at }, at);
}

/** Everything that happens until `until`, with the time of each. */
function run(machine: Dandelion, until: number): (DandelionAction & { readonly at: number })[] {
  const done: (DandelionAction & { readonly at: number })[] = [];
  for (let at = machine.next(); at !== undefined && at <= until; at = machine.next()) {
    for (const action of machine.handle({ type: "tick" }, at)) done.push({ ...action, at });
  }
  return done;
}

describe("Dandelion++", () => {
  it("stems what is its own to one outbound peer, a hop after it came, and fluffs it when the embargo ends", () => {
    const machine = open();
    join(machine, "a", "b", "c");
    expect(take(machine, "tx", own(), 1000)).toEqual([]);
    const [stem, fluff, ...rest] = run(machine, 1e9);
    expect(stem).toMatchObject({ type: "stem", key: "tx" });
    expect(stem!.at).toBeGreaterThanOrEqual(1100);
    expect(stem!.at).toBeLessThan(1500);
    expect(fluff).toMatchObject({ type: "fluff", key: "tx" });
    expect(rest).toEqual([]);
    expect(machine.size).toBe(0);
    expect(machine.next()).toBeUndefined();
  });

  it("gives all transactions of a source to the same peer for an epoch, and uses at most two peers", () => {
    const machine = open({ embargoMs: 1e12 });
    join(machine, "a", "b", "c", "d", "e", "f", "g", "h");
    const to = new Map<string, Set<string>>();
    for (let i = 0; i < 200; i++) take(machine, `tx${i}`, i % 5 === 0 ? own() : peer(`p${i % 5}`), i);
    for (const action of run(machine, 10_000)) {
      if (action.type !== "stem") throw new Error(action.type);
      to.set(action.source.name, (to.get(action.source.name) ?? new Set()).add(action.to));
    }
    for (const peers of to.values()) expect(peers.size).toBe(1);
    expect(new Set([...to.values()].flatMap((peers) => [...peers])).size).toBe(2);
  });

  it("draws both peers anew with each epoch", () => {
    const machine = open({ embargoMs: 1e12, epochMs: 1000 });
    join(machine, ..."abcdefgh");
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) {
      take(machine, `tx${i}`, own(), i * 1300);
      for (const action of run(machine, i * 1300 + 1299)) if (action.type === "stem") seen.add(action.to);
    }
    expect(seen.size).toBe(8);
  });

  it("fluffs what others stem in an epoch as diffuser, but never its own by the coin", () => {
    const machine = open({ fluffProbability: 1, embargoMs: 1e12 });
    join(machine, "a", "b");
    take(machine, "theirs", peer("p"), 0);
    take(machine, "mine", own(), 0);
    const actions = run(machine, 1000);
    expect(actions.find(({ key }) => key === "theirs")).toMatchObject({ type: "fluff" });
    expect(actions.find(({ key }) => key === "mine")).toMatchObject({ type: "stem" });
  });

  it("is a diffuser in as many epochs as the coin says", () => {
    const machine = open({ fluffProbability: 0.2, epochMs: 1000, embargoMs: 1e12 });
    join(machine, "a", "b");
    let fluffed = 0;
    for (let i = 0; i < 2000; i++) {
      take(machine, `tx${i}`, peer("p"), i * 2000);
      fluffed += run(machine, i * 2000 + 1999).filter(({ type }) => type === "fluff").length;
    }
    expect(fluffed / 2000).toBeGreaterThan(0.16);
    expect(fluffed / 2000).toBeLessThan(0.24);
  });

  it("G48: who stems a transaction here cannot tell whether it was held already", () => {
    for (const fluffProbability of [0, 1]) {
      // Two of the same node, one of which holds the transaction (its own, or relayed) when the probe comes.
      for (const held of [undefined, own(), peer("x")]) {
        // Relayed by a diffuser it would be public already: nothing to probe.
        if (held?.kind === "peer" && fluffProbability === 1) continue;
        const answers = [];
        for (let seed = 0; seed < 200; seed++) {
          const machine = open({ fluffProbability, embargoMs: 1e12 }, seed);
          join(machine, "a", "b");
          if (held) take(machine, "tx", held, 0);
          run(machine, 1000);
          take(machine, "tx", peer("probe"), 2000);
          const [first] = run(machine, 3000).filter(({ at }) => at >= 2000);
          answers.push(first && `${first.type} ${first.at < 2500 && first.at >= 2100}`);
        }
        expect(new Set(answers)).toEqual(new Set([`${fluffProbability ? "fluff" : "stem"} true`]));
      }
    }
  });

  it("G48: when a transaction goes on does not show how long its checks took", () => {
    for (const checkedAt of [0, 90, 99]) {
      const machine = open({ embargoMs: 1e12 }, 5);
      join(machine, "a", "b");
      machine.handle({ type: "taken", key: "tx", size: 1, source: peer("p"), arrivedAt: 0 }, checkedAt);
      const [stem] = run(machine, 1000);
      expect(stem!.at).toBe(run(same(5), 1000)[0]!.at);
    }
    function same(seed: number): Dandelion {
      const machine = open({ embargoMs: 1e12 }, seed);
      join(machine, "a", "b");
      take(machine, "tx", peer("p"), 0);
      return machine;
    }
  });

  it("fluffs what the same peer stems a second time: a loop ends", () => {
    const machine = open({ embargoMs: 1e12 });
    join(machine, "a", "b");
    take(machine, "tx", peer("p"), 0);
    expect(run(machine, 1000)).toMatchObject([{ type: "stem" }]);
    take(machine, "tx", peer("q"), 1000);
    expect(run(machine, 2000)).toMatchObject([{ type: "stem" }]);
    take(machine, "tx", peer("p"), 2000);
    expect(run(machine, 3000)).toMatchObject([{ type: "fluff" }]);
  });

  it("does not hurry what a wallet sends again", () => {
    const machine = open({ embargoMs: 1e12 });
    join(machine, "a", "b");
    take(machine, "tx", own(), 0);
    run(machine, 1000);
    take(machine, "tx", own(), 1000);
    expect(run(machine, 5000)).toEqual([]);
  });

  it("never stems back to where it came from", () => {
    for (let seed = 0; seed < 20; seed++) {
      const machine = open({ embargoMs: 1e12 }, seed);
      join(machine, "a", "b");
      take(machine, "tx", peer("a"), 0);
      expect(run(machine, 1000)).toMatchObject([{ type: "stem", to: "b" }]);
    }
  });

  it("keeps its own until an outbound peer comes or the embargo ends, and fluffs what others stem at once", () => {
    const machine = open();
    take(machine, "mine", own(), 0);
    take(machine, "theirs", peer("p"), 0);
    expect(run(machine, 500)).toMatchObject([{ type: "fluff", key: "theirs" }]);
    machine.handle({ type: "joined", peer: "a" }, 600);
    expect(run(machine, 1200)).toMatchObject([{ type: "stem", key: "mine", to: "a" }]);

    const lonely = open({}, 7);
    take(lonely, "mine", own(), 0);
    const actions = run(lonely, 1e9);
    expect(actions).toMatchObject([{ type: "fluff", key: "mine" }]);
    expect(actions[0]!.at).toBeGreaterThan(500);
  });

  it("maps sources anew when a successor is lost or cannot be reached", () => {
    const machine = open({ embargoMs: 1e12 });
    join(machine, "a", "b");
    take(machine, "tx1", peer("p"), 0);
    const [first] = run(machine, 1000);
    if (first?.type !== "stem") throw new Error("not stemmed");
    const other = first.to === "a" ? "b" : "a";
    const again = machine.handle({ type: "undelivered", key: "tx1", source: peer("p"), to: first.to }, 1000);
    expect(again).toMatchObject([{ type: "stem", key: "tx1", to: other }]);
    take(machine, "tx2", peer("p"), 1000);
    expect(run(machine, 2000)).toMatchObject([{ type: "stem", key: "tx2", to: other }]);
    machine.handle({ type: "left", peer: other }, 2000);
    take(machine, "tx3", peer("p"), 2000);
    expect(run(machine, 3000)).toMatchObject([{ type: "fluff", key: "tx3" }]);
  });

  it("ends the embargo of what is public", () => {
    const machine = open();
    join(machine, "a", "b");
    take(machine, "tx", own(), 0);
    run(machine, 500);
    machine.handle({ type: "settled", key: "tx" }, 600);
    expect(run(machine, 1e9)).toEqual([]);
  });

  it("G50: a flood of one peer pushes out its own transactions only, and no own one is lost", () => {
    const machine = open({ embargoMs: 1e12, maxPerPeer: 10, maxBytesPerPeer: 5000, maxOwn: 3, maxBytes: 12_000 });
    join(machine, "a", "b");
    take(machine, "honest", peer("honest"), 0, 500);
    const dropped: string[] = [];
    const note = (actions: DandelionAction[]): void => {
      for (const { type, key } of actions) if (type !== "stem") dropped.push(`${type} ${key}`);
    };
    for (let i = 0; i < 100; i++) note(take(machine, `flood${i}`, peer("flood"), 0, 100));
    expect(dropped).toEqual(Array.from({ length: 90 }, (_, i) => `dropped flood${i}`));
    for (let i = 0; i < 100; i++) note(take(machine, `big${i}`, peer(`sybil${i}`), 0, 900));
    expect(dropped.some((text) => text.includes("honest"))).toBe(false);
    expect(machine.size).toBeLessThan(30);
    dropped.length = 0;
    for (let i = 0; i < 5; i++) note(take(machine, `own${i}`, own(`rpc:${i}`), 0));
    expect(dropped).toEqual(["fluff own0", "fluff own1"]);
  });

  it("G48: strangers on the light port cannot flood a transaction of the node's own user out of its stem", () => {
    const machine = open({ embargoMs: 1e12, maxOwn: 8, maxOwnBytes: 8_000, maxBytes: 12_000, maxBytesPerPeer: 5_000 });
    join(machine, "a", "b");
    take(machine, "victim", own(), 0, 1_000);
    const public_: string[] = [];
    for (let i = 0; i < 100; i++) {
      for (const action of take(machine, `flood${i}`, own(`light:10.0.0.${i % 20}`), i, 900)) {
        // Nothing that a light wallet was answered a txid for is lost.
        expect(action.type).toBe("fluff");
        public_.push(action.key);
      }
    }
    expect(public_.length).toBeGreaterThan(50);
    expect(public_).not.toContain("victim");
  });

  it("a copy that another peer brings stays when the first one's bound drops it", () => {
    const machine = open({ embargoMs: 1e12, maxPerPeer: 1 });
    join(machine, "a", "b");
    take(machine, "tx", peer("p"), 0);
    take(machine, "tx", peer("q"), 0);
    expect(take(machine, "more", peer("p"), 0)).toEqual([]);
    expect(take(machine, "more", peer("q"), 0)).toEqual([{ type: "dropped", key: "tx" }]);
  });

  it("embargoes are exponential with the mean that was set", () => {
    const machine = open({ embargoMs: 1000, hopMs: [0, 0], maxOwn: 1e9, maxOwnBytes: 1e12 });
    for (let i = 0; i < 4000; i++) take(machine, `tx${i}`, own(), 0);
    const times = run(machine, 1e9).map(({ at }) => at);
    const mean = times.reduce((sum, at) => sum + at, 0) / times.length;
    expect(times).toHaveLength(4000);
    expect(mean).toBeGreaterThan(930);
    expect(mean).toBeLessThan(1070);
    expect(times.filter((at) => at > 2000).length / 4000).toBeCloseTo(Math.exp(-2), 1);
  });
});
