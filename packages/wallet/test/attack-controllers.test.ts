import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bigIntToBytes, POOL_ADDRESS, SeroError, SYSTEM_ADDRESS, type EthAddress } from "@sero/protocol";
import { liveChain, type LiveChain } from "./helpers/live.js";
import { ALICE, COIN_UNIT } from "./helpers/wallets.js";

let chain: LiveChain;

beforeAll(async () => {
  chain = await liveChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
  await chain.mine();
});
afterAll(() => chain.stop());

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "nothing was thrown",
    (error: unknown) => (error instanceof SeroError ? error.code : String(error)),
  );

describe("whom a package can be given to", () => {
  it.each([
    ["nobody", bigIntToBytes(0n, 20)],
    ["a precompile", bigIntToBytes(1n, 20)],
    ["the Pool", POOL_ADDRESS],
    ["the system's address", SYSTEM_ADDRESS],
    ["half an address", new Uint8Array(10).fill(7)],
  ])("F45: not %s, where it would be stuck: no package is planned and no pseudonym made for another", async (_, to) => {
    const wallet = await chain.wallet(ALICE);
    const address = wallet.address();
    const contents = [
      { address, amount: 1n },
      { address, amount: 2n, controller: to as EthAddress },
    ];
    expect(await codeOf(wallet.prepareSeal({ contents }))).toBe("package/controller");
    expect(wallet.pseudonyms()).toEqual([]);
    const id = new Uint8Array(32).fill(1);
    expect(await codeOf(wallet.preparePackageTransfer({ id, to: to as EthAddress }))).toBe("package/controller");
    await wallet.close();
  });

  it("F45: a repack gives none away either, and says so before anything is proved", async () => {
    const wallet = await chain.wallet(ALICE);
    const address = wallet.address();
    await wallet.sendCall(await wallet.prepareSeal({ contents: [{ address, amount: 5n }] }));
    await chain.mine();
    await wallet.sync();
    const ids = (await wallet.packages()).map(({ id }) => id);
    expect(ids).toHaveLength(1);
    const outputs = [{ kind: "package" as const, address, amount: 5n, controller: POOL_ADDRESS }];
    expect(await codeOf(wallet.prepareRepack({ ids, outputs }))).toBe("package/controller");
    await wallet.close();
  });
});
