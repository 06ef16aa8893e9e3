import { EVMError } from "@ethereumjs/evm";
import { Address, bytesToHex } from "@ethereumjs/util";
import type { EthAddress } from "@sero/protocol";
import type { Header, Log } from "../block/index.js";
import { openJournal, type StateBackend } from "../state/index.js";
import { evmBlock, openEvm, type BlockHashOf, type EvmRules } from "./open.js";

/** A message that is tried out on a state and leaves no trace: eth_call. */
export interface SimulatedCall {
  readonly from?: EthAddress;
  /** Undefined creates a contract from `data`. */
  readonly to?: EthAddress;
  readonly data?: Uint8Array;
  /** Base units. The sender is lent what it lacks. */
  readonly value?: bigint;
  /** Gas for execution alone, without the intrinsic gas of a transaction. */
  readonly gas: bigint;
  readonly gasPrice?: bigint;
}

/** How a simulated call ended. */
export type CallOutcome =
  | {
      readonly ok: true;
      readonly output: Uint8Array;
      /** Execution only; before refunds. */
      readonly gasUsed: bigint;
      readonly gasRefund: bigint;
      readonly logs: readonly Log[];
      readonly created: EthAddress | undefined;
    }
  | {
      readonly ok: false;
      /** "revert", or the EVM's own word for it, e.g. "out of gas". */
      readonly reason: string;
      /** What REVERT returned; empty for other failures. */
      readonly output: Uint8Array;
      readonly gasUsed: bigint;
    };

/** What a simulation runs against. */
export interface SimulationContext {
  readonly rules: EvmRules;
  readonly state: StateBackend;
  /** The block that the code sees; its state is the one above. */
  readonly header: Header;
  /** Hash of an earlier block for BLOCKHASH; without it, zeros. */
  readonly blockHash?: BlockHashOf;
  /** Awaited before each run of a simulation that takes several, and before each question that one asks a contract, so that whatever else runs in this thread gets its turn. */
  readonly pause?: () => Promise<void>;
}

const ZERO_ADDRESS = new Uint8Array(20);

/** Runs `call` in the EVM on `context.state` and throws everything it wrote away. */
export async function simulateCall(context: SimulationContext, call: SimulatedCall): Promise<CallOutcome> {
  const { rules, header } = context;
  await context.pause?.();
  const evm = await openEvm(rules, openJournal(context.state), context.blockHash ?? (() => undefined));
  const caller = new Address(call.from ?? ZERO_ADDRESS);
  const coinbase = new Address(header.feeRecipient);
  for (const address of [caller.toString(), coinbase.toString()]) evm.journal.addAlwaysWarmAddress(address);
  for (const address of evm.precompiles.keys()) evm.journal.addAlwaysWarmAddress(address);
  if (call.to !== undefined) evm.journal.addAlwaysWarmAddress(bytesToHex(call.to));
  const { execResult, createdAddress } = await evm.runCall({
    caller,
    origin: caller,
    ...(call.to === undefined ? {} : { to: new Address(call.to) }),
    data: call.data ?? new Uint8Array(0),
    value: call.value ?? 0n,
    gasLimit: call.gas,
    gasPrice: call.gasPrice ?? header.baseFee,
    skipBalance: true,
    block: evmBlock(header),
  });
  const gasUsed = execResult.executionGasUsed;
  const error = execResult.exceptionError;
  if (error !== undefined) {
    const output = error.error === EVMError.errorMessages.REVERT ? execResult.returnValue : new Uint8Array(0);
    return { ok: false, reason: error.error, output, gasUsed };
  }
  return {
    ok: true,
    output: execResult.returnValue,
    gasUsed,
    gasRefund: execResult.gasRefund ?? 0n,
    logs: (execResult.logs ?? []).map(([address, topics, data]) => ({ address: address as EthAddress, topics, data })),
    created: createdAddress?.bytes as EthAddress | undefined,
  };
}

/**
 * The least execution gas with which `call` succeeds, found by halving (calls may behave differently with less gas than they use), or the
 * failure it ends with at `call.gas`.
 */
export async function leastGas(
  context: SimulationContext,
  call: SimulatedCall,
): Promise<CallOutcome & { gas: bigint }> {
  const most = await simulateCall(context, call);
  if (!most.ok) return { ...most, gas: call.gas };
  let low = most.gasUsed - 1n;
  let high = call.gas;
  let best: CallOutcome = most;
  // Nearly always exactly what was used, or that and the 63/64 rule on top: try small steps up before halving the whole range.
  for (let step = 1n; low + step < high; step *= 4n) {
    const tried = await simulateCall(context, { ...call, gas: low + step });
    if (tried.ok) {
      high = low + step;
      best = tried;
      break;
    }
    low += step;
  }
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    const tried = await simulateCall(context, { ...call, gas: middle });
    if (tried.ok) [high, best] = [middle, tried];
    else low = middle;
  }
  return { ...best, gas: high };
}
