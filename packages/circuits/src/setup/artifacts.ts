import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CachedDirectory } from "../build/index.js";
import {
  cacheDirectory,
  cachedDirectory,
  checkPin,
  compileCircuit,
  ownSources,
  pinOf,
  sha256Hex,
  sourcesOf,
} from "../build/index.js";
import { DEVELOPMENT_KEY_VERSION, makeDevelopmentKey, parseZkey } from "../keys/index.js";
import type { R1cs } from "../r1cs/index.js";
import { parseR1cs } from "../r1cs/index.js";
import type { CircuitArtifacts, SetupProgress } from "../types.js";

/** Compiling takes about two thirds of the time. */
const COMPILE_SHARE = 0.7;

/** How set-up is watched. */
export interface SetupOptions {
  readonly onProgress?: (progress: SetupProgress) => void;
}

/**
 * One of the project's circuits built and checked against its pin, with its development key: from build/circuits if it is there, else made.
 * Safe to call from several processes at once. Throws circuits/compile, circuits/pin or circuits/cache.
 */
export async function ensureArtifacts(name: string, options: SetupOptions = {}): Promise<CircuitArtifacts> {
  const { onProgress = () => undefined } = options;
  const built = await compileCircuit(name, sourcesOf(name, await ownSources()), (fraction) =>
    onProgress({ step: "compile", fraction: COMPILE_SHARE * fraction }),
  );
  const pin = await pinOf(name);
  const r1csSum = built.files[`${name}.r1cs`] ?? "";
  // The key depends on the R1CS alone, which the pin fixes: reading it again is needed only when the sum differs or the key is missing.
  if (r1csSum !== pin.r1csSha256) checkPin(name, pin, { ...(await readR1cs(name, built)), r1csSha256: r1csSum });

  const keyName = `${name}-key-${sha256Hex(`${r1csSum} ${DEVELOPMENT_KEY_VERSION}`).slice(0, 16)}`;
  const keys = await cachedDirectory(cacheDirectory(), keyName, async (directory) => {
    const r1cs = await readR1cs(name, built);
    checkPin(name, pin, { ...r1cs, r1csSha256: r1csSum });
    const key = await makeDevelopmentKey(r1cs, (fraction) =>
      onProgress({ step: "key", fraction: COMPILE_SHARE + (1 - COMPILE_SHARE) * fraction }),
    );
    await writeFile(join(directory, `${name}.zkey`), key);
    return [`${name}.zkey`];
  });

  const keyPath = join(keys.path, `${name}.zkey`);
  return {
    r1csPath: join(built.path, `${name}.r1cs`),
    wasmPath: join(built.path, `${name}.wasm`),
    keyPath,
    vk: parseZkey(await readFile(keyPath)).vk,
    hashes: {
      r1cs: r1csSum,
      wasm: built.files[`${name}.wasm`] ?? "",
      key: keys.files[`${name}.zkey`] ?? "",
    },
    constraints: pin.constraints,
  };
}

const readR1cs = async (name: string, built: CachedDirectory): Promise<R1cs> =>
  parseR1cs(await readFile(join(built.path, `${name}.r1cs`)));
