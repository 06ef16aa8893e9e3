import { z } from "zod";
import type { Ban } from "../../p2p/host/types.js";
import { quantity, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { peersForOperator } from "./operator.js";

/** Seconds of a ban unless said otherwise, and the most that can be said: a day, ten years. */
const DEFAULT_SECONDS = 86_400;
const MAX_SECONDS = 315_360_000;

const subject = z.string().min(1).max(100);

const banJson = ({ subject, code, until }: Ban): Json => ({ subject, code, until: quantity(until) });

/** Who may not connect. */
export const seroBans = defineMethod({
  name: "sero_bans",
  params: z.tuple([]),
  handle: (context, _params, caller): Json => peersForOperator(context, caller).bans().map(banJson),
});

/** Bans a peer id, an IPv4 address, or an IPv6 address or /64, and ends its connections. */
export const seroBanPeer = defineMethod({
  name: "sero_banPeer",
  params: z.tuple([subject, z.number().int().positive().max(MAX_SECONDS).optional()]),
  handle(context, [who, seconds = DEFAULT_SECONDS], caller): Json {
    const host = peersForOperator(context, caller);
    host.ban(who, seconds, "operator");
    return host.bans().map(banJson);
  },
});

/** Ends a ban; false when there was none. */
export const seroUnbanPeer = defineMethod({
  name: "sero_unbanPeer",
  params: z.tuple([subject]),
  handle: (context, [who], caller): Json => peersForOperator(context, caller).unban(who),
});
