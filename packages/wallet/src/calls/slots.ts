import { SeroError, receiveSlot, type Inner } from "@sero/protocol";
import { SLOT_GAP } from "../scan/ledger.js";
import { checkOpen, type WalletContext } from "../wallet/context.js";
import { checkAccount } from "../wallet/prepare.js";
import { accountOf } from "../wallet/show.js";

const PREFIX = "slots/";

/**
 * A fresh receive slot to hand over outside of the chain: an `inner` that a contract may complete to a note of ours. Durable as used before it
 * is shown, and never the same twice. At most SLOT_GAP may wait unpaid at a time, since a restored wallet looks no further. Throws
 * wallet/slot-gap, wallet/no-account, wallet/no-full-key, store/*.
 */
export async function newReceiveSlot(
  context: WalletContext,
  account: number,
): Promise<{ readonly inner: Inner; readonly counter: bigint }> {
  checkOpen(context);
  checkAccount(context, account);
  const { full } = accountOf(context, account);
  if (full === undefined) throw new SeroError("wallet/no-full-key", "This wallet has an incoming view key only.");
  const paid = nextUnpaid(context, account);
  const stored = context.database.get<bigint>(PREFIX + account) ?? 0n;
  const counter = stored > paid ? stored : paid;
  if (counter >= paid + SLOT_GAP)
    throw new SeroError(
      "wallet/slot-gap",
      `${SLOT_GAP} slots wait unpaid, and a restored wallet would not find more. Use one that waits, or have a call hand slots over itself.`,
      { waiting: SLOT_GAP.toString() },
    );
  context.database.put(PREFIX + account, counter + 1n);
  await context.database.commit();
  return { inner: receiveSlot(full, counter).inner, counter };
}

/** The counter after the last slot that something was paid to. */
function nextUnpaid(context: WalletContext, account: number): bigint {
  let next = 0n;
  const { ledger } = context.state;
  for (const note of ledger.notes.values()) {
    if (note.account !== account || note.origin !== "slot") continue;
    const counter = ledger.expectedInner(note.inner)?.counter;
    if (counter !== undefined && counter >= next) next = counter + 1n;
  }
  return next;
}
