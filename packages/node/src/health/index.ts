import { statSync } from "node:fs";
import { Registry } from "prom-client";
import { freeBytes } from "../store/index.js";
import type { PeerHost } from "../p2p/host/types.js";
import type { RpcContext } from "../rpc/context.js";
import { registerGauges, type NodeFigures } from "./gauges.js";
import { openObserver, type Observer } from "./observer.js";
import { registerProcess } from "./process.js";
import { unreadyReasons } from "./readiness.js";
import { startHealthServer } from "./server.js";

export { CONSENSUS_SILENCE } from "./readiness.js";
export { openReporter, reportInvalid } from "./reporter.js";
export type { Observer } from "./observer.js";

/** A node's figures: what happens is counted from the start, what is is read when it is asked for. */
export interface Health {
  readonly registry: Registry;
  readonly observer: Observer;
}

/** Opens the figures of a node that is being started. */
export function openHealth(): Health {
  const registry = new Registry();
  return { registry, observer: openObserver(registry) };
}

/** What the health port is opened with. */
export interface HealthPortOptions {
  /** Port on 127.0.0.1; 0 lets the system choose. */
  readonly port: number;
  /** Whether blocks come from a consensus client, without which the node stands still. */
  readonly needsConsensus: boolean;
  /** Whether the node was given peers to begin with. */
  readonly needsPeers: boolean;
  /** Undefined without peers. */
  readonly peers: Pick<PeerHost, "peers" | "bans"> | undefined;
}

/**
 * Serves /health, /ready and /metrics of a node.
 *
 * @throws SeroError `server/port-taken`, `server/listen`
 */
export async function openHealthPort(
  { registry, observer }: Health,
  context: RpcContext,
  options: HealthPortOptions,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const { chain, engine, mempool, store } = context;
  const peers = (): { readonly inbound: number; readonly outbound: number } => {
    const all = options.peers?.peers() ?? [];
    const outbound = all.filter((peer) => peer.outbound).length;
    return { inbound: all.length - outbound, outbound };
  };
  const figures = (): NodeFigures => {
    const { inbound, outbound } = peers();
    return {
      head: chain.head().number,
      safe: chain.safe().number,
      finalized: chain.finalized().number,
      headTime: chain.head().header.timestamp,
      syncing: engine.isSyncing(),
      mempool: mempool.size,
      mempoolBytes: mempool.bytes,
      verifying: mempool.verifying,
      peersIn: inbound,
      peersOut: outbound,
      bans: options.peers?.bans().length ?? 0,
      storeBytes: sizeOf(store.environment.path),
      diskFree: freeBytes(store.environment.path),
      sinceConsensus: observer.sinceConsensus(),
    };
  };
  registerGauges(registry, context.clientVersion, figures);
  const stopMeasuring = registerProcess(registry);
  const server = await startHealthServer({
    port: options.port,
    registry,
    unready() {
      const { inbound, outbound } = peers();
      return unreadyReasons({
        needsConsensus: options.needsConsensus,
        needsPeers: options.needsPeers,
        syncing: engine.isSyncing(),
        sinceConsensus: observer.sinceConsensus(),
        peers: inbound + outbound,
      });
    },
    // A transaction that writes nothing: it takes the writer's lock and asks for room as every other.
    checkStore: () => store.environment.write(() => undefined),
    log: context.log,
  });
  return {
    port: server.port,
    async close() {
      stopMeasuring();
      await server.close();
    },
  };
}

/** Bytes on disk: the file is longer, with a hole at its end, while the node runs. */
function sizeOf(path: string): number {
  try {
    const { blocks, size } = statSync(path);
    return blocks > 0 ? 512 * blocks : size;
  } catch {
    return 0;
  }
}
