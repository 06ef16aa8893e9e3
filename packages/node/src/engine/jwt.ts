import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { SeroError } from "@sero/protocol";

/** Seconds that a token's `iat` may differ from this machine's clock (Engine API, authentication.md). */
const MAX_DRIFT_SECONDS = 60;

/**
 * Checks a JSON Web Token (RFC 7519) as the Engine API uses it: HS256 alone, `iat` within 60 s. "none" and other algorithms are refused
 * before the signature is looked at.
 *
 * @param authorization the Authorization header
 * @param secret 32 bytes
 * @param nowSeconds seconds since 1970
 */
export function isAuthorized(authorization: string | undefined, secret: Uint8Array, nowSeconds: number): boolean {
  const token = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? "");
  const [, header, claims, signature] = token ?? [];
  if (header === undefined || claims === undefined || signature === undefined) return false;
  if (jsonField(header, "alg") !== "HS256") return false;
  const expected = createHmac("sha256", secret).update(`${header}.${claims}`).digest();
  const given = Buffer.from(signature, "base64url");
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const issued = jsonField(claims, "iat");
  if (typeof issued !== "number" || Math.abs(issued - nowSeconds) > MAX_DRIFT_SECONDS) return false;
  const expires = jsonField(claims, "exp");
  return expires === undefined || (typeof expires === "number" && expires >= nowSeconds);
}

/** A token for a client of the engine port, e.g. in tests. */
export function issueToken(secret: Uint8Array, nowSeconds: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ typ: "JWT", alg: "HS256" })}.${part({ iat: nowSeconds })}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/**
 * Reads the secret that the node shares with its consensus client, or makes one: 32 bytes as hex, readable by the owner only.
 *
 * @throws SeroError `engine/secret` when the file holds anything else
 */
export function loadJwtSecret(path: string): Uint8Array {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new SeroError("engine/secret", "The file with the engine's shared secret cannot be read.", { path });
    }
    text = `0x${randomBytes(32).toString("hex")}`;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${text}\n`, { mode: 0o600, flag: "wx" });
  }
  const digits = text.replace(/^0x/, "");
  if (!/^[0-9a-fA-F]{64}$/.test(digits)) {
    throw new SeroError(
      "engine/secret",
      "The file with the engine's shared secret must hold 64 hex digits. Delete it to have a new one made.",
      { path },
    );
  }
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

function jsonField(part: string, field: string): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[field] : undefined;
  } catch {
    return undefined;
  }
}
