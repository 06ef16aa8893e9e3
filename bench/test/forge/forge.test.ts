import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openForge, openSimulator } from "@sero/bench/forge";
import {
  ensureSpendArtifacts,
  inlineVerifier,
  openBn254,
  openVerifier,
  type BundleVerifier,
  type SpendArtifacts,
} from "@sero/circuits";
import { bundleChecks, decodeAndCheckStateless, openRules, type CheckedTransaction, type Rules } from "@sero/execution";
import { concatBytes, developmentSpec, equalBytes, FIELD_ORDER, type ChainSpec } from "@sero/protocol";
import { beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

let artifacts: SpendArtifacts;
beforeAll(async () => {
  artifacts = await ensureSpendArtifacts();
});

describe("the simulator", () => {
  it("proves what it is asked to, and nothing else", async () => {
    const simulator = await openSimulator(artifacts);
    const verifier = await openVerifier(artifacts.vk);
    const statements = [0n, 1n, FIELD_ORDER - 1n].map((first) =>
      Array.from({ length: 11 }, (_, i) => (first + BigInt(i) * 77n) % FIELD_ORDER),
    );
    const proofs = simulator.proofs(statements);
    expect(verifier.verifyBatch(statements.map((inputs, i) => ({ inputs, proof: proofs[i]! })))).toEqual([
      true,
      true,
      true,
    ]);
    expect(verifier.verify(statements[1]!, proofs[0]!)).toBe(false);
    expect(new Set(proofs.map((proof) => Buffer.from(proof).toString("hex"))).size).toBe(3);
  });

  it("makes false proofs of good points", async () => {
    const simulator = await openSimulator(artifacts);
    const verifier = await openVerifier(artifacts.vk);
    const curve = await openBn254();
    const inputs = Array.from({ length: 11 }, (_, i) => BigInt(i));
    for (const proof of simulator.falseProofs(20)) {
      expect(verifier.verify(inputs, proof)).toBe(false);
      // Undefined stands for a point that is no point: these are, so that a verifier must do all of its work.
      expect(curve.pairing(proof.subarray(0, 192))).toBe(false);
      expect(curve.add(concatBytes(proof.subarray(192), proof.subarray(192)))).toBeDefined();
    }
  });

  it("refuses a key that is not made from the development secrets", async () => {
    const { vk, r1csPath } = artifacts;
    const other = { ...vk, alpha1: { ...vk.alpha1, x: vk.alpha1.x + 1n } };
    await expect(openSimulator({ r1csPath, vk: other })).rejects.toThrow(RangeError);
  });
});

describe("the forge", () => {
  let spec: ChainSpec;
  let rules: Rules;
  let verifier: BundleVerifier;
  beforeAll(async () => {
    spec = developmentSpec([{ inner: 5n as never, value: 10n ** 24n }], { slotSeconds: 2 });
    verifier = inlineVerifier(artifacts.vk, { chainId: spec.chainId, keyHash: undefined });
    rules = await openRules({ spec, verifier });
  });

  const checked = (bytes: Uint8Array): CheckedTransaction => {
    const verdict = decodeAndCheckStateless(rules, bytes, spec.genesisTime + 2n);
    if (!verdict.ok) throw verdict.error;
    return verdict.value;
  };

  it("makes payments that every check but that of the notes accepts", async () => {
    const forge = await openForge(artifacts, spec);
    const payments = forge.payments(5, { expiry: 512n });
    const transactions = payments.map(({ bytes }) => checked(bytes));
    expect(transactions.every(({ txid }, i) => equalBytes(txid, payments[i]!.txid))).toBe(true);
    expect(transactions.map(({ gas }) => gas)).toEqual([25_000n, 25_000n, 25_000n, 25_000n, 25_000n]);
    expect(await verifier.check(transactions.flatMap(bundleChecks))).toEqual([true, true, true, true, true]);
    const nullifiers = transactions.flatMap(({ tx }) => tx.bundles.flatMap((bundle) => [...bundle.nullifiers]));
    expect(new Set(nullifiers).size).toBe(10);
  });

  it("makes the same with false proofs or signatures", async () => {
    const forge = await openForge(artifacts, spec);
    for (const lie of ["proof", "signature"] as const) {
      const transactions = forge.payments(2, { expiry: 512n, lie }).map(({ bytes }) => checked(bytes));
      expect(await verifier.check(transactions.flatMap(bundleChecks)), lie).toEqual([false, false]);
    }
  });
});

describe("the packages", () => {
  it("neither import the bench nor name it as a dependency", () => {
    const packages = readdirSync(join(root, "packages"));
    for (const name of packages) {
      const folder = join(root, "packages", name);
      const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, object>;
      expect(Object.keys({ ...manifest["dependencies"], ...manifest["peerDependencies"] })).not.toContain(
        "@sero/bench",
      );
      const sources = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" });
      for (const source of sources.filter((path) => path.endsWith(".ts"))) {
        expect(readFileSync(join(folder, "src", source), "utf8"), source).not.toMatch(
          /["'][^"'\n]*bench\/?[^"'\n]*forge|@sero\/bench/,
        );
      }
    }
  });
});
