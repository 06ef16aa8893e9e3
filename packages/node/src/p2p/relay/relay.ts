import type { CheckedTransaction } from "@sero/execution";
import { fromHex, hexDigits, keccak256, MAX_TRANSACTION_BYTES, SeroError, type TxId } from "@sero/protocol";
import { silent, type Log } from "../../log.js";
import type { Mempool } from "../../mempool/index.js";
import type { Peer, PeerHost, PeerId } from "../host/types.js";
import { DEFAULT_ANNOUNCER, openAnnouncer, type AnnouncerSettings } from "./announcer.js";
import { nullifiersIn, openClaims } from "./claims.js";
import { openDandelion, type DandelionAction, type DandelionEvent } from "./dandelion.js";
import { joinGossip } from "./gossip.js";
import { isOffence } from "./offence.js";
import { openMeter, openShares, type Account } from "./pace.js";
import { secureRandom } from "./random.js";
import { isStranger, type Source } from "./routes.js";
import { DEFAULT_DANDELION, type DandelionSettings, type Random } from "./settings.js";
import { openStemPool } from "./stem-pool.js";

/** What the relay is tied to. */
export interface RelayOptions {
  readonly host: PeerHost;
  readonly mempool: Mempool;
  /** Whether blocks up to the head are missing here. */
  readonly isSyncing: () => boolean;
  /** Whether the chain's rules are the same for a while before and after the head. */
  readonly areRulesSteady: () => boolean;
  /** Whether a transaction is mined or has expired. */
  readonly isOver: (checked: CheckedTransaction) => boolean;
  /** Calls back after each change of head; returns how to stop. */
  readonly onHead: (listener: () => void) => () => void;
  readonly dandelion?: Partial<DandelionSettings>;
  readonly announcer?: Partial<AnnouncerSettings>;
  readonly random?: Random;
  readonly log?: Log;
}

/** Takes in transactions from this node's users and from peers, and spreads them so that nobody sees where they began. */
export interface Relay {
  /**
   * Takes in a transaction from RPC. With a peer connected it is stemmed, and nothing here shows it until it is public; with none it goes
   * into the mempool, and is stemmed when an outbound peer comes.
   *
   * @param source groups what one client sends, e.g. "rpc:127.0.0.1"
   * @returns its txid once it is verified
   * @throws SeroError the reason it is refused, as of `Mempool.submit`; never because of what is being stemmed
   */
  submit(bytes: Uint8Array, source: string): Promise<TxId>;
  stop(): void;
}

/** Stem messages of one peer a minute. What a node sends (`openShares`) is held below, so that a flood which it passes on costs it nothing. */
const RECEIVED_PER_MINUTE = 12_000;
/** Bytes of stem messages that a peer may send at once, and a second; more is dropped unread, and nobody is blamed: others may have flooded it. */
const RECEIVED_BURST = 8 * 1024 * 1024;
const RECEIVED_PER_SECOND = 1024 * 1024;
/** Transactions that came while nobody was connected and are stemmed later. */
const MAX_ALONE = 4096;
const TICK_MS = 1_000;
/** The longest that a timer is set for: some embargoes are longer than a timer can be. */
const MAX_WAIT_MS = 3_600_000;

/** Starts the relay. Called in the turn in which the host was opened, so that peers find its protocols. */
export function openRelay(options: RelayOptions): Relay {
  const { host, mempool, random = secureRandom, log = silent } = options;
  const now = (): number => performance.now();
  const machine = openDandelion({ ...DEFAULT_DANDELION, ...options.dandelion }, random, now());
  const stemPool = openStemPool();
  const claims = openClaims();
  const shares = openShares();
  const meter = openMeter(RECEIVED_BURST, RECEIVED_PER_SECOND);
  /** In the mempool, but nobody was there to be given them. By txid. */
  const alone = new Map<string, CheckedTransaction>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const topic = joinGossip(host, {
    mempool,
    isSyncing: options.isSyncing,
    areRulesSteady: options.areRulesSteady,
    onKnown: (message) => settle(keyOf(message)),
  });
  const announcer = openAnnouncer(
    mempool,
    (bytes) => void publish(bytes),
    (txid) => alone.has(hexDigits(txid)) || stemPool.copiesOf(txid).length > 0,
    { ...DEFAULT_ANNOUNCER, ...options.announcer },
    random,
    now,
  );
  const ticking = setInterval(() => {
    announcer.tick(now());
    shares.sweep(now());
    meter.sweep(now());
  }, TICK_MS);
  ticking.unref();

  function feed(event: DandelionEvent): void {
    if (stopped) return;
    for (const action of machine.handle(event, now())) act(action);
    clearTimeout(timer);
    const at = machine.next();
    if (at === undefined) return;
    timer = setTimeout(() => feed({ type: "tick" }), Math.min(Math.max(0, at - now()), MAX_WAIT_MS));
    timer.unref();
  }

  function act(action: DandelionAction): void {
    const checked = stemPool.get(action.key);
    if (!checked) return;
    if (action.type === "stem") return void stem(action.key, checked, action.to as PeerId, action.source);
    drop(action.key);
    if (action.type === "fluff") fluff(checked);
  }

  function drop(key: string): void {
    stemPool.remove(key);
    claims.release(key);
  }

  async function stem(key: string, checked: CheckedTransaction, to: PeerId, source: Source): Promise<void> {
    // Beyond its share a peer is given nothing more; what it would have been given is public when its embargo ends.
    const { bytes } = checked;
    const account = accountOf(source);
    if (!shares.begin(account, to, bytes.length, now())) return;
    try {
      await host.send(to, "stem/1", bytes);
    } catch {
      feed({ type: "undelivered", key, source, to });
    } finally {
      shares.done(account, to, bytes.length);
    }
  }

  function fluff(checked: CheckedTransaction): void {
    const id = hexDigits(checked.txid);
    const wasAlone = alone.delete(id);
    if (mempool.get(checked.txid) && !wasAlone) return;
    try {
      mempool.insertChecked(checked);
    } catch (error) {
      // Spent, expired or displaced meanwhile: its sender's wallet notices and decides.
      if (error instanceof SeroError) return;
      throw error;
    }
    if (!mempool.get(checked.txid)) return;
    void publish(checked.bytes).then((count) => {
      if (count === 0 && host.peers().length === 0) keepAlone(checked);
    });
  }

  async function publish(bytes: Uint8Array): Promise<number> {
    try {
      return await topic.publish(bytes);
    } catch (error) {
      log({
        level: "warn",
        event: "relay/publish",
        message: "A transaction could not be given to gossip; it is announced again later.",
        values: { reason: error instanceof SeroError ? error.code : "unknown" },
      });
      return 0;
    }
  }

  function settle(key: string): void {
    const checked = stemPool.get(key);
    if (!checked) return;
    alone.delete(hexDigits(checked.txid));
    drop(key);
    feed({ type: "settled", key });
  }

  function take(checked: CheckedTransaction, source: Source, arrivedAt: number): void {
    const { bytes } = checked;
    const key = keyOf(bytes);
    if (!stemPool.get(key)) stemPool.add(key, checked);
    feed({ type: "taken", key, size: bytes.length, source, arrivedAt });
  }

  function keepAlone(checked: CheckedTransaction): void {
    if (alone.size < MAX_ALONE) alone.set(hexDigits(checked.txid), checked);
  }

  /** What came while nobody was connected is stemmed like anything else of one's own: announced, it would show where it is from. */
  function stemAlone(): void {
    for (const [id, checked] of alone) {
      if (mempool.get(checked.txid)) take(checked, { kind: "own", name: "alone" }, now());
      else alone.delete(id);
    }
  }

  async function receive(message: Uint8Array, peer: Peer): Promise<void> {
    const arrivedAt = now();
    if (stopped || options.isSyncing() || !meter.allows(peer.id, message.length, arrivedAt)) return;
    const key = keyOf(message);
    if (!claims.take(peer.id, key, nullifiersIn(message))) return;
    try {
      const checked = await mempool.check(message, host.sourceOf(peer.id));
      if (!stopped && !mempool.get(checked.txid)) take(checked, { kind: "peer", name: peer.id }, arrivedAt);
    } catch (error) {
      if (!(error instanceof SeroError)) throw error;
      if (isOffence(error, options.areRulesSteady())) host.penalize(peer.id, "major", "relay/false-transaction");
    } finally {
      if (!stemPool.get(key)) claims.release(key);
    }
  }

  const limits = { maxBytes: MAX_TRANSACTION_BYTES, perMinute: RECEIVED_PER_MINUTE };
  host.receive("stem/1", limits, (message, peer) => {
    receive(message, peer).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      log({ level: "error", event: "relay/stem", message: `A stemmed transaction could not be handled: ${reason}` });
    });
  });
  const stops = [
    host.onPeer(({ type, peer }) => {
      if (peer.outbound) feed({ type, peer: peer.id });
      // With inbound peers only it waits for an outbound one, at most for its embargo; whoever dials nobody would keep it for ever.
      if (type === "joined") stemAlone();
    }),
    mempool.onTransaction(({ checked }) => stemPool.copiesOf(checked.txid).forEach(settle)),
    options.onHead(() => {
      for (const key of stemPool.sweep(options.isOver)) {
        claims.release(key);
        feed({ type: "settled", key });
      }
      for (const [id, checked] of alone) if (options.isOver(checked)) alone.delete(id);
    }),
    () => announcer.stop(),
  ];
  for (const peer of host.peers()) if (peer.outbound) feed({ type: "joined", peer: peer.id });

  return {
    async submit(bytes, source) {
      const arrivedAt = now();
      let checked: CheckedTransaction;
      try {
        checked = await mempool.check(bytes, source);
      } catch (error) {
        const mined = minedId(error);
        if (mined) return mined;
        throw error;
      }
      if (mempool.get(checked.txid)) return checked.txid;
      if (stopped || host.peers().length === 0) {
        mempool.insertChecked(checked);
        keepAlone(checked);
      } else {
        take(checked, { kind: "own", name: source }, arrivedAt);
      }
      return checked.txid;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      clearInterval(ticking);
      for (const stop of stops) stop();
    },
  };
}

const accountOf = (source: Source): Account =>
  source.kind === "peer" ? "peers" : isStranger(source) ? "strangers" : "own";

/** Exactly these bytes: another copy of the same transaction is another key. */
const keyOf = (bytes: Uint8Array): string => hexDigits(keccak256(bytes));

/** The txid in a refusal because a block holds the transaction already. */
function minedId(error: unknown): TxId | undefined {
  if (!(error instanceof SeroError) || error.code !== "pool/mined") return undefined;
  const { txid } = error.values;
  return typeof txid === "string" ? (fromHex(txid) as TxId) : undefined;
}
