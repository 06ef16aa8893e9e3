import type { EVM } from "@ethereumjs/evm";
import { POOL_ADDRESS, SYSTEM_ADDRESS, tokenKindSlot, type EthAddress } from "@sero/protocol";
import type { Log } from "../block/index.js";
import type { VisibleHeader } from "../evm/open.js";
import { wordToBigInt, type Journal } from "../state/index.js";
import { POOL_CALLS } from "./abi.js";
import { openMachine, type Machine, type PhaseMessage } from "./machine.js";
import { sweep, type Send } from "./returns.js";
import type { CallDetail, PhaseFailure, PhaseInput, PhaseObserver, PhaseOutcome, PhaseStep } from "./types.js";

/** What of a phase is not code of the EVM: bookkeeping that belongs to its one checkpoint. */
export interface PhaseMoney {
  /** Before the first message, inside the checkpoint: coin comes to the pseudonym, money for gas is put aside. */
  readonly open: () => void;
  /** After the last message of a phase that did not fail, inside the checkpoint: gas is paid, what is left of its money comes back. */
  readonly close: (gasUsed: bigint) => void;
}

/** The largest part of the gas used that clearing storage gives back (EIP-3529). */
const REFUND_QUOTIENT = 5n;

/**
 * Step 5 of protocol, section 6: unshields, calls and returns in one checkpoint and one scope. If any of it fails, everything is taken back and
 * no code runs any more; what the user then gets is bookkeeping (step 6) and not done here.
 */
export async function runPhase(
  evm: EVM,
  journal: Journal,
  header: VisibleHeader,
  input: PhaseInput,
  money: PhaseMoney,
  observer?: PhaseObserver,
): Promise<PhaseOutcome> {
  const machine = await openMachine(evm, journal, header, input);
  const detach = observer?.attach(evm);
  try {
    money.open();
    const calls: CallDetail[] = [];
    const logs: Log[] = [];
    const failure = await runParts(machine, journal, input, calls, logs, observer);
    if (failure !== undefined) {
      await machine.revert();
      return { gasUsed: machine.gasUsed(), logs: [], calls, failure };
    }
    const gasUsed = afterRefund(machine.gasUsed(), machine.refund());
    money.close(gasUsed);
    await machine.commit();
    return { gasUsed, logs, calls, failure: undefined };
  } finally {
    detach?.();
  }
}

/** What a phase costs in the end, of the gas used and what clearing storage earned. */
export function afterRefund(used: bigint, refund: bigint): bigint {
  const most = used / REFUND_QUOTIENT;
  return used - (refund < most ? refund : most);
}

/**
 * The messages of a phase in their order, until one fails. `calls` and `logs` are filled as it goes.
 *
 * @returns why it ended early
 */
export async function runParts(
  machine: Machine,
  journal: Journal,
  input: PhaseInput,
  calls: CallDetail[],
  logs: Log[],
  observer: PhaseObserver | undefined,
): Promise<PhaseFailure | undefined> {
  const { pseudonym } = input;
  const send: Send = async (message) => {
    const outcome = await machine.run(message);
    // One by one: as arguments of one call, many logs do not fit on the stack, and how many do is not the same everywhere.
    if (outcome.ok) for (const log of outcome.logs) logs.push(log);
    return outcome;
  };
  const failed = (step: PhaseStep, index: number, why: { reason: string; output: Uint8Array }): PhaseFailure => ({
    step,
    index,
    reason: why.reason,
    output: why.output,
  });

  for (const [index, { asset, amount }] of input.unshields.entries()) {
    observer?.step?.("unshield", index);
    const data = POOL_CALLS.unshieldTo(pseudonym, asset, amount);
    const outcome = await send({ caller: SYSTEM_ADDRESS, to: POOL_ADDRESS, data });
    if (!outcome.ok) return failed("unshield", index, outcome);
  }
  for (const [index, { to, value, data }] of input.calls.entries()) {
    observer?.step?.("call", index);
    const message: PhaseMessage = { caller: pseudonym, to, value, data };
    // The transaction's own nonce was taken in step 4, for calls[0] to create with; a later creation takes one of its own.
    if (to === undefined && index > 0) raiseNonce(journal, input);
    const outcome = await send(message);
    if (!outcome.ok) return failed("call", index, outcome);
    const { gasUsed, output, created } = outcome;
    calls.push({ gasUsed, output, logs: outcome.logs, ...(created === undefined ? {} : { created }) });
  }
  for (const [index, entry] of input.returns.entries()) {
    observer?.step?.("return", index);
    const failure = await sweep(send, pseudonym, entry, input.returns, logs);
    if (failure !== undefined) return failed("return", index, failure);
  }
  if (machine.doomed().some((address) => isShielded(journal, address))) {
    const last = input.calls.length - 1;
    const why = { reason: SHIELDED_AND_GONE, output: new Uint8Array(0) };
    return last < 0 ? failed("unshield", 0, why) : failed("call", last, why);
  }
  return undefined;
}

/**
 * An address that loses its code can get another one by CREATE2, while the Pool's counter and notes would stay: notes of a token that said what
 * it liked would be worth those of an honest one, at its holders' cost (attack F42).
 */
const SHIELDED_AND_GONE = "a contract whose asset was shielded destroyed itself";

/** Whether the Pool took an asset of this contract at any time. */
const isShielded = (journal: Journal, token: EthAddress): boolean =>
  wordToBigInt(journal.storage(POOL_ADDRESS, tokenKindSlot(token))) !== 0n;

function raiseNonce(journal: Journal, { pseudonym }: PhaseInput): void {
  const account = journal.account(pseudonym)!;
  journal.setAccount(pseudonym, { ...account, nonce: account.nonce + 1n });
}
