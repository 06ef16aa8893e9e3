import type { IncomingMessage } from "node:http";

/** Who may talk to the server besides programs on this machine. */
export interface AccessRules {
  /** Host names (without port) that requests may be addressed to, besides loopback's own. */
  readonly allowedHosts: readonly string[];
  /** Exact origins of web pages that may read answers, e.g. "http://localhost:5173". "*" is not understood on purpose. */
  readonly allowedOrigins: readonly string[];
}

/** Rules of a port that may be open to everybody: "any" where nothing is looked at. */
export interface PortRules {
  readonly allowedHosts: readonly string[] | "any";
  readonly allowedOrigins: readonly string[] | "any";
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Decides whether a request may be answered. A web page anywhere can make a browser send requests to this machine: under a name of its
 * own that it re-points to 127.0.0.1 (DNS rebinding; the Host header gives it away) or across origins (the Origin header does).
 * Programs send no Origin.
 *
 * @returns why not, or undefined
 */
export function refuseRequest(request: IncomingMessage, rules: PortRules): "host" | "origin" | undefined {
  const { allowedHosts, allowedOrigins } = rules;
  const host = hostName(request.headers.host ?? "");
  if (allowedHosts !== "any" && !LOOPBACK.has(host) && !allowedHosts.includes(host)) return "host";
  if (allowedOrigins === "any") return undefined;
  const origin = request.headers.origin;
  if (origin !== undefined) return allowedOrigins.includes(origin) ? undefined : "origin";
  // A page's images and frames come without an Origin, and could use up the streams; browsers say here that a page asks (Fetch Metadata).
  const site = request.headers["sec-fetch-site"];
  return site === "cross-site" || site === "same-site" ? "origin" : undefined;
}

const FORWARDED = ["x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded", "via"] as const;

/**
 * Whether a request that comes from this machine speaks for somebody else: a web page (which may be allowed to read the chain, not to rule the
 * node), or whoever a proxy passes on.
 */
export function isForwarded({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  const isPage = headers.origin !== undefined || (site !== undefined && site !== "none");
  return isPage || FORWARDED.some((name) => headers[name] !== undefined) || !LOOPBACK.has(hostName(headers.host ?? ""));
}

/** The CORS headers for a page that is allowed to read the answer; none for programs. */
export function corsHeaders(request: IncomingMessage, rules: AccessRules): Record<string, string> {
  const origin = request.headers.origin;
  if (origin === undefined || !rules.allowedOrigins.includes(origin)) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "POST, GET",
    "access-control-allow-headers": "content-type",
    "access-control-max-age": "600",
    vary: "origin",
  };
}

function hostName(host: string): string {
  const lower = host.toLowerCase();
  return lower.startsWith("[") ? lower.slice(0, lower.indexOf("]") + 1) : (lower.split(":")[0] ?? "");
}
