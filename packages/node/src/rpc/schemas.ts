import { fromHex } from "@sero/protocol";
import { z } from "zod";

/** A number: 0x and hex digits without leading zeros (a leading zero is tolerated, as other nodes do), at most 32 bytes. */
export const quantityParam = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, "a number as 0x and hex digits")
  .transform((text) => BigInt(text));

/** Bytes of any length. */
export const bytesParam = z
  .string()
  // No group that repeats: matching one takes stack for each byte of a block.
  .regex(/^0x[0-9a-fA-F]*$/, "bytes as 0x and an even number of hex digits")
  .refine((text) => text.length % 2 === 0, "bytes as 0x and an even number of hex digits")
  .transform((text) => fromHex(text));

function fixedBytes(length: number, what: string) {
  return z
    .string()
    .regex(new RegExp(`^0x[0-9a-fA-F]{${2 * length}}$`), `${what} as 0x and ${2 * length} hex digits`)
    .transform((text) => fromHex(text));
}

/** 20 bytes. */
export const addressParam = fixedBytes(20, "an address");
/** 32 bytes. */
export const hashParam = fixedBytes(32, "a hash");

/** A storage slot: 32 bytes, or a number as some tools send it. */
export const slotParam = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, "a storage slot as 0x and up to 64 hex digits")
  .transform((text) => fromHex(text.slice(2).padStart(64, "0")));

/** Names a block: by tag, number, or (EIP-1898) hash. */
export type BlockRef =
  | { readonly kind: "tag"; readonly tag: "latest" | "pending" | "safe" | "finalized" | "earliest" }
  | { readonly kind: "number"; readonly number: bigint }
  | { readonly kind: "hash"; readonly hash: Uint8Array; readonly requireCanonical: boolean };

const tag = z.enum(["latest", "pending", "safe", "finalized", "earliest"]);

/** A block by tag or number; with EIP-1898 also by an object holding a hash or number. */
export const blockParam = z.union([
  tag.transform((name): BlockRef => ({ kind: "tag", tag: name })),
  hashParam.transform((hash): BlockRef => ({ kind: "hash", hash, requireCanonical: false })),
  quantityParam.transform((number): BlockRef => ({ kind: "number", number })),
  z.object({ blockHash: hashParam, requireCanonical: z.boolean().optional() }).transform((ref): BlockRef => ({
    kind: "hash",
    hash: ref.blockHash,
    requireCanonical: ref.requireCanonical ?? false,
  })),
  z.object({ blockNumber: quantityParam }).transform((ref): BlockRef => ({ kind: "number", number: ref.blockNumber })),
]);

/** `blockParam` where leaving it out means the newest block. */
export const blockOrLatest = blockParam.optional().transform((ref): BlockRef => ref ?? { kind: "tag", tag: "latest" });

/** A block number or tag, for methods that do not take hashes. */
export const blockNumberParam = z.union([
  tag.transform((name): BlockRef => ({ kind: "tag", tag: name })),
  quantityParam.transform((number): BlockRef => ({ kind: "number", number })),
]);

/** The transaction object of eth_call and eth_estimateGas. Fee fields are accepted and not needed: simulation is free. */
export const callParam = z
  .object({
    from: addressParam.nullish(),
    to: addressParam.nullish(),
    gas: quantityParam.nullish(),
    value: quantityParam.nullish(),
    data: bytesParam.nullish(),
    input: bytesParam.nullish(),
  })
  .loose()
  .transform((call) => ({
    from: call.from ?? undefined,
    to: call.to ?? undefined,
    gas: call.gas ?? undefined,
    value: call.value ?? undefined,
    data: call.input ?? call.data ?? undefined,
  }));

/** A message as eth_call takes it. */
export type CallRequest = z.output<typeof callParam>;

const topic = z.union([z.null(), hashParam.transform((hash) => [hash]), z.array(hashParam).max(16)]);

/** The filter object of eth_getLogs, eth_newFilter and the `logs` subscription. */
export const logFilterParam = z
  .object({
    fromBlock: blockNumberParam.nullish(),
    toBlock: blockNumberParam.nullish(),
    blockHash: hashParam.nullish(),
    address: z.union([addressParam.transform((one) => [one]), z.array(addressParam).max(100)]).nullish(),
    topics: z.array(topic).max(4).nullish(),
  })
  .refine((filter) => !filter.blockHash || (!filter.fromBlock && !filter.toBlock), {
    message: "blockHash or a range, not both",
  });

/** What a caller asked logs for. */
export type LogFilterRequest = z.output<typeof logFilterParam>;
