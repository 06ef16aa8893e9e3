import { fromHex } from "@sero/protocol";
import type { JsonRpc } from "../io/json-rpc.js";

/** Where an audit takes its blocks from. */
export interface RawBlocks {
  /** Number of the newest block when the audit begins. */
  head(): Promise<bigint>;
  hashOf(number: bigint): Promise<Uint8Array>;
  /** RLP of a block: header, transactions, ommers, withdrawals. */
  block(number: bigint): Promise<Uint8Array>;
}

/** So many blocks are asked for ahead of the one being checked. */
const AHEAD = 16n;

/** Blocks from a node over JSON-RPC, a few asked for ahead so that the check never waits. */
export const rawBlocksOf = (rpc: JsonRpc): RawBlocks => {
  const asked = new Map<bigint, Promise<Uint8Array>>();
  let top = 0n;
  const quantity = (number: bigint): string => `0x${number.toString(16)}`;
  const ask = (number: bigint): Promise<Uint8Array> => {
    const known = asked.get(number);
    if (known !== undefined) return known;
    const answer = rpc.call<string>("debug_getRawBlock", [quantity(number)]).then(fromHex);
    // The error is thrown where the block is taken; an unhandled rejection meanwhile would end the process.
    answer.catch(() => undefined);
    asked.set(number, answer);
    return answer;
  };
  return {
    head: async () => (top = BigInt(await rpc.call<string>("eth_blockNumber", []))),
    hashOf: async (number) =>
      fromHex((await rpc.call<{ readonly hash: string }>("eth_getBlockByNumber", [quantity(number), false])).hash),
    block: async (number) => {
      for (let next = number; next <= number + AHEAD && next <= top; next += 1n) void ask(next);
      const bytes = await ask(number);
      asked.delete(number);
      return bytes;
    },
  };
};
