import type { Common } from "@ethereumjs/common";
import { EVMError, type EVM, type ExecResult, type Message } from "@ethereumjs/evm";
import { Account } from "@ethereumjs/util";
import { equalBytes } from "@sero/protocol";
import type { Journal } from "../../state/index.js";
import { EMPTY_CODE_HASH } from "../../state/views.js";
import { codeReader, jumpsOf, pushedAt, readCode, type ReadCode } from "./code.js";
import type { WarmJournal } from "./journal.js";
import { quickOpcodes } from "./opcodes.js";
import {
  INTERPRETER,
  MEMORY,
  STACK,
  type Environment,
  type EvmInside,
  type Interpreter,
  type InterpreterOutcome,
  type OpcodeEntry,
  type RunState,
} from "./library.js";

const STOP = 0x00;
const JUMP = 0x56;
const JUMPI = 0x57;
const PUSH1 = 0x60;
const PUSH32 = 0x7f;
const NOTHING = new Uint8Array(0);
/** Frames above each other (Yellow Paper, equation 136). */
const DEPTH_LIMIT = 1024;

/** What runs frames in place of the library's own ways. */
export interface Frames {
  readonly runInterpreter: (message: Message, options?: { readonly pc?: number }) => Promise<ExecResult>;
}

/**
 * Frames of the EVM at a fraction of the library's cost, with its opcodes and its prices: memory is made when it is touched, jump destinations
 * are found once for each code, an opcode that need not wait does not, and a call without value makes no copies. While somebody listens
 * to steps or messages, frames run in the library's own way, only on this journal.
 */
export function quickFrames(evm: EVM, state: Journal, journal: WarmJournal): Frames {
  const inside = evm as unknown as EvmInside;
  const { common, stateManager, transientStorage, events } = inside;
  const codeAt = codeReader(state);
  const opcodes = quickOpcodes(inside._opcodeMap);
  const isWatched = (): boolean =>
    events.listenerCount("step") > 0 ||
    events.listenerCount("beforeMessage") > 0 ||
    events.listenerCount("afterMessage") > 0;
  const accountAt = async (address: Environment["address"]): Promise<Account> =>
    (await stateManager.getAccount(address)) ?? new Account();

  const prototype = Object.create(INTERPRETER.prototype) as Interpreter;
  prototype.run = function (this: Interpreter & { readonly readCode?: ReadCode }, code, options = {}) {
    if (isWatched() || options.pc !== undefined) return INTERPRETER.prototype.run.call(this, code, options);
    return runCode(this, opcodes, common, this.readCode ?? readCode(code));
  };
  prototype._baseCall = function (message) {
    if ((message.value !== 0n && !message.delegatecall) || isWatched())
      return INTERPRETER.prototype._baseCall.call(this, message);
    return callQuickly(this, message);
  };

  const openFrame = async (message: Message, code: ReadCode): Promise<Interpreter> => {
    const address = message.to as Environment["address"];
    const env = {
      address,
      caller: message.caller,
      callData: message.data,
      callValue: message.value,
      code: code.bytes,
      isStatic: message.isStatic,
      isCreate: (message as { readonly isCreate?: boolean }).isCreate ?? false,
      depth: message.depth,
      gasPrice: inside._tx.gasPrice,
      origin: inside._tx.origin ?? message.caller,
      block: inside._block,
      contract: await accountAt(address),
      codeAddress: message.codeAddress,
      gasRefund: message.gasRefund,
      chargeCodeAccesses: message.chargeCodeAccesses,
      blobVersionedHashes: [],
      accessWitness: undefined,
      createdAddresses: message.createdAddresses,
    };
    const memory = Object.create(MEMORY.prototype) as RunState["memory"];
    memory._store = NOTHING;
    const interpreter = Object.create(prototype) as Interpreter;
    return Object.assign(interpreter, {
      opDebuggers: {},
      _evm: inside,
      _stateManager: stateManager,
      common,
      _runState: {
        programCounter: 0,
        opCode: 0xfe,
        memory,
        memoryWordCount: 0n,
        highestMemCost: 0n,
        stack: new STACK(),
        code: code.bytes,
        validJumps: NOTHING,
        cachedPushes: {},
        stateManager,
        blockchain: evm.blockchain,
        env,
        shouldDoJumpAnalysis: true,
        interpreter,
        gasRefund: message.gasRefund,
        gasLeft: message.gasLimit,
        stateGasSpilled: 0n,
        returnBytes: NOTHING,
      },
      journal,
      _env: env,
      _result: {
        logs: [],
        returnValue: undefined,
        selfdestruct: message.selfdestruct ?? new Map(),
        createdAddresses: message.createdAddresses ?? new Set(),
      },
      profilerOpts: undefined,
      performanceLogger: undefined,
      readCode: code,
    });
  };

  /** `_baseCall` of the library for a call without value. */
  const callQuickly = async (parent: Interpreter, message: Message): Promise<bigint> => {
    const { _runState: above, _env: env, _result: result } = parent;
    above.returnBytes = NOTHING;
    if (env.depth >= DEPTH_LIMIT) return 0n;
    message.gasRefund = above.gasRefund;
    // Shared with the frame, where the library copies them for each call: what a failed frame put in is taken out again.
    message.selfdestruct = result.selfdestruct;
    if (result.createdAddresses !== undefined) message.createdAddresses = result.createdAddresses;
    const [destroyed, created] = [result.selfdestruct.size, result.createdAddresses?.size ?? 0];
    const to = message.to as Environment["address"];
    // A call without value touches its receiver: an account that stays empty goes (EIP-161).
    if (!message.delegatecall && isEmpty(state, to.bytes)) journal.touchAddress(to);

    await journal.checkpoint();
    transientStorage.checkpoint();
    const frame = await runFrame(message);
    if (frame.exceptionError === undefined) {
      await journal.commit();
      transientStorage.commit();
      for (const log of frame.logs ?? []) result.logs.push(log);
    } else {
      await journal.revert();
      transientStorage.revert();
      forgetLater(result.selfdestruct, destroyed);
      if (result.createdAddresses !== undefined) forgetLater(result.createdAddresses, created);
    }
    parent.useGas(frame.executionGasUsed);
    if (frame.exceptionError === undefined || frame.exceptionError.error === EVMError.errorMessages.REVERT)
      above.returnBytes = frame.returnValue;
    if (frame.exceptionError !== undefined) return 0n;
    env.contract = await accountAt(env.address);
    above.gasRefund = frame.gasRefund ?? 0n;
    return 1n;
  };

  /** `_executeCall` of the library for a call without value. */
  const runFrame = async (message: Message): Promise<ExecResult> => {
    const precompile = evm.getPrecompile(message.codeAddress);
    if (precompile !== undefined) {
      const done = await inside.runPrecompile(precompile, message.data, message.gasLimit);
      return { ...done, ...noTraces(), gasRefund: message.gasRefund };
    }
    const code = codeAt(message.codeAddress.bytes);
    if (code.bytes.length === 0)
      return { ...noTraces(), gasRefund: message.gasRefund, executionGasUsed: 0n, returnValue: NOTHING };
    message.code = code.bytes;
    message.isCompiled = false;
    message.chargeCodeAccesses = true;
    return resultOf(message, await openFrame(message, code), code);
  };

  const resultOf = async (message: Message, interpreter: Interpreter, code: ReadCode): Promise<ExecResult> => {
    const { runState, exceptionError } = await interpreter.run(code.bytes);
    const { _result: result } = interpreter;
    const isHalted = exceptionError !== undefined && exceptionError.error !== EVMError.errorMessages.REVERT;
    return {
      ...(exceptionError === undefined ? result : noTraces()),
      returnValue: result.returnValue ?? NOTHING,
      ...(exceptionError === undefined ? {} : { exceptionError }),
      gas: runState.gasLeft,
      executionGasUsed: isHalted ? message.gasLimit : message.gasLimit - runState.gasLeft,
      gasRefund: runState.gasRefund,
      stateGasSpilled: 0n,
    } as ExecResult;
  };

  const library = inside.runInterpreter.bind(evm);
  return {
    async runInterpreter(message, options) {
      if (isWatched() || options?.pc !== undefined) return library(message, options);
      const code = readCode(message.code as Uint8Array);
      return resultOf(message, await openFrame(message, code), code);
    },
  };
}

type Traces = Required<Pick<ExecResult, "logs" | "selfdestruct" | "createdAddresses">>;

/** What a frame leaves that did nothing, or was taken back. */
const noTraces = (): Traces => ({ logs: [], selfdestruct: new Map(), createdAddresses: new Set() });

/** Takes out all but the first `size` keys, in the order in which they came; costs nothing if there are no others. */
function forgetLater(keys: Map<string, unknown> | Set<string>, size: number): void {
  if (keys.size === size) return;
  let at = 0;
  for (const key of keys.keys()) if (at++ >= size) keys.delete(key);
}

function isEmpty(state: Journal, address: Uint8Array): boolean {
  const account = state.account(address);
  return (
    account === undefined ||
    (account.nonce === 0n && account.balance === 0n && equalBytes(account.codeHash, EMPTY_CODE_HASH))
  );
}

/** `run` of the library: all opcodes of one frame. */
async function runCode(
  interpreter: Interpreter,
  opcodes: readonly OpcodeEntry[],
  common: Common,
  code: ReadCode,
): Promise<InterpreterOutcome> {
  const { _runState: state } = interpreter;
  const { bytes } = code;
  state.code = bytes;
  try {
    while (state.programCounter < bytes.length) {
      const opcode = bytes[state.programCounter] as number;
      if (opcode === STOP) break;
      const entry = opcodes[opcode];
      if (entry === undefined) throw new EVMError(EVMError.errorMessages.INVALID_OPCODE);
      const info = entry.opcodeInfo;
      state.opCode = opcode;
      let gas = info.feeBigInt;
      if (info.dynamicGas) {
        const priced = entry.gasHandler(state, gas, common);
        gas = typeof priced === "bigint" ? priced : await priced;
      }
      if (info.isInvalid) throw new EVMError(EVMError.errorMessages.INVALID_OPCODE);
      state.gasLeft -= gas;
      if (state.gasLeft < 0n) {
        state.gasLeft = 0n;
        throw new EVMError(EVMError.errorMessages.OUT_OF_GAS);
      }
      state.programCounter++;
      if (opcode >= PUSH1 && opcode <= PUSH32) {
        const size = opcode - PUSH1 + 1;
        state.stack.push(pushedAt(code, state.programCounter, size));
        state.programCounter += size;
        continue;
      }
      if (opcode === JUMP || opcode === JUMPI) state.validJumps = jumpsOf(code);
      const done = entry.opHandler(state, common);
      if (info.isAsync) await done;
    }
  } catch (error) {
    if (!(error instanceof EVMError)) throw error;
    if (error.error !== EVMError.errorMessages.STOP) return { runState: state, exceptionError: error };
  }
  return { runState: state, exceptionError: undefined };
}
