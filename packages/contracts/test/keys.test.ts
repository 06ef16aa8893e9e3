import { bytesToBigInt, FIELD_ORDER, keccak256, mappingSlot, POOL_ADDRESS } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { shieldToken, tokenFor } from "./helpers/assets.js";
import { hex, openChain, person } from "./helpers/chain.js";
import { REFUSED_KEY, standInKey, standInProof } from "./helpers/precompiles.js";

const DELTA1 = hex(new Uint8Array(64));

describe("verifying keys", () => {
  it("are registered once, in code that can't run, and check proofs", async () => {
    const chain = await openChain();
    const key = standInKey(3);
    const outcome = await chain.pool("registerKey", [hex(key), DELTA1]);
    const vkId = hex(keccak256(key));
    expect(outcome.value).toBe(vkId);
    const holder = (await chain.pool("keyHolder", [vkId])).value as `0x${string}`;
    expect(outcome.logs).toMatchObject([{ name: "KeyRegistered", args: { vkId, holder } }]);
    expect(await chain.code(holder)).toEqual(Uint8Array.of(0, ...key));
    expect(await chain.storage(POOL_ADDRESS, mappingSlot(BigInt(vkId), 14n))).toBe(BigInt(holder));
    const again = await chain.pool("registerKey", [hex(key), DELTA1]);
    expect([again.value, again.logs]).toEqual([vkId, []]);

    const inputs = [1n, 2n, 3n];
    const proof = hex(standInProof(key, inputs));
    expect((await chain.pool("verify", [vkId, proof, inputs])).value).toBe(true);
    expect((await chain.pool("verify", [vkId, proof, [1n, 2n, 4n]])).value).toBe(false);
    expect((await chain.pool("verify", [vkId, hex(new Uint8Array(256)), inputs])).value).toBe(false);
  });

  it("A6: an input of n + r is not n", async () => {
    const chain = await openChain();
    const key = standInKey(1);
    await chain.pool("registerKey", [hex(key), DELTA1]);
    const proof = hex(standInProof(key, [1n + FIELD_ORDER]));
    expect((await chain.pool("verify", [hex(keccak256(key)), proof, [1n + FIELD_ORDER]])).value).toBe(false);
  });

  it("C21: proofs of another length, and another number of inputs, are errors", async () => {
    const chain = await openChain();
    const key = standInKey(2);
    await chain.pool("registerKey", [hex(key), DELTA1]);
    const vkId = hex(keccak256(key));
    const proof = hex(standInProof(key, [1n, 2n]));
    expect((await chain.pool("verify", [vkId, proof.slice(0, -2), [1n, 2n]])).error).toBe("WrongProofLength");
    expect((await chain.pool("verify", [vkId, `${proof}00`, [1n, 2n]])).error).toBe("WrongProofLength");
    expect((await chain.pool("verify", [vkId, proof, [1n]])).error).toBe("WrongInputCount");
    expect((await chain.pool("verify", [vkId, proof, [1n, 2n, 3n]])).error).toBe("WrongInputCount");
    expect((await chain.pool("verify", [hex(keccak256(proofOf(0))), proof, [1n, 2n]])).error).toBe("UnknownKey");
  });

  it("running out of gas is an error, never a proof that is false", async () => {
    const chain = await openChain();
    const key = standInKey(2);
    await chain.pool("registerKey", [hex(key), DELTA1]);
    const given = [hex(keccak256(key)), hex(standInProof(key, [1n, 2n])), [1n, 2n]];
    const enough = (await chain.pool("verify", given)).gasUsed;
    for (let gas = 20_000n; gas < enough + 5_000n; gas += 3_000n) {
      const outcome = await chain.pool("verify", given, { gas });
      if (outcome.ok) expect(outcome.value).toBe(true);
      else expect(["PrecompileFailed", "out of gas"]).toContain(outcome.error);
    }
  });

  it("an account that answers with nothing is no precompile: elsewhere nothing verifies, registers or is shielded", async () => {
    const chain = await openChain([]);
    const key = standInKey(2);
    expect((await chain.pool("registerKey", [hex(key), DELTA1])).error).toBe("PrecompileFailed");
    const vkId = hex(keccak256(key));
    const holder = person(9);
    await chain.setCode(holder, Uint8Array.of(0, ...key));
    await chain.setStorage(POOL_ADDRESS, mappingSlot(BigInt(vkId), 14n), bytesToBigInt(holder));
    const proof = hex(standInProof(key, [1n, 2n]));
    expect((await chain.pool("verify", [vkId, proof, [1n, 2n]])).error).toBe("PrecompileFailed");
    expect((await shieldToken(chain, await tokenFor(chain), 5n)).error).toBe("PrecompileFailed");
  });

  it("C18: a key that the check refuses, or that can't be one, is not registered", async () => {
    const chain = await openChain();
    for (const [key, delta] of [
      [standInKey(2, REFUSED_KEY), DELTA1],
      [standInKey(2), "0x"],
      [standInKey(2).subarray(1), DELTA1],
      [standInKey(-1), DELTA1],
      [new Uint8Array(0), DELTA1],
      [standInKey(376), DELTA1],
    ] as const)
      expect((await chain.pool("registerKey", [hex(key), delta])).error).toBe("KeyRefused");
    expect(
      (await chain.pool("registerKey", [hex(standInKey(375)), DELTA1], { gas: 8_000_000n })).error,
    ).toBeUndefined();
  });
});

const proofOf = (fill: number): Uint8Array => new Uint8Array(256).fill(fill);
