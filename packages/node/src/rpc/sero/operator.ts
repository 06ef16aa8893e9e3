import { SeroError } from "@sero/protocol";
import type { PeerHost } from "../../p2p/host/types.js";
import { LOOPBACK } from "../../server/clients.js";
import type { RpcContext } from "../context.js";
import type { Caller } from "../method.js";

/**
 * The node's peers, for a caller on this machine: they show who is connected to whom.
 *
 * @throws SeroError `rpc/not-available` for anybody else, for a web page, through a proxy, and for a node without peers
 */
export function peersForOperator({ peers }: RpcContext, { source, isForwarded = false }: Caller): PeerHost {
  if (isForwarded || !LOOPBACK.has(source.replace(/^rpc:/, ""))) {
    throw new SeroError("rpc/not-available", "This is answered to programs on the node's own machine only.");
  }
  if (!peers) {
    throw new SeroError("rpc/not-available", "This node keeps to itself. Start it with --p2p-listen or --p2p-peer.");
  }
  return peers;
}
