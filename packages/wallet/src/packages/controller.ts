import { equalBytes, isZeroBytes, POOL_ADDRESS, SeroError, SYSTEM_ADDRESS, type EthAddress } from "@sero/protocol";

/** Addresses that begin with this many bytes of 0 are the EVM's own precompiles, or kept for them. */
const RESERVED_BYTES = 19;

/**
 * Refuses to give a package to one of the chain's own accounts: nobody has their key and they call nothing by themselves, so it would be stuck
 * for ever. Consensus lets a transaction without calls do that (attack F45).
 *
 * @throws SeroError `package/controller`
 */
export function checkController(controller: EthAddress): void {
  const isOwn =
    isZeroBytes(controller.subarray(0, RESERVED_BYTES)) ||
    equalBytes(controller, POOL_ADDRESS) ||
    equalBytes(controller, SYSTEM_ADDRESS);
  if (controller.length !== 20 || isOwn)
    throw new SeroError(
      "package/controller",
      "Nobody could ever release a package at that address. Name a pseudonym or a contract as its controller, by all 20 bytes.",
    );
}
