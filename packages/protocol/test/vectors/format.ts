import { readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as p from "../../src/index.js";

/** Text, numbers and lists of them: what vectors are written in. Byte strings and field elements are "0x" hex, amounts decimal text. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** One kind of vector: how its outputs follow from its inputs, and the inputs to write a file from. */
export interface VectorKind {
  readonly name: string;
  readonly description: string;
  readonly compute: (input: JsonObject) => JsonObject;
  readonly inputs: () => readonly JsonObject[];
}

export interface VectorFile {
  readonly description: string;
  readonly kinds: readonly { readonly name: string; readonly cases: readonly VectorCase[] }[];
}
export interface VectorCase {
  readonly input: JsonObject;
  readonly output: JsonObject;
}

const pathOf = (file: string): string => fileURLToPath(new URL(`../../vectors/${file}`, import.meta.url));

export function readVectors(file: string): VectorFile {
  return JSON.parse(readFileSync(pathOf(file), "utf8")) as VectorFile;
}

/** Writes a file anew from the kinds' own inputs. */
export function writeVectors(file: string, description: string, kinds: readonly VectorKind[]): void {
  const content: VectorFile = {
    description,
    kinds: kinds.map((kind) => ({
      name: kind.name,
      description: kind.description,
      cases: kind.inputs().map((input) => ({ input, output: kind.compute(input) })),
    })),
  };
  mkdirSync(pathOf(""), { recursive: true });
  writeFileSync(pathOf(file), JSON.stringify(content, null, 2) + "\n");
}

export const text = (input: JsonObject, key: string): string => {
  const value = input[key];
  if (typeof value !== "string") throw new Error(`${key} is not a string`);
  return value;
};
export const number = (input: JsonObject, key: string): number => {
  const value = input[key];
  if (typeof value !== "number") throw new Error(`${key} is not a number`);
  return value;
};
export const bytes = (input: JsonObject, key: string): Uint8Array => p.fromHex(text(input, key));
export const integer = (input: JsonObject, key: string): bigint => BigInt(text(input, key));
export const list = (input: JsonObject, key: string): readonly string[] => input[key] as readonly string[];

/** A field element as 32 bytes of hex. */
export const hex32 = (x: bigint): string => p.toHex(p.bigIntToBytes(x, 32));
/** 32 fixed bytes that look random: keccak256 of a label. */
export const fixed = (label: string): Uint8Array => p.keccak256(p.utf8(`sero vectors ${label}`));
/** A fixed field element. */
export const element = (label: string): bigint => p.bytesToBigInt(fixed(label)) % p.FIELD_ORDER;
