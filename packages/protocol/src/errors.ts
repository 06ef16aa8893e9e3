/** A value that may stand in an error's `values` and goes out as JSON. Never a secret. */
export type ErrorValue = string | number | boolean | null;

/**
 * The one error class of the project. `code` is stable and machine-readable (`area/what`, e.g. `tx/expired`); `message` is one
 * sentence that says what happened and what to do; `values` holds the facts behind it, never a key, a seed or a plaintext.
 */
export class SeroError extends Error {
  override readonly name = "SeroError";

  constructor(
    readonly code: string,
    message: string,
    readonly values: Readonly<Record<string, ErrorValue>> = {},
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The verdict on a transaction or block, shared by mempool, builder, import and RPC. */
export type Validity<T = undefined> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: SeroError };

/** A verdict of validity carrying `value`. */
export const valid = <T>(value: T): Validity<T> => ({ ok: true, value });

/** A verdict of invalidity with its code, sentence and values. */
export const invalid = <T = never>(
  code: string,
  message: string,
  values: Readonly<Record<string, ErrorValue>> = {},
): Validity<T> => ({ ok: false, error: new SeroError(code, message, values) });
