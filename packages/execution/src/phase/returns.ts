import { equalBytes, POOL_ADDRESS, SYSTEM_ADDRESS, type EthAddress, type ReturnEntry } from "@sero/protocol";
import type { Log } from "../block/index.js";
import { firstWord, isTrue, POOL_CALLS, TOKEN_CALLS } from "./abi.js";
import type { MessageOutcome, PhaseMessage } from "./machine.js";
import { ticketsMovedTo } from "./transfers.js";

/** Sends a message and keeps its logs. */
export type Send = (message: PhaseMessage) => Promise<MessageOutcome>;

/** Why an entry could not be swept. */
export interface SweepFailure {
  readonly reason: string;
  readonly output: Uint8Array;
}

/**
 * Sweeps what one entry of `returns` names from the pseudonym into the Pool; the coin is not swept this way. Between opening and closing, the
 * token is called with the pseudonym as caller: unmodified tokens need no approval for that.
 *
 * @param returns all entries: ANY leaves alone what another one names
 * @param logs all logs of the transaction so far: ANY takes the ids that they say came to the pseudonym
 */
export async function sweep(
  send: Send,
  pseudonym: EthAddress,
  entry: ReturnEntry,
  returns: readonly ReturnEntry[],
  logs: readonly Log[],
): Promise<SweepFailure | undefined> {
  const { kind, token, id, inners } = entry;
  if (kind === "coin" || token === undefined || entry.leave) return undefined;
  if (kind === "token") return sweepToken(send, pseudonym, token, inners[0]!);
  if (typeof id === "bigint") {
    const taken = await sweepTicket(send, pseudonym, token, id, inners[0]!);
    return typeof taken === "boolean" ? undefined : taken;
  }
  const named = new Set(returns.filter((other) => sameToken(other, entry)).map((other) => other.id));
  let next = 0;
  for (const each of ticketsMovedTo(logs, token, pseudonym)) {
    const inner = inners[next];
    if (inner === undefined) break;
    if (named.has(each)) continue;
    const taken = await sweepTicket(send, pseudonym, token, each, inner);
    if (typeof taken !== "boolean") return taken;
    if (taken) next++;
  }
  return undefined;
}

const sameToken = (a: ReturnEntry, b: ReturnEntry): boolean =>
  a.token !== undefined && b.token !== undefined && equalBytes(a.token, b.token);

const toPool = (data: Uint8Array): PhaseMessage => ({ caller: SYSTEM_ADDRESS, to: POOL_ADDRESS, data });

async function sweepToken(
  send: Send,
  pseudonym: EthAddress,
  token: EthAddress,
  inner: bigint,
): Promise<SweepFailure | undefined> {
  const opened = await send(toPool(POOL_CALLS.openReturn(token, pseudonym)));
  if (!opened.ok) return opened;
  const balance = firstWord(opened.output);
  if (balance === 0n) return undefined;
  const moved = await send({ caller: pseudonym, to: token, data: TOKEN_CALLS.transfer(POOL_ADDRESS, balance) });
  if (!moved.ok) return moved;
  if (moved.output.length > 0 && !isTrue(moved.output))
    return { reason: "the token's transfer did not return true", output: new Uint8Array(0) };
  const closed = await send(toPool(POOL_CALLS.closeReturn(inner, token)));
  return closed.ok ? undefined : closed;
}

/** Whether the ticket was the pseudonym's, and so was taken. */
async function sweepTicket(
  send: Send,
  pseudonym: EthAddress,
  token: EthAddress,
  id: bigint,
  inner: bigint,
): Promise<boolean | SweepFailure> {
  const opened = await send(toPool(POOL_CALLS.openReturnTicket(token, id, pseudonym)));
  if (!opened.ok) return opened;
  if (!isTrue(opened.output)) return false;
  const data = TOKEN_CALLS.transferFrom(pseudonym, POOL_ADDRESS, id);
  const moved = await send({ caller: pseudonym, to: token, data });
  if (!moved.ok) return moved;
  const closed = await send(toPool(POOL_CALLS.closeReturnTicket(inner, token, id)));
  return closed.ok ? true : closed;
}
