import { readdirSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { verifyingKeyHash } from "../../src/verify/key.js";
import { openVerifierPool } from "../../src/verify/pool.js";
import type { BundleCheck, BundleVerifier } from "../../src/types.js";
import { bundleOf, SYNTHETIC_KEY as vk } from "./synthetic-bundles.js";

const chain = { chainId: 1n, keyHash: verifyingKeyHash(vk) };
const good = [1, 2, 3, 4, 5].map(bundleOf);
const mixed = (count: number, bad: readonly number[]): BundleCheck[] =>
  Array.from({ length: count }, (_, i) =>
    bad.includes(i) ? { ...good[i % 5]!, message: new Uint8Array(32) } : good[i % 5]!,
  );

/** How many of this process's threads let others go first: field 19 of proc(5)'s stat, counted from the last bracket. */
const yielding = (): number =>
  readdirSync("/proc/self/task").filter((id) => {
    const stat = readFileSync(`/proc/self/task/${id}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]) > 0;
  }).length;

describe("checks in the background", () => {
  let verifier: BundleVerifier | undefined;
  afterEach(() => verifier?.close());

  it("give the same verdicts", async () => {
    verifier = await openVerifierPool({ vk, ...chain });
    const items = mixed(150, [0, 64, 149]);
    const [behind, ahead] = await Promise.all([verifier.check(items, { background: true }), verifier.check(items)]);
    expect(behind).toEqual(items.map((_, i) => ![0, 64, 149].includes(i)));
    expect(behind).toEqual(ahead);
  });

  it.runIf(process.platform === "linux")("run in threads of their own, which let all others go first", async () => {
    const before = yielding();
    verifier = await openVerifierPool({ vk, ...chain, threads: 2 });
    await verifier.check(good);
    expect(yielding()).toBe(before);
    await verifier.check(good, { background: true });
    expect(yielding()).toBe(before + 2);
  });

  it("G50: however much waits there, what a block waits for is checked at once", async () => {
    const open = (verifier = await openVerifierPool({ vk, ...chain, threads: 1 }));
    let isDone = false;
    const flood = open.check(mixed(640, []), { background: true }).then(() => (isDone = true));
    for (let i = 0; i < 3; i++) {
      expect(await open.check(good)).toEqual([true, true, true, true, true]);
      expect(isDone).toBe(false);
    }
    await flood;
  });

  it("end with the verifier", async () => {
    verifier = await openVerifierPool({ vk, ...chain });
    const waiting = verifier.check(mixed(640, []), { background: true });
    const refused = expect(waiting).rejects.toMatchObject({ code: "workers/closed" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await verifier.close();
    await refused;
    await expect(verifier.check(good, { background: true })).rejects.toMatchObject({ code: "workers/closed" });
  });
});
