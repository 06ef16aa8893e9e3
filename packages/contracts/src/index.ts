import { artifact } from "./artifact.js";
import { PAYROLL_OUTPUT } from "./generated/examples.js";
import { SERO_TICKET_OUTPUT, SERO_TOKEN_OUTPUT } from "./generated/issue.js";
import { IPACKAGE_RECEIVER_OUTPUT, POOL_OUTPUT } from "./generated/pool.js";
import { IERC20_METADATA_OUTPUT, IERC721_METADATA_OUTPUT } from "./generated/tokens.js";

export type { Artifact, Hex } from "./artifact.js";
export * from "./predeploys.js";

/** The Pool: docs/contracts.md. */
export const POOL = artifact(POOL_OUTPUT);

/** The Pool's functions, events and errors. */
export const POOL_ABI = POOL_OUTPUT.abi;

/** The Pool's code in the genesis block; it has no constructor and no immutables. */
export const POOL_RUNTIME: Uint8Array = POOL.runtime;

/** onPackageReceived, what contracts implement that take packages by transferPackageAndCall. */
export const PACKAGE_RECEIVER_ABI = IPACKAGE_RECEIVER_OUTPUT.abi;

/** ERC-20 with name, symbol and decimals. */
export const ERC20_ABI = IERC20_METADATA_OUTPUT.abi;

/** ERC-721 with ERC-165, name, symbol and tokenURI. */
export const ERC721_ABI = IERC721_METADATA_OUTPUT.abi;

/**
 * A token that is issued straight to a hidden owner: constructor (string name, string symbol, uint8 decimals, uint256 initialSupply,
 * uint256 cap, address owner), then `launch(inner, note)` in the same transaction.
 */
export const SERO_TOKEN = artifact(SERO_TOKEN_OUTPUT);

/** Tickets that are issued straight to hidden owners: constructor (string name, string symbol, string baseURI, uint256 maxCount, address owner). */
export const SERO_TICKET = artifact(SERO_TICKET_OUTPUT);

/** Example: salaries for pseudonyms, paid to receive slots. */
export const PAYROLL = artifact(PAYROLL_OUTPUT);
