import { fromHex, isHexBytes } from "@sero/protocol";
import { z } from "zod";

/** An integer as JSON-RPC writes it, up to 256 bits. */
export const quantity = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/)
  .transform((text) => BigInt(text));

/** Bytes of any length, at most a megabyte. */
export const bytes = z
  .string()
  .max(2_000_000)
  .refine(isHexBytes)
  .transform((text) => fromHex(text));

/** 32 bytes. */
export const bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/)
  .transform((text) => fromHex(text));
