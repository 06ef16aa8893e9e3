import { toHex } from "@sero/protocol";

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A number in the Ethereum JSON-RPC's form: 0x and no leading zeros. */
export function quantity(value: bigint | number): string {
  return "0x" + value.toString(16);
}

/** Bytes in the Ethereum JSON-RPC's form: 0x and two digits a byte. */
export function data(bytes: Uint8Array): string {
  return toHex(bytes);
}
