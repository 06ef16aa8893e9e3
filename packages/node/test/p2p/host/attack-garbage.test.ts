import { connect, type Socket } from "node:net";
import type { Stream } from "@libp2p/interface";
import { describe, expect, it } from "vitest";
import { encodeStatus, STATUS_BYTES } from "../../../src/p2p/host/messages.js";
import type { PeerHost, PeerId } from "../../../src/p2p/host/types.js";
import { addressOf, cleanup, host, until } from "./hosts.js";
import { hostile, STATUS } from "./hostile.js";

const bytes = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill);
const limits = { handshakeMs: 1_000, frameMs: 1_000 };

/** A TCP connection to a host, and whether it was closed. */
async function raw(to: PeerHost): Promise<{ socket: Socket; closed: () => boolean }> {
  const port = Number(/tcp\/(\d+)/.exec(addressOf(to))?.[1]);
  const socket = connect(port, "127.0.0.1");
  let closed = false;
  socket.on("close", () => (closed = true));
  socket.on("error", () => undefined);
  await new Promise((resolve) => socket.once("connect", resolve));
  cleanup(() => socket.destroy());
  return { socket, closed: () => closed };
}

/** Asks for the slow answer, if the host still listens. */
function poke(stream: Stream): void {
  if (stream.writeStatus === "writable") stream.send(Uint8Array.of(1, 9));
}

/** That an honest node can still talk to the host. */
async function expectServing(to: PeerHost): Promise<void> {
  const honest = await host();
  // On a busy machine a handshake may take longer than the short times of these tests.
  let reached: string | undefined;
  for (let i = 0; i < 10 && reached === undefined; i++) {
    reached = await honest.dial(addressOf(to)).catch(() => undefined);
  }
  expect(reached).toBe(to.id);
}

describe("peers that send garbage or nothing before the handshake", () => {
  it("G50: bytes that are no protocol end the connection", async () => {
    const target = await host({ limits });
    const { socket, closed } = await raw(target);
    socket.write(bytes(100_000, 0xff));
    await until(closed);
    expect(target.peers()).toEqual([]);
    await expectServing(target);
  });

  it("G50: a connection on which nothing comes is closed", async () => {
    const target = await host({ limits });
    const silent = await raw(target);
    await until(silent.closed, 5_000);
    await expectServing(target);
  });

  it("G50: a peer that never greets is let go, and banned when it does so again and again", async () => {
    const target = await host({ limits: { ...limits, handshakeMs: 300 } });
    const peer = await hostile();
    for (let i = 0; i < 80 && target.bans().length === 0; i++) {
      // On a busy machine some do not get as far as to be silent.
      const connection = await peer.connect(target).catch(() => undefined);
      if (connection) await until(() => connection.status !== "open", 5_000);
    }
    expect(target.bans()).toMatchObject([{ subject: peer.id, code: "p2p/silent" }]);
    await expectServing(target);
  });

  it("G50: another chain's node is let go without a ban, on either side", async () => {
    const target = await host({ limits });
    const peer = await hostile();
    const connection = await peer.join(target, encodeStatus({ ...STATUS, chainId: 1n }));
    await until(() => connection.status !== "open");
    expect(target.peers()).toEqual([]);
    expect(target.bans()).toEqual([]);

    const other = await host({ limits, genesisHash: bytes(32, 8) });
    await expect(target.dial(addressOf(other))).rejects.toMatchObject({ code: "p2p/other-chain" });
    expect(other.peers()).toEqual([]);
  });

  it("G50: a status that is cut off, too long, or comes a byte at a time is no handshake", async () => {
    const target = await host({ limits });
    const short = await hostile();
    await short.join(target, bytes(STATUS_BYTES - 1));
    await until(() => target.bans().length === 1);
    const long = await hostile();
    await long.join(target, bytes(STATUS_BYTES + 1));
    await until(() => target.bans().length === 2);
    expect(target.bans().map(({ subject }) => subject)).toEqual([short.id, long.id]);

    const slow = await hostile();
    const connection = await slow.connect(target);
    const stream = await slow.open(connection, "status/1");
    const status = encodeStatus(STATUS);
    const timer = setInterval(() => {
      if (stream.status === "open") stream.send(Uint8Array.of(88, ...status).subarray(0, 1));
    }, 100);
    cleanup(() => clearInterval(timer));
    await until(() => connection.status !== "open", 5_000);
    expect(target.peers()).toEqual([]);
    await expectServing(target);
  });

  it("G50: nothing but the status protocol is answered before the handshake", async () => {
    const target = await host({ limits });
    let asked = 0;
    target.answer("blocks/1", { maxRequestBytes: 10, perPeer: 1, perMinute: 100 }, async function* () {
      asked++;
      yield bytes(1);
    });
    target.receive("stem/1", { maxBytes: 10, perMinute: 100 }, () => asked++);
    const peer = await hostile();
    const connection = await peer.connect(target);
    for (const protocol of ["blocks/1", "stem/1"]) {
      const stream = await peer.open(connection, protocol);
      stream.send(Uint8Array.of(1, 1));
    }
    await until(() => connection.status !== "open", 5_000);
    expect(asked).toBe(0);
  });
});

describe("peers of the chain that send too much, too slowly, or nothing", () => {
  const answering = async (): Promise<PeerHost> => {
    const target = await host({ limits });
    target.answer("blocks/1", { maxRequestBytes: 100, perPeer: 2, perMinute: 30 }, async function* (request) {
      if (request[0] === 9) await new Promise((resolve) => setTimeout(resolve, 2_000));
      for (let i = 0; i < 100; i++) yield bytes(100_000);
    });
    return target;
  };

  it("G50: a length above the cap, or one that never ends, is a ban before anything is kept", async () => {
    for (const prefix of [Uint8Array.of(0xff, 0xff, 0xff, 0x7f), Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 1)]) {
      const target = await answering();
      const peer = await hostile();
      const connection = await peer.join(target);
      const stream = await peer.open(connection, "blocks/1");
      stream.send(prefix);
      await until(() => connection.status !== "open");
      expect(target.bans()).toMatchObject([{ subject: peer.id }]);
      await expect(peer.join(target)).rejects.toThrow();
    }
  });

  it("G50: a peer that does not take the answer is cut off, and the handler stops", async () => {
    const target = await host({ limits });
    let yielded = 0;
    let ended = false;
    target.answer("blocks/1", { maxRequestBytes: 100, perPeer: 2, perMinute: 30 }, async function* () {
      try {
        for (;;) {
          yielded++;
          yield bytes(100_000);
        }
      } finally {
        ended = true;
      }
    });
    const peer = await hostile();
    const connection = await peer.join(target);
    const stream = await peer.open(connection, "blocks/1");
    stream.pause();
    stream.send(Uint8Array.of(1, 1));
    await until(() => ended, 10_000);
    expect(yielded).toBeLessThan(20);
    expect(target.points(peer.id as PeerId)).toBeGreaterThan(0);
  });

  it("G50: more requests at a time or a minute than allowed are refused and cost points", async () => {
    const target = await answering();
    const peer = await hostile();
    const connection = await peer.join(target);
    await until(() => target.peers().length === 1);
    for (let i = 0; i < 4; i++) poke(await peer.open(connection, "blocks/1"));
    await until(() => target.points(peer.id as PeerId) > 9);
    expect(target.bans()).toEqual([]);
    for (let i = 0; i < 200 && connection.status === "open"; i++) {
      const stream = await peer.open(connection, "blocks/1").catch(() => undefined);
      if (stream) poke(stream);
    }
    await until(() => connection.status !== "open");
    expect(target.bans()).toMatchObject([{ subject: peer.id, code: "p2p/too-many" }]);
  });

  it("G50: a thousand streams on which nothing is negotiated hold nobody up", async () => {
    const target = await answering();
    const peer = await hostile();
    const connection = await peer.join(target);
    const opened = Array.from({ length: 1_000 }, () =>
      connection.newStream(["/nothing/1", "/nothing/2"], { signal: AbortSignal.timeout(3_000) }).catch(() => undefined),
    );
    await expectServing(target);
    await Promise.all(opened);
    const streams = target.peers().length;
    expect(streams).toBeLessThanOrEqual(2);
  });

  it("G50: one-way messages above the rate are dropped, and a flood of them is a ban", async () => {
    const target = await host({ limits });
    let got = 0;
    target.receive("stem/1", { maxBytes: 100, perMinute: 50 }, () => got++);
    const peer = await hostile();
    const connection = await peer.join(target);
    const stream = await peer.open(connection, "stem/1");
    for (let i = 0; i < 500 && stream.status === "open"; i++) stream.send(Uint8Array.of(1, i & 0xff));
    await until(() => connection.status !== "open");
    expect(got).toBeGreaterThanOrEqual(50);
    expect(got).toBeLessThan(60);
    expect(target.bans()).toMatchObject([{ subject: peer.id, code: "p2p/too-many" }]);
  });

  it("G50: a one-way message that is begun and not ended is given up; a quiet stream is not", async () => {
    const target = await host({ limits });
    const got: number[] = [];
    target.receive("stem/1", { maxBytes: 100, perMinute: 50 }, (message) => got.push(message.length));
    const peer = await hostile();
    const connection = await peer.join(target);
    const stream = await peer.open(connection, "stem/1");
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    stream.send(Uint8Array.of(2, 1, 1));
    await until(() => got.length === 1);
    stream.send(Uint8Array.of(2, 1));
    await until(() => stream.status !== "open", 5_000);
    expect(got).toEqual([2]);
    expect(target.points(peer.id as PeerId)).toBeGreaterThan(0);
    expect(target.peers().length).toBe(1);
  });
});

describe("answers of hostile peers", () => {
  const asking = async (answer: (send: (data: Uint8Array) => void) => void): Promise<readonly [PeerHost, PeerId]> => {
    const peer = await hostile(true);
    await peer.libp2p.handle((await import("./hostile.js")).PREFIX + "blocks/1", (stream) => {
      answer((data) => stream.send(data));
    });
    const asker = await host({ limits });
    return [asker, await asker.dial(peer.address())];
  };
  const ask = async (asker: PeerHost, id: PeerId): Promise<number> => {
    let frames = 0;
    for await (const frame of asker.request(id, "blocks/1", bytes(1), { maxFrameBytes: 1_000, timeoutMs: 700 })) {
      frames += frame.length > 0 ? 1 : 0;
    }
    return frames;
  };

  it("G50: nothing, or a beginning without an end, is a timeout and costs points", async () => {
    for (const answer of [
      (): void => undefined,
      (send: (data: Uint8Array) => void): void => send(Uint8Array.of(5, 1)),
    ]) {
      const [asker, id] = await asking(answer);
      await expect(ask(asker, id)).rejects.toMatchObject({ code: "p2p/timeout" });
      expect(asker.points(id)).toBeGreaterThan(4);
      expect(asker.peers().length).toBe(1);
    }
  });

  it("G50: too much, or a length that is none, is a ban", async () => {
    for (const [data, code] of [
      [Uint8Array.of(0xe9, 0x07), "p2p/too-large"],
      [Uint8Array.of(0x80, 0x80, 0x80, 0x80), "p2p/framing"],
      [Uint8Array.of(0x80, 0x00), "p2p/framing"],
    ] as const) {
      const [asker, id] = await asking((send) => send(data));
      await expect(ask(asker, id)).rejects.toMatchObject({ code });
      expect(asker.bans()).toMatchObject([{ subject: id, code }]);
      expect(asker.peers()).toEqual([]);
    }
  });

  it("G50: a protocol that the peer does not speak is a refusal without blame", async () => {
    const [asker, id] = await asking(() => undefined);
    const other = asker.request(id, "other/1", bytes(1), { maxFrameBytes: 10, timeoutMs: 700 });
    await expect(other[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "p2p/refused" });
    await expect(asker.send(id, "other/1", bytes(1))).rejects.toMatchObject({ code: "p2p/refused" });
    expect(asker.points(id)).toBe(0);
  });
});
