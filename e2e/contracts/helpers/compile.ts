import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Abi } from "viem";

/** e2e/contracts. */
export const FOLDER = fileURLToPath(new URL("..", import.meta.url));

const CACHE = fileURLToPath(new URL("../../../build/e2e-contracts", import.meta.url));

/** Loads what is installed in e2e/contracts, not in the project. */
export const requireHere = createRequire(join(FOLDER, "package.json"));

/** A contract ready to be deployed. */
export interface Artifact {
  readonly abi: Abi;
  readonly bytecode: `0x${string}`;
}

interface Solc {
  version(): string;
  compile(input: string, callbacks: { import: (path: string) => { contents: string } | { error: string } }): string;
}

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<
    Record<
      string,
      Record<string, { readonly abi: Abi; readonly evm: { readonly bytecode: { readonly object: string } } }>
    >
  >;
}

/** Throws unless `npm ci` ran in e2e/contracts. */
export const checkInstalled = (): void => {
  if (!existsSync(join(FOLDER, "node_modules", "hardhat")))
    throw new Error(
      "Install what these tests deploy first: npm ci --prefix e2e/contracts (scripts/e2e.mjs does it by itself).",
    );
};

const load = (path: string): { contents: string } | { error: string } => {
  const file = join(FOLDER, "node_modules", path);
  return path.startsWith("@openzeppelin/") && existsSync(file)
    ? { contents: readFileSync(file, "utf8") }
    : { error: `${path} is not installed` };
};

/** The contracts in solidity/, over OpenZeppelin's as npm has them, compiled once for every change of the sources or the lock file. */
export const samples = (): Readonly<Record<string, Artifact>> => {
  checkInstalled();
  const names = readdirSync(join(FOLDER, "solidity")).sort();
  const sources = Object.fromEntries(
    names.map((name) => [name, { content: readFileSync(join(FOLDER, "solidity", name), "utf8") }]),
  );
  const settings = {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { "*": { "*": ["abi", "evm.bytecode.object"] } },
  };
  const input = JSON.stringify({ language: "Solidity", sources, settings });
  const key = createHash("sha256")
    .update(input)
    .update(readFileSync(join(FOLDER, "package-lock.json")))
    .digest("hex");
  const cached = join(CACHE, `samples-${key}.json`);
  if (existsSync(cached)) return JSON.parse(readFileSync(cached, "utf8")) as Record<string, Artifact>;
  const solc = requireHere("solc") as Solc;
  const output = JSON.parse(solc.compile(input, { import: load })) as SolcOutput;
  const failure = output.errors?.find(({ severity }) => severity === "error");
  if (failure !== undefined) throw new Error(failure.formattedMessage);
  const found: Record<string, Artifact> = {};
  for (const file of names)
    for (const [name, { abi, evm }] of Object.entries(output.contracts?.[file] ?? {}))
      found[name] = { abi, bytecode: `0x${evm.bytecode.object}` };
  mkdirSync(CACHE, { recursive: true });
  // Whole or not at all: another file's tests may be looking.
  const unfinished = `${cached}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify(found));
  renameSync(unfinished, cached);
  return found;
};

/** A contract of `samples`. @throws Error when it isn't there */
export const sample = (name: string): Artifact => {
  const found = samples()[name];
  if (found === undefined) throw new Error(`There is no ${name} in e2e/contracts/solidity.`);
  return found;
};

const published = (path: string): Artifact => {
  const file = join(FOLDER, "node_modules", "@uniswap", path);
  const { abi, bytecode, evm } = JSON.parse(readFileSync(file, "utf8")) as {
    abi: Abi;
    bytecode?: string;
    evm?: { bytecode: { object: string } };
  };
  const code = bytecode ?? evm?.bytecode.object ?? "";
  return { abi, bytecode: code.startsWith("0x") ? (code as `0x${string}`) : `0x${code}` };
};

/** Uniswap V2 as its authors compiled and published it. */
export const uniswap = (): Readonly<Record<"factory" | "pair" | "router" | "weth", Artifact>> => {
  checkInstalled();
  return {
    factory: published("v2-core/build/UniswapV2Factory.json"),
    pair: published("v2-core/build/UniswapV2Pair.json"),
    router: published("v2-periphery/build/UniswapV2Router02.json"),
    weth: published("v2-periphery/build/WETH9.json"),
  };
};
