import { generateKeyPair } from "@libp2p/crypto/keys";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { silent } from "../../../src/log.js";
import { parseDialable } from "../../../src/p2p/host/address.js";
import { openBook } from "../../../src/p2p/host/book.js";
import { openDialer } from "../../../src/p2p/host/dialer.js";
import { DEFAULT_HOST_LIMITS } from "../../../src/p2p/host/settings.js";
import type { PeerTable } from "../../../src/p2p/host/table.js";
import type { PeerId } from "../../../src/p2p/host/types.js";

// All names lead to one machine, which is not this one.
vi.mock("node:dns/promises", () => ({
  lookup: () => Promise.resolve([{ address: "203.0.113.7", family: 4 }]),
}));

it("G50: many names of one machine are one network: they do not fill the places of outbound peers", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "sero-names-"));
  const clock = (): number => performance.now();
  const book = openBook({ dataDir, max: 64, redialMs: 60_000, now: Date.now, clock, random: Math.random, log: silent });
  for (let i = 0; i < 4; i++) {
    const id = peerIdFromPrivateKey(await generateKeyPair("Ed25519")).toString();
    book.add(parseDialable(`/dns4/name-${i}.example/tcp/9/p2p/${id}`), { from: `source-${i}` });
  }
  const dialled: string[] = [];
  const table = {
    dialing: new Map<PeerId, number>(),
    all: () => [],
    get: () => undefined,
    bans: () => false,
    onPeer: () => () => undefined,
  } as unknown as PeerTable;
  const dialer = openDialer({
    self: "self" as PeerId,
    table,
    book,
    handshakes: () => Promise.reject(new Error("unused")),
    connect: (address) => {
      dialled.push(address.toString());
      return new Promise(() => undefined);
    },
    limits: DEFAULT_HOST_LIMITS,
    proxied: false,
    random: Math.random,
    clock,
  });
  await expect.poll(() => dialled.length).toBeGreaterThan(0);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(dialled).toHaveLength(1);
  dialer.close();
  book.close();
  rmSync(dataDir, { recursive: true, force: true });
});
