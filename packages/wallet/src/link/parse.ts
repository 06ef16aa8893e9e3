import { base64urlnopad } from "@scure/base";
import {
  COIN,
  COIN_DECIMALS,
  FIELD_ORDER,
  SeroError,
  decodeAddress,
  fromUtf8,
  parseAmount,
  type AssetId,
} from "@sero/protocol";
import { MAX_LINK_CHARACTERS, MAX_LINK_PAYMENTS, type LinkPayment, type PaymentLink } from "./types.js";

const NAMES = ["address", "amount", "asset", "memo", "label", "message"] as const;
type Name = (typeof NAMES)[number];

/** A raw value and where it stands in the link. */
interface Raw {
  readonly text: string;
  readonly position: number;
}
type Draft = Map<Name, Raw>;

/**
 * Reads a `sero:` link strictly (modelled on ZIP 321). Unknown parameters are skipped unless they start with `req-`. `hrp`: the prefix of
 * the wallet's network. Throws link/* with `position`, the index (from 0) in the link of what is wrong; errors of the address, amount and
 * encoding keep their own code and get the position too.
 */
export function parseLink(link: string, hrp: string): PaymentLink {
  if (link.length > MAX_LINK_CHARACTERS)
    throw wrong("link/too-long", "The payment link is too long.", MAX_LINK_CHARACTERS);
  if (!/^sero:/i.test(link)) throw wrong("link/scheme", "A payment link starts with sero:. Copy the whole link.", 0);
  const strange = /[^\x21-\x7e]/.exec(link);
  if (strange !== null)
    throw wrong(
      "link/character",
      "The payment link holds a space or a character that cannot be in a link.",
      strange.index,
    );
  const question = link.indexOf("?");
  const pathEnd = question < 0 ? link.length : question;
  const drafts = new Map<number, Draft>();
  const path = link.slice(5, pathEnd);
  if (path !== "") draftAt(drafts, 0).set("address", { text: path, position: 5 });
  if (question >= 0) readParameters(link, question + 1, drafts);
  if (drafts.size === 0) throw wrong("link/empty", "The payment link names nobody to pay.", link.length);
  if (drafts.size > MAX_LINK_PAYMENTS)
    throw wrong("link/too-many", `A payment link has at most ${MAX_LINK_PAYMENTS} recipients.`, 5);
  const indexes = [...drafts.keys()].sort((a, b) => a - b);
  return { payments: indexes.map((index) => finish(index, drafts.get(index) ?? new Map(), hrp)) };
}

function readParameters(link: string, start: number, drafts: Map<number, Draft>): void {
  let position = start;
  for (const parameter of link.slice(start).split("&")) {
    const equals = parameter.indexOf("=");
    const key = equals < 0 ? parameter : parameter.slice(0, equals);
    if (key === "") throw wrong("link/parameter", "The payment link has an empty parameter.", position);
    const match = /^([A-Za-z][A-Za-z0-9+-]*)(?:\.([0-9]+))?$/.exec(key);
    if (match === null)
      throw wrong("link/parameter", "The payment link has a parameter whose name cannot be read.", position);
    const [, name = "", indexText] = match;
    const isKnown = isName(name);
    if (!isKnown && name.startsWith("req-"))
      throw wrong(
        "link/required",
        "The payment link requires something that this wallet does not know. Update SERO.",
        position,
      );
    if (isKnown) {
      if (indexText !== undefined && !/^[1-9][0-9]{0,3}$/.test(indexText))
        throw wrong("link/index", "Indexes in a payment link run from 1 to 9999, without leading zeros.", position);
      if (equals < 0 || equals === parameter.length - 1)
        throw wrong("link/parameter", `The payment link gives no value for ${name}.`, position);
      const draft = draftAt(drafts, Number(indexText ?? 0));
      if (draft.has(name))
        throw wrong("link/duplicate", `The payment link gives ${name} twice for one recipient.`, position);
      draft.set(name, { text: parameter.slice(equals + 1), position: position + equals + 1 });
    }
    position += parameter.length + 1;
  }
}

function finish(index: number, draft: Draft, hrp: string): LinkPayment {
  const address = draft.get("address");
  if (address === undefined)
    throw wrong(
      "link/address-missing",
      `The payment link gives no address for recipient ${index}.`,
      [...draft.values()][0]?.position ?? 0,
    );
  at(address, () => decodeAddress(address.text, hrp));
  const assetRaw = draft.get("asset");
  const asset = assetRaw === undefined ? COIN : parseAsset(assetRaw);
  const amountRaw = draft.get("amount");
  const memo = draft.get("memo");
  const label = draft.get("label");
  const message = draft.get("message");
  return {
    address: address.text,
    amount: amountRaw === undefined ? undefined : parseLinkAmount(amountRaw, asset),
    asset,
    memo: memo === undefined ? undefined : at(memo, () => decodeMemo(memo)),
    label: label === undefined ? undefined : decodeText(label),
    message: message === undefined ? undefined : decodeText(message),
  };
}

function parseAsset(raw: Raw): AssetId {
  const value = /^0x[0-9a-fA-F]{64}$/.test(raw.text) ? BigInt(raw.text) : undefined;
  if (value === undefined || value >= FIELD_ORDER)
    throw wrong("link/asset", "The payment link's asset is not an asset id (0x and 64 hex digits).", raw.position);
  return value as AssetId;
}

function parseLinkAmount(raw: Raw, asset: AssetId): bigint {
  if (!/^[0-9]+(\.[0-9]+)?$/.test(raw.text))
    throw wrong("link/amount", "The payment link's amount is not a plain decimal number.", raw.position);
  const amount = at(raw, () => parseAmount(raw.text, asset === COIN ? COIN_DECIMALS : 0));
  if (amount === 0n) throw wrong("link/amount", "The payment link's amount is zero.", raw.position);
  return amount;
}

function decodeMemo(raw: Raw): string {
  const bytes = ((): Uint8Array => {
    try {
      return base64urlnopad.decode(raw.text);
    } catch (cause) {
      throw wrong("link/memo", "The payment link's memo is not base64url.", raw.position, cause);
    }
  })();
  try {
    return fromUtf8(bytes);
  } catch (cause) {
    throw wrong("link/memo", "The payment link's memo is not UTF-8 text.", raw.position, cause);
  }
}

function decodeText(raw: Raw): string {
  try {
    return decodeURIComponent(raw.text);
  } catch (cause) {
    const bad = /%(?![0-9A-Fa-f]{2})/.exec(raw.text);
    throw wrong(
      "link/text",
      "The payment link holds text that is not percent-encoded UTF-8.",
      raw.position + (bad?.index ?? 0),
      cause,
    );
  }
}

/** Runs `read`, adding where in the link its error is. An address error's own position counts from the address's start. */
function at<T>(raw: Raw, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SeroError)) throw error;
    const inner = error.values["position"];
    // An address counts its positions from 1.
    const position = raw.position + (typeof inner === "number" && error.code.startsWith("address/") ? inner - 1 : 0);
    if (error.code.startsWith("link/")) throw error;
    throw new SeroError(error.code, error.message, { ...error.values, position });
  }
}

const isName = (name: string): name is Name => (NAMES as readonly string[]).includes(name);

function draftAt(drafts: Map<number, Draft>, index: number): Draft {
  const draft = drafts.get(index) ?? new Map<Name, Raw>();
  drafts.set(index, draft);
  return draft;
}

const wrong = (code: string, message: string, position: number, cause?: unknown): SeroError =>
  new SeroError(code, message, { position }, { cause });
