import { z } from "zod";
import {
  SeroError,
  equalBytes,
  fieldToBytes,
  fromHex,
  isField,
  noteCommitment,
  toHex,
  type AssetId,
  type Commitment,
  type Inner,
} from "@sero/protocol";

/** What is inside a package, as told by somebody: enough to see it and to repack it, not to spend it. */
export interface ToldOpening {
  readonly id: Uint8Array;
  readonly inner: Inner;
  readonly asset: AssetId;
  readonly value: bigint;
  readonly blind: bigint;
}

const fieldHex = (value: bigint): string => toHex(fieldToBytes(value));

const element = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((text) => BigInt(text));

const format = z.strictObject({
  type: z.literal("sero-package"),
  version: z.literal(1),
  genesisHash: z.string().regex(/^0x[0-9a-f]{64}$/),
  id: z.string().regex(/^0x[0-9a-f]{64}$/),
  inner: element,
  asset: element,
  value: z
    .string()
    .regex(/^[0-9]{1,39}$/)
    .transform((text) => BigInt(text)),
  blind: element,
});

/** Text that tells somebody what is inside a package (docs/wallet-files.md). Secret: whoever has it can prove it to others. */
export function openingText(opening: ToldOpening, genesisHash: Uint8Array): string {
  const { id, inner, asset, value, blind } = opening;
  return JSON.stringify({
    type: "sero-package",
    version: 1,
    genesisHash: toHex(genesisHash),
    id: toHex(id),
    inner: fieldHex(inner),
    asset: fieldHex(asset),
    value: value.toString(),
    blind: fieldHex(blind),
  });
}

/** Reads such a text, of this chain. Throws package/text. */
export function readOpening(text: string, genesisHash: Uint8Array): ToldOpening {
  const refuse = (why: string, cause?: unknown): SeroError => new SeroError("package/text", why, {}, { cause });
  let raw: unknown;
  try {
    raw = JSON.parse(text.slice(0, 4_000));
  } catch (cause) {
    throw refuse("This is no text about a package.", cause);
  }
  const read = format.safeParse(raw);
  if (!read.success) throw refuse("This is no text about a package.", read.error);
  const { id, inner, asset, value, blind } = read.data;
  if (!equalBytes(fromHex(read.data.genesisHash), genesisHash)) throw refuse("This package is on another chain.");
  if (![inner, asset, blind].every(isField) || value >> 128n !== 0n)
    throw refuse("A number in this text is too large.");
  return { id: fromHex(id), inner: inner as Inner, asset: asset as AssetId, value, blind };
}

/** Whether the contents are those that the package's commitment was made of. */
export const opens = ({ inner, asset, value, blind }: ToldOpening, commitment: Commitment): boolean =>
  noteCommitment(inner, asset, value, blind) === commitment;
