import { MAX_TRANSACTION_BYTES, SeroError } from "@sero/protocol";
import type { Mempool } from "../../mempool/index.js";
import type { Peer, PeerHost, Topic, Verdict } from "../host/types.js";
import { isOffence } from "./offence.js";

/** What gossip needs to know of the node. */
export interface GossipView {
  readonly mempool: Mempool;
  /** A node that lacks blocks knows neither the state nor, perhaps, the rules: it blames and passes on nothing. */
  isSyncing(): boolean;
  areRulesSteady(): boolean;
  /** A transaction that waits in the pool came by gossip. */
  onKnown(message: Uint8Array): void;
}

/**
 * Joins the topic of transactions. A message is a transaction's bytes and nothing else; its id is a hash of them; it names no sender.
 *
 * Accepted, and so passed on, is only what was verified here just now and taken into the mempool. A copy of a transaction that is here
 * already is not: another proof on it was never looked at, and passing that on would make this node look like the forger. Nor is what
 * everybody knows passed on again, so an announcement made again stops where nobody lacks it.
 */
export function joinGossip(host: PeerHost, view: GossipView): Topic {
  const { mempool } = view;
  async function validate(message: Uint8Array, from: Peer): Promise<Verdict> {
    if (view.isSyncing()) return "ignore";
    try {
      const checked = await mempool.check(message, host.sourceOf(from.id));
      if (mempool.get(checked.txid)) {
        view.onKnown(message);
        return "ignore";
      }
      mempool.insertChecked(checked);
      return mempool.get(checked.txid) ? "accept" : "ignore";
    } catch (error) {
      if (!(error instanceof SeroError)) throw error;
      return isOffence(error, view.areRulesSteady()) ? "reject" : "ignore";
    }
  }
  return host.topic("transactions/1", { maxBytes: MAX_TRANSACTION_BYTES, validate });
}
