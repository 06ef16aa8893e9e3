import { describe, expect, it } from "vitest";
import { equalBytes, transactionBytesHash } from "@sero/protocol";
import {
  buildBlock,
  decodeAndCheckStateless,
  decodeBlock,
  encodeBlock,
  importBlock,
  verifyBundles,
  type Header,
  type Withdrawal,
} from "../../src/index.js";
import { COINS, FEE_RECIPIENT, openTestChain } from "../helpers/chain.js";
import { pickyVerifier } from "../helpers/verifiers.js";

describe("importing", () => {
  it("refuses a block for one false proof, names it, and stops the verifier when the state says no first", async () => {
    const chain = await openTestChain({ wallets: 3 });
    const payments = [0, 1, 2].map((i) => chain.pay(i, 0, COINS));
    const parent = chain.head();
    const candidates = payments.map(({ bytes }) => chain.check(bytes));
    const built = await buildBlock(chain.rules, parent, chain.attributes(), candidates, { verified: true });
    const target = payments[1]!.tx.bundles[0]!.proof;
    const picky = pickyVerifier((item) => item.proof.every((byte, i) => byte === target[i]));
    const rules = { ...chain.rules, verifier: picky.verifier };
    const verdict = await importBlock(rules, parent, built);
    expect(verdict.ok ? "" : [verdict.error.code, verdict.error.values["index"]]).toEqual(["tx/proof", 1]);
    expect(picky.seen.length).toBe(3);
    // Proofs checked in the mempool are not checked again.
    const again = pickyVerifier(() => true);
    const known = await importBlock({ ...chain.rules, verifier: again.verifier }, parent, built, {
      verifiedTransaction: (hash) => candidates.find(({ bytes }) => equalBytes(transactionBytesHash(bytes), hash)),
    });
    expect(known.ok && again.seen.length).toBe(0);
    const whole = await importBlock({ ...chain.rules, verifier: again.verifier }, parent, built, {
      verifiedTransaction: (hash) => (hash.length === 32 ? candidates[0] : undefined),
    });
    expect(whole.ok).toBe(false);
    const stopped = pickyVerifier(() => false);
    const doubled = { ...built, transactions: [...built.transactions, built.transactions[0]!] };
    const spent = await importBlock({ ...chain.rules, verifier: stopped.verifier }, parent, doubled);
    expect(!spent.ok && spent.error.code).toBe("tx/spent");
    expect(stopped.aborted).toEqual([true]);
  });

  it("refuses every header that is not the one the block makes", async () => {
    const chain = await openTestChain();
    const parent = chain.head();
    const payment = chain.check(chain.pay(0, 1, COINS).bytes);
    const built = await buildBlock(chain.rules, parent, chain.attributes(), [payment], { verified: true });
    const word = new Uint8Array(32).fill(1);
    const wrong: Partial<Header>[] = [
      { parentHash: word as never },
      { ommersHash: word },
      { stateRoot: word },
      { transactionsRoot: word },
      { receiptsRoot: word },
      { logsBloom: new Uint8Array(256).fill(1) },
      { difficulty: 1n },
      { number: 2n },
      { gasLimit: 8_000_001n },
      { gasUsed: 25_001n },
      { timestamp: parent.header.timestamp },
      { timestamp: 1n << 64n },
      { extraData: new Uint8Array(33) },
      { nonce: new Uint8Array(8).fill(1) },
      { baseFee: 2n },
      { withdrawalsRoot: word },
      { cancun: { blobGasUsed: 0n, excessBlobGas: 0n, parentBeaconRoot: word } },
      { gasUsed: 9_000_000n },
      { feeRecipient: new Uint8Array(20) as never },
    ];
    for (const fields of wrong) {
      const verdict = await importBlock(chain.rules, parent, { ...built, header: { ...built.header, ...fields } });
      expect([Object.keys(fields), verdict.ok]).toEqual([Object.keys(fields), false]);
    }
    for (const fields of [{ extraData: word }, { prevRandao: word }, {}] as Partial<Header>[]) {
      const verdict = await importBlock(chain.rules, parent, { ...built, header: { ...built.header, ...fields } });
      expect([Object.keys(fields), verdict.ok]).toEqual([Object.keys(fields), true]);
    }
    const cut = await importBlock(chain.rules, parent, { ...built, transactions: [] });
    expect(cut.ok).toBe(false);
  });

  it("builds full blocks only: what does not fit is skipped as such and fits into the next", async () => {
    const chain = await openTestChain({ wallets: 4, notes: 1, overrides: { gasLimit: 1_000_000n } });
    const candidates = Array.from({ length: 4 }, (_, i) =>
      chain.check(chain.pay(i, 0, COINS, { memoChunks: 32 }).bytes),
    );
    const rules = { ...chain.rules, spec: { ...chain.rules.spec, gasLimit: 300_000n } };
    const built = await buildBlock(rules, chain.head(), chain.attributes(), candidates, { verified: true });
    expect(built.transactions.length).toBe(2);
    expect(built.skipped.map(({ error }) => error.code)).toEqual(["block/gas-limit", "block/gas-limit"]);
    const over = await importBlock(rules, chain.head(), {
      ...built,
      transactions: candidates.map(({ bytes }) => bytes),
    });
    expect(!over.ok && over.error.code).toBe("block/gas-limit");
  });

  it("E38: a block holds exactly its gas limit, built or imported, and not one more", async () => {
    const chain = await openTestChain({ wallets: 2, notes: 1 });
    const candidates = [0, 1].map((i) => chain.check(chain.pay(i, 0, COINS).bytes));
    const sum = candidates.reduce((gas, candidate) => gas + candidate.gas, 0n);
    const withLimit = (gasLimit: bigint): typeof chain.rules => ({
      ...chain.rules,
      spec: { ...chain.rules.spec, gasLimit },
    });
    const build = (rules: typeof chain.rules): ReturnType<typeof buildBlock> =>
      buildBlock(rules, chain.head(), chain.attributes(), candidates, { verified: true });
    const full = await build(withLimit(sum));
    expect([full.transactions.length, full.header.gasUsed]).toEqual([2, sum]);
    expect((await importBlock(withLimit(sum), chain.head(), full)).ok).toBe(true);
    const short = await build(withLimit(sum - 1n));
    expect(short.transactions.length).toBe(1);
    const claimed = { ...full, header: { ...full.header, gasLimit: sum - 1n, gasUsed: sum - 1n } };
    const verdict = await importBlock(withLimit(sum - 1n), chain.head(), claimed);
    expect(verdict.ok ? "" : verdict.error.code).toBe("block/gas-limit");
  });

  it("E38: a block with more gas than fits is refused before its proofs are looked at", async () => {
    const chain = await openTestChain({ wallets: 3, notes: 1, overrides: { gasLimit: 1_000_000n } });
    const payments = [0, 1, 2].map((i) => chain.check(chain.pay(i, 0, COINS, { memoChunks: 32 }).bytes));
    const built = await buildBlock(chain.rules, chain.head(), chain.attributes(), payments, { verified: true });
    expect(built.skipped).toEqual([]);
    const picky = pickyVerifier(() => false);
    const rules = { ...chain.rules, verifier: picky.verifier, spec: { ...chain.rules.spec, gasLimit: 300_000n } };
    const header = { ...built.header, gasLimit: 300_000n, gasUsed: 300_000n };
    const verdict = await importBlock(rules, chain.head(), { ...built, header });
    expect(verdict.ok ? "" : [verdict.error.code, verdict.error.values["index"]]).toEqual(["block/gas-limit", 2]);
    expect(picky.seen.length).toBe(0);
  });

  it("E38: a transaction that no block has gas for is refused as such, and a verifier that answers too little proves nothing", async () => {
    const chain = await openTestChain({ notes: 1 });
    const { bytes } = chain.pay(0, 1, COINS);
    const small = { ...chain.rules, spec: { ...chain.rules.spec, gasLimit: 24_999n } };
    const verdict = decodeAndCheckStateless(small, bytes, chain.attributes().timestamp);
    expect(verdict.ok ? "" : verdict.error.code).toBe("tx/gas");
    const silent = { check: async () => [], close: async () => undefined };
    const checked = await verifyBundles({ ...chain.rules, verifier: silent }, chain.check(bytes));
    expect(checked.ok ? "" : checked.error.code).toBe("tx/proof");
    const built = await buildBlock(chain.rules, chain.head(), chain.attributes(), [chain.check(bytes)], {
      verified: true,
    });
    const imported = await importBlock({ ...chain.rules, verifier: silent }, chain.head(), built);
    expect(imported.ok ? "" : imported.error.code).toBe("tx/proof");
  });

  it("E37: whatever is imported can be read again: times and withdrawals fit the block's own encoding", async () => {
    const chain = await openTestChain({ notes: 1 });
    const big = 1n << 64n;
    const withdrawal = { index: 0n, validatorIndex: 0n, address: FEE_RECIPIENT, amount: 1n };
    const lists: (readonly Withdrawal[])[] = [
      [{ ...withdrawal, index: big }],
      [{ ...withdrawal, validatorIndex: big }],
      [{ ...withdrawal, amount: big }],
      Array.from({ length: 1_025 }, () => withdrawal),
    ];
    for (const withdrawals of lists) {
      const attributes = chain.attributes({ withdrawals });
      const built = await buildBlock(chain.rules, chain.head(), attributes, [], { verified: true });
      const verdict = await importBlock(chain.rules, chain.head(), built);
      expect(verdict.ok ? "" : verdict.error.code).toBe("block/withdrawals");
    }
    const late = await buildBlock(chain.rules, chain.head(), chain.attributes({ timestamp: big }), [], {
      verified: true,
    });
    const verdict = await importBlock(chain.rules, chain.head(), late);
    expect(verdict.ok ? "" : verdict.error.code).toBe("block/header");
    const most = chain.attributes({
      timestamp: big - 1n,
      withdrawals: Array.from({ length: 1_024 }, () => ({ ...withdrawal, amount: big - 1n })),
    });
    const good = await buildBlock(chain.rules, chain.head(), most, [], { verified: true });
    const imported = await importBlock(chain.rules, chain.head(), decodeBlock(encodeBlock(good)));
    expect(imported.ok && imported.value.hash).toEqual(good.hash);
  });
});
