import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { Common } from "@ethereumjs/common";
import type { EVM, EVMError, EVMRunCallOpts, ExecResult, Message, PrecompileFunc } from "@ethereumjs/evm";
import type { Account, Address, PrefixedHexString } from "@ethereumjs/util";

// What is used of the inside of @ethereumjs/evm. The lock file fixes its version; test/evm/quick.test.ts holds it to the library's own ways.

/** One opcode with what it does. */
export interface OpcodeEntry {
  readonly opcodeInfo: {
    readonly feeBigInt: bigint;
    readonly isAsync: boolean;
    readonly dynamicGas: boolean;
    readonly isInvalid: boolean;
  };
  readonly opHandler: (state: RunState, common: Common) => unknown;
  readonly gasHandler: (state: RunState, gas: bigint, common: Common) => bigint | Promise<bigint>;
}

/** The state of one frame. */
export interface RunState {
  programCounter: number;
  opCode: number;
  /** `_store` is as long as `extend` has made it, or longer. */
  readonly memory: { _store: Uint8Array; extend(offset: number, size: number): void };
  readonly stack: { push(value: bigint): void; pop(): bigint; popN(count: number): bigint[] };
  code: Uint8Array;
  validJumps: Uint8Array;
  readonly stateManager: EVM["stateManager"];
  readonly env: Environment;
  gasLeft: bigint;
  gasRefund: bigint;
  returnBytes: Uint8Array;
}

/** What a frame knows of the world. */
export interface Environment {
  readonly address: Address;
  readonly caller: Address;
  readonly callData: Uint8Array;
  readonly code: Uint8Array;
  readonly isStatic: boolean;
  readonly depth: number;
  contract: Account;
}

/** What a frame leaves. */
export interface FrameResult {
  logs: NonNullable<ExecResult["logs"]>;
  returnValue?: Uint8Array | undefined;
  readonly selfdestruct: Map<PrefixedHexString, PrefixedHexString>;
  readonly createdAddresses?: Set<PrefixedHexString>;
}

/** The library's interpreter of one frame. */
export interface Interpreter {
  readonly _evm: EvmInside;
  readonly common: Common;
  readonly _runState: RunState;
  readonly _env: Environment;
  _result: FrameResult;
  run(code: Uint8Array, options?: { readonly pc?: number }): Promise<InterpreterOutcome>;
  useGas(amount: bigint, context?: unknown): void;
  _baseCall(message: Message): Promise<bigint>;
}

/** How a frame's code ended. */
export interface InterpreterOutcome {
  readonly runState: RunState;
  readonly exceptionError: EVMError | undefined;
}

/** What the library keeps to itself in an EVM. */
export interface EvmInside {
  readonly _opcodeMap: readonly OpcodeEntry[];
  readonly _tx: { readonly gasPrice: bigint; readonly origin: Address | undefined };
  readonly _block: EVMRunCallOpts["block"];
  readonly common: Common;
  readonly stateManager: EVM["stateManager"];
  readonly transientStorage: EVM["transientStorage"];
  readonly events: EVM["events"];
  readonly DEBUG: boolean;
  journal: unknown;
  _generateAddress(message: Message): Promise<Address>;
  runPrecompile(code: PrecompileFunc, data: Uint8Array, gasLimit: bigint): ExecResult | Promise<ExecResult>;
  runInterpreter(message: Message, options?: { readonly pc?: number }): Promise<ExecResult>;
}

/** A class whose objects are made without running its constructor. */
export interface Prototype<T> {
  readonly prototype: T;
}

const inside = new URL("../esm/", pathToFileURL(createRequire(import.meta.url).resolve("@ethereumjs/evm")));
const load = async (file: string): Promise<Record<string, unknown>> =>
  (await import(new URL(file, inside).href)) as Record<string, unknown>;

/** The library's interpreter class. */
export const INTERPRETER = (await load("interpreter.js"))["Interpreter"] as Prototype<Interpreter>;
/** Its memory: bytes that grow as code touches them. */
export const MEMORY = (await load("memory.js"))["Memory"] as Prototype<RunState["memory"]>;
/** Its stack. */
export const STACK = (await load("stack.js"))["Stack"] as new () => RunState["stack"];
