import type { IncomingMessage } from "node:http";
import { isIP, isIPv6 } from "node:net";

/** An address as budgets group it: an IPv4 address, or the /64 that one customer of a provider has. */
export function groupOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, "").replace(/%.*$/, "");
  if (!isIPv6(plain)) return plain;
  const [left = "", right] = plain.split("::");
  const head = left === "" ? [] : left.split(":");
  const tail = right === undefined || right === "" ? [] : right.split(":");
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const words = [...head, ...Array.from({ length: zeros }, () => "0"), ...tail];
  return `${words
    .slice(0, 4)
    .map((word) => Number.parseInt(word, 16).toString(16))
    .join(":")}::/64`;
}

/** This machine, as the remote address of a connection. */
export const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "::ffff:127.0.0.1"]);

/**
 * Who a request is counted for. Behind a proxy of the operator's on this machine it is the last address of X-Forwarded-For: the one that the
 * proxy itself saw; those before it are the client's to invent.
 */
export function clientOf(request: IncomingMessage, behindProxy: boolean): string {
  const remote = request.socket.remoteAddress ?? "";
  if (!behindProxy || !LOOPBACK.has(remote)) return groupOf(remote);
  const header = request.headers["x-forwarded-for"];
  const last = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",").at(-1)?.trim() ?? "";
  return groupOf(isIP(last) ? last : remote);
}
