import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFunctionData } from "viem";
import { POOL_ABI } from "@sero/contracts";
import { POOL_ADDRESS, SeroError, fromHex, toHex, type EthAddress } from "@sero/protocol";
import { PACKAGE_VAULT_OUTPUT } from "../../contracts/src/generated/test.js";
import type { PackageInfo, PreparedCall, Wallet } from "../src/index.js";
import { hexOf, liveChain, type LiveChain } from "./helpers/live.js";
import { throughSnapshot } from "./helpers/snapshots.js";
import { ALICE, BOB, COIN_UNIT } from "./helpers/wallets.js";

let chain: LiveChain;
let alice: Wallet;
let bob: Wallet;

beforeAll(async () => {
  chain = await liveChain([
    { phrase: ALICE, values: [100n, 50n, 20n, 10n].map((n) => n * COIN_UNIT) },
    { phrase: BOB, values: [100n, 100n].map((n) => n * COIN_UNIT) },
  ]);
  await chain.mine();
  alice = await chain.wallet(ALICE);
  bob = await chain.wallet(BOB);
});
afterAll(() => chain.stop());

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing thrown",
    (error: unknown) => (error instanceof SeroError ? error.code : String(error)),
  );
const coin = (wallet: Wallet): bigint => wallet.balances()[0]?.total ?? 0n;
async function run(wallet: Wallet, prepared: PreparedCall) {
  const receipt = await wallet.sendCall(prepared);
  await chain.mine();
  await alice.sync();
  await bob.sync();
  return wallet.callOutcome(receipt.txid);
}
const only = (infos: readonly PackageInfo[]): PackageInfo => {
  expect(infos.length).toBe(1);
  return infos[0] as PackageInfo;
};

describe("packages on a real node", () => {
  it("are sealed without calls, known to sender and receiver, and released to whom they are for", async () => {
    const prepared = await alice.prepareSeal({
      contents: [{ address: bob.address(), amount: 7n * COIN_UNIT, memo: "for the carrier's eyes not" }],
    });
    expect(prepared.report.sentences.some((sentence) => sentence.includes("becomes a package"))).toBe(true);
    expect((await run(alice, prepared)).status).toBe("succeeded");
    const mine = only(await alice.packages());
    expect(mine).toMatchObject({ controlled: true, sentByUs: true, contents: { value: 7n * COIN_UNIT, own: false } });
    const his = only(await bob.packages());
    expect(his).toMatchObject({ controlled: false, sentByUs: false, contents: { value: 7n * COIN_UNIT, own: true } });
    expect(toHex(his.id)).toBe(toHex(mine.id));
    expect(await codeOf(bob.prepareRelease({ ids: [his.id] }))).toBe("package/not-ours");
    // Handed on to Bob's pseudonym, who releases it to himself.
    const hand = await bob.newPseudonym({ label: "parcels" });
    expect((await run(alice, await alice.preparePackageTransfer({ id: mine.id, to: hand.address }))).status).toBe(
      "succeeded",
    );
    expect(only(await alice.packages())).toMatchObject({ controlled: false });
    const before = coin(bob);
    const release = await bob.prepareRelease({ ids: [his.id] });
    const outcome = await run(bob, release);
    expect(outcome.status).toBe("succeeded");
    expect(coin(bob)).toBe(before + 7n * COIN_UNIT - BigInt(outcome.gasUsed ?? 0n) * release.report.price);
    expect(only(await bob.packages()).controller).toBeUndefined();
    expect(await codeOf(bob.prepareRelease({ ids: [his.id] }))).toBe("package/not-ours");
  });

  it("handed to a contract by the calls of the transaction that seals them; a revert leaves them to the pseudonym", async () => {
    const { created } = await run(
      alice,
      await alice.prepareCall({ calls: [{ data: fromHex(PACKAGE_VAULT_OUTPUT.bytecode) }] }),
    );
    const vault = created[0] as EthAddress;
    const prepared = await alice.prepareCall({
      packages: [{ address: alice.address(), amount: 3n * COIN_UNIT }],
      calls: (self) => [
        {
          to: POOL_ADDRESS,
          abi: POOL_ABI,
          data: fromHex(
            encodeFunctionData({
              abi: POOL_ABI,
              functionName: "transferPackageAndCall",
              args: [hexOf(self.packageId(0)), hexOf(vault), "0x"],
            }),
          ),
        },
      ],
    });
    expect((await run(alice, prepared)).status).toBe("succeeded");
    const held = (await alice.packages()).find(({ controller }) => controller && toHex(controller) === toHex(vault));
    expect(held?.contents).toMatchObject({ value: 3n * COIN_UNIT, own: true });
    const kept = await alice.newPseudonym();
    const failing = await alice.prepareCall({
      packages: [{ address: alice.address(), amount: 2n * COIN_UNIT }],
      pseudonym: kept.address,
      force: true,
      gasLimit: 300_000n,
      calls: [
        {
          to: POOL_ADDRESS,
          data: fromHex(
            encodeFunctionData({ abi: POOL_ABI, functionName: "releasePackage", args: [`0x${"22".repeat(32)}`] }),
          ),
        },
      ],
    });
    expect((await run(alice, failing)).status).toBe("failed");
    const left = (await alice.packages()).find(
      ({ controller }) => controller && toHex(controller) === toHex(kept.address),
    );
    expect(left).toMatchObject({ controlled: true, contents: { value: 2n * COIN_UNIT } });
    expect((await run(alice, await alice.prepareRelease({ ids: [left?.id as Uint8Array] }))).status).toBe("succeeded");
  });

  it("are opened by whoever is told what is inside, and nobody is told a lie", async () => {
    await run(alice, await alice.prepareSeal({ contents: [{ address: alice.address(), amount: 5n }] }));
    const sealed = (await alice.packages()).find(({ contents }) => contents?.value === 5n) as PackageInfo;
    const text = await alice.sharePackage(sealed.id);
    expect((await bob.packages()).some(({ id }) => toHex(id) === toHex(sealed.id))).toBe(false);
    expect(await bob.openPackage(text)).toMatchObject({ controlled: false, contents: { value: 5n, own: false } });
    expect((await bob.packages()).some(({ id }) => toHex(id) === toHex(sealed.id))).toBe(true);
    const lie = text.replace('"value":"5"', '"value":"500"');
    expect(await codeOf(bob.openPackage(lie))).toBe("package/false-opening");
    expect(await codeOf(bob.openPackage("{}"))).toBe("package/text");
    expect(await codeOf(bob.openPackage(text.replace(toHex(sealed.id), `0x${"33".repeat(32)}`)))).toBe(
      "package/not-there",
    );
    expect(await codeOf(bob.openPackage(text.replace(/"genesisHash":"0x../, '"genesisHash":"0xee')))).toBe(
      "package/text",
    );
  });

  it("are repacked by their controller, who proves that every sum is kept", { timeout: 300_000 }, async () => {
    const controller = (await bob.newPseudonym({ label: "repacker" })).address;
    await run(
      alice,
      await alice.prepareSeal({
        contents: [
          { address: bob.address(), amount: 40n, controller },
          { address: bob.address(), amount: 2n, controller },
        ],
      }),
    );
    const mine = (await bob.packages()).filter(({ controlled }) => controlled);
    expect(mine.map(({ contents }) => contents?.value).sort()).toEqual([2n, 40n]);
    const ids = mine.map(({ id }) => id);
    expect(
      await codeOf(bob.prepareRepack({ ids, outputs: [{ kind: "note", address: bob.address(), amount: 43n }] })),
    ).toBe("package/sums");
    const [aliceBefore, bobBefore] = [coin(alice), coin(bob)];
    const prepared = await bob.prepareRepack({
      ids,
      outputs: [
        { kind: "note", address: alice.address(), amount: 30n },
        { kind: "package", address: bob.address(), amount: 10n },
      ],
    });
    const outcome = await run(bob, prepared);
    expect(outcome.sentence).toContain("succeeded");
    expect(coin(alice)).toBe(aliceBefore + 30n);
    expect(coin(bob)).toBe(bobBefore + 2n - BigInt(outcome.gasUsed ?? 0n) * prepared.report.price);
    const again = (await bob.packages()).filter(({ controlled }) => controlled);
    expect(again.map(({ contents }) => contents?.value)).toEqual([10n]);
    // A restored wallet finds it, and its controller.
    expect(await codeOf(bob.prepareRepack({ ids, outputs: [] }))).toBe("package/not-ours");
  });

  it("a snapshot of this chain is imported, and its node tells of the same packages that were made, handed on, released, repacked and sealed", async () => {
    const { whole, imported } = await throughSnapshot(chain);
    const events = whole.map((one) => (one as { readonly event?: string }).event);
    expect([...new Set(events)].sort()).toEqual(["created", "released", "repacked", "sealed", "transferred"]);
    expect(imported).toEqual(whole);
  });
});
