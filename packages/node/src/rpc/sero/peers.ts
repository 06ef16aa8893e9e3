import { z } from "zod";
import { data, quantity, type Json } from "../json.js";
import { defineMethod } from "../method.js";
import { peersForOperator } from "./operator.js";

/** Who the node is among its peers, and who they are. Nothing of what they send. */
export const seroPeers = defineMethod({
  name: "sero_peers",
  params: z.tuple([]),
  handle(context, _params, caller): Json {
    const host = peersForOperator(context, caller);
    return {
      id: host.id,
      listening: host.listening(),
      addresses: host.addresses(),
      peers: host.peers().map(({ id, outbound, address, since, status }) => ({
        id,
        direction: outbound ? "outbound" : "inbound",
        address,
        since: quantity(Math.floor((Date.now() - performance.now() + since) / 1000)),
        penalty: Math.round(host.points(id)),
        head: { number: quantity(status.headNumber), hash: data(status.headHash) },
      })),
    };
  },
});
