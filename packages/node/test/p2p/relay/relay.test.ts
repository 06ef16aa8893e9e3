import { invalid, toHex } from "@sero/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_POOL, openMempool, openPoolRules, type Mempool, type PoolRules } from "../../../src/mempool/index.js";
import { areRulesSteady } from "../../../src/p2p/relay/attach.js";
import { openRelay, type DandelionSettings, type Relay, type RelayOptions } from "../../../src/p2p/relay/index.js";
import { openTestChain, type TestChain } from "../../helpers/chain.js";
import { type FakePayment, type FakePaymentInput } from "../../helpers/payment.js";
import { fakeNetwork, type FakePeerHost } from "../../helpers/peers.js";
import { acceptAllVerifier, BAD_PROOF, type TestVerifier } from "../../helpers/verifier.js";

let chain: TestChain;
const stops: (() => void)[] = [];

beforeAll(async () => {
  chain = await openTestChain();
});

afterAll(() => chain.close());

afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const pay = (seed: number, more: Partial<FakePaymentInput> = {}): FakePayment =>
  chain.pay(chain.chain.head().hash, seed, more);

interface TestRelay {
  readonly host: FakePeerHost;
  readonly mempool: Mempool;
  readonly relay: Relay;
  readonly verifier: TestVerifier;
  /** Txids that are mined. */
  readonly mined: Set<string>;
  /** Moves the head. */
  head(): void;
}

const network = fakeNetwork();
let made = 0;

const QUIET: Partial<DandelionSettings> = { hopMs: [1, 3], embargoMs: 1e9, fluffProbability: 0, epochMs: 1e9 };

function node(name: string, dandelion: Partial<DandelionSettings> = {}, more: Partial<RelayOptions> = {}): TestRelay {
  const verifier = acceptAllVerifier();
  const mined = new Set<string>();
  const poolRules = openPoolRules(chain.rules, chain.chain, chain.store);
  const withMined: PoolRules = {
    ...poolRules,
    checkState: (draft) =>
      mined.has(toHex(poolRules.txidOf(draft))) ? invalid("tx/spent", "Spent.") : poolRules.checkState(draft),
    isMined: (txid) => mined.has(toHex(txid)),
  };
  const mempool = openMempool(withMined, verifier, DEFAULT_POOL);
  const host = network.host(`${name}${made++}`);
  const heads = new Set<() => void>();
  const relay = openRelay({
    host,
    mempool,
    isSyncing: () => false,
    areRulesSteady: () => true,
    isOver: ({ txid }) => mined.has(toHex(txid)),
    onHead(listener) {
      heads.add(listener);
      return () => heads.delete(listener);
    },
    dandelion: { ...QUIET, ...dandelion },
    ...more,
  });
  stops.push(() => relay.stop());
  const head = (): void => heads.forEach((listener) => listener());
  return { host, mempool, relay, verifier, mined, head };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !what(); i++) await pause(5);
  expect(what()).toBe(true);
}

const code = (text: string): unknown => expect.objectContaining({ code: text });

describe("the relay", () => {
  it("takes transactions straight into the mempool while nobody is connected", async () => {
    const a = node("a");
    const tx = pay(1);
    expect(await a.relay.submit(tx.bytes, "rpc:1")).toEqual(tx.txid);
    expect(a.mempool.get(tx.txid)).toBeDefined();
    expect(a.host.published).toHaveLength(0);
  });

  it("stems what came while nobody was connected when an outbound peer comes, and does not announce it", async () => {
    const a = node("a");
    const b = node("b");
    const tx = pay(1);
    await a.relay.submit(tx.bytes, "rpc:1");
    network.connect(a.host, b.host);
    await until(() => a.host.sent.length === 1);
    expect(a.host.sent[0]).toMatchObject({ to: b.host.id, protocol: "stem/1", message: tx.bytes });
    expect(a.host.published).toHaveLength(0);
    // B's only outbound peers: none. It fluffs, and A, which has it in its pool, knows it as public.
    await until(() => b.mempool.get(tx.txid) !== undefined);
  });

  it("stems a user's transaction along outbound peers and makes it public at the far end", async () => {
    const [a, b, c, d] = [node("a"), node("b"), node("c"), node("d", { fluffProbability: 1 })];
    network.connect(a.host, b.host);
    network.connect(b.host, c.host);
    network.connect(c.host, d.host);
    network.connect(d.host, a.host);
    const tx = pay(2);
    expect(await a.relay.submit(tx.bytes, "rpc:1")).toEqual(tx.txid);
    expect(a.mempool.get(tx.txid)).toBeUndefined();
    await until(() => [a, b, c, d].every(({ mempool }) => mempool.get(tx.txid) !== undefined));
    expect(d.host.published).toEqual([{ topic: "transactions/1", message: tx.bytes }]);
    for (const each of [a, b, c]) expect(each.host.published).toHaveLength(0);
    for (const each of [a, b, c]) expect(each.host.sent).toHaveLength(1);
    // The stem message is the bytes: no sender in it.
    expect(a.host.sent[0]!.message).toEqual(tx.bytes);
  });

  it("G48: nothing of the stem pool can be seen: answers, work and messages are the same as of a node that knows nothing", async () => {
    const holder = node("holder");
    const stranger = node("stranger");
    const sink = node("sink");
    const prober = node("prober");
    for (const each of [holder, stranger]) {
      network.connect(each.host, sink.host);
      network.connect(prober.host, each.host);
    }
    sink.relay.stop();
    const tx = pay(3);
    await holder.relay.submit(tx.bytes, "rpc:owner");
    await until(() => holder.host.sent.length === 1);
    const answers = [];
    for (const each of [holder, stranger]) {
      const seen: string[] = [];
      each.mempool.onTransaction(() => seen.push("pending"));
      const before = { checked: each.verifier.checked(), sent: each.host.sent.length };
      expect(each.mempool.get(tx.txid)).toBeUndefined();
      expect(each.mempool.size).toBe(0);
      // By RPC: it is verified anew, so the answer takes as long.
      const answer = toHex(await each.relay.submit(tx.bytes, "rpc:prober"));
      const rival = pay(4, { nullifier: tx.tx.bundles[0]!.nullifiers[0] });
      const conflict = toHex(await each.relay.submit(rival.bytes, "rpc:prober"));
      // By a stem from a peer: it goes on to that peer's successor and nothing comes back.
      await prober.host.send(each.host.id, "stem/1", tx.bytes);
      await until(() => each.host.sent.length === before.sent + 3);
      await pause(20);
      answers.push({
        answer,
        conflict,
        checked: each.verifier.checked() - before.checked,
        sent: each.host.sent
          .slice(before.sent)
          .map(({ to, message }) => [to, toHex(message)])
          .sort(),
        seen,
        size: each.mempool.size,
        penalties: each.host.penalties.length,
        toProber: each.host.sent.filter(({ to }) => to === prober.host.id).length,
      });
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toMatchObject({ checked: 3, seen: [], size: 0, penalties: 0, toProber: 0 });
  });

  it("G48: the embargo makes public what a successor swallows", async () => {
    const a = node("a", { embargoMs: 300 }, { random: () => 0.5 });
    const blackHole = network.host(`hole${made++}`);
    let swallowed = 0;
    blackHole.receive("stem/1", { maxBytes: 1e6, perMinute: 1e6 }, () => swallowed++);
    const b = node("b");
    network.connect(a.host, blackHole);
    network.connect(b.host, a.host);
    const tx = pay(5);
    await a.relay.submit(tx.bytes, "rpc:1");
    await until(() => b.mempool.get(tx.txid) !== undefined);
    expect(a.mempool.get(tx.txid)).toBeDefined();
    expect(swallowed).toBe(1);
  });

  it("keeps its own from inbound peers until the embargo when no outbound peer is there", async () => {
    // Every embargo is 0.7 s.
    const a = node("a", { embargoMs: 1_000 }, { random: () => 0.5 });
    const b = node("b");
    network.connect(b.host, a.host);
    const tx = pay(6);
    await a.relay.submit(tx.bytes, "rpc:1");
    expect(a.mempool.get(tx.txid)).toBeUndefined();
    expect(a.host.published).toHaveLength(0);
    await until(() => b.mempool.get(tx.txid) !== undefined);
    expect(a.host.sent).toHaveLength(0);
  });

  it("what came while nobody was connected becomes public also where all peers are inbound, after the embargo", async () => {
    const a = node("a", { embargoMs: 300 }, { random: () => 0.5 });
    const tx = pay(61);
    await a.relay.submit(tx.bytes, "rpc:1");
    const b = node("b");
    network.connect(b.host, a.host);
    expect(a.host.published).toHaveLength(0);
    await until(() => b.mempool.get(tx.txid) !== undefined);
    expect(a.host.sent).toHaveLength(0);
  });

  it("gives a transaction to another peer when one does not take it", async () => {
    const a = node("a");
    const deaf = network.host(`deaf${made++}`);
    network.connect(a.host, deaf);
    const tx = pay(7);
    await a.relay.submit(tx.bytes, "rpc:1");
    await pause(30);
    const b = node("b");
    network.connect(a.host, b.host);
    await until(() => a.host.sent.length === 1);
    expect(a.host.sent[0]!.to).toBe(b.host.id);
  });

  it("forgets what is seen in gossip or mined", async () => {
    // Every embargo is 1.4 s.
    const [a, b] = [node("a", { embargoMs: 2_000 }, { random: () => 0.5 }), node("b")];
    const hole = network.host(`hole${made++}`);
    hole.receive("stem/1", { maxBytes: 1e6, perMinute: 1e6 }, () => undefined);
    network.connect(a.host, hole);
    network.connect(b.host, a.host);
    const [seen, mined] = [pay(8), pay(9)];
    await a.relay.submit(mined.bytes, "rpc:1");
    a.mined.add(toHex(mined.txid));
    a.head();
    await a.relay.submit(seen.bytes, "rpc:1");
    await a.mempool.submit(seen.bytes, "elsewhere");
    // Both leave again, one with its block's branch: whatever was still held would become public now.
    a.mined.clear();
    a.mempool.headChanged([seen.txid], []);
    await pause(2_000);
    expect(a.host.published).toHaveLength(0);
    expect(a.mempool.size).toBe(0);
  });

  it("answers the txid of what waits or is mined, and the same refusals as the mempool", async () => {
    const [a, b] = [node("a"), node("b")];
    network.connect(a.host, b.host);
    const tx = pay(10);
    await a.mempool.submit(tx.bytes, "x");
    expect(await a.relay.submit(tx.bytes, "rpc:1")).toEqual(tx.txid);
    const mined = pay(11);
    a.mined.add(toHex(mined.txid));
    expect(await a.relay.submit(mined.bytes, "rpc:1")).toEqual(mined.txid);
    await expect(a.relay.submit(pay(12, { proofByte: BAD_PROOF }).bytes, "rpc:1")).rejects.toEqual(code("tx/proof"));
    const rival = pay(13, { nullifier: tx.tx.bundles[0]!.nullifiers[0] });
    await expect(a.relay.submit(rival.bytes, "rpc:1")).rejects.toEqual(code("pool/nullifier-held"));
    await expect(a.relay.submit(Uint8Array.of(0x5e, 1), "rpc:1")).rejects.toEqual(code("tx/encoding"));
    await pause(20);
    expect(a.host.sent).toHaveLength(0);
  });

  it("G50: punishes who sends false or malformed transactions, by stem as by gossip, and nobody for stale or conflicting ones", async () => {
    const [a, bad, good] = [node("a"), network.host(`bad${made++}`), network.host(`good${made++}`)];
    for (const each of [bad, good]) {
      each.topic("transactions/1", { maxBytes: 1e6, validate: () => Promise.resolve("ignore") });
      network.connect(each, a.host);
    }
    const topic = (host: FakePeerHost): ReturnType<FakePeerHost["topic"]> =>
      host.topic("transactions/1", { maxBytes: 1e6, validate: () => Promise.resolve("ignore") });
    await bad.send(a.host.id, "stem/1", pay(20, { proofByte: BAD_PROOF }).bytes);
    await bad.send(a.host.id, "stem/1", Uint8Array.of(1, 2, 3));
    await topic(bad).publish(pay(21, { proofByte: BAD_PROOF }).bytes);
    await until(() => a.host.penalties.length === 3);
    expect(new Set(a.host.penalties.map(({ peer }) => peer))).toEqual(new Set([bad.id]));

    const held = pay(22);
    await a.mempool.submit(held.bytes, "x");
    const conflicting = pay(23, { nullifier: held.tx.bundles[0]!.nullifiers[0] });
    const gossip = topic(good);
    for (const { bytes } of [conflicting, pay(24, { expiry: 0n }), pay(25, { anchor: 5n })]) {
      await good.send(a.host.id, "stem/1", bytes);
      await gossip.publish(bytes);
    }
    await network.settled();
    await pause(30);
    expect(a.host.penalties).toHaveLength(3);
  });

  it("C19: a false copy of a transaction that waits is neither passed on nor blamed on anybody; of one being stemmed it is", async () => {
    const [a, b] = [node("a"), node("b")];
    network.connect(a.host, b.host);
    const attacker = network.host(`attacker${made++}`);
    const topic = attacker.topic("transactions/1", { maxBytes: 1e6, validate: () => Promise.resolve("ignore") });
    network.connect(attacker, a.host);
    const tx = pay(30);
    await a.mempool.submit(tx.bytes, "x");
    const forged = pay(30, { proofByte: BAD_PROOF });
    expect(forged.txid).toEqual(tx.txid);
    await topic.publish(forged.bytes);
    await attacker.send(a.host.id, "stem/1", forged.bytes);
    await network.settled();
    await pause(30);
    // Had A passed it on, B would have looked at it, and would blame A.
    expect(b.verifier.checked()).toBe(0);
    expect(b.host.penalties).toHaveLength(0);
    expect(a.host.sent).toHaveLength(0);
    expect(a.host.penalties).toHaveLength(0);

    const stemmed = pay(31);
    await a.relay.submit(stemmed.bytes, "rpc:1");
    await attacker.send(a.host.id, "stem/1", pay(31, { proofByte: BAD_PROOF }).bytes);
    await until(() => a.host.penalties.length === 1);
    expect(b.host.penalties).toHaveLength(0);
  });

  it("E38: of one peer's stems one transaction a note is verified, however many copies it makes of the proof", async () => {
    const [a, b] = [node("a"), node("b")];
    const [attacker, other] = [network.host(`attacker${made++}`), network.host(`other${made++}`)];
    b.relay.stop();
    network.connect(a.host, b.host);
    for (const each of [attacker, other]) network.connect(each, a.host);
    const tx = pay(60);
    await attacker.send(a.host.id, "stem/1", tx.bytes);
    await until(() => a.host.sent.length === 1);
    for (let i = 2; i < 20; i++) {
      await attacker.send(a.host.id, "stem/1", pay(60, { proofByte: i }).bytes);
      await attacker.send(a.host.id, "stem/1", pay(60 + i, { nullifier: tx.tx.bundles[0]!.nullifiers[0] }).bytes);
    }
    await network.settled();
    await pause(50);
    expect(a.verifier.checked()).toBe(1);
    expect(a.host.penalties).toHaveLength(0);
    // What another peer brings is another matter: A answers nobody for what it holds.
    await other.send(a.host.id, "stem/1", pay(60, { proofByte: 99 }).bytes);
    await until(() => a.host.sent.length === 2);
    // When the note's transaction is void the next may come.
    a.mined.add(toHex(tx.txid));
    a.head();
    a.mined.clear();
    await attacker.send(a.host.id, "stem/1", pay(61, { nullifier: tx.tx.bundles[0]!.nullifiers[0] }).bytes);
    await until(() => a.verifier.checked() === 3);
  });

  it("blames nobody while it syncs or while rules change, and takes nothing in", async () => {
    for (const more of [{ isSyncing: () => true }, { areRulesSteady: () => false }]) {
      const a = node("a", {}, more);
      const peer = network.host(`peer${made++}`);
      const topic = peer.topic("transactions/1", { maxBytes: 1e6, validate: () => Promise.resolve("ignore") });
      network.connect(peer, a.host);
      await peer.send(a.host.id, "stem/1", pay(40, { proofByte: BAD_PROOF }).bytes);
      await topic.publish(pay(41, { proofByte: BAD_PROOF }).bytes);
      await network.settled();
      await pause(20);
      expect(a.host.penalties).toHaveLength(0);
      expect(a.mempool.size).toBe(0);
    }
  });

  it("calls rules steady only if they are the same around the head and until now", () => {
    const upgrade = 10_000n;
    const [old, young] = [chain.rules.at(0n), { ...chain.rules.at(0n) }];
    const rulesAt = (timestamp: bigint) => (timestamp < upgrade ? old : young);
    expect(areRulesSteady(rulesAt, 5000n, 5000n)).toBe(true);
    expect(areRulesSteady(rulesAt, 9500n, 9500n)).toBe(false);
    expect(areRulesSteady(rulesAt, 10_500n, 10_500n)).toBe(false);
    expect(areRulesSteady(rulesAt, 11_000n, 11_000n)).toBe(true);
    // Its consensus client has been gone for hours.
    expect(areRulesSteady(rulesAt, 5000n, 20_000n)).toBe(false);
  });

  it("announces again what waits, whoever it is from, so that it crosses a split that has healed", async () => {
    const announcer = { leastMs: 20, meanMs: 20, perSecond: 1000 };
    const a = node("a", {}, { announcer });
    const b = node("b");
    const [foreign, own] = [pay(50), pay(51)];
    await a.mempool.submit(foreign.bytes, "peer");
    await a.relay.submit(own.bytes, "rpc:1");
    network.connect(b.host, a.host);
    await until(() => b.mempool.get(foreign.txid) !== undefined);
    // What came while alone is one's own: it waits for a stem and is not announced.
    expect(a.host.published.map(({ message }) => toHex(message))).not.toContain(toHex(own.bytes));
    expect(b.mempool.get(own.txid)).toBeUndefined();
  });
});
