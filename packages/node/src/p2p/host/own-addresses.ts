import type { Multiaddr } from "@multiformats/multiaddr";
import { SeroError } from "@sero/protocol";
import { endpointOf, isLocalIp, isUnspecified, multiaddrOf, type Endpoint } from "./address.js";
import type { PeerHostOptions, PeerId } from "./types.js";

/** What a node says of where it is. */
export interface OwnAddresses {
  /** Told to peers. An unspecified IP address stands for "where you see me". */
  told(): readonly Multiaddr[];
  /** For the operator: with the addresses of this machine's interfaces. */
  shown(): readonly string[];
}

/**
 * Checks the addresses that the operator gave.
 *
 * @throws SeroError `p2p/address`, `p2p/tor-listen`, `p2p/tor-announce`
 */
export function checkAddresses({ listen, announce = [], socks }: PeerHostOptions): void {
  for (const address of listen) {
    const endpoint = parse(address);
    if (endpoint.kind !== "ip4" && endpoint.kind !== "ip6") throw malformed(address);
    const loopback = endpoint.host === "::1" || endpoint.host.startsWith("127.");
    if (socks && !loopback) {
      throw new SeroError(
        "p2p/tor-listen",
        "Behind a proxy the node listens on loopback only, for an onion service. Listen on /ip4/127.0.0.1/tcp/<port>, or not at all.",
        { address },
      );
    }
  }
  for (const address of announce) {
    if (parse(address).kind !== "onion" && socks) {
      throw new SeroError(
        "p2p/tor-announce",
        "Behind a proxy only an onion address may be announced: any other shows where the node is. Write /onion3/<name>:<port>.",
        { address },
      );
    }
  }
}

/** Own addresses: what the operator announces; behind a proxy nothing else; otherwise what is listened on. */
export function ownAddresses(
  { listen, announce, socks }: PeerHostOptions,
  self: PeerId,
  interfaces: () => readonly Multiaddr[],
): OwnAddresses {
  const fixed = announce ?? (socks ? [] : undefined);
  const listening = (): readonly Endpoint[] =>
    interfaces().flatMap((address) => {
      const endpoint = endpointOf(address);
      return endpoint ? [endpoint] : [];
    });
  const full = (endpoint: Endpoint): Multiaddr => multiaddrOf({ ...endpoint, id: self });
  return {
    told() {
      if (fixed) return fixed.map((address) => full(parse(address)));
      const wild = new Set(
        listen
          .map(parse)
          .filter(({ host }) => isUnspecified(host))
          .map(({ kind }) => kind),
      );
      const named = listening().filter(({ kind }) => !wild.has(kind));
      const seen = [...wild].flatMap((kind) => {
        const one = listening().find((endpoint) => endpoint.kind === kind);
        return one ? [{ ...one, host: kind === "ip6" ? "::" : "0.0.0.0" }] : [];
      });
      return [...named, ...seen].map(full);
    },
    shown: () =>
      fixed
        ? fixed.map((address) => full(parse(address)).toString())
        : [...listening()]
            .sort((a, b) => Number(isLocalIp(a.host)) - Number(isLocalIp(b.host)))
            .map((e) => full(e).toString()),
  };
}

function parse(text: string): Endpoint {
  const endpoint = endpointOf(text);
  if (!endpoint) throw malformed(text);
  return endpoint;
}

function malformed(text: string): SeroError {
  return new SeroError(
    "p2p/address",
    "This is no address to listen on or to announce. Write it as /ip4/0.0.0.0/tcp/30303.",
    {
      address: text.slice(0, 200),
    },
  );
}
