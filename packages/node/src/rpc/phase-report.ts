import type { PhaseReport, PhaseRequest } from "@sero/execution";
import type { ChainSpec } from "@sero/protocol";
import { bareLogJson } from "./format.js";
import { data, quantity, type Json } from "./json.js";
import { failureJson } from "./phase-json.js";
import { intrinsicGasAround } from "./phase-request.js";

/** What came of a simulation of a call phase. */
export function reportJson(report: PhaseReport, request: PhaseRequest, spec: ChainSpec): Json {
  const notes = report.suggested.reduce((sum, { count }) => sum + count, 0);
  return {
    ok: report.ok,
    failure: report.failure ? failureJson(report.failure) : null,
    gasUsed: quantity(report.gasUsed),
    gasLimit: quantity(report.gasLimit),
    intrinsicGas: quantity(intrinsicGasAround(request.calls, Math.max(1, notes), spec)),
    calls: report.calls.map((call) => ({
      gasUsed: quantity(call.gasUsed),
      output: data(call.output),
      created: call.created ? data(call.created) : null,
      logs: call.logs.map(bareLogJson),
    })),
    logs: report.logs.map(bareLogJson),
    moved: report.moved.map(({ kind, token, id, delta }) => ({
      ...assetJson({ kind, token, id }),
      delta: signed(delta),
    })),
    left: report.left.map(({ kind, token, id, balance }) => ({
      ...assetJson({ kind, token, id }),
      balance: quantity(balance),
    })),
    unasked: report.unasked,
    suggested: report.suggested.map(({ kind, token, id, count }) => ({ ...assetJson({ kind, token, id }), count })),
    coinLeft: quantity(report.coinLeft),
  };
}

interface AssetFields {
  readonly kind: "coin" | "token" | "ticket";
  readonly token: Uint8Array | undefined;
  readonly id: bigint | { readonly any: number } | undefined;
}

function assetJson({ kind, token, id }: AssetFields): { readonly [key: string]: Json } {
  return {
    kind,
    token: token ? data(token) : null,
    id: typeof id === "object" ? { any: id.any } : quantity(id ?? 0n),
  };
}

function signed(value: bigint): string {
  return value < 0n ? `-${quantity(-value)}` : quantity(value);
}
