import type { CallOutcome, SimulatedCall } from "@sero/execution";
import { SeroError, toHex, type ChainSpec, type EthAddress } from "@sero/protocol";
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

/** What a failed simulation is answered with. */
export function outcomeError(outcome: CallOutcome & { readonly ok: false }): SeroError {
  if (outcome.reason === "revert") {
    return new SeroError("evm/revert", "execution reverted", { returned: toHex(outcome.output) });
  }
  return new SeroError("evm/failed", `execution failed: ${outcome.reason}`, { gasUsed: outcome.gasUsed.toString() });
}

/** Gas that an ordinary message pays before it runs (EIP-2, EIP-2028, EIP-3860). */
export function ordinaryIntrinsicGas(data: Uint8Array | undefined, creates: boolean): bigint {
  const bytes = data ?? new Uint8Array(0);
  let gas = creates ? 53_000n + 2n * BigInt(Math.ceil(bytes.length / 32)) : 21_000n;
  for (const byte of bytes) gas += byte === 0 ? 4n : 16n;
  return gas;
}
