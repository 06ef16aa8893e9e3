import type { CustomPrecompile, ExecResult } from "@ethereumjs/evm";
import { EVMError } from "@ethereumjs/evm";

/**
 * A precompile: a pure function of its input. It reads no state, no caller and no clock, and keeps nothing between calls that changes a
 * result. `seroPrecompiles` turns it into what the EVM runs.
 */
export interface Precompile {
  /** 20 bytes as 0x and 40 lower-case hex digits. */
  readonly address: `0x${string}`;
  /** Its name in docs/precompiles.md. */
  readonly name: string;
  /** Gas for this input, known before any work; quick for every input. */
  price(input: Uint8Array): bigint;
  /**
   * The output, in bytes of its own; undefined for a failure, which takes all gas that the call was given. Never throws for any input. It may
   * assume that `price` was paid.
   */
  run(input: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined>;
}

/** A precompile as @ethereumjs/evm takes it. Out of gas and failures consume the call's gas, as in Ethereum. */
export function customPrecompile(precompile: Precompile): CustomPrecompile {
  const failed = (gasLimit: bigint, error: EVMError): ExecResult => ({
    returnValue: new Uint8Array(0),
    executionGasUsed: gasLimit,
    exceptionError: error,
  });
  const { OUT_OF_GAS, OUT_OF_RANGE } = EVMError.errorMessages;
  return {
    address: precompile.address,
    function({ data, gasLimit }) {
      const executionGasUsed = precompile.price(data);
      if (gasLimit < executionGasUsed) return failed(gasLimit, new EVMError(OUT_OF_GAS));
      const done = (returnValue: Uint8Array | undefined): ExecResult =>
        returnValue === undefined ? failed(gasLimit, new EVMError(OUT_OF_RANGE)) : { executionGasUsed, returnValue };
      const output = precompile.run(data);
      return output instanceof Promise ? output.then(done) : done(output);
    },
  };
}

/** Something that is opened once for this thread, and waited for only the first time. It depends on nothing, so it is no state. */
export function openedOnce<T>(open: () => Promise<T>): <R>(use: (opened: T) => R) => R | Promise<R> {
  let opening: Promise<T> | undefined;
  let ready: { readonly value: T } | undefined;
  return (use) => {
    if (ready !== undefined) return use(ready.value);
    opening ??= open().then((value) => {
      ready = { value };
      return value;
    });
    return opening.then(use);
  };
}
