import { z } from "zod";
import { fromHex, isHexBytes, toHex, utf8 } from "@sero/protocol";
import type { TypedData } from "@sero/wallet/core";
import type { ProviderContext } from "../context.js";
import { badParams, rejected } from "../errors.js";
import { addressText, toAddress, type Hex } from "../json.js";
import { defineMethod } from "../method.js";
import { checkOwn } from "../session.js";

/** Longest message and typed data that are signed, characters. */
const MAX_MESSAGE = 262_144;

const text = z.string().max(MAX_MESSAGE);

const bytesOf = (message: string): Uint8Array => (isHexBytes(message) ? fromHex(message.toLowerCase()) : utf8(message));

const isAddress = (value: string): boolean => addressText.safeParse(value).success;

/** EIP-191 by the pseudonym. Some sites name the address first. */
export const personalSign = defineMethod({
  name: "personal_sign",
  params: z.tuple([text, text]).rest(z.unknown()),
  async handle(context, [first, second], signal) {
    const isSwapped = isAddress(first) && !isAddress(second);
    const [message, address] = isSwapped ? [second, first] : [first, second];
    const pseudonym = checkOwn(context.session, readAddress(address));
    const content = bytesOf(message);
    const { site } = context.session;
    if (!(await context.consent({ kind: "message", site, pseudonym, message: content }, signal))) throw rejected();
    return toHex(context.wallet.signMessage(toAddress(pseudonym), content));
  },
});

const field = z.object({ name: z.string(), type: z.string() });

const typedData = z.object({
  types: z.record(z.string(), z.array(field)),
  primaryType: z.string(),
  domain: z.record(z.string(), z.unknown()),
  message: z.record(z.string(), z.unknown()),
});

/** EIP-712 by the pseudonym. A domain that names another chain is refused, as the EIP asks. */
export const ethSignTypedDataV4 = defineMethod({
  name: "eth_signTypedData_v4",
  params: z.tuple([text, z.union([text, z.looseObject({})])]),
  async handle(context, [address, value], signal) {
    const pseudonym = checkOwn(context.session, readAddress(address));
    const parsed = typedData.safeParse(typeof value === "string" ? parse(value) : value);
    if (!parsed.success)
      throw badParams("This is no typed data: give types, primaryType, domain and message (EIP-712).");
    checkDomain(context, parsed.data);
    const typed = onlyTyped(parsed.data);
    const { site } = context.session;
    if (!(await context.consent({ kind: "typed-data", site, pseudonym, typed }, signal))) throw rejected();
    return toHex(context.wallet.signTypedData(toAddress(pseudonym), typed));
  },
});

function readAddress(value: string): Hex {
  const parsed = addressText.safeParse(value);
  if (!parsed.success) throw badParams("Name the address that signs: 0x and 40 hex digits.");
  return parsed.data;
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function checkDomain(context: ProviderContext, { domain, types }: TypedData): void {
  const fields = types["EIP712Domain"];
  const unsigned = Object.keys(domain).find((name) => fields?.some((item) => item.name === name) === false);
  if (unsigned !== undefined)
    throw badParams(`The domain names ${unsigned.slice(0, 64)}, which its type EIP712Domain does not have.`);
  const { chainId } = domain;
  if (chainId === undefined) return;
  const isNumber =
    Number.isSafeInteger(chainId) || (typeof chainId === "string" && /^(0x[0-9a-fA-F]+|[0-9]+)$/.test(chainId));
  if (!isNumber || BigInt(chainId as number | string) !== context.chainId)
    throw badParams(`The typed data is for chain ${String(chainId)}, this wallet is on chain ${context.chainId}.`);
}

/** The data without what its types do not have: nobody signs that, so nobody must read it in the question. */
function onlyTyped(typed: TypedData): TypedData {
  const { types, primaryType, message } = typed;
  const part = (type: string, value: unknown): unknown => {
    const fields = Object.hasOwn(types, type) ? types[type] : undefined;
    if (Array.isArray(value)) return value.map((item) => part(type.replace(/\[\d*\]$/, ""), item));
    if (fields === undefined || typeof value !== "object" || value === null) return value;
    const given = value as Readonly<Record<string, unknown>>;
    return Object.fromEntries(
      fields
        .filter(({ name }) => Object.hasOwn(given, name))
        .map((field) => [field.name, part(field.type, given[field.name])]),
    );
  };
  return { ...typed, message: part(primaryType, message) as TypedData["message"] };
}
