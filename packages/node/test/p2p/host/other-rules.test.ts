import { developmentSpec, forkSchedule, type ChainSpec } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import type { LogLine } from "../../../src/log.js";
import type { PeerHost } from "../../../src/p2p/host/types.js";
import { addressOf, GENESIS, host, until } from "./hosts.js";

const plain = developmentSpec([]);
const FORK_TIME = plain.genesisTime + 100n;
const upgraded: ChainSpec = { ...plain, cancunTime: FORK_TIME };

interface Node {
  readonly host: PeerHost;
  readonly lines: readonly LogLine[];
  /** Its head's timestamp, from now on. */
  moveTo(timestamp: bigint): void;
}

/** A host that tells and checks fork ids as a node of this chain does. */
async function node(spec: ChainSpec, timestamp: bigint): Promise<Node> {
  const forks = forkSchedule(spec, GENESIS);
  const lines: LogLine[] = [];
  let head = timestamp;
  const status = () => ({ headNumber: 5n, headHash: GENESIS, oldestBody: 0n, forkId: forks.at(head) });
  const made = await host({
    status,
    accepts: (forkId) => forks.accepts(forkId, head),
    log: (line) => lines.push(line),
  });
  return { host: made, lines, moveTo: (to) => (head = to) };
}

const warnings = ({ lines }: Node): number => lines.filter(({ event }) => event === "p2p/other-rules").length;

describe("peers with other rules", () => {
  it("G50: are peers until the upgrade that one of them lacks, and part at it, without a penalty and with a word to the operator", async () => {
    const [old, renewed] = [await node(plain, FORK_TIME - 1n), await node(upgraded, FORK_TIME - 1n)];
    const id = await renewed.host.dial(addressOf(old.host));
    await until(() => old.host.peers().length === 1);
    await expect(renewed.host.refresh(id)).resolves.toBeDefined();

    renewed.moveTo(FORK_TIME);
    old.moveTo(FORK_TIME);
    await expect(renewed.host.refresh(id)).rejects.toMatchObject({ code: "p2p/other-rules" });
    await until(() => old.host.peers().length === 0 && renewed.host.peers().length === 0);
    await expect(renewed.host.dial(addressOf(old.host))).rejects.toMatchObject({ code: "p2p/other-rules" });
    expect([...old.host.bans(), ...renewed.host.bans()]).toEqual([]);
    expect([old.host.points(renewed.host.id), renewed.host.points(id)]).toEqual([0, 0]);
    // However often: and only by the one that chose the other, or anybody could alarm every operator.
    expect([warnings(old), warnings(renewed)]).toEqual([0, 1]);
  });

  it("are taken while they catch up, on either side", async () => {
    const [early, late] = [await node(upgraded, plain.genesisTime), await node(upgraded, FORK_TIME + 50n)];
    await expect(late.host.dial(addressOf(early.host))).resolves.toBe(early.host.id);
    await until(() => early.host.peers().length === 1);
  });
});
