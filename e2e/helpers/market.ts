import { SERO_TOKEN, WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import { TEST_TICKET, TEST_TOKEN } from "@sero/contracts/test-contracts";
import { COIN, SeroError, fromHex, toHex, type AssetId, type EthAddress } from "@sero/protocol";
import type { CallOutcome, CallRequest, PackageInfo, PreparedCall, Wallet } from "@sero/wallet";
import { encodeFunctionData, type Abi } from "viem";
import { creationOf, firstCreation } from "../../packages/cli/dist/abi/index.js";
import type { Economy, Person } from "./economy.js";
import { randomFrom, type Random } from "./random.js";

/** One kind of thing that people do. */
export type Deed =
  | "pay"
  | "wrap"
  | "unwrap"
  | "give"
  | "mint"
  | "ticket"
  | "burn"
  | "revert"
  | "out of gas"
  | "seal"
  | "hand over"
  | "release"
  | "repack";

/** What was done: a transaction, whether it was to fail, and what became of it. */
export interface Done {
  readonly deed: Deed;
  readonly txid: string;
  readonly person: Person;
  readonly fails: boolean;
  outcome: CallOutcome | undefined;
}

/** Contracts of the market and everything done on it. */
export interface Market {
  readonly gold: EthAddress;
  readonly silver: EthAddress;
  readonly opera: EthAddress;
  readonly wrapped: EthAddress;
  /** Where tokens go to be nobody's. */
  readonly nowhere: EthAddress;
  readonly done: readonly Done[];
  /** Base units of silver that were minted, numbers of tickets. */
  readonly minted: () => { readonly silver: bigint; readonly tickets: readonly bigint[] };
  /** Does so many things at random, a few to a block. */
  readonly play: (count: number) => Promise<void>;
}

const NOBODY = `0x${"00".repeat(20)}`;
const DEEDS: readonly Deed[] = [
  ...Array<Deed>(10).fill("pay"),
  ...Array<Deed>(4).fill("wrap"),
  ...Array<Deed>(3).fill("unwrap"),
  ...Array<Deed>(3).fill("give"),
  ...Array<Deed>(3).fill("mint"),
  ...Array<Deed>(2).fill("ticket"),
  "burn",
  ...Array<Deed>(3).fill("revert"),
  ...Array<Deed>(3).fill("out of gas"),
  ...Array<Deed>(4).fill("seal"),
  ...Array<Deed>(4).fill("hand over"),
  ...Array<Deed>(3).fill("release"),
  ...Array<Deed>(2).fill("repack"),
];

const encode = (abi: Abi, functionName: string, args: readonly unknown[]): Uint8Array =>
  fromHex(encodeFunctionData({ abi, functionName, args }));

/** Base units of an asset that a wallet can spend now. */
const spendable = (wallet: Wallet, asset: AssetId): bigint =>
  wallet.balances().find((balance) => balance.asset === asset)?.spendable ?? 0n;

/** The asset of a contract in a wallet. */
export const assetIn = (wallet: Wallet, token: EthAddress, id = 0n): AssetId | undefined =>
  wallet.assets().find((info) => info.token !== undefined && toHex(info.token) === toHex(token) && info.id === id)
    ?.asset;

/** Opens a market on a running economy: a token with a fixed supply, one that anybody mints, tickets, and the wrapped coin. */
export const openMarket = async (economy: Economy, seed: number): Promise<Market> => {
  const random: Random = randomFrom(seed);
  const { people } = economy;
  const done: Done[] = [];
  const tickets: bigint[] = [];
  let silverMinted = 0n;
  const seal = async (): Promise<void> => void (await economy.node().context.sealer?.seal());
  const send = async (deed: Deed, person: Person, prepared: PreparedCall, fails = false): Promise<void> => {
    const { txid } = await person.wallet.sendCall(prepared);
    done.push({ deed, txid, person, fails, outcome: undefined });
  };
  const settle = async (): Promise<void> => {
    await seal();
    for (const entry of done.filter(({ outcome }) => outcome === undefined)) {
      await entry.person.wallet.sync();
      if (entry.deed !== "pay") entry.outcome = await entry.person.wallet.callOutcome(entry.txid);
    }
  };
  const create = async (request: CallRequest): Promise<EthAddress> => {
    const person = people[0]!;
    await person.wallet.sync();
    await send("mint", person, await person.wallet.prepareCall(request));
    await settle();
    const created = done.at(-1)?.outcome?.created[0];
    if (created === undefined) throw new Error(`no contract: ${done.at(-1)?.outcome?.sentence}`);
    return created;
  };
  const goldSupply = 1_000_000_000n;
  const goldAbi = SERO_TOKEN.abi as Abi;
  const gold = await create({
    calls: ({ pseudonym, slot }) => [
      { data: creationOf(goldAbi, SERO_TOKEN.creation, ["Gold", "GOLD", 2, goldSupply, 0n, NOBODY]), abi: goldAbi },
      { to: firstCreation(pseudonym), data: encode(goldAbi, "launch", [slot(0), "0x"]), abi: goldAbi },
    ],
  });
  const silverAbi = TEST_TOKEN.abi as Abi;
  const silver = await create({
    calls: [{ data: creationOf(silverAbi, TEST_TOKEN.creation, ["Silver", "SILVER", 0]), abi: silverAbi }],
  });
  const operaAbi = TEST_TICKET.abi as Abi;
  const opera = await create({
    calls: [{ data: creationOf(operaAbi, TEST_TICKET.creation, ["Opera", "OPERA"]), abi: operaAbi }],
  });
  const wrapped = WRAPPED_COIN_ADDRESS;
  const wrappedAbi = WRAPPED_COIN.abi as Abi;
  const nowhere = fromHex("0x000000000000000000000000000000000000dead") as EthAddress;

  const amountOf = (most: bigint): bigint => 1n + (most * BigInt(random.below(1_000_000))) / 3_000_000n;
  const someAsset = (wallet: Wallet): { asset: AssetId; amount: bigint } | undefined => {
    const all = wallet.balances().filter((balance) => balance.spendable > 0n);
    if (all.length === 0) return undefined;
    const { asset, spendable: most } = random.pick(all);
    return { asset, amount: most === 1n ? 1n : amountOf(most) };
  };
  const tokenOf = (wallet: Wallet, token: EthAddress): { asset: AssetId; amount: bigint } | undefined => {
    const asset = assetIn(wallet, token);
    const most = asset === undefined ? 0n : spendable(wallet, asset);
    return asset === undefined || most === 0n ? undefined : { asset, amount: amountOf(most) };
  };
  const own = async ({ wallet }: Person, want: (info: PackageInfo) => boolean): Promise<PackageInfo | undefined> =>
    (await wallet.packages()).find((info) => info.controlled && want(info));
  const another = (person: Person): Person => random.pick(people.filter((other) => other !== person));

  const deeds: Record<Deed, (person: Person) => Promise<boolean>> = {
    pay: async (person) => {
      const { wallet } = person;
      const what = someAsset(wallet);
      if (what === undefined) return false;
      const prepared = await wallet.prepareSend({ payments: [{ address: another(person).wallet.address(), ...what }] });
      if (prepared.report.later.length > 0) return false;
      for (const { txid } of await wallet.send(prepared))
        done.push({ deed: "pay", txid, person, fails: false, outcome: undefined });
      return true;
    },
    wrap: async (person) => {
      const value = amountOf(spendable(person.wallet, COIN) / 20n);
      const calls = [{ to: wrapped, value, data: encode(wrappedAbi, "deposit", []), abi: wrappedAbi }];
      await send("wrap", person, await person.wallet.prepareCall({ calls }));
      return true;
    },
    unwrap: async (person) => {
      const what = tokenOf(person.wallet, wrapped);
      if (what === undefined) return false;
      const calls = [{ to: wrapped, data: encode(wrappedAbi, "withdraw", [what.amount]), abi: wrappedAbi }];
      await send("unwrap", person, await person.wallet.prepareCall({ calls }));
      return true;
    },
    give: async (person) => {
      const token = random.pick([gold, silver, wrapped]);
      const what = tokenOf(person.wallet, token);
      if (what === undefined) return false;
      // To nobody, or to the Pool itself without a note: the surplus that nobody can take out.
      const to = toHex(random.pick([nowhere, wrapped]));
      const calls = [{ to: token, data: encode(silverAbi, "transfer", [to, what.amount]), abi: silverAbi }];
      await send("give", person, await person.wallet.prepareCall({ calls }));
      return true;
    },
    mint: async (person) => {
      const amount = BigInt(random.below(1_000_000)) + 1n;
      await send(
        "mint",
        person,
        await person.wallet.prepareCall({
          calls: ({ pseudonym }) => [
            { to: silver, data: encode(silverAbi, "mint", [toHex(pseudonym), amount]), abi: silverAbi },
          ],
        }),
      );
      silverMinted += amount;
      return true;
    },
    ticket: async (person) => {
      const ids = Array.from({ length: random.pick([1, 1, 2, 3]) }, (_, i) => BigInt(tickets.length + i + 1));
      await send(
        "ticket",
        person,
        await person.wallet.prepareCall({
          calls: ({ pseudonym }) =>
            ids.map((id) => ({ to: opera, data: encode(operaAbi, "mint", [toHex(pseudonym), id]), abi: operaAbi })),
        }),
      );
      tickets.push(...ids);
      return true;
    },
    burn: async (person) => {
      const what = tokenOf(person.wallet, gold);
      if (what === undefined) return false;
      const calls = [{ to: gold, data: encode(goldAbi, "burn", [what.amount]), abi: goldAbi }];
      await send("burn", person, await person.wallet.prepareCall({ calls }));
      return true;
    },
    revert: async (person) => {
      const what = tokenOf(person.wallet, random.pick([gold, silver]));
      const calls = [
        { to: silver, data: encode(silverAbi, "approve", [toHex(nowhere), 5n]), abi: silverAbi },
        { to: wrapped, data: encode(wrappedAbi, "withdraw", [1n << 100n]), abi: wrappedAbi },
      ];
      const bring = what === undefined ? [] : [what];
      const request: CallRequest = { calls, bring, gasLimit: 400_000n, force: true };
      await send("revert", person, await person.wallet.prepareCall(request), true);
      return true;
    },
    "out of gas": async (person) => {
      const what = tokenOf(person.wallet, random.pick([gold, silver]));
      const calls = [{ to: wrapped, value: 7n, data: encode(wrappedAbi, "deposit", []), abi: wrappedAbi }];
      const bring = [...(what === undefined ? [] : [what]), { asset: COIN, amount: 7n }];
      const gasLimit = BigInt(random.pick([1, 21_000, 40_000]));
      await send("out of gas", person, await person.wallet.prepareCall({ calls, bring, gasLimit, force: true }), true);
      return true;
    },
    seal: async (person) => {
      const what = someAsset(person.wallet);
      if (what === undefined) return false;
      const contents = [{ address: another(person).wallet.address(), ...what }];
      await send("seal", person, await person.wallet.prepareSeal({ contents }));
      return true;
    },
    "hand over": async (person) => {
      const box = await own(person, () => true);
      if (box === undefined) return false;
      const { address: to } = await another(person).wallet.newPseudonym({ label: "market" });
      await send("hand over", person, await person.wallet.preparePackageTransfer({ id: box.id, to }));
      return true;
    },
    release: async (person) => {
      const box = await own(person, () => true);
      if (box === undefined) return false;
      await send("release", person, await person.wallet.prepareRelease({ ids: [box.id] }));
      return true;
    },
    repack: async (person) => {
      const box = await own(person, ({ contents }) => contents !== undefined && contents.value > 1n);
      const { contents } = box ?? {};
      if (box === undefined || contents === undefined) return false;
      const part = 1n + (contents.value - 2n) / 2n;
      const to = another(person).wallet.address();
      await send(
        "repack",
        person,
        await person.wallet.prepareRepack({
          ids: [box.id],
          outputs: [
            { kind: "note", address: to, amount: part, asset: contents.asset },
            { kind: "package", address: to, amount: contents.value - part, asset: contents.asset },
          ],
        }),
      );
      return true;
    },
  };

  /** False where it can't be done just now: nothing of the kind is held, or money is still on its way. */
  const doOnce = async (person: Person): Promise<boolean> => {
    await person.wallet.sync();
    const deed = random.pick(DEEDS);
    try {
      return await deeds[deed](person);
    } catch (error) {
      if (error instanceof SeroError && error.code.startsWith("funds/")) return false;
      throw new Error(`deed ${done.length}, ${deed} by ${person.name}: ${String(error)}`, { cause: error });
    }
  };

  return {
    gold,
    silver,
    opera,
    wrapped,
    nowhere,
    done,
    minted: () => ({ silver: silverMinted, tickets }),
    play: async (count) => {
      for (let made = 0; made < count;) {
        // Different people in one block: what one does doesn't change what was tried out for another's tickets or packages.
        const together = random.shuffled(people).slice(0, random.pick([1, 2, 3, 4]));
        for (const person of together) if (made < count && (await doOnce(person))) made++;
        await settle();
      }
      for (const { wallet } of people) await wallet.sync();
    },
  };
};
