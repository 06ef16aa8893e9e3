import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { POOL_ABI } from "@sero/contracts";
import { COIN, POOL_ADDRESS, toHex, type AssetId, type EthAddress } from "@sero/protocol";
import { decodeFunctionResult, encodeFunctionData, erc20Abi, erc721Abi, type Abi } from "viem";
import { replayChain } from "../packages/cli/dist/audit/replay.js";
import { rawBlocksOf } from "../packages/cli/dist/audit/raw-blocks.js";
import { jsonRpc } from "../packages/cli/dist/io/json-rpc.js";
import { temporaryFolder } from "./helpers/command.js";
import { openEconomy, type Economy } from "./helpers/economy.js";
import { assetIn, openMarket, type Market } from "./helpers/market.js";
import { blockAt, rpc } from "./helpers/rpc.js";

const STEPS = Number(process.env["SERO_MARKET_STEPS"] ?? 500);
const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

// No Groth16 proofs of spends: the suite is about balances, and each spend's whole witness is computed by the circuit's own program. Repacks are
// proved: the Pool's own code checks them.
describe(`${STEPS} random payments, calls, failing calls, package steps and token moves among ten wallets`, () => {
  let economy: Economy;
  let market: Market;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    economy = await openEconomy({ folder: folder.path, people: 10, coinsPerNote: 1000n, realProofs: false, seed: 3 });
    market = await openMarket(economy, 20_261_122);
    await market.play(STEPS);
  }, 1_200_000);
  afterAll(async () => {
    await economy.close();
    await folder.remove();
  });

  const ask = async (to: EthAddress, abi: Abi, functionName: string, args: readonly unknown[]): Promise<unknown> =>
    decodeFunctionResult({
      abi,
      functionName,
      data: await rpc<`0x${string}`>(economy.node().rpcUrl, "eth_call", [
        { to: toHex(to), data: encodeFunctionData({ abi, functionName, args }) },
        "latest",
      ]),
    });
  /** Base units of an asset in all wallets' notes. */
  const inNotes = (asset: AssetId): bigint =>
    sum(
      economy.people.flatMap(({ wallet }) =>
        wallet
          .notes()
          .filter((note) => note.asset === asset)
          .map(({ value }) => value),
      ),
    );
  /** Base units of an asset in packages that are still sealed, by those who know what is inside. */
  const inPackages = async (asset: AssetId): Promise<bigint> => {
    const boxes = new Map<string, bigint>();
    for (const { wallet } of economy.people)
      for (const { id, controller, contents } of await wallet.packages())
        if (controller !== undefined && contents?.asset === asset) boxes.set(toHex(id), contents.value);
    return sum([...boxes.values()]);
  };
  const turnstile = async (asset: AssetId | undefined): Promise<bigint> =>
    BigInt(String(await ask(POOL_ADDRESS, POOL_ABI as Abi, "turnstile", [asset ?? 0n])));

  it("end as they were meant to: what was to fail failed, all else succeeded, and every kind of step was made", () => {
    const calls = market.done.filter(({ deed }) => deed !== "pay");
    for (const { deed, fails, outcome } of calls)
      expect(outcome?.status, `${deed}: ${outcome?.sentence}`).toBe(fails ? "failed" : "succeeded");
    const kinds = new Map<string, number>();
    for (const { deed } of market.done) kinds.set(deed, (kinds.get(deed) ?? 0) + 1);
    if (STEPS >= 300) expect(kinds.size).toBe(13);
    expect(STEPS < 300 || [...kinds.values()].every((count) => count >= 3), JSON.stringify([...kinds])).toBe(true);
    for (const { wallet, name } of economy.people) expect(wallet.pending(), name).toEqual([]);
  });

  it("keep the coin: notes + packages + public balances = genesis, as the turnstile and a rebuild from the blocks say", async () => {
    const { rpcUrl } = economy.node();
    const head = await blockAt(rpcUrl, "latest");
    const audit = await replayChain(economy.spec, economy.verifier, rawBlocksOf(jsonRpc(rpcUrl)));
    expect(audit.stateRoot).toBe(head.stateRoot);
    expect(audit.headHash).toBe(head.hash);
    const supply = sum(economy.spec.genesisNotes.map(({ value }) => value));
    const hidden = inNotes(COIN) + (await inPackages(COIN));
    expect(hidden).toBe(audit.shielded);
    expect(hidden + audit.publicBalances).toBe(supply);
    expect(await turnstile(COIN)).toBe(hidden);
  });

  it("keep every token: notes + packages + public balances of contracts = what was issued; turnstiles agree", async () => {
    const { gold, silver, wrapped, nowhere, minted, done } = market;
    for (const token of [gold, silver, wrapped]) {
      const asset = economy.people.map(({ wallet }) => assetIn(wallet, token)).find((found) => found !== undefined);
      const hidden = asset === undefined ? 0n : inNotes(asset) + (await inPackages(asset));
      const balance = async (of: EthAddress): Promise<bigint> =>
        BigInt(String(await ask(token, erc20Abi, "balanceOf", [toHex(of)])));
      expect(asset === undefined ? 0n : await turnstile(asset), toHex(token)).toBe(hidden);
      expect(await balance(POOL_ADDRESS), toHex(token)).toBe(hidden);
      const pseudonyms = new Set(
        done.flatMap(({ outcome }) => (outcome?.pseudonym === undefined ? [] : [toHex(outcome.pseudonym)])),
      );
      for (const pseudonym of pseudonyms)
        expect(BigInt(String(await ask(token, erc20Abi, "balanceOf", [pseudonym]))), pseudonym).toBe(0n);
      const issued = BigInt(String(await ask(token, erc20Abi, "totalSupply", [])));
      expect(hidden + (await balance(nowhere)) + (await balance(wrapped)), toHex(token)).toBe(issued);
    }
    expect(BigInt(String(await ask(silver, erc20Abi, "totalSupply", [])))).toBe(minted().silver);
  });

  it("keep every ticket: the Pool holds it, and exactly one wallet or package has it", async () => {
    const { opera, minted } = market;
    for (const id of minted().tickets) {
      const asset = economy.people.map(({ wallet }) => assetIn(wallet, opera, id)).find((found) => found !== undefined);
      expect(asset, String(id)).toBeDefined();
      expect(inNotes(asset ?? (0n as AssetId)) + (await inPackages(asset ?? (0n as AssetId))), String(id)).toBe(1n);
      expect(String(await ask(opera, erc721Abi, "ownerOf", [id])).toLowerCase()).toBe(toHex(POOL_ADDRESS));
    }
  });

  it("are found again by wallets restored from their phrases", async () => {
    for (const { name, phrase, wallet } of economy.people.slice(0, 3)) {
      const again = await economy.copy(`${name}-again`, { phrase });
      expect(again.balances(), name).toEqual(wallet.balances());
    }
  });
});
