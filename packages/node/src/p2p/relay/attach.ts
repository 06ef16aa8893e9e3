import type { CheckedTransaction, RulesAt } from "@sero/execution";
import type { Chain } from "../../chain/index.js";
import type { Engine } from "../../engine/index.js";
import type { Log } from "../../log.js";
import type { Mempool } from "../../mempool/index.js";
import type { Store } from "../../store/index.js";
import type { PeerHost } from "../host/types.js";
import { openRelay, type Relay, type RelayOptions } from "./relay.js";

/** The parts of a node that its relay is tied to. */
export interface RelayParts {
  readonly host: PeerHost;
  readonly mempool: Mempool;
  readonly chain: Chain;
  readonly store: Store;
  readonly engine: Pick<Engine, "isSyncing">;
  /** The rules of a block of this timestamp. */
  readonly rulesAt: (timestamp: bigint) => RulesAt;
  readonly settings: RelaySettings;
  readonly log: Log;
}

/** How transactions are spread, where it is not as usual. */
export type RelaySettings = Pick<RelayOptions, "dandelion" | "announcer">;

/** @param embargoSeconds mean of the embargo; that of `settings`, or the usual one, if undefined */
export const withEmbargo = (settings: RelaySettings, embargoSeconds: number | undefined): RelaySettings =>
  embargoSeconds === undefined
    ? settings
    : { ...settings, dandelion: { ...settings.dandelion, embargoMs: 1_000 * embargoSeconds } };

/** Seconds before and after a change of rules in which nobody is blamed: nodes' heads may lie on both sides of it. */
const STEADY_SECONDS = 600n;

/**
 * Whether the rules are the same from a while before the head's to a while after now: a peer whose head is elsewhere in between goes by the same
 * ones. A node whose consensus client is gone has an old head.
 *
 * @param next timestamp of the block after the head, seconds
 * @param now seconds since 1970
 */
export function areRulesSteady(rulesAt: RelayParts["rulesAt"], next: bigint, now: bigint): boolean {
  const first = next > STEADY_SECONDS ? next - STEADY_SECONDS : 0n;
  const last = (next > now ? next : now) + STEADY_SECONDS;
  const rules = rulesAt(next);
  return rulesAt(first) === rules && rulesAt(last) === rules;
}

/** Ties a relay to a running node. Called in the turn in which the host was opened. */
export function attachRelay(parts: RelayParts): Relay {
  const { host, mempool, chain, store, engine, rulesAt, settings, log } = parts;
  return openRelay({
    host,
    mempool,
    isSyncing: () => engine.isSyncing(),
    areRulesSteady: () =>
      areRulesSteady(rulesAt, chain.head().header.timestamp + 1n, BigInt(Math.floor(Date.now() / 1000))),
    isOver: ({ txid, tx }: CheckedTransaction) => store.place(txid) !== undefined || tx.expiry <= chain.head().number,
    onHead: (listener) => chain.onHead(listener),
    ...settings,
    log,
  });
}
