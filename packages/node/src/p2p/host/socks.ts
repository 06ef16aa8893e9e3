import { connect, type Socket } from "node:net";
import {
  type Connection,
  type CreateListenerOptions,
  type DialTransportOptions,
  type Listener,
  type Logger,
  type MultiaddrConnection,
  type Transport,
  transportSymbol,
} from "@libp2p/interface";
import { AbstractMultiaddrConnection } from "@libp2p/utils";
import type { Multiaddr } from "@multiformats/multiaddr";
import { SeroError } from "@sero/protocol";
import { SocksClient } from "socks";
import type { Uint8ArrayList } from "uint8arraylist";
import { endpointOf } from "./address.js";

/** A SOCKS5 proxy. */
export interface SocksProxy {
  readonly host: string;
  readonly port: number;
}

export interface SocksSettings {
  readonly proxy: SocksProxy;
  /** User name and password for a peer: Tor gives each pair a circuit of its own. They are no secret. */
  readonly credentials: (target: string) => { readonly userId: string; readonly password: string };
}

/** Milliseconds after which a connection that carries nothing, not even the muxer's pings, is given up. */
const SILENT_MS = 120_000;

/** The parts of libp2p that the transport uses. */
interface Components {
  readonly logger: { forComponent(name: string): Logger };
}

/**
 * A libp2p transport that reaches everything through a SOCKS5 proxy (RFC 1928, RFC 1929) and nothing in any other way: names go to the
 * proxy as names. It does not listen.
 */
export function socksTransport(settings: SocksSettings): (components: Components) => Transport {
  return ({ logger }) => ({
    [transportSymbol]: true,
    [Symbol.toStringTag]: "@sero/socks",
    dialFilter: (addresses) => addresses.filter((address) => endpointOf(address) !== undefined),
    listenFilter: () => [],
    createListener(_options: CreateListenerOptions): Listener {
      throw new SeroError(
        "p2p/tor-listen",
        "A SOCKS5 proxy takes no connections. Listen on a loopback address instead.",
      );
    },
    async dial(address: Multiaddr, options: DialTransportOptions): Promise<Connection> {
      const socket = await openThroughProxy(settings, address, options.signal);
      const connection = new SocketConnection(socket, address, logger.forComponent("sero:socks"));
      try {
        return await options.upgrader.upgradeOutbound(connection, options);
      } catch (error) {
        connection.abort(error instanceof Error ? error : new Error(String(error)));
        throw error;
      }
    },
  });
}

/** Takes the dialling away from a transport, so that it can only listen. */
export function listenOnly<C>(make: (components: C) => Transport): (components: C) => Transport {
  return (components) => {
    const inner = make(components);
    return {
      [transportSymbol]: true,
      [Symbol.toStringTag]: "@sero/listen-only",
      dialFilter: () => [],
      dial: () => Promise.reject(new SeroError("p2p/direct", "This node connects through its proxy only.")),
      listenFilter: (addresses) => inner.listenFilter(addresses),
      createListener: (options) => inner.createListener(options),
    };
  };
}

async function openThroughProxy(
  { proxy, credentials }: SocksSettings,
  to: Multiaddr,
  signal: AbortSignal,
): Promise<Socket> {
  const target = endpointOf(to);
  if (!target) throw new SeroError("p2p/address", "The proxy can't reach an address of this kind.", {});
  signal.throwIfAborted();
  const socket = connect(proxy.port, proxy.host);
  socket.setNoDelay(true);
  socket.setKeepAlive(true);
  const stop = (): void => {
    socket.destroy();
  };
  signal.addEventListener("abort", stop, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
      socket.once("close", () => reject(new Error("closed")));
    });
    await SocksClient.createConnection({
      proxy: { host: proxy.host, port: proxy.port, type: 5, ...credentials(target.id ?? target.host) },
      command: "connect",
      destination: { host: target.host, port: target.port },
      existing_socket: socket,
    });
    signal.throwIfAborted();
    socket.removeAllListeners("close");
    return socket;
  } catch (cause) {
    socket.destroy();
    // The library's error quotes the credentials and the target.
    throw new SeroError("p2p/proxy", "The proxy did not connect. Check that it runs and is a SOCKS5 proxy.", {
      reason: cause instanceof Error ? cause.message : String(cause),
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** A socket as libp2p wants it. The library's base class holds the buffers and the states. */
class SocketConnection extends AbstractMultiaddrConnection implements MultiaddrConnection {
  constructor(
    private readonly socket: Socket,
    remoteAddr: Multiaddr,
    log: Logger,
  ) {
    super({ remoteAddr, direction: "outbound", log });
    socket.on("data", (bytes: Buffer) => this.onData(bytes));
    socket.on("drain", () => this.safeDispatchEvent("drain"));
    socket.on("error", (error) => this.abort(error));
    socket.once("end", () => this.onTransportClosed());
    socket.once("close", () => this.onTransportClosed());
    socket.setTimeout(SILENT_MS, () => this.abort(new Error("The connection is silent.")));
    socket.resume();
  }

  sendData(data: Uint8ArrayList): { readonly sentBytes: number; readonly canSendMore: boolean } {
    let canSendMore = true;
    for (const chunk of data) canSendMore = this.socket.write(chunk) && canSendMore;
    return { sentBytes: data.byteLength, canSendMore };
  }

  async sendClose(): Promise<void> {
    if (this.socket.destroyed) return;
    await new Promise<void>((resolve) => {
      this.socket.once("close", () => resolve());
      this.socket.destroySoon();
    });
  }

  sendReset(): void {
    this.socket.destroy();
  }

  sendPause(): void {
    this.socket.pause();
  }

  sendResume(): void {
    this.socket.resume();
  }
}
