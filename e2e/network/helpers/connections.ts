import type { Network } from "./network.js";

/**
 * Dials again whatever consensus clients lost each other, as discovery does on a real network; here it is off, because it needs over a
 * minute on loopback and would find ways around the firewall. Lodestar hangs up on a peer that did not answer for a while, again and
 * again until its bad mark has faded.
 */
export const keepConnected = (network: Network): (() => void) => {
  let busy = false;
  const look = async (): Promise<void> => {
    // One that is cut off is left alone: Lodestar tells its peers which port it really listens on, and they would dial that one.
    const running = network.sites.filter(
      (site) => site.consensus()?.isRunning() === true && !network.firewall.isIsolated(site.name),
    );
    for (const site of running) {
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
