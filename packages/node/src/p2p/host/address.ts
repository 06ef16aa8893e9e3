import { isIPv4, isIPv6 } from "node:net";
import { peerIdFromString } from "@libp2p/peer-id";
import {
  CODE_DNS,
  CODE_DNS4,
  CODE_DNS6,
  CODE_IP4,
  CODE_IP6,
  CODE_ONION3,
  CODE_P2P,
  CODE_TCP,
  multiaddr,
  type Multiaddr,
} from "@multiformats/multiaddr";
import { SeroError } from "@sero/protocol";
import type { PeerId } from "./types.js";

/** Where a peer can be reached: one of the forms that this node dials. */
export interface Endpoint {
  readonly kind: "ip4" | "ip6" | "name" | "onion";
  /** An IP address, a host name, or "<56 characters>.onion". */
  readonly host: string;
  readonly port: number;
  /** Of the peer that must answer there; undefined where the address does not say. */
  readonly id: PeerId | undefined;
}

/**
 * Reads a multiaddr of one of the forms /ip4|ip6|dns|dns4|dns6/<host>/tcp/<port>[/p2p/<id>] and /onion3/<name>:<port>[/p2p/<id>].
 *
 * @returns undefined for any other form
 */
export function endpointOf(address: Multiaddr | string): Endpoint | undefined {
  try {
    const components = (typeof address === "string" ? multiaddr(address) : address).getComponents();
    const [first] = components;
    const onion = first?.code === CODE_ONION3;
    const tail = components.slice(onion ? 1 : 2);
    const last = tail[0];
    if (!first?.value || tail.length > 1 || (last && last.code !== CODE_P2P)) return undefined;
    const id = last?.value === undefined ? undefined : toPeerId(last.value);
    if (onion) {
      const [name, port] = first.value.split(":");
      return name && port ? { kind: "onion", host: `${name.toLowerCase()}.onion`, port: Number(port), id } : undefined;
    }
    const transport = components[1];
    if (transport?.code !== CODE_TCP || transport.value === undefined) return undefined;
    const port = Number(transport.value);
    if (first.code === CODE_IP4) return { kind: "ip4", host: first.value, port, id };
    if (first.code === CODE_IP6) return { kind: "ip6", host: first.value, port, id };
    if (first.code === CODE_DNS || first.code === CODE_DNS4 || first.code === CODE_DNS6) {
      return { kind: "name", host: first.value.toLowerCase(), port, id };
    }
    return undefined;
  } catch {
    return undefined;
  }
}

/** The multiaddr of an endpoint, with its peer id where it has one. */
export function multiaddrOf({ kind, host, port, id }: Endpoint): Multiaddr {
  const peer = id === undefined ? "" : `/p2p/${id}`;
  if (kind === "onion") return multiaddr(`/onion3/${host.slice(0, -".onion".length)}:${port}${peer}`);
  return multiaddr(`/${kind === "name" ? "dns" : kind}/${host}/tcp/${port}${peer}`);
}

/** A multiaddr without its peer id: what is shown of a connection. */
export function withoutPeer(address: Multiaddr): string {
  return address.decapsulateCode(CODE_P2P).toString();
}

/**
 * Reads an address that somebody typed.
 *
 * @throws SeroError `p2p/address`
 */
export function parseDialable(text: string): Endpoint & { readonly id: PeerId } {
  const endpoint = endpointOf(text);
  if (!endpoint?.id) {
    throw new SeroError(
      "p2p/address",
      "This is no address of a peer. Write it as /ip4/203.0.113.7/tcp/30303/p2p/12D3Koo..., or with /dns4/ or /onion3/.",
      { address: text.slice(0, 200) },
    );
  }
  return { ...endpoint, id: endpoint.id };
}

/** Checks a peer id. @throws for anything that is none */
export function toPeerId(text: string): PeerId {
  return peerIdFromString(text).toString() as PeerId;
}

/** Whether an address is loopback, private, link-local or unspecified: one that means another host elsewhere. */
export function isLocalIp(host: string): boolean {
  if (isIPv4(host)) {
    const [a = 0, b = 0] = host.split(".").map(Number);
    return (
      a === 0 ||
      a === 10 ||
      a === 127 ||
      (a === 100 && b >= 64 && b < 128) ||
      (a === 169 && b === 254) ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      a >= 224
    );
  }
  if (!isIPv6(host)) return false;
  const mapped = mappedIp4(host);
  if (mapped) return isLocalIp(mapped);
  const groups = groupsOf(host);
  const head = groups[0] ?? 0;
  const zero = groups.slice(0, 7).every((group) => group === 0);
  return (zero && (groups[7] ?? 0) <= 1) || (head & 0xfe00) === 0xfc00 || (head & 0xffc0) === 0xfe80 || head >= 0xff00;
}

/** Whether an address is the unspecified one: all interfaces. */
export function isUnspecified(host: string): boolean {
  return host === "0.0.0.0" || (isIPv6(host) && groupsOf(host).every((group) => group === 0));
}

/** An IPv4 address written as ::ffff:a.b.c.d, or undefined. */
export function mappedIp4(host: string): string | undefined {
  if (!isIPv6(host)) return undefined;
  const groups = groupsOf(host);
  if (!groups.slice(0, 5).every((group) => group === 0) || groups[5] !== 0xffff) return undefined;
  const [high = 0, low = 0] = groups.slice(6);
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** What is banned and counted for an IP address: itself for IPv4, its /64 for IPv6 (one customer's network). */
export function ipSubject(host: string): string {
  const mapped = mappedIp4(host);
  if (mapped) return mapped;
  return isIPv6(host) ? `${prefix(host, 4)}/64` : host;
}

/** Network that outbound connections are spread over: /16 for IPv4, /32 for IPv6, the name itself for names. */
export function spreadGroup({ kind, host }: Endpoint): string {
  const ip4 = kind === "ip4" ? host : kind === "ip6" ? mappedIp4(host) : undefined;
  if (ip4) return `ip4:${ip4.split(".").slice(0, 2).join(".")}`;
  return kind === "ip6" ? `ip6:${prefix(host, 2)}` : `${kind}:${host}`;
}

/** Network that budgets are counted by: /24 for IPv4, /48 for IPv6, the name for names; local ones by peer id. */
export function budgetSource(endpoint: Endpoint | undefined, peer: PeerId): string {
  if (!endpoint) return `peer:${peer}`;
  const { kind, host } = endpoint;
  if (kind === "name" || kind === "onion") return `${kind}:${host}`;
  if (isLocalIp(host)) return `peer:${peer}`;
  const ip4 = kind === "ip4" ? host : mappedIp4(host);
  return ip4 ? `ip4:${ip4.split(".").slice(0, 3).join(".")}.0/24` : `ip6:${prefix(host, 3)}/48`;
}

/** The first groups of an IPv6 address, rest zero, as "2001:db8:1::". */
function prefix(host: string, groups: number): string {
  const kept = groupsOf(host).slice(0, groups);
  return `${kept.map((group) => group.toString(16)).join(":")}::`;
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(host: string): readonly number[] {
  const bare = host.split("%")[0] ?? "";
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare);
  const text = dotted ? `${dotted[1]}${hex16(dotted[2], dotted[3])}:${hex16(dotted[4], dotted[5])}` : bare;
  const [left = "", right] = text.split("::");
  const parse = (part: string): number[] => (part === "" ? [] : part.split(":").map((group) => parseInt(group, 16)));
  const [head, tail] = [parse(left), parse(right ?? "")];
  return right === undefined ? head : [...head, ...new Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

function hex16(high: string | undefined, low: string | undefined): string {
  return ((Number(high) << 8) | Number(low)).toString(16);
}
