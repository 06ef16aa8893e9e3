import { toHex } from "@sero/protocol";
import type { SimulateRequest, SimulatedReturn } from "./call-types.js";

const hex = (value: bigint): string => `0x${value.toString(16)}`;

const returnJson = ({ kind, token, id, leave }: SimulatedReturn) => ({
  kind,
  ...(token === undefined ? {} : { token: toHex(token) }),
  ...(kind === "ticket" ? { id: typeof id === "bigint" ? hex(id) : { any: id.any } } : {}),
  leave,
});

/** Parameters of sero_simulate. */
export const simulateParameters = (request: SimulateRequest): readonly unknown[] => [
  {
    from: toHex(request.from),
    ...(request.nonce === undefined ? {} : { nonce: hex(request.nonce) }),
    coin: hex(request.coin),
    assets: request.assets.map(({ kind, token, id, amount }) => ({
      kind,
      token: toHex(token),
      ...(kind === "ticket" ? { id: hex(id) } : { amount: hex(amount) }),
    })),
    calls: request.calls.map(({ to, value, data }) => ({
      to: to === undefined ? null : toHex(to),
      value: hex(value),
      data: toHex(data),
    })),
    returns: request.returns === undefined ? "infer" : request.returns.map(returnJson),
    ...(request.gas === undefined ? {} : { gas: hex(request.gas) }),
    priceStep: hex(BigInt(request.priceStep)),
    packages: request.packages.map(({ id, commitment }) => ({ id: toHex(id), commitment: hex(commitment) })),
  },
];

/** Parameters of eth_getLogs. */
export const logsParameters = (
  topics: readonly (Uint8Array | undefined)[],
  from: bigint,
  to: bigint,
): readonly unknown[] => [
  {
    fromBlock: hex(from),
    toBlock: hex(to),
    topics: topics.map((topic) => (topic === undefined ? null : toHex(topic))),
  },
];
