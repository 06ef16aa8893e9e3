import type { EthAddress } from "@sero/protocol";
import { artifact } from "./artifact.js";
import {
  CREATE2_PROXY_OUTPUT,
  DEPOSIT_CONTRACT_OUTPUT,
  ERC1820_REGISTRY_OUTPUT,
  MULTICALL3_OUTPUT,
  PERMIT2_OUTPUT,
  WRAPPED_COIN_OUTPUT,
} from "./generated/predeploys.js";

/** A contract that stands in the genesis block, because it could not be deployed to its usual address later. */
export interface Predeploy {
  readonly name: string;
  readonly address: EthAddress;
  /** Runtime code. Nonce 1, no balance. */
  readonly code: Uint8Array;
  /** Slots with a value, both 32 bytes; none of ours needs any. */
  readonly storage?: readonly (readonly [slot: Uint8Array, value: Uint8Array])[];
}

const address = (digits: string): EthAddress => {
  const bytes = new Uint8Array(20);
  for (let i = 0; i < 20; i++) bytes[i] = Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes as EthAddress;
};

/** Any (salt || creation code) to a contract at an address that depends on nothing else. */
export const CREATE2_PROXY = artifact(CREATE2_PROXY_OUTPUT);
/** The coin as an ERC-20. */
export const WRAPPED_COIN = artifact(WRAPPED_COIN_OUTPUT);
/** Many calls in one. */
export const MULTICALL3 = artifact(MULTICALL3_OUTPUT);
/** Who implements which interface for whom. */
export const ERC1820_REGISTRY = artifact(ERC1820_REGISTRY_OUTPUT);
/** Approvals by signature. */
export const PERMIT2 = artifact(PERMIT2_OUTPUT);
/** The beacon chain's deposits. */
export const DEPOSIT_CONTRACT = artifact(DEPOSIT_CONTRACT_OUTPUT);

export const CREATE2_PROXY_ADDRESS = address("4e59b44847b379578588920ca78fbf26c0b4956c");
export const WRAPPED_COIN_ADDRESS = address("0000000000000000000000000000000000005e60");
export const MULTICALL3_ADDRESS = address("ca11bde05977b3631167028862be2a173976ca11");
export const ERC1820_REGISTRY_ADDRESS = address("1820a4b7618bde71dce8cdc73aab6c95905fad24");
export const PERMIT2_ADDRESS = address("000000000022d473030f116ddee9f6b43ac78ba3");
export const DEPOSIT_CONTRACT_ADDRESS = address("00000000219ab540356cbb839cbe05303d7705fa");

/** What a genesis block holds besides the Pool (docs/contracts.md); our own implementations of the usual interfaces. */
export const PREDEPLOYS: readonly Predeploy[] = [
  { name: "CREATE2 proxy", address: CREATE2_PROXY_ADDRESS, code: CREATE2_PROXY.runtime },
  { name: "wrapped coin", address: WRAPPED_COIN_ADDRESS, code: WRAPPED_COIN.runtime },
  { name: "Multicall3", address: MULTICALL3_ADDRESS, code: MULTICALL3.runtime },
  { name: "ERC-1820 registry", address: ERC1820_REGISTRY_ADDRESS, code: ERC1820_REGISTRY.runtime },
  { name: "Permit2", address: PERMIT2_ADDRESS, code: PERMIT2.runtime },
  { name: "deposit contract", address: DEPOSIT_CONTRACT_ADDRESS, code: DEPOSIT_CONTRACT.runtime },
];
