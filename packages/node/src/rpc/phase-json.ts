import type { PhaseFailure } from "@sero/execution";
import { fieldToBytes, type CallPhase, type PackageEntry, type ReturnEntry } from "@sero/protocol";
import { revertReason } from "../trace/reason.js";
import { data, quantity, type Json } from "./json.js";

/** A call phase as it stands in a transaction. */
export function callPhaseJson(call: CallPhase): Json {
  return {
    pseudonym: data(call.pseudonym),
    nonce: quantity(call.nonce),
    gasLimit: quantity(call.gasLimit),
    calls: call.calls.map(({ to, value, data: bytes }) => ({
      to: to ? data(to) : null,
      value: quantity(value),
      data: data(bytes),
    })),
    returns: call.returns.map(returnJson),
  };
}

/** An output that becomes a package. */
export function packageJson({ outputIndex, controller, onFailure }: PackageEntry): Json {
  return { outputIndex: quantity(outputIndex), controller: controller ? data(controller) : null, onFailure };
}

/** Why and where a call phase failed. */
export function failureJson({ step, index, reason, output }: PhaseFailure): Json {
  return {
    step,
    index,
    reason,
    output: data(output),
    message: revertReason(output) ?? null,
  };
}

function returnJson({ kind, token, id, leave, inners }: ReturnEntry): Json {
  return {
    kind,
    token: token ? data(token) : null,
    id: typeof id === "bigint" ? quantity(id) : { any: quantity(id.any) },
    leave,
    inners: inners.map((inner) => data(fieldToBytes(inner))),
  };
}
