import { readFile } from "node:fs/promises";
import { fromHex, isHexBytes, SeroError } from "@sero/protocol";
import type { Abi } from "viem";
import { z } from "zod";

/** A compiled contract as the usual tools write it. */
export interface Artifact {
  readonly abi: Abi;
  /** Creation code; undefined in a file that holds an ABI only. */
  readonly bytecode: Uint8Array | undefined;
}

interface Parameter {
  readonly type: string;
  readonly name?: string | undefined;
  readonly components?: readonly Parameter[] | undefined;
}

const parameter: z.ZodType<Parameter> = z.lazy(() =>
  z.looseObject({ type: z.string(), name: z.string().optional(), components: z.array(parameter).optional() }),
);
const parameters = z.array(parameter);
const item = z.union([
  z.looseObject({ type: z.literal("function"), name: z.string(), inputs: parameters, outputs: parameters.default([]) }),
  z.looseObject({
    type: z.string().refine((type) => type !== "function"),
    name: z.string().optional(),
    inputs: parameters.optional(),
  }),
]);
const hexCode = z.string().refine((text) => isHexBytes(text.startsWith("0x") ? text : `0x${text}`));
const shape = z.object({
  abi: z.array(item),
  // Hardhat and Truffle write a string, Foundry an object.
  bytecode: z.union([hexCode, z.object({ object: hexCode })]).optional(),
});

const refuse = (path: string, why: string): SeroError =>
  new SeroError(
    "cli/artifact",
    `${path} is not a compiled contract: ${why}. Give the JSON file that Hardhat, Foundry or solc wrote.`,
    {
      path,
    },
  );

/** Undefined for what is nested beyond all reason. */
const parsedOf = (json: unknown): ReturnType<typeof shape.safeParse> | undefined => {
  try {
    return shape.safeParse(json);
  } catch {
    return undefined;
  }
};

/**
 * Reads a compiled contract: an artifact of Hardhat, Foundry or Truffle (`abi`, `bytecode`), or a bare ABI (a list).
 *
 * @throws SeroError `cli/artifact` for anything else, and for code with unlinked libraries
 */
export const readArtifact = async (path: string): Promise<Artifact> => {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    throw refuse(
      path,
      error instanceof Error && "code" in error ? `it can't be read (${String(error.code)})` : "it can't be read",
    );
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw refuse(path, "it is not JSON");
  }
  const parsed = parsedOf(Array.isArray(json) ? { abi: json } : json);
  if (parsed?.success !== true)
    throw refuse(
      path,
      /__\$[0-9a-f]*\$__/.test(text) ? "its libraries are not linked" : "it has no abi, or its bytecode is not hex",
    );
  const { abi, bytecode } = parsed.data;
  const code = typeof bytecode === "string" ? bytecode : bytecode?.object;
  return {
    abi: abi as unknown as Abi,
    bytecode:
      code === undefined || code === "" || code === "0x"
        ? undefined
        : fromHex(code.startsWith("0x") ? code : `0x${code}`),
  };
};
