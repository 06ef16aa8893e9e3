import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import solc from "solc";

/** What solc makes of one contract. */
export interface CompiledContract {
  readonly abi: readonly unknown[];
  /** Creation code without constructor arguments, hex without 0x. */
  readonly bytecode: string;
  /** Runtime code, hex without 0x. Meaningless for a contract with immutables. */
  readonly deployedBytecode: string;
  /** Variables with their slots, in order. */
  readonly storageLayout: readonly { readonly label: string; readonly slot: string; readonly type: string }[];
}

/**
 * What the bytecode depends on besides the sources: fixed for ever for the Pool, because chains commit to its code.
 * No hash of the metadata goes in, so a changed comment changes nothing.
 */
export const COMPILER_SETTINGS = {
  evmVersion: "cancun",
  optimizer: { enabled: true, runs: 1000 },
  metadata: { bytecodeHash: "none", appendCBOR: false },
} as const;

/** The compiler that the committed bytecode was made with. */
export const COMPILER_VERSION = "0.8.37";

/** "selfdestruct is deprecated", in assembly and outside: contracts for tests destroy themselves on purpose. */
const SELFDESTRUCT_WARNINGS = ["1699", "5159"];

interface SolcError {
  readonly severity: string;
  readonly errorCode?: string;
  readonly sourceLocation?: { readonly file: string };
  readonly formattedMessage: string;
}

interface SolcOutput {
  readonly errors?: readonly SolcError[];
  readonly contracts?: Readonly<
    Record<
      string,
      Readonly<
        Record<
          string,
          {
            readonly abi: readonly unknown[];
            readonly evm: {
              readonly bytecode: { readonly object: string };
              readonly deployedBytecode: { readonly object: string };
            };
            readonly storageLayout: { readonly storage: CompiledContract["storageLayout"] };
          }
        >
      >
    >
  >;
}

const isProblem = ({ severity, errorCode, sourceLocation }: SolcError): boolean =>
  severity !== "info" &&
  !(SELFDESTRUCT_WARNINGS.includes(errorCode ?? "") && sourceLocation?.file.startsWith("test/") === true);

/** Every .sol file below `root`, as paths relative to it with forward slashes, sorted. */
export function solidityFiles(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".sol"))
    .map((name) => name.replaceAll("\\", "/"))
    .sort();
}

/**
 * Compiles `files` (relative to `root`) and what they import; the result is keyed "file.sol:Contract". Throws an Error with solc's
 * messages if there is an error or a warning: our own sources give none.
 */
export function compileSolidity(root: string, files: readonly string[]): Map<string, CompiledContract> {
  if (!solc.version().startsWith(`${COMPILER_VERSION}+`))
    throw new Error(`solc ${COMPILER_VERSION} is needed, but ${solc.version()} is installed: run npm ci.`);
  const sources = Object.fromEntries(files.map((file) => [file, { content: readFileSync(join(root, file), "utf8") }]));
  const input = {
    language: "Solidity",
    sources,
    settings: {
      ...COMPILER_SETTINGS,
      outputSelection: {
        "*": { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "storageLayout"] },
      },
    },
  };
  const read = (path: string): { contents: string } | { error: string } => {
    const inside = relative(root, normalize(join(root, path)));
    if (inside.startsWith("..") || dirname(inside).startsWith("/")) return { error: `${path} is outside ${root}` };
    return { contents: readFileSync(join(root, inside), "utf8") };
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: read })) as SolcOutput;
  const problems = (output.errors ?? []).filter(isProblem);
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.formattedMessage).join("\n"));
  const compiled = new Map<string, CompiledContract>();
  for (const [file, contracts] of Object.entries(output.contracts ?? {}))
    for (const [name, made] of Object.entries(contracts))
      compiled.set(`${file}:${name}`, {
        abi: made.abi,
        bytecode: made.evm.bytecode.object,
        deployedBytecode: made.evm.deployedBytecode.object,
        storageLayout: made.storageLayout.storage,
      });
  return compiled;
}
