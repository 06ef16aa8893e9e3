import { createEVM } from "@ethereumjs/evm";
import type { EVM } from "@ethereumjs/evm";
import { Address, hexToBytes } from "@ethereumjs/util";
import { evmCommon, evmStateManager } from "../../src/evm/index.js";
import { seroPrecompiles } from "../../src/precompiles/index.js";
import { emptyState, openJournal } from "../../src/state/index.js";

export const DEVELOPMENT_CHAIN = 24158n;

/** An EVM on an empty state; with `standard`, the library's own precompiles. */
export async function openEvm(options: { standard?: boolean; chainId?: bigint } = {}): Promise<EVM> {
  const chainId = options.chainId ?? DEVELOPMENT_CHAIN;
  const development = chainId === DEVELOPMENT_CHAIN;
  return createEVM({
    common: evmCommon(chainId),
    stateManager: evmStateManager(openJournal(emptyState())),
    ...(options.standard === true ? {} : { customPrecompiles: seroPrecompiles({ development, chainId }) }),
  });
}

const opened = new Map<string, Promise<EVM>>();

export interface PrecompileResult {
  /** Undefined for a failure. */
  readonly output: Uint8Array | undefined;
  readonly gasUsed: bigint;
}

const call = async (
  evm: EVM,
  address: `0x${string}`,
  data: Uint8Array,
  gasLimit: bigint,
): Promise<PrecompileResult> => {
  const { execResult } = await evm.runCall({ to: new Address(hexToBytes(address)), data, gasLimit });
  const output = execResult.exceptionError === undefined ? execResult.returnValue : undefined;
  return { output, gasUsed: execResult.executionGasUsed };
};

/** Calls a precompile of ours through the EVM. */
export async function runPrecompile(
  address: `0x${string}`,
  data: Uint8Array,
  gas = 10_000_000n,
  options: { readonly standard?: boolean; readonly chainId?: bigint } = {},
): Promise<PrecompileResult> {
  const name = JSON.stringify(options, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
  let evm = opened.get(name);
  if (evm === undefined) opened.set(name, (evm = openEvm(options)));
  return call(await evm, address, data, gas);
}

/** Calls the library's own precompile at that address. */
export const runStandard = (address: `0x${string}`, data: Uint8Array, gas = 10_000_000n): Promise<PrecompileResult> =>
  runPrecompile(address, data, gas, { standard: true });
