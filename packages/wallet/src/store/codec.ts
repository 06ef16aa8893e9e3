import { base64 } from "@scure/base";
import { SeroError } from "@sero/protocol";

/** JSON for the wallet's own authenticated records: a bigint becomes {"$n":"decimal"}, bytes become {"$b":"base64"}. Keys never start with "$". */
export function encodeRecord(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "bigint") return { $n: item.toString() };
    if (item instanceof Uint8Array) return { $b: base64.encode(item) };
    return item;
  });
}

/**
 * Reverses `encodeRecord`. The type is the caller's word: only for bytes that the wallet itself wrote and that an AEAD has authenticated.
 * Throws store/damaged on anything that is not such JSON.
 */
export function decodeRecord<T>(text: string): T {
  try {
    return JSON.parse(text, revive) as T;
  } catch (cause) {
    throw new SeroError(
      "store/damaged",
      "A record of the wallet's file cannot be read. Restore the wallet from its phrase.",
      {},
      { cause },
    );
  }
}

function revive(_key: string, item: unknown): unknown {
  if (typeof item !== "object" || item === null) return item;
  const tagged = item as { readonly $n?: unknown; readonly $b?: unknown };
  if (typeof tagged.$n === "string") return BigInt(tagged.$n);
  if (typeof tagged.$b === "string") return base64.decode(tagged.$b);
  return item;
}
