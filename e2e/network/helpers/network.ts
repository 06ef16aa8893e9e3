import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFirewall, type Firewall } from "./firewall.js";
import { initNetwork } from "./folder.js";
import { tailOf } from "./program.js";
import { openSite, type Site } from "./site.js";

/** Slots in an epoch of Lodestar's "minimal" preset. */
export const SLOTS_PER_EPOCH = 8;

/** Seconds that anything may take: several times what it does on two cores that nobody else uses. */
const PATIENCE = 300;

/** A network on this machine: sites, and the firewall between them. */
export interface Network {
  readonly directory: string;
  readonly sites: readonly Site[];
  readonly firewall: Firewall;
  readonly slotSeconds: number;
  /** The slot of this moment; below 0 before genesis. */
  readonly slot: () => number;
  /** Makes a site's consensus client know those of `others`, or all others that run. */
  readonly connect: (site: Site, others?: readonly Site[]) => Promise<void>;
  /** Waits until `probe` gives something; refusals of nodes that are just starting count as nothing. */
  readonly waitFor: <T>(what: string, probe: () => Promise<T | undefined> | T | undefined) => Promise<T>;
  readonly sleepSlots: (slots: number) => Promise<void>;
  /** Where every site stands, a line each. */
  readonly status: () => Promise<string>;
  /** The end of every program's log. */
  readonly tails: () => Promise<string>;
  /** Stops everything; the folder stays if `keep`. */
  readonly close: (keep: boolean) => Promise<void>;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const told = async (site: Site): Promise<string> => {
  const at = async (tag: string): Promise<string> => {
    const block = await site.block(tag).catch(() => undefined);
    return block ? `${Number(block.number)} ${block.hash.slice(0, 10)}` : "?";
  };
  const syncing = await site.beacon.syncing().catch(() => undefined);
  const finality = await site.beacon.finality().catch(() => undefined);
  const peers = await site.beacon.peers().catch(() => "?");
  const beacon = `slot ${syncing?.head_slot ?? "?"}${syncing?.is_optimistic === true ? " optimistic" : ""}, justified ${finality?.justified ?? "?"}, finalized ${finality?.finalized ?? "?"}`;
  const runs = `${site.execution()?.isRunning() === true ? "" : " (node down)"}${site.consensus()?.isRunning() === true ? "" : " (client down)"}`;
  return `${site.name}: head ${await at("latest")}, finalized ${await at("finalized")}; ${beacon}, ${peers} peers${runs}`;
};

/**
 * Makes a network's folder and gets its sites ready; starts none. Slot 0 is `startsIn` seconds from now. Slots are 2 s long, or what
 * SERO_NETWORK_SLOT_SECONDS says: on a machine that is too slow for 2 s clients fall behind by an epoch, and Lodestar 1.5.1 then proposes
 * nothing any more.
 */
export const openNetwork = async (options: {
  /** Validators of each node. */
  readonly validators: readonly number[];
  readonly startsIn: number;
}): Promise<Network> => {
  const slotSeconds = Number(process.env["SERO_NETWORK_SLOT_SECONDS"] ?? 2);
  const root = await mkdtemp(join(tmpdir(), "sero-network-"));
  const [directory, logs] = [join(root, "network"), join(root, "logs")];
  await mkdir(logs);
  const genesis = Math.floor(Date.now() / 1000) + options.startsIn;
  const file = await initNetwork(directory, { validators: options.validators, slotSeconds, genesisTime: genesis });
  const sites: Site[] = [];
  const programsOf = (site: Site) => [site.execution(), site.consensus()].filter((program) => program !== undefined);
  const firewall = openFirewall(() =>
    sites.flatMap((site) => programsOf(site).map(({ pid }) => ({ node: site.name, pid }))),
  );
  let first = 0;
  for (const [index, entry] of file.nodes.entries()) {
    const validators = { first, count: options.validators[index] ?? 0 };
    first += validators.count;
    sites.push(await openSite({ entry, folder: join(directory, entry.name), logs, firewall, index, validators }));
  }
  const status = async (): Promise<string> => (await Promise.all(sites.map(told))).join("\n");
  const programs = () => sites.flatMap(programsOf);
  return {
    directory: root,
    sites,
    firewall,
    slotSeconds,
    slot: () => Math.floor((Date.now() / 1000 - genesis) / slotSeconds),
    connect: async (site, others = sites) => {
      const { peer_id: peerId } = await site.beacon.identity();
      const isReachable = (one: Site): boolean =>
        one !== site && one.consensus()?.isRunning() === true && !firewall.isIsolated(one.name);
      for (const other of others.filter(isReachable))
        await other.beacon.connect(peerId, site.entry.ports.consensus).catch(() => undefined);
    },
    waitFor: async (what, probe) => {
      const end = Date.now() + 1000 * PATIENCE;
      let last: unknown;
      while (Date.now() < end) {
        try {
          const found = await probe();
          if (found !== undefined) return found;
        } catch (error) {
          last = error;
        }
        await sleep(400);
      }
      const refusal = last instanceof Error ? ` Last refusal: ${last.message}` : "";
      throw new Error(`Waited ${PATIENCE} s in vain: ${what}.${refusal}\n${await status()}`);
    },
    sleepSlots: (slots) => sleep(1000 * slotSeconds * slots),
    status,
    tails: async () => {
      const parts = programs().map(async ({ name, log }) => `----- ${name} (${log})\n${await tailOf(log, 15)}`);
      return (await Promise.all(parts)).join("\n");
    },
    close: async (keep) => {
      await Promise.all(programs().map((program) => program.stop()));
      for (const site of sites) await site.engine.close();
      await firewall.close();
      if (!keep) await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};
