import type { CompiledContract } from "./compile.js";

/** Which contract goes into which generated file under which name. */
export interface Wanted {
  /** "file.sol:Contract". */
  readonly contract: string;
  /** Name of the exported constant. */
  readonly constant: string;
  /** One line of documentation. */
  readonly meaning: string;
}

const withoutInternalTypes = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutInternalTypes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "internalType")
      .map(([name, inner]) => [name, withoutInternalTypes(inner)]),
  );
};

/**
 * The text of a generated TypeScript file: for each contract its ABI `as const` and its bytecode, one ABI entry a line. Throws an
 * Error if a contract is not among those compiled or needs linking.
 */
export function emitModule(wanted: readonly Wanted[], compiled: ReadonlyMap<string, CompiledContract>): string {
  const parts = wanted.map(({ contract, constant, meaning }) => {
    const made = compiled.get(contract);
    if (made === undefined) throw new Error(`${contract} was not compiled.`);
    if (!/^([0-9a-f]{2})*$/.test(made.bytecode)) throw new Error(`${contract} would have to be linked.`);
    const abi = made.abi.map((entry) => `    ${JSON.stringify(withoutInternalTypes(entry))},\n`).join("");
    return [
      `/** ${meaning} */`,
      `export const ${constant} = {`,
      `  abi: [\n${abi}  ],`,
      `  bytecode: "0x${made.bytecode}",`,
      `  runtime: "0x${made.deployedBytecode}",`,
      `} as const;`,
    ].join("\n");
  });
  const head = "// Made from solidity/ by `npm run solidity -w packages/contracts`: change that and run it again.\n\n";
  return head + parts.join("\n\n") + "\n";
}
