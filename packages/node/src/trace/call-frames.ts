import { SeroError } from "@sero/protocol";

/** A message that the EVM begins to run; the part of @ethereumjs/evm's `Message` that is read. */
export interface TracedMessage {
  readonly to?: { readonly bytes: Uint8Array } | undefined;
  readonly caller: { readonly bytes: Uint8Array };
  readonly _codeAddress?: { readonly bytes: Uint8Array } | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly gasLimit: bigint;
  readonly isStatic: boolean;
  readonly delegatecall: boolean;
  readonly salt?: Uint8Array | undefined;
}

/** How a message ended; the part of @ethereumjs/evm's `EVMResult` that is read. */
export interface TracedResult {
  readonly createdAddress?: { readonly bytes: Uint8Array } | undefined;
  readonly execResult: {
    readonly returnValue: Uint8Array;
    readonly executionGasUsed: bigint;
    readonly exceptionError?: { readonly error: string } | undefined;
  };
}

/** One message with those that it sent. */
export interface CallFrame {
  readonly type: "CALL" | "STATICCALL" | "DELEGATECALL" | "CALLCODE" | "CREATE" | "CREATE2";
  readonly from: Uint8Array;
  /** What was created; undefined if a creation failed. */
  to: Uint8Array | undefined;
  readonly value: bigint;
  readonly input: Uint8Array;
  readonly gas: bigint;
  gasUsed: bigint;
  output: Uint8Array;
  /** The EVM's word for a failure. */
  error: string | undefined;
  readonly calls: CallFrame[];
}

/** Collects the frames of a run. */
export interface FrameRecorder {
  before(message: TracedMessage): void;
  after(result: TracedResult): void;
  /** Outermost messages so far. */
  count(): number;
  /** The outermost messages, in order. @throws SeroError `rpc/limit` when there were more than one answer can hold */
  frames(): readonly CallFrame[];
}

/** Frames, and bytes of inputs and outputs, that one trace may hold. */
const MAX_FRAMES = 20_000;
const MAX_BYTES = 16 * 1024 * 1024;

/** Makes an empty recorder. */
export function openFrameRecorder(): FrameRecorder {
  const roots: CallFrame[] = [];
  const open: CallFrame[] = [];
  let frames = 0;
  let bytes = 0;
  const isFull = (): boolean => frames > MAX_FRAMES || bytes > MAX_BYTES;
  return {
    before(message) {
      frames++;
      bytes += message.data.length;
      const frame = frameOf(message);
      const parent = open.at(-1);
      // Still pushed when full, so that `after` meets its own frame; but then nothing holds on to it.
      if (!isFull()) (parent?.calls ?? roots).push(frame);
      open.push(frame);
    },
    after({ createdAddress, execResult }) {
      const frame = open.pop();
      if (!frame) return;
      const { returnValue, executionGasUsed, exceptionError } = execResult;
      bytes += returnValue.length;
      frame.gasUsed = executionGasUsed;
      frame.output = isFull() ? new Uint8Array(0) : Uint8Array.from(returnValue);
      frame.error = exceptionError?.error;
      if (frame.to === undefined && !exceptionError) frame.to = createdAddress?.bytes;
    },
    count: () => roots.length,
    frames() {
      if (!isFull()) return roots;
      throw new SeroError("rpc/limit", "This transaction makes more calls than one trace may hold.", {
        calls: frames,
        bytes,
      });
    },
  };
}

function frameOf(message: TracedMessage): CallFrame {
  const { to, caller, value, data, gasLimit } = message;
  const type = typeOf(message);
  const code = message._codeAddress ?? to;
  // As geth shows it: a contract that runs another's code on its own account calls that other.
  const borrows = type === "DELEGATECALL" || type === "CALLCODE";
  return {
    type,
    from: borrows && to ? to.bytes : caller.bytes,
    to: borrows ? code?.bytes : to?.bytes,
    value: type === "STATICCALL" ? 0n : value,
    input: Uint8Array.from(data),
    gas: gasLimit,
    gasUsed: 0n,
    output: new Uint8Array(0),
    error: undefined,
    calls: [],
  };
}

function typeOf({ to, _codeAddress, delegatecall, isStatic, salt }: TracedMessage): CallFrame["type"] {
  if (!to) return salt ? "CREATE2" : "CREATE";
  if (delegatecall) return "DELEGATECALL";
  if (_codeAddress && Buffer.compare(_codeAddress.bytes, to.bytes) !== 0) return "CALLCODE";
  // What is called from within a static call is static too, whatever opcode called it.
  return isStatic ? "STATICCALL" : "CALL";
}
