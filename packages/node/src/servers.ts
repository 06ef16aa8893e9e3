import { join } from "node:path";
import { SeroError } from "@sero/protocol";
import { ENGINE_ETH_METHODS, ENGINE_METHODS, loadJwtSecret, startEngineServer } from "./engine/index.js";
import { openHealthPort, type Health } from "./health/index.js";
import type { PeerHost } from "./p2p/host/types.js";
import type { RpcContext } from "./rpc/context.js";
import { callByName, RPC_METHODS } from "./rpc/registry.js";
import {
  DEFAULT_LIMITS,
  LIGHT_LIMITS,
  LIGHT_METHODS,
  startLightServer,
  startRpcServer,
  streamRoutes,
  type LightLimits,
  type RpcServer,
  type ServerLimits,
} from "./server/index.js";

/** A port for other people's wallets. */
export interface LightOptions {
  readonly port: number;
  /** Interface: 127.0.0.1 unless said otherwise. */
  readonly host?: string;
  /** Host names besides loopback's that it is asked under; not looked at where `host` is no loopback address. */
  readonly names?: readonly string[];
  /** Web origins that may ask; "*" lets all. None unless given. */
  readonly origins?: readonly string[];
  /** A proxy on this machine says in X-Forwarded-For who asks. */
  readonly behindProxy?: boolean;
  readonly limits?: Partial<LightLimits>;
}

/** Which ports a node opens. 0 lets the system choose. */
export interface PortOptions {
  /** Port of JSON-RPC over HTTP and WebSocket. */
  readonly rpcPort: number;
  /** A second port for WebSocket, for tools that want one; the first serves it too. */
  readonly wsPort?: number;
  /** Interface of the RPC port: 127.0.0.1 unless said otherwise. */
  readonly rpcHost?: string;
  /** Host names besides loopback's that requests may be addressed to, and web origins that may read answers. */
  readonly allowedHosts?: readonly string[];
  readonly allowedOrigins?: readonly string[];
  readonly limits?: Partial<ServerLimits>;
  /** Opens the Engine API for a consensus client. */
  readonly engine?: { readonly port: number; readonly host?: string; readonly jwtSecretPath?: string };
  /** Port on 127.0.0.1 of /health, /ready and /metrics. None unless given. */
  readonly metricsPort?: number;
  readonly light?: LightOptions;
}

/** Where a node is asked; undefined for ports that are not open. */
export interface ServerUrls {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  readonly engineUrl: string | undefined;
  readonly metricsUrl: string | undefined;
  readonly lightUrl: string | undefined;
}

/** What the ports need besides their settings. */
export interface ServerParts {
  readonly context: RpcContext;
  readonly health: Health;
  /** Holds jwt.hex unless another file is named. */
  readonly dataDir: string;
  /** Undefined without peers. */
  readonly peers: PeerHost | undefined;
  /** Whether the node was given peers to begin with. */
  readonly needsPeers: boolean;
  /** Takes how each port is closed, as soon as it is open. */
  readonly onClose: (close: () => Promise<void>) => void;
}

/**
 * A node behind a proxy opens no port to the world: a stranger who asks it there learns where it is.
 *
 * @throws SeroError `p2p/tor-port`
 */
export function checkHiddenPorts({ rpcHost, engine, light }: PortOptions): void {
  for (const host of [rpcHost, engine?.host, light?.host]) {
    if (host === undefined || host === "localhost" || host === "::1" || host.startsWith("127.")) continue;
    throw new SeroError(
      "p2p/tor-port",
      "Behind a proxy all ports are on loopback: on another interface they show where the node is. Offer them by an onion service instead.",
      { host },
    );
  }
}

interface Closable {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Opens every port that was asked for.
 *
 * @throws SeroError `server/port-taken`, `server/listen`, `engine/secret`
 */
export async function startServers(options: PortOptions, parts: ServerParts): Promise<ServerUrls> {
  const { context, health } = parts;
  const { log } = context;
  const host = options.rpcHost ?? "127.0.0.1";
  const opened = <S extends Closable>(server: S): S => {
    parts.onClose(() => server.close());
    return server;
  };
  const open = async (port: number): Promise<RpcServer> =>
    opened(
      await startRpcServer({
        host,
        port,
        access: { allowedHosts: options.allowedHosts ?? [], allowedOrigins: options.allowedOrigins ?? [] },
        limits: { ...DEFAULT_LIMITS, ...options.limits },
        call: callByName(context, RPC_METHODS),
        streams: streamRoutes(context),
        log,
      }),
    );
  const rpc = await open(options.rpcPort);
  const ws = options.wsPort === undefined ? rpc : await open(options.wsPort);
  let engineUrl: string | undefined;
  if (options.engine) {
    const { port, host: engineHost = "127.0.0.1" } = options.engine;
    const secret = loadJwtSecret(options.engine.jwtSecretPath ?? join(parts.dataDir, "jwt.hex"));
    const methods = [...ENGINE_METHODS, ...RPC_METHODS.filter(({ name }) => ENGINE_ETH_METHODS.includes(name))];
    const call = health.observer.engineCalls(callByName(context, methods));
    const server = opened(await startEngineServer({ host: engineHost, port, secret, call, log }));
    engineUrl = `http://${engineHost}:${server.port}`;
  }
  let lightUrl: string | undefined;
  if (options.light) {
    const { light } = options;
    const methods = RPC_METHODS.filter(({ name }) => LIGHT_METHODS.includes(name));
    const server = opened(
      await startLightServer({
        host: light.host ?? "127.0.0.1",
        port: light.port,
        names: light.names ?? [],
        origins: light.origins ?? [],
        behindProxy: light.behindProxy ?? false,
        limits: { ...LIGHT_LIMITS, ...light.limits },
        call: callByName(context, methods),
        streams: streamRoutes(context),
        log,
        count: (outcome, bytes) => health.observer.light(outcome, bytes),
      }),
    );
    lightUrl = `http://${urlHost(light.host ?? "127.0.0.1")}:${server.port}`;
  }
  let metricsUrl: string | undefined;
  if (options.metricsPort !== undefined) {
    const server = opened(
      await openHealthPort(health, context, {
        port: options.metricsPort,
        needsConsensus: options.engine !== undefined && context.sealer === undefined,
        needsPeers: parts.needsPeers,
        peers: parts.peers,
      }),
    );
    metricsUrl = `http://127.0.0.1:${server.port}`;
  }
  const rpcHost = urlHost(host);
  return {
    rpcUrl: `http://${rpcHost}:${rpc.port}`,
    wsUrl: `ws://${rpcHost}:${ws.port}`,
    engineUrl,
    metricsUrl,
    lightUrl,
  };
}

/** An interface as it stands in an address. */
function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
