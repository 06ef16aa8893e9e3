import { afterEach, describe, it } from "vitest";
import { expectEqual } from "./helpers/compare.js";
import { openInProcess } from "./helpers/in-process.js";
import { SETTING } from "./helpers/machine.js";
import { openReference } from "./helpers/reference.js";
import { governorSteps, openZeppelinSteps, probeSteps, uniswapSteps } from "./helpers/steps.js";

describe("a call phase does what an ordinary transaction does on a reference EVM: gas, refunds, logs, nonces, addresses, storage", () => {
  let reference: Awaited<ReturnType<typeof openReference>> | undefined;
  afterEach(() => reference?.close());

  it.each([
    ["what a transaction decides around its call", probeSteps],
    ["OpenZeppelin: ERC20, ERC721, ERC1155, ERC4626, Ownable, AccessControl", openZeppelinSteps],
    ["OpenZeppelin: Governor with votes and a timelock", governorSteps],
    ["Uniswap V2 as published", uniswapSteps],
  ])("%s", async (_name, scenario) => {
    reference = await openReference(SETTING);
    await expectEqual(scenario(), await openInProcess(SETTING), reference);
  });
});
