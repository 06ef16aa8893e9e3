import { SERO_TICKET, SERO_TOKEN } from "@sero/contracts";
import { parseAmount, toHex, type AssetId, type EthAddress } from "@sero/protocol";
import { type Wallet } from "@sero/wallet";
import type { Abi } from "viem";
import { calldataOf, creationOf, firstCreation } from "../abi/index.js";
import { act, hexAddress, madeBy } from "./act.js";
import type { Players } from "./contracts-story.js";
import { publicLines } from "./public-view.js";
import type { Stage } from "./stage.js";
import { check, type Scene } from "./scene.js";

/** What a wallet holds of an asset, base units. */
export const held = (wallet: Wallet, asset: AssetId | undefined): bigint =>
  wallet.balances().find((balance) => balance.asset === asset)?.total ?? 0n;

/** The asset of a token's contract (and ticket number) in a wallet. */
export const assetOf = (wallet: Wallet, token: EthAddress, id = 0n): AssetId | undefined =>
  wallet.assets().find((info) => info.token !== undefined && toHex(info.token) === toHex(token) && info.id === id)
    ?.asset;

const NOBODY = `0x${"00".repeat(20)}`;

/** Alice issues a token with a fixed supply and pays Bob in it. */
export const issueToken = async (stage: Stage, cast: Players): Promise<Scene> => {
  const { alice, bob } = cast;
  const abi = SERO_TOKEN.abi as Abi;
  const supply = parseAmount("1000000", 2);
  const done = await act(stage, alice, {
    calls: ({ pseudonym, slot }) => [
      { data: creationOf(abi, SERO_TOKEN.creation, ["Hartmann Gold", "GOLD", 2, supply, 0n, NOBODY]), abi },
      { to: firstCreation(pseudonym), data: calldataOf(abi, "launch", [slot(0), "0x"]), abi },
    ],
  });
  cast.gold = madeBy(done);
  await alice.sync();
  const asset = assetOf(alice, cast.gold);
  const issued = held(alice, asset);
  const sent = parseAmount("2500", 2);
  const prepared = await alice.prepareSend({
    payments: [{ address: bob.address(), amount: sent, ...(asset === undefined ? {} : { asset }) }],
  });
  const [receipt] = await alice.send(prepared);
  await stage.mined(alice, [receipt?.txid ?? ""]);
  await bob.sync();
  const shown = bob.assets().find((info) => info.asset === asset);
  return {
    title: "Alice issues a token, a million GOLD and never more, and pays Bob in it",
    really: ["1000000 GOLD made, all of it Alice's", "2500 GOLD to Bob"],
    chain: [
      ...publicLines(done.seen, stage.spec),
      "later: somebody paid somebody something; that it was GOLD is nowhere to be seen",
    ],
    checks: [
      check("Alice held all of the supply", issued === supply),
      check(
        "Bob has 2500 GOLD, by name",
        held(bob, asset) === sent && shown?.symbol === "GOLD" && shown.decimals === 2,
      ),
      check("the contract says that its supply is fixed", shown?.warnings.length === 0),
    ],
  };
};

/** Alice issues three tickets and trades one with Carol. */
export const tradeTicket = async (stage: Stage, cast: Players): Promise<Scene> => {
  const { alice, carol } = cast;
  const abi = SERO_TICKET.abi as Abi;
  const ids = [1n, 2n, 3n];
  const done = await act(stage, alice, {
    calls: ({ pseudonym, slot }) => {
      const to = firstCreation(pseudonym);
      return [
        {
          data: creationOf(abi, SERO_TICKET.creation, ["Opera, 24 December", "OPERA", "", 3n, hexAddress(pseudonym)]),
          abi,
        },
        { to, data: calldataOf(abi, "mint", [ids.map((_, i) => slot(i)), ids, ids.map(() => "0x")]), abi },
        { to, data: calldataOf(abi, "transferOwnership", [NOBODY]), abi },
      ];
    },
  });
  const series = madeBy(done);
  await alice.sync();
  const ticket = assetOf(alice, series, 2n);
  const mine = ids.filter((id) => held(alice, assetOf(alice, series, id)) === 1n).length;
  const price = parseAmount("40", 18);
  await carol.sync();
  const [paid] = await carol.send(
    await carol.prepareSend({ payments: [{ address: alice.address(), amount: price, memo: "seat 2" }] }),
  );
  await stage.mined(carol, [paid?.txid ?? ""]);
  await alice.sync();
  const [given] = await alice.send(
    await alice.prepareSend({
      payments: [{ address: carol.address(), amount: 1n, ...(ticket === undefined ? {} : { asset: ticket }) }],
    }),
  );
  await stage.mined(alice, [given?.txid ?? ""]);
  await carol.sync();
  return {
    title: "Alice issues three opera tickets; Carol buys the second",
    really: ["tickets 1, 2 and 3 are Alice's", "Carol pays 40 SERO and gets ticket 2"],
    chain: [...publicLines(done.seen, stage.spec), "later: two payments like all others"],
    checks: [
      check("all three tickets were Alice's", mine === 3),
      check("ticket 2 is Carol's, and no longer Alice's", held(carol, ticket) === 1n && held(alice, ticket) === 0n),
    ],
  };
};
