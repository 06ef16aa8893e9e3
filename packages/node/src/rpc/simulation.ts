import type { SimulatedCall } from "@sero/execution";
import { SeroError, toHex, type ChainSpec, type EthAddress } from "@sero/protocol";
import { revertReason } from "../trace/reason.js";
import type { CallRequest } from "./schemas.js";

/** The message that eth_call describes; its gas at most a block's. */
export function messageOf(call: CallRequest, spec: ChainSpec): SimulatedCall {
  const { gas } = call;
  return {
    gas: gas !== undefined && gas < spec.gasLimit ? gas : spec.gasLimit,
    ...(call.from && { from: call.from as EthAddress }),
    ...(call.to && { to: call.to as EthAddress }),
    ...(call.data && { data: call.data }),
    ...(call.value !== undefined && { value: call.value }),
  };
}

/** What a failed message is answered with. */
export function outcomeError({ reason, output }: { readonly reason: string; readonly output: Uint8Array }): SeroError {
  if (reason !== "revert") return new SeroError("evm/failed", `execution failed: ${reason}`);
  // viem and ethers decode what came back themselves; the text is for people.
  const said = revertReason(output);
  return new SeroError("evm/revert", said === undefined ? "execution reverted" : `execution reverted: ${said}`, {
    returned: toHex(output),
  });
}
