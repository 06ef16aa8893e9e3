import { SeroError } from "@sero/protocol";
import type { AbiParameter } from "viem";
import { getAddress, isAddress, isHex } from "viem/utils";

/** Words that stand for something known only when the call is made. */
export interface Placeholders {
  /** The pseudonym's address, for "me". */
  readonly self: `0x${string}`;
  /** A one-time inner for being paid later, for "slot" and "slot:3". */
  readonly slot: (index: number) => bigint;
}

const mistake = (parameter: AbiParameter, text: string, wants: string): SeroError =>
  new SeroError(
    "cli/argument",
    `${parameter.name === undefined || parameter.name === "" ? "An argument" : `The argument ${parameter.name}`} of type ${parameter.type} wants ${wants}; it is "${text.slice(0, 60)}".`,
  );

const SUFFIX = /^(.*)\[(\d*)\]$/;

function integerOf(parameter: AbiParameter, value: unknown, placeholders: Placeholders): bigint {
  const text = typeof value === "number" && Number.isSafeInteger(value) ? String(value) : String(value).trim();
  const slot = /^slot(?::(\d{1,3}))?$/.exec(text);
  if (slot !== null) return placeholders.slot(Number(slot[1] ?? 0));
  if (!/^-?\d+$/.test(text) && !/^0x[0-9a-fA-F]+$/.test(text)) throw mistake(parameter, text, "a whole number");
  const number = BigInt(text);
  const isSigned = parameter.type.startsWith("int");
  const bits = BigInt(/\d+/.exec(parameter.type)?.[0] ?? "256");
  const [low, high] = isSigned ? [-(1n << (bits - 1n)), 1n << (bits - 1n)] : [0n, 1n << bits];
  if (number < low || number >= high) throw mistake(parameter, text, `a number from ${low} to below ${high}`);
  return number;
}

function addressOf(parameter: AbiParameter, value: unknown, placeholders: Placeholders): `0x${string}` {
  const text = String(value).trim();
  if (text === "me") return placeholders.self;
  if (!isAddress(text, { strict: false })) throw mistake(parameter, text, 'an address of 0x and 40 digits, or "me"');
  // Mixed case is a checksum (ERC-55): a wrong one is a typing mistake.
  if (text !== text.toLowerCase() && text.slice(2) !== text.slice(2).toUpperCase() && !isAddress(text))
    throw mistake(parameter, text, "an address whose checksum is right");
  return getAddress(text);
}

function bytesOf(parameter: AbiParameter, value: unknown): `0x${string}` {
  const text = String(value).trim();
  const size = /^bytes(\d+)$/.exec(parameter.type)?.[1];
  if (!isHex(text) || text.length % 2 !== 0 || (size !== undefined && text.length !== 2 + 2 * Number(size)))
    throw mistake(
      parameter,
      text,
      size === undefined ? "bytes as 0x and hexadecimal digits" : `exactly ${size} bytes as 0x…`,
    );
  return text;
}

function listOf(
  parameter: AbiParameter,
  value: unknown,
  inner: string,
  count: string,
  placeholders: Placeholders,
): unknown[] {
  const list = parsedOf(value);
  if (!Array.isArray(list) || (count !== "" && list.length !== Number(count)))
    throw mistake(parameter, String(value), `a JSON list${count === "" ? "" : ` of ${count}`}, like '["1", "2"]'`);
  return list.map((item) => valueOf({ ...parameter, type: inner } as AbiParameter, item, placeholders));
}

function tupleOf(parameter: AbiParameter, value: unknown, placeholders: Placeholders): unknown {
  const components = "components" in parameter ? parameter.components : [];
  const given = parsedOf(value);
  if (Array.isArray(given) && given.length === components.length)
    return components.every(({ name }) => name !== undefined && name !== "")
      ? Object.fromEntries(
          components.map((component, i) => [component.name, valueOf(component, given[i], placeholders)]),
        )
      : components.map((component, i) => valueOf(component, given[i], placeholders));
  if (typeof given === "object" && given !== null && !Array.isArray(given)) {
    const named = given as Readonly<Record<string, unknown>>;
    if (components.every(({ name }) => name !== undefined && name in named))
      return Object.fromEntries(
        components.map((component) => [component.name, valueOf(component, named[component.name!], placeholders)]),
      );
  }
  throw mistake(parameter, String(value), `a JSON list of ${components.length}, or an object with their names`);
}

const parsedOf = (value: unknown): unknown => {
  if (typeof value !== "string") return value;
  try {
    // Whole numbers beyond 2^53 must not lose digits: they are read as text.
    return JSON.parse(value.replace(/(?<![\w".])-?\d{15,}(?![\w".])/g, '"$&"')) as unknown;
  } catch {
    return undefined;
  }
};

function valueOf(parameter: AbiParameter, value: unknown, placeholders: Placeholders): unknown {
  const { type } = parameter;
  const list = SUFFIX.exec(type);
  if (list !== null) return listOf(parameter, value, list[1]!, list[2]!, placeholders);
  if (type === "tuple") return tupleOf(parameter, value, placeholders);
  if (type === "address") return addressOf(parameter, value, placeholders);
  if (type === "string") return String(value);
  if (type === "bool") {
    const text = String(value).trim();
    if (text !== "true" && text !== "false") throw mistake(parameter, text, "true or false");
    return text === "true";
  }
  if (type.startsWith("uint") || type.startsWith("int")) return integerOf(parameter, value, placeholders);
  if (type.startsWith("bytes")) return bytesOf(parameter, value);
  throw mistake(parameter, String(value), "a type that this command knows; give the calldata with --data instead");
}

/**
 * Values of a function's or constructor's arguments from what was typed: numbers in decimal or 0x, "me" for the pseudonym, "slot" (or
 * "slot:2") for a one-time inner to be paid at, lists and structs as JSON.
 *
 * @throws SeroError `cli/arguments` for a wrong count, `cli/argument` for a value that its type doesn't take
 */
export const argumentsOf = (
  parameters: readonly AbiParameter[],
  texts: readonly string[],
  placeholders: Placeholders,
): unknown[] => {
  if (texts.length !== parameters.length) {
    const wants = parameters
      .map(({ name, type }) => (name === undefined || name === "" ? type : `${type} ${name}`))
      .join(", ");
    throw new SeroError(
      "cli/arguments",
      `Give ${parameters.length === 0 ? "no arguments" : `${parameters.length} argument${parameters.length === 1 ? "" : "s"} (${wants})`}, not ${texts.length}.`,
    );
  }
  return parameters.map((parameter, i) => valueOf(parameter, texts[i], placeholders));
};
