import { SeroError } from "@sero/protocol";
import type { Abi, AbiFunction } from "viem";
import { parseAbiItem } from "viem/utils";

/** A function of an ABI in its canonical form, like "transfer(address,uint256)". */
export const signatureOf = ({ name, inputs }: AbiFunction): string => `${name}(${inputs.map(typeOf).join(",")})`;

interface Typed {
  readonly type: string;
  readonly components?: readonly Typed[];
}

const typeOf = (parameter: Typed): string =>
  parameter.type.startsWith("tuple")
    ? `(${(parameter.components ?? []).map(typeOf).join(",")})${parameter.type.slice("tuple".length)}`
    : parameter.type;

const functionsOf = (abi: Abi): AbiFunction[] => abi.filter((item): item is AbiFunction => item.type === "function");

/**
 * The function that somebody means: by a signature like "transfer(address,uint256)" or "balanceOf(address) returns (uint256)", or, with an ABI
 * at hand, by its name alone where only one has it.
 *
 * @throws SeroError `cli/method`
 */
export const methodOf = (text: string, abi: Abi | undefined): AbiFunction => {
  const wanted = text.trim().replace(/^function\s+/, "");
  const known = abi === undefined ? [] : functionsOf(abi);
  const found = known.filter((item) => item.name === wanted || signatureOf(item) === wanted.replace(/\s+/g, ""));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    throw new SeroError(
      "cli/method",
      `Several functions are called ${wanted}: ${found.map(signatureOf).join(", ")}. Give one of these.`,
    );
  if (!wanted.includes("(")) {
    const names = known.map(signatureOf).slice(0, 20).join(", ");
    throw new SeroError(
      "cli/method",
      abi === undefined
        ? `Give the function with its types, like "${wanted.slice(0, 40) || "transfer"}(address,uint256)", or its ABI with --abi.`
        : `The ABI has no function ${wanted.slice(0, 40)}. It has ${names === "" ? "none" : names}.`,
    );
  }
  try {
    const parsed = parseAbiItem([`function ${wanted}`] as readonly string[]) as unknown as AbiFunction;
    if (parsed.type === "function") return parsed;
  } catch {
    // The sentence below says more than the parser's own.
  }
  throw new SeroError(
    "cli/method",
    `"${text.slice(0, 80)}" is not a function's signature. Write it like "transfer(address,uint256)".`,
  );
};
