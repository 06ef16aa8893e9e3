import { fileURLToPath } from "node:url";
import { join } from "node:path";

/** The root of the repository: four levels above this file, which is in packages/circuits/{src,dist}/build. */
export const repositoryRoot = (): string => fileURLToPath(new URL("../../../../", import.meta.url));

/** Where the project's own circom sources and pins are. */
export const circomDirectory = (): string => join(repositoryRoot(), "packages", "circuits", "circom");

/** Where built circuits and keys are kept, each under a name with the hash of what it is made from. May be deleted at any time. */
export const cacheDirectory = (): string => join(repositoryRoot(), "build", "circuits");

/** `path`, which names a module of this package, as compiled: workers load JavaScript only, also when the caller runs from source. */
export const compiledModule = (url: string): URL =>
  new URL(url.replace("/packages/circuits/src/", "/packages/circuits/dist/").replace(/\.ts$/, ".js"));
