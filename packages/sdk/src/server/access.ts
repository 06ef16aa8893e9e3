import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { SeroProvider } from "../provider/index.js";

/** A session that a server answers for, to whoever has its token. */
export interface ServedSession {
  readonly provider: SeroProvider;
  /** At least 128 bits of chance, as `newToken` makes them. */
  readonly token: string;
  /** Exact origins of web pages that may use it, e.g. "http://localhost:5173". Programs send none and need none. */
  readonly origins?: readonly string[];
}

/** A request's fate: a session, or a status with a sentence. */
export type Access =
  | { readonly ok: true; readonly session: ServedSession }
  | { readonly ok: false; readonly status: 401 | 403; readonly sentence: string };

/** A secret for a session: 256 bits that fit into a URL's path. */
export const newToken = (): string => randomBytes(32).toString("base64url");

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whether two secrets are equal, in a time that says nothing about where they differ. */
const sameSecret = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));

/** The secret of a request: the one step of its path, or the Authorization header's (RFC 6750). */
function tokenOf(request: IncomingMessage): string {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (bearer !== undefined) return bearer;
  return /^\/([A-Za-z0-9_-]+)\/?(?:\?.*)?$/.exec(request.url ?? "")?.[1] ?? "";
}

const refusal = (status: 401 | 403, sentence: string): Access => ({ ok: false, status, sentence });

/**
 * Decides who a request is for. A web page anywhere can make a browser send requests to this machine: under a name of its own that it re-points to
 * 127.0.0.1 (DNS rebinding: the Host header gives it away), or across origins (the Origin header does). Other programs of the machine lack the
 * token.
 */
export function accessOf(request: IncomingMessage, sessions: readonly ServedSession[]): Access {
  const refused = refuseSource(request, sessions);
  if (refused !== undefined) return refused;
  const token = tokenOf(request);
  const session = sessions.find((candidate) => sameSecret(candidate.token, token));
  if (session === undefined)
    return refusal(401, "Give the session's token: in the address, or as Authorization: Bearer.");
  const { origin } = request.headers;
  if (origin !== undefined && !(session.origins ?? []).includes(origin))
    return refusal(403, "This session is for another site.");
  return { ok: true, session };
}

/** The part of the decision that a preflight has to pass too, which carries no token of a header. */
export function refuseSource(request: IncomingMessage, sessions: readonly ServedSession[]): Access | undefined {
  const { host, origin } = request.headers;
  if (!LOOPBACK.has(hostName(host ?? ""))) return refusal(403, "This wallet answers on this machine's own name only.");
  if (origin !== undefined) {
    if (sessions.some(({ origins = [] }) => origins.includes(origin))) return undefined;
    return refusal(403, "This wallet does not answer this site.");
  }
  // A page's images and frames come without an Origin; browsers say here that a page asks (Fetch Metadata).
  const site = request.headers["sec-fetch-site"];
  if (site === "cross-site" || site === "same-site") return refusal(403, "This wallet does not answer this site.");
  return undefined;
}

/** The CORS headers for a page that may read the answer; none for programs. */
export function corsHeaders(request: IncomingMessage, sessions: readonly ServedSession[]): Record<string, string> {
  const { origin } = request.headers;
  if (origin === undefined || !sessions.some(({ origins = [] }) => origins.includes(origin))) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-allow-methods": "POST",
    "access-control-allow-headers": "content-type, authorization",
    "access-control-max-age": "600",
    // A public page that asks a private address (Private Network Access).
    "access-control-allow-private-network": "true",
    vary: "origin",
  };
}

function hostName(host: string): string {
  const lower = host.toLowerCase();
  return lower.startsWith("[") ? lower.slice(0, lower.indexOf("]") + 1) : (lower.split(":")[0] ?? "");
}
