import { FIELD_ORDER, keccak256 } from "@sero/protocol";
import { toFunctionSelector, type Abi } from "viem";
import { describe, expect, it } from "vitest";
import { PACKAGE_VAULT, PUPPET } from "../src/test-contracts.js";
import { hex, openChain, person, POOL_HEX, type TestChain } from "./helpers/chain.js";
import {
  note,
  plantPackage,
  repackContext,
  repackedId,
  repackProof,
  withRepackKey,
  type Repack,
} from "./helpers/packages.js";

const ID_A = `0x${"11".repeat(32)}` as const;
const ID_B = `0x${"22".repeat(32)}` as const;
const NONE = `0x${"00".repeat(32)}` as const;
const NOBODY = `0x${"00".repeat(20)}` as const;
const VAULT = PACKAGE_VAULT.abi as Abi;

const me = person(0);
const other = person(1);

/** Two packages of mine, with commitments 5 and 6, on a chain with a repack key. */
async function withPackages(): Promise<TestChain> {
  const chain = await openChain();
  await withRepackKey(chain);
  await plantPackage(chain, ID_A, 5n, me);
  await plantPackage(chain, ID_B, 6n, me);
  return chain;
}

const BOTH: Repack = {
  ids: [ID_A, ID_B],
  outCms: [101n, 102n, 103n],
  kinds: [0, 1, 0],
  controllers: [NOBODY, hex(other), NOBODY],
  notes: [note(1), note(2), note(3)],
};

const args = (repack: Repack, proof: string): readonly unknown[] => [
  repack.ids,
  repack.outCms,
  repack.kinds,
  repack.controllers,
  repack.notes,
  proof,
];

const provenBy = (sender: Uint8Array, repack: Repack, inCms: readonly [bigint, bigint] = [5n, 6n]): `0x${string}` =>
  repackProof(repackContext(repack, sender), inCms, repack.outCms);

const packageOf = async (chain: TestChain, id: string): Promise<unknown> => {
  const [cm, controller] = (await chain.pool("packageOf", [id])).value as [bigint, string];
  return [cm, controller.toLowerCase()];
};

describe("packages", () => {
  it("are handed on, and released, by their controller", async () => {
    const chain = await withPackages();
    const moved = await chain.pool("transferPackage", [ID_A, hex(other)]);
    expect(moved.logs).toMatchObject([{ name: "PackageTransferred", args: { id: ID_A } }]);
    expect(await packageOf(chain, ID_A)).toEqual([5n, hex(other)]);
    const released = await chain.pool("releasePackage", [ID_A], { from: other });
    expect(released.logs).toMatchObject([{ name: "PackageReleased", args: { id: ID_A, commitment: 5n } }]);
    expect(await packageOf(chain, ID_A)).toEqual([0n, NOBODY]);
  });

  it("can't go to nobody or to the Pool, where no one could let go of them", async () => {
    const chain = await withPackages();
    expect((await chain.pool("transferPackage", [ID_A, NOBODY])).error).toBe("WrongController");
    expect((await chain.pool("transferPackage", [ID_A, POOL_HEX])).error).toBe("WrongController");
  });

  it("are taken, kept and given by a holder contract", async () => {
    const chain = await withPackages();
    const vault = await chain.deploy(PACKAGE_VAULT);
    const second = await chain.deploy(PACKAGE_VAULT);
    expect((await chain.pool("transferPackageAndCall", [ID_A, hex(vault), "0x1234"])).error).toBeUndefined();
    expect(await chain.must(VAULT, vault, "held", [ID_A])).toEqual([true, 5n]);
    expect((await chain.call(VAULT, vault, "give", [ID_A, hex(other)], { from: other })).error).toBe("NotYours");
    await chain.must(VAULT, vault, "giveAndCall", [ID_A, hex(second), "0x"]);
    expect(await chain.must(VAULT, second, "held", [ID_A])).toEqual([true, 5n]);
    await chain.pool("transferPackageAndCall", [ID_B, hex(vault), "0x"]);
    const released = await chain.call(VAULT, vault, "release", [ID_B]);
    expect(released.logs).toMatchObject([{ name: "PackageReleased", args: { id: ID_B } }]);
  });

  it("announced by anybody but the Pool are refused", async () => {
    const chain = await withPackages();
    const vault = await chain.deploy(PACKAGE_VAULT);
    expect((await chain.call(VAULT, vault, "onPackageReceived", [hex(me), ID_A, "0x"])).error).toBe("NotPool");
  });
});

describe("F45: packages", () => {
  it("released twice, or handed on after release", async () => {
    const chain = await withPackages();
    await chain.pool("releasePackage", [ID_A]);
    expect((await chain.pool("releasePackage", [ID_A])).error).toBe("UnknownPackage");
    expect((await chain.pool("transferPackage", [ID_A, hex(other)])).error).toBe("UnknownPackage");
    expect((await chain.pool("repack", args(BOTH, provenBy(me, BOTH)))).error).toBe("UnknownPackage");
  });

  it("by someone who is not the controller", async () => {
    const chain = await withPackages();
    for (const [name, given] of [
      ["releasePackage", [ID_A]],
      ["transferPackage", [ID_A, hex(other)]],
      ["transferPackageAndCall", [ID_A, hex(other), "0x"]],
      ["repack", args(BOTH, provenBy(other, BOTH))],
    ] as const)
      expect((await chain.pool(name, given, { from: other })).error, name).toBe("NotController");
    await chain.pool("transferPackage", [ID_B, hex(other)]);
    expect((await chain.pool("repack", args(BOTH, provenBy(me, BOTH)))).error).toBe("NotController");
  });

  it("a bid whose call reverts, or is answered wrongly, comes back", async () => {
    const chain = await withPackages();
    const puppet = await chain.deploy(PUPPET);
    await chain.must(PUPPET.abi as Abi, puppet, "prepare", [NOBODY, 0n, "0x", "0x12345678"]);
    for (const to of [hex(puppet), POOL_HEX, hex(person(8))])
      expect((await chain.pool("transferPackageAndCall", [ID_A, to, "0x"])).ok).toBe(false);
    expect(await packageOf(chain, ID_A)).toEqual([5n, hex(me)]);
    const selector = toFunctionSelector("onPackageReceived(address,bytes32,bytes)");
    await chain.must(PUPPET.abi as Abi, puppet, "prepare", [NOBODY, 0n, "0x", selector]);
    expect((await chain.pool("transferPackageAndCall", [ID_A, hex(puppet), "0x"])).ok).toBe(true);
  });
});

describe("repack", () => {
  it("turns packages into notes and packages, under ids that nobody can choose", async () => {
    const chain = await withPackages();
    const ctx = repackContext(BOTH, me);
    const outcome = await chain.pool("repack", args(BOTH, provenBy(me, BOTH)));
    expect(outcome.error).toBeUndefined();
    const id = repackedId(ctx, 1, 102n);
    expect(outcome.value).toEqual([NONE, id, NONE]);
    expect(outcome.logs).toMatchObject([
      { name: "PackageRepacked", args: { id: ID_A } },
      { name: "PackageRepacked", args: { id: ID_B } },
      { name: "NoteRepacked", args: { commitment: 101n, note: note(1) } },
      { name: "PackageSealed", args: { id, commitment: 102n, note: note(2) } },
      { name: "NoteRepacked", args: { commitment: 103n, note: note(3) } },
    ]);
    expect(await packageOf(chain, ID_A)).toEqual([0n, NOBODY]);
    expect(await packageOf(chain, id)).toEqual([102n, hex(other)]);
  });

  it("takes one package, with a filler in the second place", async () => {
    const chain = await withPackages();
    const one: Repack = { ...BOTH, ids: [ID_B, NONE] };
    const outcome = await chain.pool("repack", args(one, provenBy(me, one, [6n, 0n])));
    expect(outcome.error).toBeUndefined();
    expect(outcome.logs[0]).toMatchObject({ name: "PackageRepacked", args: { id: ID_B } });
    expect(await packageOf(chain, ID_A)).toEqual([5n, hex(me)]);
  });

  it.each([
    ["the same id twice", [ID_A, ID_A]],
    ["decreasing ids", [ID_B, ID_A]],
    ["a filler in the first place", [NONE, ID_A]],
    ["nothing at all", [NONE, NONE]],
  ] as const)("F45: %s", async (_, ids) => {
    const chain = await withPackages();
    const repack: Repack = { ...BOTH, ids };
    for (const inCms of [
      [5n, 5n],
      [6n, 5n],
      [0n, 5n],
      [0n, 0n],
    ] as const)
      expect((await chain.pool("repack", args(repack, provenBy(me, repack, inCms)))).error).toBe("IdsNotIncreasing");
  });

  it("F45: a filler with a value, or commitments other than the registry's", async () => {
    const chain = await withPackages();
    const one: Repack = { ...BOTH, ids: [ID_A, NONE] };
    for (const inCms of [
      [5n, 6n],
      [6n, 0n],
      [7n, 0n],
    ] as const)
      expect((await chain.pool("repack", args(one, provenBy(me, one, inCms)))).error).toBe("ProofRefused");
    expect(await packageOf(chain, ID_A)).toEqual([5n, hex(me)]);
  });

  it("F45: a stolen proof: another caller, even once he controls the packages", async () => {
    const chain = await withPackages();
    const proof = provenBy(me, BOTH);
    await chain.pool("transferPackage", [ID_A, hex(other)]);
    await chain.pool("transferPackage", [ID_B, hex(other)]);
    expect((await chain.pool("repack", args(BOTH, proof), { from: other })).error).toBe("ProofRefused");
  });

  it("F45: a proof for anything but exactly this call", async () => {
    const chain = await withPackages();
    const proof = provenBy(me, BOTH);
    const changed: Partial<Repack>[] = [
      { outCms: [101n, 103n, 102n] },
      { outCms: [101n, 102n, 104n] },
      { kinds: [0, 1, 1], controllers: [NOBODY, hex(other), hex(other)] },
      { kinds: [0, 0, 0], controllers: [NOBODY, NOBODY, NOBODY] },
      { controllers: [NOBODY, hex(me), NOBODY] },
      { notes: [note(1), note(2), note(4)] },
      { notes: [note(2), note(1), note(3)] },
    ];
    for (const change of changed)
      expect((await chain.pool("repack", args({ ...BOTH, ...change }, proof))).error).toBe("ProofRefused");
    for (const ctx of [
      repackContext(BOTH, me, 24159n),
      repackContext(BOTH, me, undefined, keccak256(Uint8Array.of(1))),
    ])
      expect((await chain.pool("repack", args(BOTH, repackProof(ctx, [5n, 6n], BOTH.outCms)))).error).toBe(
        "ProofRefused",
      );
    expect((await chain.pool("repack", args(BOTH, proof))).error).toBeUndefined();
  });

  it("F45: an id that exists already", async () => {
    const chain = await withPackages();
    await plantPackage(chain, repackedId(repackContext(BOTH, me), 1, 102n), 9n, other);
    expect((await chain.pool("repack", args(BOTH, provenBy(me, BOTH)))).error).toBe("PackageExists");
    expect(await packageOf(chain, ID_A)).toEqual([5n, hex(me)]);
  });

  it.each([
    ["commitment 0", { outCms: [0n, 102n, 103n] }, "CommitmentOutOfRange"],
    ["commitment r", { outCms: [101n, 102n, FIELD_ORDER] }, "CommitmentOutOfRange"],
    ["an unknown kind", { kinds: [2, 1, 0] }, "UnknownKind"],
    ["a note with a controller", { controllers: [hex(me), hex(other), NOBODY] }, "WrongController"],
    ["a package without one", { controllers: [NOBODY, NOBODY, NOBODY] }, "WrongController"],
    ["a package of the Pool", { controllers: [NOBODY, POOL_HEX, NOBODY] }, "WrongController"],
    ["no ciphertext", { notes: ["0x", note(2), note(3)] }, "WrongNoteLength"],
    ["a ciphertext of 291 bytes", { notes: [note(1), `${note(2)}00`, note(3)] }, "WrongNoteLength"],
  ] as const)("refuses %s", async (_, change, error) => {
    const chain = await withPackages();
    const repack: Repack = { ...BOTH, ...(change as Partial<Repack>) };
    expect((await chain.pool("repack", args(repack, provenBy(me, repack)))).error).toBe(error);
  });

  it("does not exist on a chain without a repack key", async () => {
    const chain = await openChain();
    await plantPackage(chain, ID_A, 5n, me);
    await plantPackage(chain, ID_B, 6n, me);
    expect((await chain.pool("repack", args(BOTH, provenBy(me, BOTH)))).error).toBe("RepackUnavailable");
  });
});
