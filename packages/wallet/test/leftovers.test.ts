import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeDeployData, encodeFunctionData } from "viem";
import {
  SeroError,
  assetIdOf,
  bigIntToBytes,
  concatBytes,
  equalBytes,
  fromHex,
  toHex,
  type EthAddress,
} from "@sero/protocol";
import { TEST_TOKEN_OUTPUT } from "../../contracts/src/generated/test.js";
import { type NodeClient, type Wallet } from "../src/index.js";
import { TRANSFER } from "../src/calls/events.js";
import type { EventLog } from "../src/rpc/index.js";
import { hexOf, liveChain, type LiveChain } from "./helpers/live.js";
import { ALICE, BOB, COIN_UNIT } from "./helpers/wallets.js";

let chain: LiveChain;
let alice: Wallet;
let bob: Wallet;
let gold: EthAddress;
/** What the node of bob's is made to answer. */
let faults: Partial<NodeClient> = {};

beforeAll(async () => {
  chain = await liveChain([
    { phrase: ALICE, values: [100n, 50n, 20n, 10n].map((n) => n * COIN_UNIT) },
    { phrase: BOB, values: [100n, 100n].map((n) => n * COIN_UNIT) },
  ]);
  await chain.mine();
  alice = await chain.wallet(ALICE);
  bob = await chain.wallet(BOB, {
    client: {
      ...chain.client,
      logs: (...args) => (faults.logs ?? chain.client.logs)(...args),
      call: (...args) => (faults.call ?? chain.client.call)(...args),
      coinOf: (...args) => (faults.coinOf ?? chain.client.coinOf)(...args),
    },
  });
  const receipt = await alice.sendCall(
    await alice.prepareCall({
      calls: [{ data: fromHex(encodeDeployData({ ...TEST_TOKEN_OUTPUT, args: ["Gold", "GOLD", 18] })) }],
    }),
  );
  await chain.mine();
  await alice.sync();
  gold = (await alice.callOutcome(receipt.txid)).created[0] as EthAddress;
});
afterAll(() => chain.stop());

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "nothing thrown",
    (error: unknown) => (error instanceof SeroError ? error.code : String(error)),
  );

/** A kept pseudonym of bob's on which 40 of a token lie that he has never seen. */
async function withGold(): Promise<EthAddress> {
  const { address } = await bob.newPseudonym();
  const data = encodeFunctionData({ abi: TEST_TOKEN_OUTPUT.abi, functionName: "mint", args: [hexOf(address), 40n] });
  await alice.sendCall(await alice.prepareCall({ calls: [{ to: gold, data: fromHex(data) }] }));
  await chain.mine();
  await alice.sync();
  await bob.sync();
  return address;
}

const junkTo = (address: EthAddress, count: number): EventLog[] =>
  Array.from({ length: count }, (_, i) => ({
    address: bigIntToBytes(0xabcdef00n + BigInt(i), 20) as EthAddress,
    topics: [TRANSFER, new Uint8Array(32), concatBytes(new Uint8Array(12), address)],
    data: bigIntToBytes(7n, 32),
  }));

const namesGold = (assets: readonly { readonly token: EthAddress | undefined }[]): boolean =>
  assets.some(({ token }) => token !== undefined && equalBytes(token, gold));

describe("what lies on pseudonyms", () => {
  it("D29: hundreds of contracts of rubbish hide nothing that came later, and of what came before them the report tells", async () => {
    const address = await withGold();
    const flooded =
      (junkFirst: boolean): NodeClient["logs"] =>
      async (topics, from, to) => {
        const real = await chain.client.logs(topics, from, to);
        const isIn = topics.length === 3 && to >= bob.position().scanned;
        const junk = isIn ? junkTo(address, 250) : [];
        return junkFirst ? [...junk, ...real] : [...real, ...junk];
      };
    faults = { logs: flooded(true) };
    const [found] = await bob.leftovers({ pseudonym: address });
    expect(namesGold(found?.assets ?? [])).toBe(true);
    expect(found?.unseen).toEqual({ leftOut: 51, eventsMissing: false });

    faults = { logs: flooded(false) };
    const [hidden] = await bob.leftovers({ pseudonym: address });
    expect(hidden).toMatchObject({ assets: [], unseen: { leftOut: 51, eventsMissing: false } });
    await expect(bob.prepareSweep(address)).rejects.toThrow("51 more tokens and tickets");
    const tokens = [{ kind: "token" as const, token: gold }];
    expect(namesGold((await bob.leftovers({ pseudonym: address, tokens }))[0]?.assets ?? [])).toBe(true);
    await bob.sendCall(await bob.prepareSweep(address, { tokens }));
    await chain.mine();
    await bob.sync();
    expect(bob.balances().find(({ asset }) => asset === assetIdOf(1, gold, 0n))?.total).toBe(40n);
    faults = {};
  }, 120_000);

  it("D29: a node that keeps no old events says so, and what it has is found; one that is too busy is not taken for an empty one", async () => {
    const address = await withGold();
    const { scanned } = bob.position();
    let asked = 0;
    faults = {
      logs: async (topics, from, to) => {
        asked++;
        if (from < scanned - 1n) throw new SeroError("rpc/pruned", "No more.");
        return chain.client.logs(topics, from, to);
      },
    };
    const [found] = await bob.leftovers({ pseudonym: address });
    expect(namesGold(found?.assets ?? [])).toBe(true);
    expect(found?.unseen).toEqual({ leftOut: 0, eventsMissing: true });
    expect(asked).toBeLessThan(40);
    const { report } = await bob.prepareSweep(address);
    expect(report.warnings.join("\n")).toContain("does not have all events");

    for (const code of ["rpc/limit", "rpc/method", "rpc/timeout"]) {
      faults = { call: () => Promise.reject(new SeroError(code, "Too busy.")) };
      expect(await codeOf(bob.leftovers({ pseudonym: address })), code).toBe(code);
    }
    for (const code of ["rpc/method", "rpc/not-found", "rpc/refused"]) {
      faults = { logs: () => Promise.reject(new SeroError(code, "No.")) };
      expect(await codeOf(bob.leftovers({ pseudonym: address })), code).toBe(code);
    }
    faults = {};
  }, 120_000);

  it("D27: of a pseudonym that is named, no other is asked about", async () => {
    const [first, second] = [await withGold(), await withGold()];
    const asked = new Set<string>();
    faults = {
      coinOf: (address, options) => {
        asked.add(toHex(address));
        return chain.client.coinOf(address, options);
      },
    };
    expect(await bob.leftovers({ pseudonym: second })).toHaveLength(1);
    expect([...asked]).toEqual([toHex(second)]);
    await bob.leftovers();
    expect([...asked]).toContain(toHex(first));
    expect(await codeOf(bob.leftovers({ pseudonym: gold }))).toBe("pseudonym/unknown");
    expect(await codeOf(bob.leftovers({ pseudonym: first, account: 1 }))).toBe("pseudonym/other-account");
    expect(await bob.leftovers({ account: 1 })).toEqual([]);
    faults = {};
  }, 120_000);
});
