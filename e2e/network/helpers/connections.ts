import type { Network } from "./network.js";
import type { Site } from "./site.js";

/**
 * Dials again whatever consensus clients lost each other, as discovery does on a real network; here it is off, because it needs over a
 * minute on loopback and would find ways around the firewall. Lodestar hangs up on a peer that did not answer for a while, again and
 * again until its bad mark has faded.
 *
 * @param isAlone sites to leave alone, besides those that are cut off: Lodestar tells its peers which port it really listens on, and they
 *   would dial that one
 */
export const keepConnected = (network: Network, isAlone: (site: Site) => boolean): (() => void) => {
  let busy = false;
  const look = async (): Promise<void> => {
    const running = network.sites.filter(
      (site) => site.consensus()?.isRunning() === true && !network.firewall.isIsolated(site.name) && !isAlone(site),
    );
    for (const site of running) {
      const peers = await site.beacon.peers().catch(() => running.length);
      if (peers < running.length - 1) await network.connect(site, running).catch(() => undefined);
    }
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    void look().finally(() => (busy = false));
  }, 2_000);
  return () => clearInterval(timer);
};
