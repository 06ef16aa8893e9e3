import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { POOL_LAYOUT } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { compileSolidity, solidityFiles } from "../src/build/compile.js";
import { emitModule } from "../src/build/emit.js";
import { GENERATED } from "../src/build/wanted.js";

const root = fileURLToPath(new URL("../solidity", import.meta.url));
const compiled = compileSolidity(root, solidityFiles(root));

describe("the committed bytecode", () => {
  it.each(Object.keys(GENERATED))("src/generated/%s is what the sources compile to", (file) => {
    const committed = readFileSync(new URL(`../src/generated/${file}`, import.meta.url), "utf8");
    // Not toEqual: a difference would print megabytes of hex.
    expect(committed === emitModule(GENERATED[file]!, compiled), "run `npm run solidity -w packages/contracts`").toBe(
      true,
    );
  });

  it("fits into accounts: runtime code of at most 24,576 bytes", () => {
    for (const { contract } of Object.values(GENERATED).flat())
      expect(compiled.get(contract)!.deployedBytecode.length / 2, contract).toBeLessThanOrEqual(24_576);
  });

  it("has no immutables or constructor in what stands at genesis, whose runtime code is used as it is", () => {
    for (const { contract } of [...GENERATED["predeploys.ts"]!, ...GENERATED["pool.ts"]!]) {
      const { abi } = compiled.get(contract)!;
      expect(abi.filter((entry) => (entry as { type: string }).type === "constructor")).toEqual([]);
      const { bytecode, deployedBytecode } = compiled.get(contract)!;
      expect(bytecode.endsWith(deployedBytecode), contract).toBe(true);
    }
  });
});

describe("the Pool's storage", () => {
  const slots = new Map(
    compiled.get("pool/Pool.sol:Pool")!.storageLayout.map(({ label, slot }) => [label, BigInt(slot)]),
  );

  it("has every variable in the slot where the state transition reads and writes it", () => {
    expect(slots.get("_nullifiers")).toBe(POOL_LAYOUT.nullifiers);
    expect(slots.get("_currentRoot")).toBe(POOL_LAYOUT.currentRoot);
    expect(slots.get("_leafCount")).toBe(POOL_LAYOUT.leafCount);
    expect(slots.get("_streamDigest")).toBe(POOL_LAYOUT.streamDigest);
    expect(slots.get("_knownRoots")).toBe(POOL_LAYOUT.knownRoots);
    expect(slots.get("_rootRing")).toBe(POOL_LAYOUT.rootRing);
    expect(slots.get("_turnstile")).toBe(POOL_LAYOUT.turnstile);
    expect(slots.get("_assets")).toBe(POOL_LAYOUT.assets);
    expect(slots.get("_tokenKinds")).toBe(POOL_LAYOUT.tokenKinds);
    expect(slots.get("_packages")).toBe(POOL_LAYOUT.packages);
    expect(slots.get("_frontier")).toBe(POOL_LAYOUT.frontier);
    expect([slots.get("_genesisId"), slots.get("_repackKeyId"), slots.get("_keyHolders")]).toEqual([12n, 13n, 14n]);
  });

  it("keeps the lock out of it: transient variables have no slot", () => {
    expect([...slots.keys()].filter((label) => /lock|taken|before/i.test(label))).toEqual([]);
  });
});
