import { SeroError } from "@sero/protocol";
import { data, quantity, type Json } from "../rpc/json.js";

/** One opcode about to run; the part of @ethereumjs/evm's `InterpreterStep` that is read. */
export interface TracedStep {
  readonly pc: number;
  readonly opcode: { readonly name: string; readonly fee: number; readonly dynamicFee?: bigint };
  readonly gasLeft: bigint;
  /** From 1. */
  readonly depth: number;
  readonly stack: readonly bigint[];
  readonly memory: Uint8Array;
  readonly gasRefund: bigint;
}

/** What a caller wants of each step; as in geth. */
export interface StructLogOptions {
  readonly disableStack?: boolean | undefined;
  readonly enableMemory?: boolean | undefined;
  readonly disableStorage?: boolean | undefined;
  /** Steps kept; 0 as many as an answer may hold. */
  readonly limit?: number | undefined;
}

/** Collects steps in geth's form. */
export interface StepRecorder {
  step(step: TracedStep): void;
  /** @throws SeroError `rpc/limit` when there were more than an answer may hold */
  logs(): Json[];
}

/** Steps, and words of stack and memory over all of them, that one answer may hold. */
const MAX_STEPS = 100_000;
const MAX_WORDS = 1_000_000;

/** Makes an empty recorder. */
export function openStepRecorder(options: StructLogOptions): StepRecorder {
  const logs: { [key: string]: Json }[] = [];
  const most = options.limit !== undefined && options.limit > 0 ? Math.min(options.limit, MAX_STEPS) : undefined;
  let steps = 0;
  let words = 0;
  // The slots that each depth has touched, and the load whose value the next step at that depth has on its stack.
  const storage = new Map<number, { [slot: string]: string }>();
  let loading: { readonly depth: number; readonly slot: string; shown: { [slot: string]: string } } | undefined;

  function storageOf(step: TracedStep): { [slot: string]: string } | undefined {
    const top = step.stack.at(-1);
    const value = step.stack.at(-2);
    const slots = storage.get(step.depth) ?? {};
    if (loading && loading.depth === step.depth && top !== undefined) {
      slots[loading.slot] = loading.shown[loading.slot] = word(top);
    }
    loading = undefined;
    const isLoad = step.opcode.name === "SLOAD";
    if (top === undefined || (!isLoad && step.opcode.name !== "SSTORE")) return undefined;
    storage.set(step.depth, slots);
    if (!isLoad && value !== undefined) slots[word(top)] = word(value);
    const shown = { ...slots };
    if (isLoad) loading = { depth: step.depth, slot: word(top), shown };
    return shown;
  }

  return {
    step(step) {
      if (most !== undefined && logs.length >= most) return;
      steps++;
      const slots = options.disableStorage ? undefined : storageOf(step);
      if (!options.disableStack) words += step.stack.length;
      if (options.enableMemory) words += step.memory.length >> 5;
      if (steps > MAX_STEPS || words > MAX_WORDS) return;
      // A frame that is entered anew at this depth has touched nothing yet.
      for (const depth of storage.keys()) if (depth > step.depth) storage.delete(depth);
      logs.push({
        pc: step.pc,
        op: step.opcode.name,
        gas: Number(step.gasLeft),
        gasCost: Number(step.opcode.dynamicFee ?? BigInt(step.opcode.fee)),
        depth: step.depth,
        refund: Number(step.gasRefund),
        ...(!options.disableStack && { stack: step.stack.map(quantity) }),
        ...(options.enableMemory && { memory: memoryWords(step.memory) }),
        ...(slots && { storage: slots }),
      });
    },
    logs() {
      if (steps <= MAX_STEPS && words <= MAX_WORDS) return logs;
      throw new SeroError(
        "rpc/limit",
        `This trace has more than ${MAX_STEPS} steps or ${MAX_WORDS} words. Give a limit, leave out stack or memory, or use the callTracer.`,
        { steps, words },
      );
    },
  };
}

function word(value: bigint): string {
  return value.toString(16).padStart(64, "0");
}

function memoryWords(memory: Uint8Array): string[] {
  const out: string[] = [];
  for (let at = 0; at < memory.length; at += 32) out.push(data(memory.subarray(at, at + 32)));
  return out;
}
