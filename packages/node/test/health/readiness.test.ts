import { createServer } from "node:http";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { SeroError } from "@sero/protocol";
import { CONSENSUS_SILENCE, unreadyReasons, type ReadinessFacts } from "../../src/health/readiness.js";
import { startHealthServer } from "../../src/health/server.js";
import { silent } from "../../src/log.js";

const READY: ReadinessFacts = {
  syncing: false,
  needsConsensus: true,
  sinceConsensus: 2,
  needsPeers: true,
  peers: 1,
};
const codes = (facts: Partial<ReadinessFacts>): string[] =>
  unreadyReasons({ ...READY, ...facts }).map(({ code }) => code);

describe("readiness", () => {
  it("needs a consensus client within a minute, a known head, and peers if it was given some", () => {
    expect(codes({})).toEqual([]);
    expect(codes({ sinceConsensus: CONSENSUS_SILENCE })).toEqual([]);
    expect(codes({ sinceConsensus: CONSENSUS_SILENCE + 1 })).toEqual(["ready/consensus"]);
    expect(codes({ sinceConsensus: undefined })).toEqual(["ready/consensus"]);
    expect(codes({ sinceConsensus: undefined, needsConsensus: false })).toEqual([]);
    expect(codes({ syncing: true })).toEqual(["ready/syncing"]);
    expect(codes({ peers: 0 })).toEqual(["ready/peers"]);
    expect(codes({ peers: 0, needsPeers: false })).toEqual([]);
    expect(codes({ peers: 0, syncing: true, sinceConsensus: 1e9 })).toHaveLength(3);
  });

  it("says what to do in each reason", () => {
    for (const { message } of unreadyReasons({ ...READY, sinceConsensus: 99.9, syncing: true, peers: 0 })) {
      expect(message).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe("the health server", () => {
  it("fails /health with the store's own sentence, and no path of this machine", async () => {
    const server = await startHealthServer({
      port: 0,
      registry: new Registry(),
      unready: () => [],
      checkStore() {
        throw new SeroError("store/disk-full", "The disk is full.", { path: "/home/somebody/node" });
      },
      log: silent,
    });
    const response = await fetch(`http://127.0.0.1:${server.port}/health`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ status: "failing", code: "store/disk-full", message: "The disk is full." });
    await server.close();
  });

  it("says which port is taken", async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port)),
    );
    await expect(
      startHealthServer({
        port,
        registry: new Registry(),
        unready: () => [],
        checkStore: () => undefined,
        log: silent,
      }),
    ).rejects.toMatchObject({ code: "server/port-taken" });
    other.close();
  });
});
