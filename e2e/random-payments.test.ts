import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replayChain } from "../packages/cli/dist/audit/replay.js";
import { rawBlocksOf } from "../packages/cli/dist/audit/raw-blocks.js";
import { jsonRpc } from "../packages/cli/dist/io/json-rpc.js";
import type { Wallet } from "@sero/wallet";
import { temporaryFolder } from "./helpers/command.js";
import { openEconomy, totalOf, type Economy } from "./helpers/economy.js";
import { publishedBy, type LabelledOutput, type Published } from "./helpers/published.js";
import { blockAt, rpc } from "./helpers/rpc.js";
import { counted, differences, uniform } from "./helpers/statistics.js";

/** A wallet's history as text, so that two can be compared to the last digit. */
const told = (wallet: Wallet): string =>
  JSON.stringify(wallet.history(), (_key, value: unknown) => (typeof value === "bigint" ? `${value}n` : value));

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

// Two hundred real proofs would take minutes on two cores and show nothing more here: the witness of each payment is computed by the
// circuit's own program, which refuses what could not be proved, and signatures are real. The smaller run has real proofs all the way.
describe.each([
  { payments: 200, people: 10, realProofs: false, what: "without proofs" },
  { payments: 12, people: 3, realProofs: true, what: "with real proofs" },
])("$payments random payments among $people wallets $what", ({ payments, people, realProofs }) => {
  let economy: Economy;
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;

  beforeAll(async () => {
    folder = await temporaryFolder();
    economy = await openEconomy({ folder: folder.path, people, coinsPerNote: 100n, realProofs, seed: 20_260_731 });
    await economy.play(payments);
  });
  afterAll(async () => {
    await economy.close();
    await folder.remove();
  });

  it("are all mined, some in several bundles and some together in a block, and every wallet holds what it should", async () => {
    const { txids } = economy.sent();
    expect(txids.length).toBeGreaterThanOrEqual(payments);
    for (const { name, wallet, expected } of economy.people) {
      expect(totalOf(wallet), name).toBe(expected);
      expect(wallet.pending(), name).toEqual([]);
    }
    const { rpcUrl } = economy.node();
    const head = BigInt(await rpc<string>(rpcUrl, "eth_blockNumber"));
    const blocks = await Promise.all(Array.from({ length: Number(head) }, (_, i) => blockAt(rpcUrl, BigInt(i + 1))));
    const mined = blocks.flatMap(({ transactions }) => transactions);
    expect([...mined].sort()).toEqual([...txids].sort());
    const leaves = BigInt((await rpc<{ leafCount: string }>(rpcUrl, "sero_head")).leafCount);
    const bundles = (leaves - BigInt(4 * people)) / 3n;
    expect(bundles).toBeGreaterThanOrEqual(BigInt(txids.length));
    expect(blocks.some(({ transactions }) => transactions.length > 1)).toBe(true);
    if (payments >= 100) expect(bundles).toBeGreaterThan(BigInt(txids.length));
  });

  it("are found again by a wallet restored from its phrase, and by one from its full view key: same balance, same history", async () => {
    for (const { name, phrase, wallet } of economy.people) {
      const again = await economy.copy(`${name}-again`, { phrase });
      const watching = await economy.copy(`${name}-watching`, { viewKey: wallet.viewKey("full") });
      for (const copy of [again, watching]) {
        expect(copy.balances(), name).toEqual(wallet.balances());
        expect(told(copy), name).toBe(told(wallet));
        expect(
          copy
            .notes()
            .map(({ leafIndex }) => leafIndex)
            .sort(),
          name,
        ).toEqual(
          wallet
            .notes()
            .map(({ leafIndex }) => leafIndex)
            .sort(),
        );
      }
    }
  });

  it("leave the sum of all notes at the supply less the fees, as the turnstile says, and the fees with who made the blocks", async () => {
    const { fees } = economy.sent();
    const supply = sum(economy.spec.genesisNotes.map(({ value }) => value));
    const held = sum(economy.people.flatMap(({ wallet }) => wallet.notes().map(({ value }) => value)));
    expect(held).toBe(supply - fees);
    const totals = await rpc<{ balance: string; surplus: string; assets: { counter: string }[] }>(
      economy.node().rpcUrl,
      "sero_poolTotals",
    );
    expect(totals.assets.map(({ counter }) => BigInt(counter))).toEqual([held]);
    expect(BigInt(totals.balance)).toBe(held);
    expect(BigInt(totals.surplus)).toBe(0n);
    const proposer = await rpc<string>(economy.node().rpcUrl, "eth_getBalance", [`0x${"00".repeat(20)}`, "latest"]);
    expect(BigInt(proposer)).toBe(fees);
    const paid = sum(
      economy.people.flatMap(({ wallet }) =>
        wallet
          .history()
          .filter(({ type }) => type === "sent")
          .map(({ fee }) => fee),
      ),
    );
    expect(paid).toBe(fees);
  });

  it("give the same state root when the chain is rebuilt from its blocks alone, and after a restart of the node", async () => {
    const { rpcUrl } = economy.node();
    const head = await blockAt(rpcUrl, "latest");
    const audit = await replayChain(economy.spec, economy.verifier, rawBlocksOf(jsonRpc(rpcUrl)));
    expect(audit.stateRoot).toBe(head.stateRoot);
    expect(audit.headHash).toBe(head.hash);
    expect(audit.transactions).toBe(economy.sent().txids.length);
    expect(audit.shielded + audit.publicBalances).toBe(audit.supply);
    expect(audit.publicBalances).toBe(economy.sent().fees);
    const again = await economy.restartNode();
    expect(await blockAt(again.rpcUrl, "latest")).toEqual(head);
    for (const { wallet } of economy.people) expect((await wallet.sync()).rewound).toBe(0n);
  });

  if (payments >= 100) {
    describe("show nobody which of their parts mean something", () => {
      let published: Published;
      beforeAll(async () => {
        published = await publishedBy(economy);
      });
      const outputs = (...kinds: readonly string[]) => published.outputs.filter(({ kind }) => kinds.includes(kind));

      it("D33: dummy outputs can't be told from payments and change, at any position of ciphertext or commitment", () => {
        const [dummies, others] = [outputs("dummy"), outputs("payment", "change")];
        expect(dummies.length).toBeGreaterThan(100);
        expect(others.length).toBeGreaterThan(300);
        for (const of of [(x: LabelledOutput) => x.ciphertext, (x: LabelledOutput) => x.commitment]) {
          expect(differences(others.map(of), dummies.map(of))).toEqual([]);
          expect(differences(outputs("payment").map(of), outputs("change").map(of))).toEqual([]);
        }
        // The same comparison sees a dummy whose ephemeral key, tag or sealed part is made in another way.
        for (const at of [0, 31, 32, 33, 177, 178, 289]) {
          const lazy = dummies.map(({ ciphertext }) => ciphertext.with(at, (ciphertext[at] ?? 0) & 0x3f));
          expect(
            differences(
              others.map((x) => x.ciphertext),
              lazy,
            ),
            `byte ${at}`,
          ).not.toEqual([]);
        }
      });

      it("D33: payment, change and dummy stand in each place of a bundle equally often, and so do the inputs", () => {
        for (const kind of ["payment", "change", "dummy"]) {
          const { statistic, limit } = uniform(
            counted(
              outputs(kind).map(({ place }) => place),
              3,
            ),
          );
          expect(statistic, kind).toBeLessThan(limit);
        }
        const dummies = published.inputs.filter(({ isDummy, isMixed }) => isDummy && isMixed);
        expect(dummies.length).toBeGreaterThan(30);
        const { statistic, limit } = uniform(
          counted(
            dummies.map(({ place }) => place),
            2,
          ),
        );
        expect(statistic).toBeLessThan(limit);
      });

      it("D33: nullifiers of dummies look like those of notes, and empty memos like written ones", () => {
        const of = (isDummy: boolean) => published.inputs.filter((x) => x.isDummy === isDummy).map((x) => x.nullifier);
        expect(of(true).length).toBeGreaterThan(30);
        expect(differences(of(false), of(true))).toEqual([]);
        const written = new Set(
          economy.people.flatMap(({ wallet }) =>
            wallet.history().flatMap(({ txid, parts }) => (parts.some(({ memo }) => memo !== undefined) ? [txid] : [])),
          ),
        );
        const chunks = (hasMemo: boolean): Uint8Array[] =>
          published.transactions.flatMap(({ memos }, i) => {
            const isWritten = written.has(economy.sent().txids[i]);
            return memos.length === 1 && isWritten === hasMemo ? [...memos] : [];
          });
        expect(chunks(false).length).toBeGreaterThan(10);
        expect(differences(chunks(true), chunks(false))).toEqual([]);
      });

      it("nothing is used twice, and the fee follows from the visible shape alone", () => {
        const { transactions, inputs } = published;
        const keys = [
          ...published.outputs.map(({ ciphertext }) => ciphertext.subarray(0, 32)),
          ...transactions.flatMap(({ bundles }) => bundles.map(({ rk }) => rk)),
          ...published.outputs.map(({ commitment }) => commitment),
          ...inputs.map(({ nullifier }) => nullifier),
          ...transactions.flatMap(({ memos }) => memos),
        ].map((bytes) => Buffer.from(bytes).toString("hex"));
        expect(new Set(keys).size).toBe(keys.length);
        const feeOfShape = new Map<string, bigint>();
        for (const { bundles, memos, priceStep } of transactions) {
          const shape = `${bundles.length} ${memos.length} ${priceStep}`;
          const fee = sum(bundles.map(({ pubCoin }) => pubCoin));
          expect(feeOfShape.get(shape) ?? fee).toBe(fee);
          feeOfShape.set(shape, fee);
        }
      });
    });
  }
});
