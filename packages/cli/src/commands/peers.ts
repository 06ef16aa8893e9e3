import { sanitizeName, SeroError } from "@sero/protocol";
import type { Context } from "../context.js";
import { jsonRpc } from "../io/json-rpc.js";
import { wholeOf } from "../io/numbers.js";

interface PeerJson {
  readonly id: string;
  readonly direction: string;
  readonly address: string;
  readonly since: string;
  readonly penalty: number;
  readonly head: { readonly number: string; readonly hash: string };
}

interface PeersJson {
  readonly id: string;
  readonly listening: boolean;
  readonly addresses: readonly string[];
  readonly peers: readonly PeerJson[];
}

interface BanJson {
  readonly subject: string;
  readonly code: string;
  readonly until: string;
}

const DAY = 86_400;

/** `sero peers`: who the node is connected to. */
export const peers = async ({ output, nodeUrl }: Context): Promise<void> => {
  const known = await jsonRpc(nodeUrl).call<PeersJson>("sero_peers", []);
  const now = Date.now() / 1000;
  const rows = known.peers.map(
    ({ id, direction, address, since, penalty, head }) =>
      `  ${line(id)}  ${line(direction).padEnd(8)}  ${duration(now - Number(since)).padStart(6)}  block ${BigInt(head.number)}  ` +
      `${penalty > 0 ? `${penalty} penalty points  ` : ""}${line(address)}`,
  );
  output.result(
    known,
    [
      `This node: ${line(known.id)}`,
      ...(known.listening ? known.addresses.map((address) => `  ${line(address)}`) : ["  It takes no connections."]),
      "",
      known.peers.length === 0 ? "No peers are connected." : `${known.peers.length} connected:`,
      ...rows,
    ].join("\n"),
  );
};

/** `sero peers bans`: who may not connect. */
export const bans = async ({ output, nodeUrl }: Context): Promise<void> => {
  const list = await jsonRpc(nodeUrl).call<readonly BanJson[]>("sero_bans", []);
  const rows = list.map(
    ({ subject, code, until }) =>
      `  ${line(subject)}  until ${new Date(Number(until) * 1000).toISOString()}  ${line(code)}`,
  );
  output.result({ bans: list }, list.length === 0 ? "Nobody is banned." : rows.join("\n"));
};

/** `sero peers ban`: keeps a peer or an address out. @throws SeroError `rpc/refused` for what is neither */
export const ban = async (
  { output, nodeUrl }: Context,
  subject: string,
  options: { readonly days?: string },
): Promise<void> => {
  const seconds = wholeOf(options.days, 1, "A number of days", 1, 3650) * DAY;
  const list = await jsonRpc(nodeUrl).call<readonly BanJson[]>("sero_banPeer", [subject, seconds]);
  output.result({ bans: list }, `${line(subject)} may not connect for ${seconds / DAY} days.`);
};

/** `sero peers unban`: lets it in again. @throws SeroError `peers/not-banned` */
export const unban = async ({ output, nodeUrl }: Context, subject: string): Promise<void> => {
  const was = await jsonRpc(nodeUrl).call<boolean>("sero_unbanPeer", [subject]);
  if (!was) throw new SeroError("peers/not-banned", "It was not banned. `sero peers bans` lists who is.", {});
  output.result({ unbanned: subject }, `${line(subject)} may connect again.`);
};

const line = (text: string): string => sanitizeName(String(text), 300);

const duration = (seconds: number): string =>
  seconds < 60
    ? `${Math.max(0, Math.round(seconds))} s`
    : seconds < 3600
      ? `${Math.round(seconds / 60)} min`
      : `${Math.round(seconds / 3600)} h`;
