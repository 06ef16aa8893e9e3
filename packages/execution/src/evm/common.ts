import { createCustomCommon, Hardfork, Mainnet, type Common } from "@ethereumjs/common";
import { keccak256 } from "@sero/protocol";

/** Cancun's opcodes that current compilers emit, on Shanghai headers: transient storage, MCOPY, SELFDESTRUCT only in one transaction. */
const EXTRA_EIPS: readonly number[] = [1153, 5656, 6780];

/** The EVM's rules of a chain: Shanghai with EIP-1153, EIP-5656 and EIP-6780. */
export function evmCommon(chainId: bigint): Common {
  return createCustomCommon({ name: "sero", chainId: Number(chainId) }, Mainnet, {
    hardfork: Hardfork.Shanghai,
    eips: [...EXTRA_EIPS],
    // In WebAssembly: with the library's own, KECCAK256 would be too cheap for the time that it takes (docs/precompiles.md).
    customCrypto: { keccak256: (bytes) => keccak256(bytes) },
  });
}
