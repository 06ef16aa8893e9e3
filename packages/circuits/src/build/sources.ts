import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DOMAINS } from "@sero/protocol";
import { circomDirectory } from "./paths.js";

/** The sources of one circuit by path, `/` between the parts, as they lie in the compiler's working directory. */
export type CircuitSources = ReadonlyMap<string, Uint8Array>;

/** The files of circomlib that our circuits include. */
const CIRCOMLIB_FILES = ["poseidon.circom", "poseidon_constants.circom"];

/** The domain constants as circom functions: the circuits' copy of packages/protocol/src/hash/domains.ts. */
export function domainsCircom(): string {
  const functions = Object.entries(DOMAINS).map(([name, value]) => `function ${name}() {\n    return ${value};\n}\n`);
  return ["// Generated from packages/protocol/src/hash/domains.ts.\npragma circom 2.1.6;\n", ...functions].join("\n");
}

/** Everything that the project's own circuits are compiled from: circom/, the domain constants, what is used of circomlib. */
export async function ownSources(): Promise<CircuitSources> {
  const root = circomDirectory();
  const sources = new Map<string, Uint8Array>();
  const names = await readdir(root, { recursive: true });
  for (const name of names.map((n) => n.replaceAll("\\", "/")).sort()) {
    if (name.endsWith(".circom")) sources.set(name, await readFile(join(root, name)));
  }
  sources.set("domains.circom", new TextEncoder().encode(domainsCircom()));
  const circomlib = dirname(createRequire(import.meta.url).resolve("circomlib/package.json"));
  for (const name of CIRCOMLIB_FILES) {
    sources.set(`circomlib/circuits/${name}`, await readFile(join(circomlib, "circuits", name)));
  }
  return sources;
}
