import type { Connection, Stream } from "@libp2p/interface";
import { describe, expect, it } from "vitest";
import { encodeFrame } from "../../../src/p2p/host/framing.js";
import type { PeerHost, PeerId, Verdict } from "../../../src/p2p/host/types.js";
import { GENESIS, host, until } from "./hosts.js";
import { hostile, type Hostile } from "./hostile.js";

const TOPIC = `sero/${Buffer.from(GENESIS.subarray(0, 4)).toString("hex")}/transactions/1`;

const bytes = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill);

/** A protobuf field of bytes. */
function field(number: number, value: Uint8Array): Uint8Array {
  const framed = encodeFrame(value);
  return Uint8Array.of((number << 3) | 2, ...framed);
}

/** gossipsub's RPC of one message: `publish` = 2; `data` = 2 and `topic` = 4 in it; more fields to break the rules with. */
function rpc(data: Uint8Array, extra: readonly Uint8Array[] = [], topic = TOPIC): Uint8Array {
  const message = Buffer.concat([...extra, field(2, data), field(4, new TextEncoder().encode(topic))]);
  return encodeFrame(field(2, message));
}

async function gossiper(to: PeerHost): Promise<readonly [Hostile, Connection, Stream]> {
  const peer = await hostile();
  const connection = await peer.join(to);
  const stream = await connection.newStream("/meshsub/1.1.0");
  return [peer, connection, stream];
}

async function listening(verdict: Verdict = "accept"): Promise<readonly [PeerHost, Uint8Array[]]> {
  const target = await host();
  const got: Uint8Array[] = [];
  target.topic("transactions/1", {
    maxBytes: 1_000,
    async validate(message) {
      got.push(message);
      return verdict;
    },
  });
  return [target, got];
}

describe("hostile gossip", () => {
  it("hears a message once, whoever repeats it", async () => {
    const [target, got] = await listening();
    const [, , one] = await gossiper(target);
    const [, , two] = await gossiper(target);
    for (const stream of [one, two, one]) stream.send(rpc(bytes(50)));
    one.send(rpc(bytes(50, 2)));
    await until(() => got.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(got).toEqual([bytes(50), bytes(50, 2)]);
  });

  it("G50: messages with a sender, a sequence number or a signature are not taken", async () => {
    const [target, got] = await listening();
    const [, , stream] = await gossiper(target);
    stream.send(rpc(bytes(50, 3), [field(1, bytes(38))]));
    stream.send(rpc(bytes(50, 4), [field(3, bytes(8))]));
    stream.send(rpc(bytes(50, 5), [field(5, bytes(64))]));
    stream.send(rpc(bytes(50, 6)));
    await until(() => got.length === 1);
    expect(got).toEqual([bytes(50, 6)]);
  });

  it("G50: a message above the cap is a ban", async () => {
    const [target, got] = await listening();
    const [peer, connection, stream] = await gossiper(target);
    stream.send(rpc(bytes(1_001)));
    await until(() => connection.status !== "open");
    expect(target.bans()).toMatchObject([{ subject: peer.id, code: "p2p/too-large" }]);
    expect(got).toEqual([]);
  });

  it("G50: the third rejected message is a ban; ignored ones are not", async () => {
    const [target] = await listening("reject");
    const [peer, connection, stream] = await gossiper(target);
    stream.send(rpc(bytes(50, 1)));
    stream.send(rpc(bytes(50, 2)));
    await until(() => target.points(peer.id as PeerId) > 60);
    expect(target.bans()).toEqual([]);
    stream.send(rpc(bytes(50, 3)));
    await until(() => connection.status !== "open");
    expect(target.bans()).toMatchObject([{ subject: peer.id, code: "p2p/rejected" }]);

    const [patient, got] = await listening("ignore");
    const [quiet, , more] = await gossiper(patient);
    for (let i = 0; i < 20; i++) more.send(rpc(bytes(50, i)));
    await until(() => got.length === 20);
    expect(patient.points(quiet.id as PeerId)).toBe(0);
  });

  it("G50: one peer cannot fill the queue of validation: it is read on as its messages are done, and loses none", async () => {
    const target = await host();
    const waiting: (() => void)[] = [];
    let got = 0;
    target.topic("transactions/1", {
      maxBytes: 100_000,
      async validate() {
        got++;
        await new Promise<void>((resolve) => waiting.push(resolve));
        return "accept";
      },
    });
    const [peer, , stream] = await gossiper(target);
    // One chunk to a message, so that what is read beyond the bound is one window at most.
    const messages = 700;
    const send = async (): Promise<void> => {
      for (let i = 0; i < messages; i++) {
        while (stream.writeBufferLength > 0) await new Promise((resolve) => setTimeout(resolve, 2));
        stream.send(rpc(Buffer.concat([Buffer.from(`${i}`), bytes(5_000)])));
      }
    };
    const sent = send();
    await until(() => got >= 512);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(got).toBeLessThan(700);
    const held = got;
    const [, , other] = await gossiper(target);
    other.send(rpc(bytes(10)));
    await until(() => got === held + 1);
    const timer = setInterval(() => waiting.splice(0).forEach((done) => done()), 50);
    await until(() => got === messages + 1);
    clearInterval(timer);
    await sent;
    for (const done of waiting) done();
    expect(target.points(peer.id as PeerId)).toBe(0);
  });

  it("G50: more bytes than the allowance wait at the peer, also when they are no messages at all; nobody is blamed", async () => {
    const [target, got] = await listening();
    const [peer, connection, stream] = await gossiper(target);
    // Frames of an RPC with a topic that nobody has.
    const chunk = rpc(bytes(60_000), [], "elsewhere");
    const begun = performance.now();
    let taken = 0;
    while (performance.now() - begun < 3_000) {
      if (stream.writeBufferLength > 8_000_000) await new Promise((resolve) => setTimeout(resolve, 5));
      else {
        stream.send(chunk);
        taken += chunk.length;
      }
    }
    taken -= stream.writeBufferLength;
    const seconds = (performance.now() - begun) / 1000;
    const MiB = 2 ** 20;
    expect(taken).toBeGreaterThan(8 * MiB);
    expect(taken).toBeLessThan((8 + 2 * seconds + 2) * MiB);
    expect(connection.status).toBe("open");
    expect(target.points(peer.id as PeerId)).toBe(0);
    expect(got).toEqual([]);
  });

  it("G50: a peer that takes no gossip costs a bounded amount of memory and nobody else a message", async () => {
    const [target] = await listening();
    const publisher = await host();
    const topic = publisher.topic("transactions/1", { maxBytes: 200_000, validate: async () => "accept" });
    const deaf = await hostile();
    let stuck: Stream | undefined;
    for (const protocol of ["/meshsub/1.1.0", "/meshsub/1.2.0"]) {
      await deaf.libp2p.handle(protocol, (inbound) => {
        stuck = inbound;
        inbound.pause();
      });
    }
    const connection = await deaf.join(publisher);
    const out = await connection.newStream("/meshsub/1.1.0");
    const subscription = Buffer.concat([Uint8Array.of(8, 1), field(2, new TextEncoder().encode(TOPIC))]);
    out.send(encodeFrame(field(1, subscription)));
    await until(() => stuck !== undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    let sent = 0;
    for (let i = 0; i < 100; i++) sent += await topic.publish(Buffer.concat([Buffer.from(`${i}`), bytes(100_000)]));
    expect(sent).toBeGreaterThan(50);
    await until(() => (stuck?.readBufferLength ?? 0) > 100_000);
    expect(stuck?.readBufferLength).toBeLessThan(600_000);
    expect(connection.status).toBe("open");
    expect(publisher.peers().map(({ id }) => id)).toContain(deaf.id);
    expect(target.peers()).toEqual([]);
  });

  it("G50: gossip before the handshake is not read", async () => {
    const [target, got] = await listening();
    const peer = await hostile();
    const connection = await peer.connect(target);
    const stream = await connection.newStream("/meshsub/1.1.0");
    stream.send(rpc(bytes(50)));
    await until(() => connection.status !== "open");
    expect(got).toEqual([]);
  });

  it("what is published carries no sender", async () => {
    const [target] = await listening();
    const topic = target;
    const [peer, , stream] = await gossiper(topic);
    const heard: Buffer[] = [];
    await peer.libp2p.handle("/meshsub/1.1.0", (inbound) => {
      inbound.addEventListener("message", ({ data }) => heard.push(Buffer.from(data.subarray())));
    });
    // A subscription, so that the host takes the peer into its mesh: topic 2, subscribe 1.
    const subscription = Buffer.concat([Uint8Array.of(8, 1), field(2, new TextEncoder().encode(TOPIC))]);
    stream.send(encodeFrame(field(1, subscription)));
    const joined = await host();
    const own = joined.topic("transactions/1", { maxBytes: 1_000, validate: async () => "accept" });
    await joined.dial(target.addresses()[0] ?? "");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await own.publish(bytes(77, 9));
    await until(() => Buffer.concat(heard).includes(Buffer.from(bytes(77, 9))));
    const all = Buffer.concat(heard);
    const expected = Buffer.concat([field(2, bytes(77, 9)), field(4, new TextEncoder().encode(TOPIC))]);
    expect(all.includes(Buffer.from(encodeFrame(expected)))).toBe(true);
    for (const one of [target, joined]) expect(all.includes(one.id)).toBe(false);
  });
});
