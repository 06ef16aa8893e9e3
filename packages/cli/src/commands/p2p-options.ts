import { isIP } from "node:net";
import type { P2pOptions } from "@sero/node";
import { SeroError } from "@sero/protocol";
import { portOf, wholeOf } from "../io/numbers.js";

/** Options of `sero node` about other nodes. */
export interface P2pFlags {
  readonly p2p?: boolean;
  readonly p2pListen?: readonly string[];
  readonly p2pAnnounce?: readonly string[];
  readonly p2pPeer?: readonly string[];
  readonly socks?: string;
  readonly maxPeers?: string;
  readonly embargoSeconds?: string;
}

/** Connections that a node opens itself, of those it may have. */
const MAX_OUTBOUND = 8;

/**
 * How the node joins others: not at all unless it is given something to listen on, somebody to connect to, or a proxy.
 *
 * @throws SeroError `cli/socks`, `cli/number`
 */
export const p2pOf = (flags: P2pFlags): { readonly p2p?: P2pOptions } => {
  const { p2pListen: listen = [], p2pPeer: bootstrap = [], p2pAnnounce: announce } = flags;
  if (flags.p2p === false) return {};
  if (listen.length === 0 && bootstrap.length === 0 && flags.socks === undefined) return {};
  const socks = flags.socks === undefined ? undefined : proxyOf(flags.socks);
  const peers = flags.maxPeers === undefined ? undefined : wholeOf(flags.maxPeers, 72, "A number of peers", 1, 1000);
  const outbound = peers === undefined ? MAX_OUTBOUND : Math.min(MAX_OUTBOUND, peers);
  return {
    p2p: {
      listen,
      bootstrap,
      ...(announce === undefined ? {} : { announce }),
      ...(socks === undefined ? {} : { socks }),
      ...(peers === undefined ? {} : { limits: { maxOutbound: outbound, maxInbound: peers - outbound } }),
      ...(flags.embargoSeconds === undefined
        ? {}
        : { embargoSeconds: wholeOf(flags.embargoSeconds, 0, "An embargo in seconds", 1, 3600) }),
    },
  };
};

const proxyOf = (text: string): { readonly host: string; readonly port: number } => {
  const at = text.lastIndexOf(":");
  const host = text.slice(0, Math.max(0, at)).replace(/^\[(.*)\]$/, "$1");
  if (at <= 0 || !(isIP(host) !== 0 || /^[a-z0-9.-]{1,253}$/i.test(host)) || portOf(text.slice(at + 1), 0) === 0) {
    throw new SeroError(
      "cli/socks",
      "--socks takes the address of a SOCKS5 proxy as host:port; Tor's is 127.0.0.1:9050.",
    );
  }
  return { host, port: portOf(text.slice(at + 1), 0) };
};
