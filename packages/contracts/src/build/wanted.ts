import type { Wanted } from "./emit.js";

/** `Name` in `file` becomes the constant `NAME_OUTPUT`. */
function all(directory: string, names: readonly (readonly [file: string, name: string])[]): Wanted[] {
  return names.map(([file, name]) => ({
    contract: `${directory}/${file}.sol:${name}`,
    constant: `${constantName(name)}_OUTPUT`,
    meaning: `solidity/${directory}/${file}.sol: ${name}.`,
  }));
}

/** "FeeToken" to "FEE_TOKEN", "IERC20" to "IERC20". */
const constantName = (name: string): string => name.replace(/([a-z0-9])(?=[A-Z])/g, "$1_").toUpperCase();

/** The generated files: name in src/generated to what is in it. */
export const GENERATED: Readonly<Record<string, readonly Wanted[]>> = {
  "pool.ts": all("pool", [
    ["Pool", "Pool"],
    ["IPool", "IPackageReceiver"],
  ]),
  "tokens.ts": all("tokens", [
    ["IERC20", "IERC20Metadata"],
    ["IERC721", "IERC721Metadata"],
  ]),
  "issue.ts": all("issue", [
    ["SeroToken", "SeroToken"],
    ["SeroTicket", "SeroTicket"],
  ]),
  "examples.ts": all("examples", [["Payroll", "Payroll"]]),
  "predeploys.ts": all("predeploys", [
    ["Create2Proxy", "Create2Proxy"],
    ["WrappedCoin", "WrappedCoin"],
    ["Multicall3", "Multicall3"],
    ["Erc1820Registry", "Erc1820Registry"],
    ["Permit2", "Permit2"],
    ["DepositContract", "DepositContract"],
  ]),
  "test.ts": all("test", [
    ["Plain", "TestToken"],
    ["Plain", "TestTicket"],
    ["Plain", "Puppet"],
    ["Fees", "FeeToken"],
    ["Fees", "SenderFeeToken"],
    ["Fees", "RebasingToken"],
    ["Fees", "RebaseInTransferToken"],
    ["Lies", "LyingToken"],
    ["Lies", "GrowingToken"],
    ["Lies", "FalseToken"],
    ["Lies", "TwoToken"],
    ["Lies", "SilentToken"],
    ["Failing", "FailingToken"],
    ["Failing", "Destructible"],
    ["Size", "MegabyteToken"],
    ["Size", "HostileMetadata"],
    ["Reentry", "ConstructorToken"],
    ["Reentry", "ReenteringToken"],
    ["Reentry", "ReenteringTicket"],
    ["Reentry", "HookToken"],
    ["Tickets", "LyingTicket"],
    ["Tickets", "SlowTicket"],
    ["Tickets", "OldTicket"],
    ["Packages", "PackageVault"],
  ]),
};
