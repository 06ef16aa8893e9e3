import { rmSync } from "node:fs";
import type { ForkId } from "@sero/protocol";
import { afterEach } from "vitest";
import { openPeerHost } from "../../../src/p2p/host/index.js";
import type { PeerHost, PeerHostOptions } from "../../../src/p2p/host/types.js";
import { temporaryDirectory } from "../../helpers/node.js";

const opened: (() => unknown)[] = [];

/** Runs when the test that is under way ends. */
export function cleanup(step: () => unknown): void {
  opened.push(step);
}

afterEach(async () => {
  for (const step of opened.splice(0).reverse()) await step();
});

/** A directory that is removed after the test. */
export function directory(): string {
  const path = temporaryDirectory();
  cleanup(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export const GENESIS = new Uint8Array(32).fill(7);
export const FORK_ID: ForkId = { hash: new Uint8Array(4).fill(3), next: 0n };

/** A host on loopback that is closed after the test. */
export async function host(options: Partial<PeerHostOptions> = {}): Promise<PeerHost> {
  const made = await openPeerHost({
    dataDir: options.dataDir ?? directory(),
    genesisHash: GENESIS,
    chainId: 1337n,
    listen: ["/ip4/127.0.0.1/tcp/0"],
    bootstrap: [],
    status: () => ({ headNumber: 5n, headHash: new Uint8Array(32).fill(1), oldestBody: 0n, forkId: FORK_ID }),
    accepts: () => true,
    ...options,
    limits: { redialMs: 200, handshakeMs: 3_000, ...options.limits },
  });
  cleanup(() => made.close());
  return made;
}

/** The address at which a host takes connections. */
export function addressOf(of: PeerHost): string {
  const [address] = of.addresses();
  if (address === undefined) throw new Error("The host does not listen.");
  return address;
}

/** Waits until something holds, at most `ms`. */
export async function until(holds: () => boolean, ms = 15_000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`It did not come to hold: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
