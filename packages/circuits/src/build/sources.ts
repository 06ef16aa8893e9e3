import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, posix } from "node:path";
import { DOMAINS, SeroError } from "@sero/protocol";
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

/**
 * Those of `sources` that `<name>.circom` includes, itself included: a circuit's cache entry does not depend on another's source. Paths are
 * sought beside the including file, then from the root, as the compiler does. Throws circuits/source when one is missing.
 */
export function sourcesOf(name: string, sources: CircuitSources): CircuitSources {
  const needed = new Set([`${name}.circom`]);
  for (const path of needed) {
    const bytes = sources.get(path);
    if (bytes === undefined)
      throw new SeroError("circuits/source", "The circuit includes a file that is not there.", { name, path });
    for (const [, included = ""] of new TextDecoder().decode(bytes).matchAll(/^\s*include\s+"([^"]+)"/gm)) {
      const beside = posix.join(posix.dirname(path), included);
      needed.add(sources.has(beside) ? beside : posix.normalize(included));
    }
  }
  return new Map([...sources].filter(([path]) => needed.has(path)));
}
