import { isIP } from "node:net";
import { join } from "node:path";
import { SeroError } from "@sero/protocol";
import { z } from "zod";
import type { Log } from "../../log.js";
import { ipSubject, toPeerId } from "./address.js";
import { readJsonFile, writeJsonFile } from "./files.js";
import { BAN_POINTS, MAX_BANS, MAX_OFFENDERS, OFFENCE_POINTS, POINTS_HALF_LIFE_MS } from "./settings.js";
import type { Ban, Offence } from "./types.js";

const BANS = z.object({
  version: z.literal(1),
  bans: z
    .array(z.object({ subject: z.string().max(100), code: z.string().max(100), until: z.number().int().nonnegative() }))
    .max(MAX_BANS),
});

/** Who may not connect, kept in bans.json. */
export interface BanList {
  /** @param subject a peer id or the subject of an IP address */
  has(subject: string): boolean;
  /** @throws SeroError `p2p/ban-subject` */
  add(subject: string, seconds: number, code: string): void;
  remove(subject: string): boolean;
  list(): readonly Ban[];
}

/** Opens the ban list of a data directory. `now` in milliseconds of Unix time. */
export function openBans(dataDir: string, now: () => number, log: Log): BanList {
  const path = join(dataDir, "bans.json");
  const bans = new Map<string, Ban>();
  const seconds = (): number => Math.floor(now() / 1000);
  for (const ban of readJsonFile(path, BANS, log)?.bans ?? []) if (ban.until > seconds()) bans.set(ban.subject, ban);
  const save = (): void => {
    for (const [subject, ban] of bans) if (ban.until <= seconds()) bans.delete(subject);
    writeJsonFile(path, { version: 1, bans: [...bans.values()] }, log);
  };
  return {
    has(subject) {
      const ban = bans.get(subject);
      return ban !== undefined && ban.until > seconds();
    },
    add(subject, duration, code) {
      const key = banSubject(subject);
      const until = Math.max(seconds() + Math.max(1, Math.floor(duration)), bans.get(key)?.until ?? 0);
      bans.set(key, { subject: key, code: code.slice(0, 100), until });
      if (bans.size > MAX_BANS) {
        const soonest = [...bans.values()].reduce((a, b) => (b.until < a.until ? b : a));
        bans.delete(soonest.subject);
      }
      save();
    },
    remove(subject) {
      const removed = bans.delete(banSubject(subject));
      if (removed) save();
      return removed;
    },
    list: () => [...bans.values()].filter(({ until }) => until > seconds()),
  };
}

/**
 * The form in which a peer id, an IPv4 address, an IPv6 address or /64 is banned.
 *
 * @throws SeroError `p2p/ban-subject`
 */
export function banSubject(text: string): string {
  const bare = text.endsWith("/64") ? text.slice(0, -3) : text;
  if (isIP(bare) !== 0) return ipSubject(bare);
  try {
    return toPeerId(text);
  } catch {
    throw new SeroError("p2p/ban-subject", "Name a peer id, an IPv4 address, or an IPv6 address or /64.", {
      subject: text.slice(0, 100),
    });
  }
}

/** Penalty points that decay by half every ten minutes, of a bounded number of subjects. */
export interface Points {
  /** @returns whether the subject is to be banned now; its points then begin anew */
  add(subject: string, offence: Offence): boolean;
  of(subject: string): number;
}

/** Opens a table of points in memory. `clock` in milliseconds, never running back. */
export function openPoints(clock: () => number): Points {
  const table = new Map<string, { points: number; at: number }>();
  const now = (entry: { points: number; at: number } | undefined): number =>
    entry === undefined ? 0 : entry.points * 2 ** ((entry.at - clock()) / POINTS_HALF_LIFE_MS);
  return {
    add(subject, offence) {
      const points = now(table.get(subject)) + OFFENCE_POINTS[offence];
      // Newest last, so that the first key is the one that was quiet longest.
      table.delete(subject);
      if (points >= BAN_POINTS) return true;
      table.set(subject, { points, at: clock() });
      if (table.size > MAX_OFFENDERS) table.delete(table.keys().next().value ?? "");
      return false;
    },
    of: (subject) => now(table.get(subject)),
  };
}
