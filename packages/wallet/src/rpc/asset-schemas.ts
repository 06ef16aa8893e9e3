import { bytesToBigInt, fromHex, isField, type AssetId, type EthAddress } from "@sero/protocol";
import { z } from "zod";
import type { AssetAnswer } from "./types.js";

const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/)
  .transform((text) => BigInt(text));

/** Answer of sero_assets. */
export const assetsAnswer = z
  .array(
    z.object({
      asset: z
        .string()
        .regex(/^0x[0-9a-fA-F]{64}$/)
        .transform((text) => bytesToBigInt(fromHex(text)) as AssetId)
        .refine(isField),
      kind: z.enum(["token", "ticket"]),
      token: z
        .string()
        .regex(/^0x[0-9a-fA-F]{40}$/)
        .transform((text) => fromHex(text) as EthAddress),
      id: quantity,
      block: quantity,
    }),
  )
  .transform((answer): AssetAnswer[] => answer);
