import { z } from "zod";
import { bodyOf, describe, findBlock, requireBlock } from "../blocks.js";
import { quantity } from "../json.js";
import { defineMethod } from "../method.js";
import { blockNumberParam, quantityParam } from "../schemas.js";

/** Fees of past blocks: the base fee never changes, and tips are price steps above it. */
export const ethFeeHistory = defineMethod({
  name: "eth_feeHistory",
  params: z.tuple([
    z.union([quantityParam.transform(Number), z.number().int().positive()]),
    blockNumberParam,
    z.array(z.number().min(0).max(100)).max(100).optional(),
  ]),
  handle(context, [count, ref, percentiles]) {
    const newest = requireBlock(context, ref);
    const baseFee = quantity(context.spec.baseFee);
    const blocks = Math.max(0, Math.min(count, MAX_BLOCKS, Number(newest.number) + 1));
    const oldest = newest.number - BigInt(blocks) + 1n;
    const ratios: number[] = [];
    const rewards: string[][] = [];
    for (let number = oldest; number <= newest.number; number++) {
      const block = findBlock(context, { kind: "number", number });
      if (!block) break;
      ratios.push(Number(block.header.gasUsed) / Number(block.header.gasLimit));
      if (!percentiles?.length) continue;
      const body = bodyOf(context, block);
      const tips = body.transactions
        .map((bytes, i) => describe(context, bytes, body.txids[i]!).price - context.spec.baseFee)
        .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
      rewards.push(
        percentiles.map((p) => quantity(tips[Math.min(tips.length - 1, Math.floor((p * tips.length) / 100))] ?? 0n)),
      );
    }
    return {
      oldestBlock: quantity(blocks === 0 ? newest.number : oldest),
      baseFeePerGas: Array.from({ length: ratios.length + 1 }, () => baseFee),
      gasUsedRatio: ratios,
      ...(percentiles?.length ? { reward: rewards } : {}),
    };
  },
});

const MAX_BLOCKS = 1024;
