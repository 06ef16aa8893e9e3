import {
  AMOUNT_LIMIT,
  SeroError,
  fieldToBytes,
  formatAmount,
  fromHex,
  keccak256,
  toHex,
  utf8,
  COIN,
  COIN_SYMBOL,
  FIELD_ORDER,
  bytesToBigInt,
  concatBytes,
  bigIntToBytes,
  type AssetId,
  type TxId,
} from "@sero/protocol";
import { z } from "zod";
import type { Disclosure } from "./types.js";

const TYPE = "sero-disclosure";
const VERSION = 1;
const MAX_CHARACTERS = 65_536;

const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^0x[0-9a-f]{${2 * bytes}}$`))
    .transform((text) => fromHex(text));
const decimal = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,38})$/)
  .transform((text) => BigInt(text));

const schema = z
  .object({
    type: z.literal(TYPE),
    version: z.literal(VERSION),
    genesisHash: hex(32),
    txid: hex(32).transform((bytes) => bytes as TxId),
    block: decimal,
    outputIndex: z.number().int().min(0).max(23),
    address: z.string().max(300),
    asset: hex(32).transform((bytes) => bytesToBigInt(bytes) as AssetId),
    value: decimal,
    readable: z.string().max(200),
    message: z.string().max(4096),
    seed: hex(32),
    memoKey: hex(32),
    signature: hex(64).nullable(),
  })
  .strict();

/** A disclosure as JSON that a person can read. `readable` repeats the amount for people, and has to be what the amount says. */
export function formatDisclosure(disclosure: Disclosure): string {
  const { value, asset } = disclosure;
  return JSON.stringify(
    {
      type: TYPE,
      version: VERSION,
      genesisHash: toHex(disclosure.genesisHash),
      txid: toHex(disclosure.txid),
      block: disclosure.block.toString(),
      outputIndex: disclosure.outputIndex,
      address: disclosure.address,
      asset: toHex(fieldToBytes(asset)),
      value: value.toString(),
      readable: readableAmount(asset, value),
      message: disclosure.message,
      seed: toHex(disclosure.seed),
      memoKey: toHex(disclosure.memoKey),
      signature: disclosure.signature === undefined ? null : toHex(disclosure.signature),
    },
    null,
    2,
  );
}

const readableAmount = (asset: AssetId, value: bigint): string =>
  asset === COIN ? `${formatAmount(value)} ${COIN_SYMBOL}` : `${value} base units`;

/** Reads what `formatDisclosure` wrote. Throws disclosure/format. */
export function parseDisclosure(text: string): Disclosure {
  const wrong = (cause?: unknown): SeroError =>
    new SeroError(
      "disclosure/format",
      "This is not a payment disclosure, or it was changed on the way. Ask for it again.",
      {},
      { cause },
    );
  if (text.length > MAX_CHARACTERS) throw wrong();
  try {
    const { asset, signature, ...rest } = schema.parse(JSON.parse(text));
    // What people read must be what is checked.
    const isHonest =
      asset < FIELD_ORDER && rest.value < AMOUNT_LIMIT && rest.readable === readableAmount(asset, rest.value);
    if (!isHonest) throw wrong();
    return {
      genesisHash: rest.genesisHash,
      txid: rest.txid,
      block: rest.block,
      outputIndex: rest.outputIndex,
      address: rest.address,
      asset,
      value: rest.value,
      seed: rest.seed,
      memoKey: rest.memoKey,
      message: rest.message,
      signature: signature ?? undefined,
    };
  } catch (error) {
    throw error instanceof SeroError ? error : wrong(error);
  }
}

/**
 * What a sender signs under rk, 32 bytes: keccak256('SERO/disclosure/1' || genesis || txid || output index as 4 bytes || keccak256(address) ||
 * asset 32 || value 16 || seed || memo key || keccak256(message)) mod r. The tag keeps it apart from every `bind`.
 */
export function disclosureDigest(disclosure: Disclosure): Uint8Array {
  const preimage = concatBytes(
    utf8("SERO/disclosure/1"),
    disclosure.genesisHash,
    disclosure.txid,
    bigIntToBytes(BigInt(disclosure.outputIndex), 4),
    keccak256(utf8(disclosure.address)),
    fieldToBytes(disclosure.asset),
    bigIntToBytes(disclosure.value, 16),
    disclosure.seed,
    disclosure.memoKey,
    keccak256(utf8(disclosure.message)),
  );
  return bigIntToBytes(bytesToBigInt(keccak256(preimage)) % FIELD_ORDER, 32);
}
