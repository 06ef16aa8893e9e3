import type { Rules } from "@sero/execution";
import { forkSchedule } from "@sero/protocol";
import type { Chain } from "../chain/index.js";
import type { Engine } from "../engine/index.js";
import type { Log } from "../log.js";
import type { Mempool } from "../mempool/index.js";
import type { Store } from "../store/index.js";
import type { PeerHost, PeerHostOptions } from "./host/types.js";
import { attachRelay, withEmbargo, type Relay, type RelaySettings } from "./relay/index.js";
import { openSync, type Sync } from "./sync/index.js";

/** How a node joins others. */
export type P2pOptions = Pick<PeerHostOptions, "listen" | "announce" | "bootstrap" | "socks" | "limits"> & {
  /** Mean of the time that a stemmed transaction may stay unseen before this node spreads it, seconds. */
  readonly embargoSeconds?: number;
  /** How transactions are spread otherwise, for programs that run nodes inside themselves. */
  readonly relay?: RelaySettings;
};

/** The parts of a node that its network is tied to. */
export interface NetworkParts {
  readonly dataDir: string;
  readonly rules: Rules;
  readonly store: Store;
  readonly chain: Chain;
  readonly engine: Engine;
  readonly mempool: Mempool;
  readonly log: Log;
}

/** A node's network: the host, what spreads transactions, and what fetches blocks. */
export interface Network {
  readonly host: PeerHost;
  readonly relay: Relay;
  readonly sync: Sync;
  close(): Promise<void>;
}

/**
 * Joins the network.
 *
 * @throws SeroError as `openPeerHost` does
 */
export async function openNetwork(options: P2pOptions, parts: NetworkParts): Promise<Network> {
  const { dataDir, rules, store, chain, engine, mempool, log } = parts;
  const { embargoSeconds, relay: settings = {}, ...hostOptions } = options;
  // Loaded only here: libp2p takes its time, and a node without peers, or a wallet's command, needs none of it.
  const { openPeerHost } = await import("./host/index.js");
  const forks = forkSchedule(rules.spec, rules.genesis.hash);
  const host = await openPeerHost({
    ...hostOptions,
    dataDir,
    genesisHash: rules.genesis.hash,
    chainId: rules.spec.chainId,
    status: () => ({
      headNumber: chain.head().number,
      headHash: chain.head().hash,
      oldestBody: store.oldestBody(),
      forkId: forks.at(chain.head().header.timestamp),
    }),
    accepts: (forkId) => forks.accepts(forkId, chain.head().header.timestamp),
    log,
  });
  const relay = attachRelay({
    host,
    mempool,
    chain,
    store,
    engine,
    rulesAt: (timestamp) => rules.at(timestamp),
    settings: withEmbargo(settings, embargoSeconds),
    log,
  });
  const sync = openSync({ host, engine, store, chain, log });
  return {
    host,
    relay,
    sync,
    async close() {
      await sync.stop();
      await relay.stop();
      await host.close();
    },
  };
}
