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
} from "../build/index.js";
import { DEVELOPMENT_KEY_VERSION, makeDevelopmentKey, parseZkey } from "../keys/index.js";
import type { R1cs } from "../r1cs/index.js";
import { parseR1cs } from "../r1cs/index.js";
import type { SetupProgress, SpendArtifacts } from "../types.js";

/** The spend circuit's name, of its source and of its files. */
const NAME = "spend";
/** Compiling takes about two thirds of the time. */
const COMPILE_SHARE = 0.7;

/**
 * The spend circuit built and checked against its pin, with its development key: from build/circuits if it is there, else made in about
 * 20 seconds. Safe to call from several processes at once. Throws circuits/compile, circuits/pin or circuits/cache.
 */
export async function ensureSpendArtifacts(
  options: { readonly onProgress?: (progress: SetupProgress) => void } = {},
): Promise<SpendArtifacts> {
  const { onProgress = () => undefined } = options;
  const built = await compileCircuit(NAME, await ownSources(), (fraction) =>
    onProgress({ step: "compile", fraction: COMPILE_SHARE * fraction }),
  );
  const pin = await pinOf(NAME);
  const r1csSum = built.files[`${NAME}.r1cs`] ?? "";
  // The key depends on the R1CS alone, which the pin fixes: reading it again is needed only when the sum differs or the key is missing.
  if (r1csSum !== pin.r1csSha256) checkPin(NAME, pin, { ...(await readR1cs(built)), r1csSha256: r1csSum });

  const keyName = `${NAME}-key-${sha256Hex(`${r1csSum} ${DEVELOPMENT_KEY_VERSION}`).slice(0, 16)}`;
  const keys = await cachedDirectory(cacheDirectory(), keyName, async (directory) => {
    const r1cs = await readR1cs(built);
    checkPin(NAME, pin, { ...r1cs, r1csSha256: r1csSum });
    const key = await makeDevelopmentKey(r1cs, (fraction) =>
      onProgress({ step: "key", fraction: COMPILE_SHARE + (1 - COMPILE_SHARE) * fraction }),
    );
    await writeFile(join(directory, `${NAME}.zkey`), key);
    return [`${NAME}.zkey`];
  });

  const keyPath = join(keys.path, `${NAME}.zkey`);
  return {
    r1csPath: join(built.path, `${NAME}.r1cs`),
    wasmPath: join(built.path, `${NAME}.wasm`),
    keyPath,
    vk: parseZkey(await readFile(keyPath)).vk,
    hashes: {
      r1cs: r1csSum,
      wasm: built.files[`${NAME}.wasm`] ?? "",
      key: keys.files[`${NAME}.zkey`] ?? "",
    },
    constraints: pin.constraints,
  };
}

const readR1cs = async (built: CachedDirectory): Promise<R1cs> =>
  parseR1cs(await readFile(join(built.path, `${NAME}.r1cs`)));
