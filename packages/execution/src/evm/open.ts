import type { Common } from "@ethereumjs/common";
import { createEVM, EVMMockBlockchain, type CustomPrecompile, type EVM, type EVMRunCallOpts } from "@ethereumjs/evm";
import { Address } from "@ethereumjs/util";
import type { Header } from "../block/index.js";
import type { Journal } from "../state/index.js";
import { quicken } from "./quick/index.js";
import { evmStateManager } from "./state-manager.js";

/** What makes an EVM one of this chain. */
export interface EvmRules {
  readonly common: Common;
  readonly precompiles: readonly CustomPrecompile[];
}

/** Hash of an earlier block, 32 bytes, for BLOCKHASH; undefined where there is none. */
export type BlockHashOf = (number: bigint) => Uint8Array | undefined;

/** The part of a header that code can see. */
export type VisibleHeader = Pick<
  Header,
  "number" | "feeRecipient" | "timestamp" | "prevRandao" | "gasLimit" | "baseFee" | "difficulty"
>;

const ZERO_HASH = new Uint8Array(32);

/** An EVM with this chain's rules and precompiles that works on `journal`. Blocks, calls and estimates all use this one set-up. */
export async function openEvm(rules: EvmRules, journal: Journal, blockHash: BlockHashOf): Promise<EVM> {
  const blockchain = new EVMMockBlockchain();
  const evm = await createEVM({
    // A copy: an EVM leaves a listener on its rules, which would keep every journal alive.
    common: rules.common.copy(),
    stateManager: evmStateManager(journal),
    customPrecompiles: [...rules.precompiles],
    blockchain: {
      getBlock: (number) => Promise.resolve({ hash: () => blockHash(BigInt(number)) ?? ZERO_HASH }),
      putBlock: () => blockchain.putBlock(),
      shallowCopy: () => blockchain,
    },
  });
  return quicken(evm, journal);
}

/** A header as the EVM takes it. */
export function evmBlock(header: VisibleHeader): NonNullable<EVMRunCallOpts["block"]> {
  return {
    header: {
      number: header.number,
      coinbase: new Address(header.feeRecipient),
      timestamp: header.timestamp,
      difficulty: header.difficulty,
      prevRandao: header.prevRandao,
      gasLimit: header.gasLimit,
      baseFeePerGas: header.baseFee,
      getBlobGasPrice: () => undefined,
    },
  };
}
