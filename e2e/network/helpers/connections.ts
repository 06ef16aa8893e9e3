import { SLOTS_PER_EPOCH, type Network } from "./network.js";
import type { Site } from "./site.js";

/** Slots without a step forward after which a client that is behind gets new connections. */
const STALL_SLOTS = 5;

/**
 * Dials again whatever consensus clients lost each other, as discovery does on a real network; here it is off, because it needs over a
 * minute on loopback and would find ways around the firewall. Lodestar hangs up on a peer that did not answer for a while, again and
 * again until its bad mark has faded.
 *
 * A client that is behind and stands still gets its connections anew: Lodestar asks a peer how far it is when they meet, and then not for
 * five minutes. One that began at checkpoint f takes no head before the chain has justified f + 2, and would sit those minutes out.
 */
export const keepConnected = (network: Network): (() => void) => {
  const stood = new Map<Site, { readonly head: string; readonly since: number }>();
  let busy = false;
  const refresh = async (site: Site): Promise<void> => {
    const { head_slot: head, sync_distance: distance } = await site.beacon.syncing();
    const before = stood.get(site);
    const now = network.slot();
    if (before?.head !== head) stood.set(site, { head, since: now });
    else if (Number(distance) > SLOTS_PER_EPOCH && now - before.since > STALL_SLOTS) {
      stood.set(site, { head, since: now });
      await site.beacon.disconnectAll();
    }
  };
  const look = async (): Promise<void> => {
    // One that is cut off is left alone: Lodestar tells its peers which port it really listens on, and they would dial that one.
    const running = network.sites.filter(
      (site) => site.consensus()?.isRunning() === true && !network.firewall.isIsolated(site.name),
    );
    for (const site of running) {
      await refresh(site).catch(() => undefined);
      const peers = await site.beacon.peers().catch(() => running.length);
      if (peers < running.length - 1) await network.connect(site).catch(() => undefined);
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void look().finally(() => (busy = false));
  }, 2_000);
  return () => clearInterval(timer);
};
