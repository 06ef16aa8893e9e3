import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureSpendArtifacts } from "@sero/circuits";
import { openPeerHost, type PeerHost, type Topic } from "@sero/node/p2p";
import { forkSchedule, fromHex, specFromJson, type BlockHash, type ChainSpec } from "@sero/protocol";
import { openForge } from "../forge/index.js";

/** What an attacking process is told. */
export interface FloodTask {
  readonly specPath: string;
  readonly genesisHash: string;
  /** Multiaddrs of the nodes under attack. */
  readonly targets: readonly string[];
  readonly perSecond: number;
  readonly seconds: number;
  /** Decimal: last block that the transactions could be in. */
  readonly expiry: string;
  /** Messages that each identity sends before it goes and another comes; undefined: one identity for all. */
  readonly burst: number | undefined;
}

/** What it says. */
export type FromFlood =
  | { readonly type: "forged"; readonly made: number; readonly count: number }
  | { readonly type: "ready" }
  | {
      readonly type: "done";
      /** Messages that went to at least one node. */
      readonly delivered: number;
      /** Messages that no node took: the attacker was not, or no longer, connected. */
      readonly refused: number;
      readonly identities: number;
      /** Seconds until the first identity had lost all of its connections; undefined if it never did. */
      readonly firstShutOut: number | undefined;
    };

const say = (message: FromFlood): void => void process.send?.(message);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const PART = 1024;
const TICK_MS = 10;

process.once("message", (task: FloodTask) => {
  void attack(task).then(() => process.exit());
});

async function attack(task: FloodTask): Promise<void> {
  const spec = specFromJson(JSON.parse(readFileSync(task.specPath, "utf8")));
  const forge = await openForge(await ensureSpendArtifacts(), spec);
  const messages: Uint8Array[] = [];
  const count = Math.round(task.perSecond * task.seconds);
  while (messages.length < count) {
    const part = forge.payments(Math.min(PART, count - messages.length), { expiry: BigInt(task.expiry), lie: "proof" });
    for (const { bytes } of part) messages.push(bytes);
    say({ type: "forged", made: messages.length, count });
  }
  const started = new Promise((resolve) => process.once("message", resolve));
  say({ type: "ready" });
  await started;

  const genesisHash = fromHex(task.genesisHash) as BlockHash;
  const join = (): Promise<Identity> => newIdentity(genesisHash, spec, task.targets);
  const begun = performance.now();
  let [delivered, refused, identities, next] = [0, 0, 1, 0];
  let firstShutOut: number | undefined;
  let current = await join();
  // The next identity gets ready while the one before is at work.
  let following = task.burst === undefined ? undefined : join();
  let ofThis = 0;
  while (next < messages.length && performance.now() - begun < task.seconds * 1000) {
    const due = Math.min(messages.length, Math.floor(((performance.now() - begun) / 1000) * task.perSecond));
    for (; next < due; next++) {
      const message = messages[next];
      const recipients = message === undefined ? 0 : await current.topic.publish(message).catch(() => 0);
      if (recipients > 0) delivered++;
      else refused++;
      ofThis++;
      const isShutOut = current.host.peers().length === 0;
      if (isShutOut && identities === 1) firstShutOut ??= (performance.now() - begun) / 1000;
      if (following === undefined || task.burst === undefined || (ofThis < task.burst && !isShutOut)) continue;
      void current.leave();
      current = await following;
      following = join();
      identities++;
      ofThis = 0;
    }
    await pause(TICK_MS);
  }
  say({ type: "done", delivered, refused, identities, firstShutOut });
  await Promise.all([current.leave(), following?.then((identity) => identity.leave())]);
}

interface Identity {
  readonly host: PeerHost;
  readonly topic: Topic;
  leave(): Promise<void>;
}

async function newIdentity(genesisHash: BlockHash, spec: ChainSpec, targets: readonly string[]): Promise<Identity> {
  const dataDir = mkdtempSync(join(tmpdir(), "sero-flood-"));
  const forkId = forkSchedule(spec, genesisHash).at(spec.genesisTime);
  const status = { headNumber: 0n, headHash: genesisHash, oldestBody: 0n, forkId };
  const host = await openPeerHost({
    dataDir,
    genesisHash,
    chainId: spec.chainId,
    listen: [],
    bootstrap: [],
    status: () => status,
    accepts: () => true,
  });
  const topic = host.topic("transactions/1", { maxBytes: 131_072, validate: async () => "ignore" });
  await Promise.all(targets.map((target) => host.dial(target).catch(() => undefined)));
  return {
    host,
    topic,
    async leave() {
      await host.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
