import type { CallOutcome } from "@sero/execution";
import { SeroError, toHex } from "@sero/protocol";

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
