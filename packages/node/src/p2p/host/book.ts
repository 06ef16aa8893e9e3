import { join } from "node:path";
import { z } from "zod";
import type { Log } from "../../log.js";
import { endpointOf, multiaddrOf, type Endpoint } from "./address.js";
import { readJsonFile, writeJsonFile } from "./files.js";
import { MAX_REDIAL_FIXED_MS, MAX_REDIAL_MS } from "./settings.js";
import type { PeerId } from "./types.js";

const BOOK = z.object({
  version: z.literal(1),
  peers: z.array(
    z.object({
      address: z.string().max(300),
      /** Unix seconds of the last handshake that we dialled; 0 for none. */
      succeeded: z.number().int().nonnegative(),
      /** Unix seconds at which the peer itself told it, from the address that it names; 0 if it never did. */
      own: z.number().int().nonnegative(),
      /** Who told it: a group of peers. */
      from: z.string().max(100),
      failures: z.number().int().nonnegative(),
    }),
  ),
});

/** Seconds after which an address is told on no more, unless it succeeded again. */
const FRESH_SECONDS = 30 * 86_400;

/** Failed dials in a row after which an address that never succeeded is forgotten. */
const MAX_FAILURES = 6;

/** Milliseconds that changes wait to be written together. */
const SAVE_DELAY_MS = 2_000;

/** An address in the book. */
export interface Entry {
  readonly address: string;
  readonly endpoint: Endpoint & { readonly id: PeerId };
  succeeded: number;
  own: number;
  from: string;
  failures: number;
  /** Milliseconds of the book's clock before which it is not dialled. */
  notBefore: number;
  /** Given by the operator: never forgotten. */
  fixed: boolean;
}

/** Name of the file of addresses, in a node's data directory. */
export const BOOK_FILE = "peers.json";
/**
 * The same behind a proxy. Apart: anybody can have a node without a proxy note an address that no other node knows, and would recognise it
 * by that when it is dialled, or told on, through the proxy.
 */
export const PROXIED_BOOK_FILE = "peers-onion.json";

/** Addresses of peers, kept in a file. */
export interface AddressBook {
  entries(): readonly Entry[];
  /** Notes an address. One source can fill a sixteenth of the book at most. */
  add(endpoint: Endpoint & { readonly id: PeerId }, note: { from: string; own?: boolean; fixed?: boolean }): void;
  succeeded(address: string): void;
  /** Notes a dial that failed, or a connection that ended; the wait before the next doubles. */
  failed(address: string): void;
  /** The connection ended; dial again after the first wait. */
  ended(address: string): void;
  /** Whether the operator gave an address of this peer. */
  isFixed(id: PeerId): boolean;
  /** Addresses that may be told to others. */
  tellable(): readonly Entry[];
  close(): void;
}

export interface BookOptions {
  readonly dataDir: string;
  /** peers.json unless said otherwise. */
  readonly file?: string;
  readonly max: number;
  readonly redialMs: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Milliseconds for waits, never running back. */
  readonly clock: () => number;
  /** In [0, 1). */
  readonly random: () => number;
  readonly log: Log;
}

/** Opens the address book of a data directory. A damaged file is set aside. */
export function openBook(options: BookOptions): AddressBook {
  const { max, redialMs, now, clock, random, log } = options;
  const path = join(options.dataDir, options.file ?? BOOK_FILE);
  const book = new Map<string, Entry>();
  const fixedPeers = new Set<PeerId>();
  const perSource = Math.max(1, Math.floor(max / 16));
  let timer: NodeJS.Timeout | undefined;

  for (const peer of (readJsonFile(path, BOOK, log)?.peers ?? []).slice(0, max)) {
    const endpoint = endpointOf(peer.address);
    if (!endpoint?.id) continue;
    const full = { ...endpoint, id: endpoint.id };
    book.set(multiaddrOf(full).toString(), {
      ...peer,
      address: multiaddrOf(full).toString(),
      endpoint: full,
      failures: 0,
      notBefore: 0,
      fixed: false,
    });
  }

  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const peers = [...book.values()].map(({ address, succeeded, own, from, failures }) => ({
      address,
      succeeded,
      own,
      from,
      failures,
    }));
    writeJsonFile(path, { version: 1, peers }, log);
  };
  const changed = (): void => {
    timer ??= setTimeout(save, SAVE_DELAY_MS).unref();
  };
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];

  /** Makes room: an address that never worked first, told by the source that filled most; else the one quiet longest. */
  const evict = (): void => {
    const loose = [...book.values()].filter(({ fixed }) => !fixed);
    const untried = loose.filter(({ succeeded }) => succeeded === 0);
    if (untried.length > 0) {
      const counts = new Map<string, number>();
      for (const { from } of untried) counts.set(from, (counts.get(from) ?? 0) + 1);
      const most = Math.max(...counts.values());
      const victim = pick(untried.filter(({ from }) => counts.get(from) === most));
      if (victim) book.delete(victim.address);
      return;
    }
    const oldest = loose.reduce<Entry | undefined>((a, b) => (a && a.succeeded <= b.succeeded ? a : b), undefined);
    if (oldest) book.delete(oldest.address);
  };

  return {
    entries: () => [...book.values()],
    isFixed: (id) => fixedPeers.has(id),
    add(endpoint, { from, own = false, fixed = false }) {
      const address = multiaddrOf(endpoint).toString();
      if (fixed) fixedPeers.add(endpoint.id);
      const known = book.get(address);
      if (known) {
        if (own) {
          known.own = Math.floor(now() / 1000);
          changed();
        }
        known.fixed ||= fixed;
        return;
      }
      const told = [...book.values()].filter((entry) => entry.from === from && entry.succeeded === 0);
      if (!fixed && told.length >= perSource) {
        const victim = pick(told.filter((entry) => !entry.fixed));
        if (!victim) return;
        book.delete(victim.address);
      }
      const toldAt = own ? Math.floor(now() / 1000) : 0;
      book.set(address, { address, endpoint, succeeded: 0, own: toldAt, from, failures: 0, notBefore: 0, fixed });
      if (book.size > max) evict();
      changed();
    },
    succeeded(address) {
      const entry = book.get(address);
      if (!entry) return;
      entry.succeeded = Math.floor(now() / 1000);
      entry.failures = 0;
      entry.notBefore = 0;
      changed();
    },
    failed(address) {
      const entry = book.get(address);
      if (!entry) return;
      entry.failures++;
      if (!entry.fixed && entry.succeeded === 0 && entry.failures >= MAX_FAILURES) book.delete(address);
      // A fifth of jitter, so that nodes that lost each other do not all dial at the same moment.
      const most = entry.fixed ? MAX_REDIAL_FIXED_MS : MAX_REDIAL_MS;
      const wait = Math.min(most, redialMs * 2 ** (entry.failures - 1));
      entry.notBefore = clock() + wait * (0.9 + 0.2 * random());
      changed();
    },
    ended(address) {
      const entry = book.get(address);
      if (entry) entry.notBefore = clock() + redialMs * (0.9 + 0.2 * random());
    },
    tellable() {
      const oldest = now() / 1000 - FRESH_SECONDS;
      return [...book.values()].filter(({ succeeded, own }) => Math.max(succeeded, own) > oldest);
    },
    close: save,
  };
}
