import { artifact } from "./artifact.js";
import { PACKAGE_RECEIVER_OUTPUT, POOL_OUTPUT } from "./generated/pool.js";

export type { Artifact, Hex } from "./artifact.js";

/** The Pool: docs/contracts.md. */
export const POOL = artifact(POOL_OUTPUT);

/** The Pool's functions, events and errors. */
export const POOL_ABI = POOL_OUTPUT.abi;

/** The Pool's code in the genesis block; it has no constructor and no immutables. */
export const POOL_RUNTIME: Uint8Array = POOL.runtime;

/** onPackageReceived, what contracts implement that take packages by transferPackageAndCall. */
export const PACKAGE_RECEIVER_ABI = PACKAGE_RECEIVER_OUTPUT.abi;
