/** The value types of WebAssembly that this emitter knows; `void` is code that leaves nothing on the stack. */
export type ValueType = "i32" | "i64" | "v128";
export type ResultType = ValueType | "void";

/**
 * A piece of WebAssembly code that leaves one value of type `T` on the stack: its operands' code, then an opcode with its immediates.
 * Immutable, so it can be used in many places; it becomes bytes when a function's body is written.
 */
export interface Code<T extends ResultType> {
  readonly type: T;
  readonly operands: readonly Code<ResultType>[];
  readonly opcode: readonly number[];
}

export type I32 = Code<"i32">;
export type I64 = Code<"i64">;
export type V128 = Code<"v128">;
export type Void = Code<"void">;

/** Unsigned LEB128 of a non-negative safe integer. */
export function unsignedLeb(value: number): number[] {
  const out: number[] = [];
  do {
    const low = value % 128;
    value = Math.floor(value / 128);
    out.push(value > 0 ? low | 0x80 : low);
  } while (value > 0);
  return out;
}

/** Signed LEB128, for constants. */
export function signedLeb(value: bigint): number[] {
  const out: number[] = [];
  for (;;) {
    const low = Number(value & 127n);
    value >>= 7n;
    const done = (value === 0n && (low & 64) === 0) || (value === -1n && (low & 64) !== 0);
    out.push(done ? low : low | 0x80);
    if (done) return out;
  }
}

/** An instruction behind the code of its operands. */
export function op<T extends ResultType>(type: T, opcode: readonly number[], ...operands: Code<ResultType>[]): Code<T> {
  return { type, operands, opcode };
}

/** Appends the bytes of a piece of code. */
export function write(code: Code<ResultType>, out: number[]): void {
  for (const operand of code.operands) write(operand, out);
  for (const byte of code.opcode) out.push(byte);
}

/** The immediate of a memory access: alignment is only a hint, so 0 (bytes) is always right. */
export const memoryArgument = (offset: number): number[] => [0, ...unsignedLeb(offset)];
