import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { receiveSlot, COIN } from "@sero/protocol";
import { directoryFiles, memoryFiles, openWalletAt } from "../src/index.js";
import {
  ALICE,
  BOB,
  COIN_UNIT,
  createWalletAt,
  keysOf,
  pay,
  placeFor,
  restored,
  spendable,
  testChain,
  total,
} from "./helpers/wallets.js";

const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

describe("a wallet's life", () => {
  it("is created, closed, opened without its node, and finds everything where it was", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [5n * COIN_UNIT] }]);
    const directory = await mkdtemp(join(tmpdir(), "sero-wallet-"));
    const files = directoryFiles(directory);
    const alice = await restored(chain, { phrase: ALICE }, { files });
    await alice.sync();
    const label = await alice.newAddress(0, "the shop");
    await pay(alice, alice.address(), COIN_UNIT);
    await chain.mine();
    await alice.sync();
    const { history, balances, address } = {
      history: alice.history(),
      balances: alice.balances(),
      address: alice.address(),
    };
    await alice.close();
    expect(await codeOf(alice.sync())).toBe("wallet/closed");
    const down = chain.client({
      chain: () => Promise.reject(new Error("down")),
      head: () => Promise.reject(new Error("down")),
    });
    const again = await openWalletAt({ ...placeFor(chain, { files, client: down }) });
    expect(again.history()).toEqual(history);
    expect(again.balances()).toEqual(balances);
    expect(again.address()).toBe(address);
    expect(again.addresses()).toMatchObject([{ address }, { address: label, label: "the shop" }]);
    expect(await codeOf(openWalletAt(placeFor(chain, { files })))).toBe("store/locked");
    await again.close();
    for (const name of await readdir(directory)) {
      const text = (await readFile(join(directory, name))).toString("latin1");
      expect(text).not.toMatch(/junk|"phrase"|serodev1|the shop/);
    }
  });

  it("D32: wrong passphrase, a damaged or foreign place, a second wallet in one place: a clear error, nothing overwritten", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [5n * COIN_UNIT] }]);
    const directory = await mkdtemp(join(tmpdir(), "sero-wallet-"));
    const files = directoryFiles(directory);
    const alice = await restored(chain, { phrase: ALICE }, { files });
    await alice.sync();
    await alice.close();
    const everything = async (): Promise<Map<string, string>> => {
      const names = (await readdir(directory)).sort();
      return new Map(
        await Promise.all(
          names.map(async (name) => [name, (await readFile(join(directory, name))).toString("hex")] as const),
        ),
      );
    };
    const before = await everything();
    expect(await codeOf(openWalletAt({ ...placeFor(chain, { files }), passphrase: "wrong" }))).toBe(
      "store/wrong-passphrase",
    );
    expect(await codeOf(restored(chain, { phrase: BOB }, { files }))).toBe("store/exists");
    expect(await codeOf(createWalletAt(placeFor(chain, { files })))).toBe("store/exists");
    expect(await everything()).toEqual(before);
    expect(await codeOf(openWalletAt(placeFor(chain)))).toBe("store/none");
    const state = await readFile(join(directory, "state.sero"));
    await writeFile(join(directory, "state.sero"), state.subarray(0, 50));
    const cut = await everything();
    expect(await codeOf(openWalletAt(placeFor(chain, { files })))).toBe("store/damaged");
    expect(await everything()).toEqual(cut);
    const rebuilt = await openWalletAt(placeFor(chain, { files }), { rebuild: true });
    await rebuilt.sync();
    expect(spendable(rebuilt)).toBe(5n * COIN_UNIT);
    expect(await readdir(directory)).toContain("damaged-state.sero");
    await rebuilt.close();
    await writeFile(join(directory, "keys.sero"), "{}");
    expect(await codeOf(openWalletAt(placeFor(chain, { files })))).toBe("store/foreign");
  });

  it("D32: bad phrases and view keys are refused without repeating them", async () => {
    const chain = await testChain([]);
    const error = await restored(chain, {
      phrase: "test test test test test test test test test test test tesst",
    }).catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: "phrase/word", values: { position: 12 } });
    expect((error as Error).message).not.toMatch(/tesst/);
    expect(await codeOf(restored(chain, { viewKey: "serodev1qqqq" }))).toMatch(/^view-key\//);
    expect(await codeOf(restored(chain, { phrase: ALICE }, { birthday: 99n }))).toBe("wallet/birthday");
  });

  it("changes its passphrase", async () => {
    const chain = await testChain([]);
    const files = memoryFiles();
    const wallet = await restored(chain, { phrase: ALICE }, { files });
    await wallet.changePassphrase("another", { logN: 10, r: 8, p: 1 });
    await wallet.close();
    expect(await codeOf(openWalletAt(placeFor(chain, { files })))).toBe("store/wrong-passphrase");
    expect(await codeOf(openWalletAt({ ...placeFor(chain, { files }), passphrase: "another" }))).toBe("ok");
  });

  it("has accounts that nobody can link, each with its own money", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [5n * COIN_UNIT] }]);
    await chain.mine({
      completed: [{ inner: receiveSlot(keysOf(ALICE, "sero-dev", 1), 0n).inner, asset: COIN, value: 7n }],
    });
    const alice = await restored(chain, { phrase: ALICE });
    await alice.sync();
    expect(await alice.newAccount()).toBe(1);
    await alice.sync();
    expect(alice.balances(0)[0]?.total).toBe(5n * COIN_UNIT);
    expect(alice.balances(1)[0]?.total).toBe(7n);
    expect(alice.balances()[0]?.total).toBe(5n * COIN_UNIT + 7n);
    await pay(alice, alice.address(1), COIN_UNIT, "to the other account");
    await chain.mine();
    await alice.sync();
    expect(alice.balances(1)[0]?.total).toBe(COIN_UNIT + 7n);
    expect(alice.history(0)[0]).toMatchObject({ type: "sent", parts: [{ amount: COIN_UNIT }] });
    expect(alice.history(1)[0]).toMatchObject({ type: "received", parts: [{ memo: "to the other account" }] });
  });

  it("exports everything of its own in readable form, and no key", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [5n * COIN_UNIT] }]);
    const alice = await restored(chain, { phrase: ALICE });
    await alice.sync();
    await pay(alice, alice.address(), COIN_UNIT, '=HYPERLINK("x"), "quoted"');
    await chain.mine();
    await alice.sync();
    const exported = alice.export();
    expect(exported).toMatchObject({
      type: "sero-wallet-export",
      network: "sero-dev",
      balances: [{ asset: "SERO", notes: 2 }],
      history: [{ type: "sent", block: "1" }, { type: "genesis" }],
    });
    expect(JSON.stringify(exported)).not.toContain(alice.viewKey("full"));
    const csv = alice.exportCsv();
    expect(csv.split("\r\n")[0]).toBe(
      "time,type,status,account,txid,block,asset,amount,address,memo,fee,direction,asset id",
    );
    expect(csv).toContain(`"'=HYPERLINK(""x""), ""quoted"""`);
  });

  it("is erased for good", async () => {
    const chain = await testChain([]);
    const directory = await mkdtemp(join(tmpdir(), "sero-wallet-"));
    const files = directoryFiles(directory);
    const wallet = await restored(chain, { phrase: ALICE }, { files });
    const sentences = await wallet.erase();
    expect(sentences.join(" ")).toMatch(/chain keeps/);
    expect(await readdir(directory)).toEqual([]);
    expect(await codeOf(openWalletAt(placeFor(chain, { files })))).toBe("store/none");
  });

  it("says what is pending and when it becomes spendable, where anchors are shared by many blocks", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [5n * COIN_UNIT] }], { anchorStep: 4 });
    const alice = await restored(chain, { phrase: ALICE });
    await alice.sync();
    await pay(alice, alice.address(), COIN_UNIT);
    await chain.mine();
    await alice.sync();
    expect(spendable(alice)).toBe(0n);
    expect(alice.balances()[0]?.reasons).toMatchObject([
      { reason: "anchor", sentence: expect.stringMatching(/from block 4 on/) },
    ]);
    const error = await alice
      .prepareSend({ payments: [{ address: alice.address(), amount: 1n }] })
      .catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: "funds/insufficient", message: expect.stringMatching(/on its way/) });
    await chain.mineMany(3);
    await alice.sync();
    expect(spendable(alice)).toBe(total(alice));
    await pay(alice, alice.address(), COIN_UNIT / 2n);
  });
});
