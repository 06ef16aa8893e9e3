import type { PhaseObserver } from "@sero/execution";
import { SeroError } from "@sero/protocol";
import { data, quantity, type Json } from "../rpc/json.js";
import { openFrameRecorder, type CallFrame, type TracedMessage, type TracedResult } from "./call-frames.js";
import { revertReason } from "./reason.js";
import { openStepRecorder, type StructLogOptions, type TracedStep } from "./struct-logs.js";

/** What a trace is to show; geth's second parameter of debug_traceTransaction. */
export interface TraceOptions extends StructLogOptions {
  /** "callTracer", or undefined for every step. */
  readonly tracer: "callTracer" | undefined;
  readonly onlyTopCall?: boolean | undefined;
}

/** The transaction around a phase, as the outermost frame shows it. */
export interface TracedTransaction {
  readonly from: Uint8Array;
  /** Undefined when its first call creates. */
  readonly to: Uint8Array | undefined;
  readonly value: bigint;
  readonly input: Uint8Array;
  readonly gas: bigint;
  readonly gasUsed: bigint;
  readonly failure: { readonly reason: string; readonly output: Uint8Array } | undefined;
}

/** Watches one phase and tells what it saw. */
export interface PhaseTracer {
  readonly observer: PhaseObserver;
  /** @throws SeroError `rpc/limit` when it was more than an answer may hold */
  result(transaction: TracedTransaction): Json;
}

/** Opens a tracer for one run of one phase. */
export function openPhaseTracer(options: TraceOptions): PhaseTracer {
  return options.tracer === "callTracer" ? callTracer(options) : stepTracer(options);
}

function stepTracer(options: StructLogOptions): PhaseTracer {
  const recorder = openStepRecorder(options);
  const first = openFirstCall();
  return {
    observer: observerOf(first.step, {
      step: (step) => recorder.step(step),
      before: () => first.before(),
      after: (result) => first.after(result),
    }),
    result: ({ gasUsed, failure }) => ({
      gas: Number(gasUsed),
      failed: failure !== undefined,
      returnValue: data(failure?.output ?? first.ended().output),
      structLogs: recorder.logs(),
    }),
  };
}

function callTracer(options: TraceOptions): PhaseTracer {
  const recorder = openFrameRecorder();
  const first = openFirstCall();
  const parts: { readonly step: string; readonly index: number; readonly from: number }[] = [];
  return {
    observer: observerOf(
      (step, index) => {
        first.step(step, index);
        parts.push({ step, index, from: recorder.count() });
      },
      {
        before(message) {
          first.before();
          recorder.before(message);
        },
        after(result) {
          recorder.after(result);
          first.after(result);
        },
      },
    ),
    result(transaction) {
      const messages = recorder.frames().map((frame, at) => {
        const part = parts.findLast(({ from }) => from <= at);
        return { ...frameJson(frame), ...(part && { sero: { step: part.step, index: part.index } }) };
      });
      return rootJson(transaction, first.ended(), options.onlyTopCall ? [] : messages);
    },
  };
}

interface Listeners {
  readonly step?: (step: TracedStep) => void;
  readonly before: (message: TracedMessage) => void;
  readonly after: (result: TracedResult) => void;
}

/** How long a traced phase may run, and after how long it lets others have their turn; milliseconds. */
const MAX_MS = 10_000;
const TURN_MS = 50;

/** Watches the EVM of one phase, which is slow then: it is bounded in time, and rests between messages. */
function observerOf(step: NonNullable<PhaseObserver["step"]>, listeners: Listeners): PhaseObserver {
  return {
    step,
    attach({ events }) {
      const begun = performance.now();
      let turn = begun;
      const requireTime = (): void => {
        if (performance.now() - begun < MAX_MS) return;
        throw new SeroError("rpc/timeout", `This phase could not be traced within ${MAX_MS} ms.`);
      };
      // With a second parameter the EVM waits until it is called.
      const before = (message: TracedMessage, resume: (() => void) | undefined): void => {
        requireTime();
        listeners.before(message);
        if (performance.now() - turn < TURN_MS) return resume?.();
        setImmediate(() => {
          turn = performance.now();
          resume?.();
        });
      };
      const onStep = (current: TracedStep): void => {
        requireTime();
        listeners.step?.(current);
      };
      events.on("beforeMessage", before);
      events.on("afterMessage", listeners.after);
      if (listeners.step) events.on("step", onStep);
      return () => {
        events.off("beforeMessage", before);
        events.off("afterMessage", listeners.after);
        events.off("step", onStep);
      };
    },
  };
}

/** How the first call of a phase ended. */
interface Ended {
  readonly output: Uint8Array;
  readonly created: Uint8Array | undefined;
}

interface FirstCall {
  readonly step: NonNullable<PhaseObserver["step"]>;
  readonly before: () => void;
  readonly after: (result: TracedResult) => void;
  readonly ended: () => Ended;
}

function openFirstCall(): FirstCall {
  let isFirst = false;
  let depth = 0;
  let end: Ended = { output: new Uint8Array(0), created: undefined };
  return {
    step: (step, index) => void (isFirst = step === "call" && index === 0),
    before: () => void depth++,
    after({ createdAddress, execResult }) {
      if (--depth > 0 || !isFirst) return;
      end = { output: Uint8Array.from(execResult.returnValue), created: createdAddress?.bytes };
    },
    ended: () => end,
  };
}

/** The transaction as eth_getTransactionByHash shows it; under it every message of its phase, with the step that sent it. */
function rootJson(transaction: TracedTransaction, { output, created }: Ended, calls: readonly Json[]): Json {
  const { from, to, value, input, gas, gasUsed, failure } = transaction;
  const target = to ?? created;
  return {
    type: to ? "CALL" : "CREATE",
    from: data(from),
    ...(target && { to: data(target) }),
    value: quantity(value),
    gas: quantity(gas),
    gasUsed: quantity(gasUsed),
    input: data(input),
    output: data(failure?.output ?? output),
    ...(failure && errorJson(failure.reason, failure.output)),
    ...(calls.length > 0 && { calls }),
  };
}

function frameJson(frame: CallFrame): { readonly [key: string]: Json } {
  const { type, from, to, value, input, gas, gasUsed, output, error, calls } = frame;
  return {
    type,
    from: data(from),
    ...(to && { to: data(to) }),
    ...(type !== "STATICCALL" && type !== "DELEGATECALL" && { value: quantity(value) }),
    gas: quantity(gas),
    gasUsed: quantity(gasUsed),
    input: data(input),
    output: data(output),
    ...(error !== undefined && errorJson(error, output)),
    ...(calls.length > 0 && { calls: calls.map(frameJson) }),
  };
}

function errorJson(error: string, output: Uint8Array): { readonly [key: string]: Json } {
  const reason = revertReason(output);
  return {
    error: error === "revert" ? "execution reverted" : error,
    ...(reason !== undefined && { revertReason: reason }),
  };
}
