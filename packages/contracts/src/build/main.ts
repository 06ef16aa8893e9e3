import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { compileSolidity, solidityFiles } from "./compile.js";
import { emitModule } from "./emit.js";
import { GENERATED } from "./wanted.js";

const sources = fileURLToPath(new URL("../../solidity", import.meta.url));
const generated = fileURLToPath(new URL("../../src/generated/", import.meta.url));

const compiled = compileSolidity(sources, solidityFiles(sources));
for (const [file, wanted] of Object.entries(GENERATED)) {
  writeFileSync(generated + file, emitModule(wanted, compiled));
  process.stdout.write(`src/generated/${file}: ${wanted.map(({ contract }) => contract).join(", ")}\n`);
}
