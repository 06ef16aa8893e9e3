import { EVMError, Message, type EVM } from "@ethereumjs/evm";
import { Address, bytesToHex, hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import type { EthAddress } from "@sero/protocol";
import type { Log } from "../block/index.js";
import { evmBlock, type VisibleHeader } from "../evm/open.js";
import type { Journal } from "../state/index.js";

/** One message of a phase, sent from outside any contract. */
export interface PhaseMessage {
  readonly caller: EthAddress;
  /** Undefined creates a contract from `data`, at the address of the caller's nonce minus 1. */
  readonly to: EthAddress | undefined;
  readonly value?: bigint;
  readonly data: Uint8Array;
}

/** How a message ended. */
export type MessageOutcome =
  | {
      readonly ok: true;
      readonly gasUsed: bigint;
      readonly output: Uint8Array;
      readonly logs: readonly Log[];
      readonly created: EthAddress | undefined;
    }
  | { readonly ok: false; readonly gasUsed: bigint; readonly reason: string; readonly output: Uint8Array };

/** What a contract that was asked answered. */
export interface Answer {
  /** Undefined if it failed. */
  readonly output: Uint8Array | undefined;
  readonly gasUsed: bigint;
}

/** Many messages in the scope of one transaction: one gas counter, one set of warm accounts, one transient storage. */
export interface Machine {
  /** Sends a message with all the gas that is left. A failed one has taken back what it did itself. */
  run(message: PhaseMessage): Promise<MessageOutcome>;
  /** Asks a contract, with at most `gas`, without letting anything change or counting it as the phase's: for simulations only. */
  ask(to: EthAddress, data: Uint8Array, gas: bigint): Promise<Answer>;
  gasUsed(): bigint;
  /** What clearing storage has earned so far (EIP-3529), not capped. */
  refund(): bigint;
  /** The contracts that were made and destroyed themselves since `openMachine`: `commit` will remove them (EIP-6780). */
  doomed(): EthAddress[];
  /** Takes back everything since `openMachine`. */
  revert(): Promise<void>;
  /** Makes it all final within the block: destroyed contracts and empty accounts go (EIP-6780, EIP-161). */
  commit(): Promise<void>;
}

/**
 * What EIP-2929 calls depth 0, an ordinary transaction, would end the transaction's scope after each message; so messages of a phase run as if
 * a frame were above them. Nothing else follows from it: 1,024 frames can't be reached with a block's gas (EIP-150).
 */
const DEPTH = 1;
const STOP = Uint8Array.of(0);

/** Opens the scope of one transaction's phase on the block's EVM. Everything until `commit` or `revert` is one checkpoint. */
export async function openMachine(
  evm: EVM,
  journal: Journal,
  header: VisibleHeader,
  phase: { readonly pseudonym: EthAddress; readonly gasLimit: bigint; readonly price: bigint },
): Promise<Machine> {
  const origin = new Address(phase.pseudonym);
  // EIP-2200's original values are those before step 5: what steps 1 to 4 wrote counts as there.
  journal.beginTransaction();
  evm.journal.cleanJournal();
  evm.transientStorage.clear();
  const block = evmBlock(header);
  const warm = [bytesToHex(phase.pseudonym), bytesToHex(header.feeRecipient), ...evm.precompiles.keys()];
  for (const address of warm) evm.journal.addAlwaysWarmAddress(address);
  // Messages made by hand, which alone carry a refund counter from one to the next, take block, origin and price from the last run of code.
  await evm.runCode({ code: STOP, caller: origin, origin, gasPrice: phase.price, gasLimit: 0n, block });
  await evm.journal.checkpoint();

  let used = 0n;
  let refund = 0n;
  const destroyed = new Map<PrefixedHexString, PrefixedHexString>();
  const created = new Set<PrefixedHexString>();

  const run: Machine["run"] = async (message) => {
    const { caller, to, value = 0n, data } = message;
    // The EVM library checks this for calls, but throws for creations.
    if ((journal.account(caller)?.balance ?? 0n) < value)
      return { ok: false, gasUsed: 0n, reason: EVMError.errorMessages.INSUFFICIENT_BALANCE, output: NOTHING };
    if (to !== undefined) evm.journal.addWarmedAddress(to);
    const { execResult, createdAddress } = await evm.runCall({
      message: new Message({
        caller: new Address(caller),
        ...(to === undefined ? {} : { to: new Address(to) }),
        value,
        data,
        gasLimit: phase.gasLimit - used,
        depth: DEPTH,
        gasRefund: refund,
        selfdestruct: destroyed,
        createdAddresses: created,
      }),
    });
    const gasUsed = execResult.executionGasUsed;
    used += gasUsed;
    const error = execResult.exceptionError?.error;
    if (error !== undefined) {
      const output = error === EVMError.errorMessages.REVERT ? execResult.returnValue : NOTHING;
      return { ok: false, gasUsed, reason: error, output };
    }
    refund = execResult.gasRefund ?? refund;
    const logs = (execResult.logs ?? []).map(([address, topics, bytes]): Log => ({
      address: address as EthAddress,
      topics,
      data: bytes,
    }));
    return {
      ok: true,
      gasUsed,
      output: execResult.returnValue,
      logs,
      created: to === undefined ? (createdAddress?.bytes as EthAddress | undefined) : undefined,
    };
  };

  const ask: Machine["ask"] = async (to, data, gas) => {
    const { execResult } = await evm.runCall({
      message: new Message({
        caller: origin,
        to: new Address(to),
        data,
        gasLimit: gas,
        depth: DEPTH,
        isStatic: true,
        selfdestruct: new Map(),
        createdAddresses: new Set(),
      }),
    });
    const { exceptionError, returnValue, executionGasUsed: gasUsed } = execResult;
    return { output: exceptionError === undefined ? returnValue : undefined, gasUsed };
  };

  const doomed: Machine["doomed"] = () =>
    [...destroyed.keys()].filter((address) => created.has(address)).map((address) => hexToBytes(address) as EthAddress);

  return {
    run,
    ask,
    gasUsed: () => used,
    refund: () => refund,
    doomed,
    async revert() {
      await evm.journal.revert();
      evm.journal.cleanJournal();
      evm.transientStorage.clear();
    },
    async commit() {
      for (const address of doomed()) await evm.journal.deleteAccount(new Address(address));
      await evm.journal.commit();
      await evm.journal.cleanup();
      evm.transientStorage.clear();
    },
  };
}

const NOTHING = new Uint8Array(0);
