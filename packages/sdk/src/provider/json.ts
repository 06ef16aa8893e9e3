import { z } from "zod";
import { fromHex, isHexBytes, type EthAddress } from "@sero/protocol";

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** 0x and hex digits. */
export type Hex = `0x${string}`;

/** A number in the Ethereum JSON-RPC's form. */
export const quantity = (value: bigint | number): Hex => `0x${value.toString(16)}`;

/** Schema: an address, made lower-case. */
export const addressText = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, "an address is 0x and 40 hex digits")
  .transform((text) => text.toLowerCase() as Hex);

/** Schema: bytes as hex, made lower-case. */
export const bytesText = z
  .string()
  .refine(isHexBytes, "bytes are 0x and two hex digits each")
  .transform((text) => text.toLowerCase() as Hex);

/** Schema: a number as hex, or as JSON where a script is careless. */
export const quantityText = z.union([
  z
    .string()
    .regex(/^0x[0-9a-fA-F]{1,64}$/, "a number is 0x and hex digits")
    .transform((text) => BigInt(text)),
  z.number().int().nonnegative().transform(BigInt),
]);

/** Schema: a transaction id. */
export const hashText = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "a transaction's hash is 0x and 64 hex digits")
  .transform((text) => text.toLowerCase() as Hex);

/** An address as the wallet takes it. */
export const toAddress = (text: Hex): EthAddress => fromHex(text) as EthAddress;

/** Schema: clients write null, undefined or nothing for what they do not give. */
export const maybe = <S extends z.ZodType>(schema: S) => schema.nullish().transform((value) => value ?? undefined);
