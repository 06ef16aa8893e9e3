import type { Wanted } from "./emit.js";

/** The generated files: name in src/generated to what is in it. */
export const GENERATED: Readonly<Record<string, readonly Wanted[]>> = {
  "pool.ts": [
    { contract: "pool/Pool.sol:Pool", constant: "POOL_OUTPUT", meaning: "The Pool." },
    {
      contract: "pool/IPool.sol:IPackageReceiver",
      constant: "PACKAGE_RECEIVER_OUTPUT",
      meaning: "What is called by transferPackageAndCall.",
    },
  ],
};
