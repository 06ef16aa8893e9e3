import type { Connection, Stream } from "@libp2p/interface";
import { equalBytes, SeroError, toHex, type ForkId } from "@sero/protocol";
import type { Log } from "../../log.js";
import { readFrames, writeFrame } from "./framing.js";
import { decodeStatus, encodeStatus, STATUS_BYTES } from "./messages.js";
import { offenceOf, openStream } from "./streams.js";
import { idOf, type PeerTable } from "./table.js";
import type { Peer, PeerHostOptions, PeerId, Status } from "./types.js";

/** Statuses that a peer may ask for in a minute, the first included. */
const MAX_PER_MINUTE = 30;

/** The operator is told of peers with other rules once in this time: after an upgrade that this node lacks it is all of them. */
const TELL_MS = 600_000;
const OTHER_RULES =
  "A peer follows other rules, or another schedule of upgrades. Compare this node's version and its spec.json with what the network's operators published.";

/** The status protocol: two nodes find out that they are of one chain. */
export interface Handshake {
  /** Asks the peer at the other end of a connection that this node opened; admits it when it is of this chain. */
  greet(connection: Connection): Promise<Peer>;
  /** Gives an inbound connection its time to greet. */
  expect(connection: Connection): void;
  /** Answers a greeting. */
  answer(stream: Stream, connection: Connection): Promise<void>;
  /** Exchanges statuses with a peer again. */
  refresh(id: PeerId): Promise<Status>;
}

export interface HandshakeOptions {
  readonly protocol: string;
  readonly table: PeerTable;
  readonly own: () => Status;
  readonly accepts: PeerHostOptions["accepts"];
  readonly handshakeMs: number;
  readonly log: Log;
}

/** Whether a peer was found to be of another chain or of other rules: no address of it and no later answer can change that now. */
export const isOfAnother = (error: unknown): boolean =>
  error instanceof SeroError && (error.code === "p2p/other-chain" || error.code === "p2p/other-rules");

/** Sets the status protocol up. */
export function openHandshake({ protocol, table, own, accepts, handshakeMs, log }: HandshakeOptions): Handshake {
  const asked = new WeakMap<Connection, { since: number; count: number }>();
  let toldAt = -Infinity;
  /** Of peers that this node chose alone: with an invented fork id anybody could alarm every operator. */
  const tellOfRules = (theirs: ForkId): void => {
    const now = performance.now();
    if (now - toldAt < TELL_MS) return;
    toldAt = now;
    const { forkId } = own();
    const values = { forkId: toHex(forkId.hash), next: forkId.next.toString() };
    const theirValues = { peerForkId: toHex(theirs.hash), peerNext: theirs.next.toString() };
    log({ level: "warn", event: "p2p/other-rules", message: OTHER_RULES, values: { ...values, ...theirValues } });
  };
  const check = (theirs: Status, isChosen: boolean): void => {
    const ours = own();
    if (!equalBytes(theirs.genesisHash, ours.genesisHash) || theirs.chainId !== ours.chainId) {
      throw new SeroError("p2p/other-chain", "The peer is of another chain.");
    }
    if (accepts(theirs.forkId)) return;
    if (isChosen) tellOfRules(theirs.forkId);
    throw new SeroError("p2p/other-rules", OTHER_RULES);
  };
  const exchange = async (connection: Connection): Promise<Status> => {
    const stream = await openStream(connection, protocol, handshakeMs);
    const reader = readFrames(stream, STATUS_BYTES);
    try {
      await writeFrame(stream, encodeStatus(own()), handshakeMs);
      await stream.close({ signal: AbortSignal.timeout(handshakeMs) });
      const frame = await reader.next({ frameMs: handshakeMs, beginMs: handshakeMs });
      if (!frame) throw new SeroError("p2p/broken", "The peer told no status.");
      const status = decodeStatus(frame);
      check(status, true);
      return status;
    } finally {
      reader.release();
      if (stream.status === "open" || stream.status === "closing") stream.abort(new Error("Done."));
    }
  };
  const blame = (connection: Connection, error: unknown): void => {
    const code = error instanceof SeroError ? error.code : "p2p/broken";
    const offence = offenceOf(code);
    if (offence) table.penalize(idOf(connection.remotePeer), offence, code, connection);
  };
  const admit = (connection: Connection, status: Status): Peer => {
    if (connection.status !== "open") throw new SeroError("p2p/gone", "The peer is not connected.");
    return table.admit(connection, status);
  };

  return {
    async greet(connection) {
      try {
        return admit(connection, await exchange(connection));
      } catch (error) {
        blame(connection, error);
        connection.abort(new Error("No handshake."));
        // A node of another chain does not even speak this chain's status protocol.
        if (error instanceof SeroError && error.code === "p2p/refused") {
          throw new SeroError("p2p/other-chain", "The peer is of another chain.", {}, { cause: error });
        }
        throw error;
      }
    },
    expect(connection) {
      const id = idOf(connection.remotePeer);
      const timer = setTimeout(() => {
        if (connection.status !== "open" || table.get(id)?.connection === connection) return;
        table.penalize(id, "minor", "p2p/silent", connection);
        connection.abort(new Error("No handshake."));
      }, handshakeMs).unref();
      connection.addEventListener("close", () => clearTimeout(timer), { once: true });
    },
    async answer(stream, connection) {
      const id = idOf(connection.remotePeer);
      const member = table.get(id);
      const known = member?.connection === connection;
      const now = performance.now();
      const rate = asked.get(connection);
      const current = rate && now - rate.since < 60_000 ? rate : { since: now, count: 0 };
      asked.set(connection, { ...current, count: current.count + 1 });
      const reader = readFrames(stream, STATUS_BYTES);
      try {
        if (current.count >= MAX_PER_MINUTE) {
          table.penalize(id, "minor", "p2p/too-many", connection);
          throw new SeroError("p2p/too-many", "The peer asks too often.");
        }
        const frame = await reader.next({ frameMs: handshakeMs, beginMs: handshakeMs });
        if (!frame) throw new SeroError("p2p/broken", "The peer told no status.");
        const status = decodeStatus(frame);
        // Told also to a node of another chain, so that its operator sees why it was left.
        await writeFrame(stream, encodeStatus(own()), handshakeMs);
        await stream.close({ signal: AbortSignal.timeout(handshakeMs) });
        check(status, false);
        if (known) table.update(id, status);
        else if (connection.direction === "inbound") admit(connection, status);
      } catch (error) {
        blame(connection, error);
        stream.abort(error instanceof Error ? error : new Error(String(error)));
        if (!known || isOfAnother(error)) connection.abort(new Error("No handshake."));
      } finally {
        reader.release();
      }
    },
    async refresh(id) {
      const member = table.get(id);
      if (!member) throw new SeroError("p2p/gone", "The peer is not connected.", { peer: id });
      const { connection } = member;
      try {
        const status = await exchange(connection);
        table.update(id, status);
        return status;
      } catch (error) {
        if (isOfAnother(error)) connection.abort(new Error("No handshake."));
        throw error;
      }
    },
  };
}
