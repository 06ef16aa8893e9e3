import { describe, expect, it } from "vitest";
import {
  COIN,
  addressAt,
  addressForChange,
  bigIntToBytes,
  fieldToBytes,
  randomBytes,
  receiveSlot,
  returnSlot,
  toHex,
  type AssetId,
  type PoolEntry,
} from "@sero/protocol";
import { verifyDisclosure } from "../src/index.js";
import { foreignTransaction, sealed } from "./helpers/forge.js";
import { ART, GOLD, art, gold, on, payout, registered, someCall } from "./helpers/payouts.js";
import { ALICE, BOB, CAROL, COIN_UNIT, keysOf, restored, spendable, testChain } from "./helpers/wallets.js";

const bob = keysOf(BOB);

describe("tokens and tickets", () => {
  it("D24: a ticket counts with value 1 only, also when its kind is told late; a made-up asset is shown as unknown", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    const rk = randomBytes(32);
    const made = 123_456_789n as AssetId;
    const notes = [
      { asset: art(1n), value: 2n },
      { asset: art(2n), value: 1n },
      { asset: made, value: 10n ** 30n },
    ];
    await chain.mine({
      transactions: [
        foreignTransaction(
          chain,
          notes.map((note) => sealed({ address: addressAt(bob, 0n), ...note }, rk)),
          { rk },
        ),
      ],
    });
    const wallet = await on(chain);
    expect(wallet.balances()).toHaveLength(4);
    // The registration of a ticket that a node keeps back, or a fork brings later.
    await chain.mine({ assets: registered });
    await wallet.sync();
    expect(wallet.balances().map(({ asset, total: sum }) => [asset, sum])).toEqual([
      [COIN, COIN_UNIT],
      [art(2n), 1n],
      [made, 10n ** 30n],
    ]);
    expect(wallet.assetInfo(made)).toMatchObject({ kind: "unknown", warnings: [{ code: "unregistered" }] });
    expect(wallet.history()[0]?.parts.map(({ asset }) => asset)).toEqual([art(2n), made]);
    const payTicket = (amount: bigint) =>
      wallet.prepareSend({ payments: [{ address: wallet.address(), amount, asset: art(1n) }] });
    await expect(payTicket(2n)).rejects.toMatchObject({ code: "amount/ticket" });
    await expect(payTicket(1n)).rejects.toMatchObject({ code: "funds/insufficient" });
    await expect(payTicket(1n)).rejects.toThrow(/This needs ticket #1 \(0x/);
  });

  it("are paid hidden, several in one transaction, disclosed, and exported with their contracts", async () => {
    const chain = await testChain([
      { phrase: ALICE, values: [COIN_UNIT] },
      { phrase: BOB, values: [] },
    ]);
    const alice = keysOf(ALICE);
    const slotEntry = (counter: bigint, asset: AssetId, value: bigint) => ({
      inner: receiveSlot(alice, counter).inner,
      asset,
      value,
    });
    await chain.mine({
      completed: [slotEntry(1n, gold, 1000n), slotEntry(2n, art(1n), 1n), slotEntry(3n, art(3n), 1n)],
      assets: registered,
    });
    chain.contracts.set(toHex(GOLD), (data) =>
      toHex(data) === "0x313ce567"
        ? bigIntToBytes(2n, 32)
        : Uint8Array.from([..."GOLD"].map((c) => c.charCodeAt(0)).concat(Array<number>(28).fill(0))),
    );
    const wallet = await on(chain, ALICE);
    expect(wallet.balances().map(({ asset }) => asset)).toEqual([COIN, gold, ...[art(1n), art(3n)]]);
    expect(wallet.assets().map(({ decimals, warnings }) => [decimals, warnings[0]?.code])).toEqual([
      [18, undefined],
      [0, "not-asked"],
      [0, "not-asked"],
      [0, "not-asked"],
    ]);
    expect(await wallet.refreshAssets()).toBe(2);
    expect(await wallet.refreshAssets()).toBe(0);
    expect(wallet.findAsset("GOLD")).toMatchObject({ asset: gold, decimals: 2, warnings: [] });
    expect(wallet.findAsset(`${toHex(ART)}:2`)).toMatchObject({ asset: art(2n), kind: "ticket" });
    const other = await restored(chain, { phrase: BOB });
    const prepared = await wallet.prepareSend({
      payments: [
        { address: other.address(), amount: 450n, asset: gold, memo: "for you" },
        { address: other.address(), amount: 1n, asset: art(3n) },
      ],
    });
    expect(prepared.report.transactions).toMatchObject([{ bundles: 2 }]);
    await wallet.send(prepared);
    await chain.mine();
    await wallet.sync();
    await other.sync();
    expect(other.balances().map(({ asset, total: sum }) => [asset, sum])).toEqual([
      [COIN, 0n],
      [gold, 450n],
      [art(3n), 1n],
    ]);
    expect(
      wallet
        .balances()
        .map(({ asset, total: sum }) => [asset, sum])
        .slice(1),
    ).toEqual([
      [gold, 550n],
      [art(1n), 1n],
    ]);
    const [sent] = wallet.history();
    expect(sent?.parts.map(({ asset, amount }) => [asset, amount])).toEqual(
      expect.arrayContaining([
        [gold, 450n],
        [art(3n), 1n],
      ]),
    );
    const output = sent?.parts.find(({ asset }) => asset === gold)?.outputs[0] ?? 0;
    const shown = await verifyDisclosure(chain.client(), wallet.disclose(sent?.txid ?? "", output, "audit"), "audit");
    expect(shown).toMatchObject({ asset: gold, value: 450n, memo: "for you", signedBySender: true });
    const exported = wallet.export();
    expect(exported.assets).toMatchObject([
      { asset: "SERO" },
      { symbol: "GOLD", contract: toHex(GOLD), decimals: 2 },
      { kind: "ticket", ticket: "1" },
      { kind: "ticket", ticket: "3" },
    ]);
    expect(exported.balances[1]).toMatchObject({ asset: toHex(fieldToBytes(gold)), total: "5.5" });
    const csv = wallet.exportCsv().split("\r\n");
    expect(csv.find((line) => line.includes(",4.5,"))).toMatch(/GOLD \(0x0{36}601D\),4\.5,.*,for you,.*,out,0x/);
  });

  it("D33: a wallet asks for assets by ranges, and for names only a node on this machine, or when told to", async () => {
    const chain = await testChain([]);
    await chain.mine({
      transactions: [foreignTransaction(chain, [])],
      entries: [payout(addressAt(bob, 0n), gold, 5n).entry()],
      assets: registered,
    });
    const asked: string[] = [];
    const spy = (url: string) =>
      chain.client({
        url,
        assets: async (from, to) => {
          asked.push(`${from}-${to}`);
          return chain.client().assets(from, to);
        },
        call: async ({ to }) => {
          asked.push(toHex(to));
          return new Uint8Array(0);
        },
      });
    for (const [url, names] of [
      ["https://node.example", 0],
      ["http://127.0.0.1.example", 0],
      ["http://127.0.0.1:8545", 3],
    ] as const) {
      asked.length = 0;
      const wallet = await restored(chain, { phrase: BOB }, { client: spy(url) });
      await wallet.sync();
      expect(asked, url).toEqual(["0-1", ...Array<string>(names).fill(toHex(GOLD))]);
      // With or without something of ours: the same questions.
      asked.length = 0;
      await (await restored(chain, { phrase: CAROL }, { client: spy(url) })).sync();
      expect(asked, url).toEqual(["0-1"]);
    }
    const wallet = await restored(chain, { phrase: BOB }, { client: spy("https://node.example") });
    await wallet.sync({ names: true });
    expect(asked.filter((what) => what === toHex(GOLD))).toHaveLength(3);
  });
});

describe("calls in the history", () => {
  it("say as whom, what they brought and what came back, from the chain alone", async () => {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    await chain.mine({
      completed: [{ inner: receiveSlot(bob, 1n).inner, asset: gold, value: 100n }],
      assets: registered,
    });
    const before = await on(chain);
    const own = before.notes();
    const nullifiers = own.flatMap(({ nullifier }) => (nullifier === undefined ? [] : [nullifier]));
    const rk = randomBytes(32);
    const change = [
      sealed({ address: addressForChange(bob, 0n), value: 30n, asset: gold, ovk: bob.ovk }, rk),
      sealed({ address: addressAt(keysOf(CAROL), 0n), value: 20n, asset: gold, ovk: bob.ovk }, rk),
    ];
    const plain = foreignTransaction(chain, change, { rk, nullifiers });
    const call = { ...plain, call: someCall(ART) };
    const returned = (i: number, asset: AssetId, value: bigint): PoolEntry => ({
      kind: "completed",
      transaction: 0,
      inner: returnSlot(bob, nullifiers[0] ?? (0n as never), i).inner,
      asset,
      value,
    });
    const coin = plain.bundles[0]?.pubCoin ?? 0n;
    await chain.mine({
      transactions: [{ ...call, bundles: call.bundles.map((bundle) => ({ ...bundle, pubCoin: COIN_UNIT })) }],
      entries: [returned(1, art(2n), 1n), returned(2, gold, 5n), returned(0, COIN, COIN_UNIT / 2n)],
    });
    const wallet = await on(chain);
    const [entry] = wallet.history();
    expect(entry).toMatchObject({
      type: "call",
      pseudonym: toHex(ART),
      callFailed: false,
      parts: [{ asset: gold, amount: 20n }],
    });
    expect(coin).toBeGreaterThan(0n);
    // 50 of the token left the pool, 5 came back.
    const moves = new Map(entry?.moves?.map(({ asset, amount }) => [asset, amount]));
    expect(moves.get(gold)).toBe(-45n);
    expect(moves.get(art(2n))).toBe(1n);
    expect(moves.get(COIN)).toBe((entry?.fee ?? 0n) - COIN_UNIT / 2n);
    // Its returns are no income of their own, and every token is accounted for.
    expect(wallet.history().filter(({ type }) => type === "contract")).toHaveLength(1);
    expect(wallet.balances().find(({ asset }) => asset === gold)?.total).toBe(35n);
    expect(wallet.exportCsv()).toMatch(/call,mined.*,out,/);
    expect(spendable(wallet)).toBeGreaterThan(0n);
  });
});
