import {
  assetIdOf,
  bigIntToBytes,
  bindOf,
  COIN,
  decodeCompactBlock,
  encodeTransaction,
  POOL_ADDRESS,
  pseudonymDigest,
  signDigest,
  SYSTEM_ADDRESS,
  toHex,
  utf8,
  keccak256,
  type AssetId,
  type EthAddress,
  type Transaction,
} from "@sero/protocol";
import { POOL } from "@sero/contracts";
import { TEST_TOKEN } from "@sero/contracts/test-contracts";
import { describe, expect, it } from "vitest";
import { layered, openJournal, poolView, verifyBundles } from "../../src/index.js";
import { randomPseudonym, type CallRequest } from "../helpers/call.js";
import { COINS, openTestChain, type TestChain } from "../helpers/chain.js";
import { callData, deploy, deployCode } from "../helpers/contracts.js";
import { expectAll } from "../helpers/verdicts.js";
import { signatureVerifier } from "../helpers/verifiers.js";

const withCall = (tx: Transaction, change: Partial<NonNullable<Transaction["call"]>>): Transaction => ({
  ...tx,
  call: tx.call && { ...tx.call, ...change },
});

const callBytes = (chain: TestChain, request: Partial<CallRequest>): Uint8Array =>
  chain.call(0, { calls: [], ...request }).bytes;
const assetOf = (token: EthAddress): AssetId => assetIdOf(1, token, 0n);

const shield = (inner: bigint): Uint8Array => callData(POOL, "shieldCoin", [inner, "0x"]);
const entriesOf = (compact: Uint8Array) => decodeCompactBlock(compact).entries;

describe("F43: a revert at any depth takes everything back", () => {
  it("F43: a note made in a frame that reverts is never made; one beside it is", async () => {
    const chain = await openTestChain({ notes: 6 });
    // Forwards its call data and value to the Pool, then reverts.
    const fickle = await deployCode(chain, "365f5f37" + "5f5f365f34615e505af1" + "5f5ffd");
    // Sends 1 to the fickle one, whatever comes of it, then 2 to the Pool itself.
    const both = await deployCode(
      chain,
      "365f5f37" + `5f5f365f600173${toHex(fickle).slice(2)}5af150` + "5f5f365f6002615e505af15000",
    );
    const inner = chain.slot(1);
    const before = poolView(chain.head().state);
    const [leaves, counter] = [before.leafCount(), before.turnstile(COIN)];
    const built = await chain.seal([chain.call(0, { calls: [{ to: both, value: 3n, data: shield(inner) }] })]);
    expect(built.details[0]!.failure).toBeUndefined();
    expect(entriesOf(built.compact)).toMatchObject([
      { kind: "completed", inner, value: 2n },
      { kind: "completed", asset: COIN },
    ]);
    const after = poolView(chain.head().state);
    expect(after.leafCount()).toBe(leaves + 3n + 2n);
    // 1 of the 3 stayed with the contract; gas left the Pool as well.
    const gas = built.details[0]!.gasUsed * 1_000_000_000n;
    expect(counter - after.turnstile(COIN)).toBe(gas + 1n);
    expect(chain.head().state.account(both)!.balance).toBe(1n);
  });

  it("F43: a failed phase leaves tree, turnstiles, storage, nonces and balances as they were, but for its bookkeeping", async () => {
    const chain = await openTestChain({ notes: 6 });
    const reverter = await deployCode(chain, "5f5ffd");
    const creation = Uint8Array.from(Buffer.from("60015f5360015ff3", "hex"));
    const pseudonym = randomPseudonym();
    const calls = [
      { to: POOL_ADDRESS, value: 7n, data: shield(chain.slot(1)) },
      { data: creation },
      { to: new Uint8Array(20).fill(3) as EthAddress, value: 9n },
      { to: reverter },
    ];
    const call = chain.call(0, { pseudonym, calls });
    const built = await chain.seal([call]);
    expect(built.details[0]!.failure).toMatchObject({ step: "call", index: 3, reason: "revert" });
    expect(entriesOf(built.compact)).toMatchObject([{ inner: call.returns[0]!.inners[0] }]);
    expect(chain.head().state.account(pseudonym.address)!.nonce).toBe(1n);
    // Accounts of this block: Pool, proposer, pseudonym; no contract, no receiver, nothing empty left behind.
    expect(built.diff.accounts.size).toBe(3);
    expect([...built.diff.accounts.values()]).not.toContain(null);
  });
});

describe("F44: nobody gets around the proofs", () => {
  it("F44: system functions refuse pseudonyms and contracts", async () => {
    const chain = await openTestChain({ notes: 6 });
    const token = await deploy(chain, TEST_TOKEN, ["T", "T", 0]);
    const pseudonym = randomPseudonym();
    const tries = [
      callData(POOL, "unshieldTo", [pseudonym.address, 0n, 5n]),
      callData(POOL, "openReturn", [token, POOL_ADDRESS]),
      callData(POOL, "closeReturn", [5n, token]),
      callData(POOL, "openReturnTicket", [token, 1n, POOL_ADDRESS]),
      callData(POOL, "closeReturnTicket", [5n, token, 1n]),
    ];
    for (const data of tries) {
      const built = await chain.seal([chain.call(0, { calls: [{ to: POOL_ADDRESS, data }], gasLimit: 200_000n })]);
      expect(built.details[0]!.failure).toMatchObject({ step: "call", reason: "revert" });
      expect(built.details[0]!.failure!.output).toEqual(keccak256(utf8("NotSystem()")).slice(0, 4));
    }
  });

  it("F44: a log that looks like the Pool's, from another address, makes no note", async () => {
    const chain = await openTestChain({ notes: 6 });
    const topic = toHex(keccak256(utf8("NoteCompleted(uint256,uint256,uint256,bytes)"))).slice(2);
    // LOG2(0, 128, topic, asset 0) over zeros.
    const liar = await deployCode(chain, `5f7f${topic}60805fa2`);
    const built = await chain.seal([chain.call(0, { calls: [{ to: liar }] })]);
    expect(built.receipts[0]).toMatchObject({ status: 1, logs: [{ address: liar }] });
    expect(entriesOf(built.compact)).toHaveLength(1);
  });

  it("F44: the chain's own accounts are no pseudonyms, nor are contracts", async () => {
    const chain = await openTestChain();
    for (const name of [SYSTEM_ADDRESS, POOL_ADDRESS, 1n, 9n, 0x5e51n, 0x5e52n, 0n]) {
      const pseudonym = (typeof name === "bigint" ? bigIntToBytes(name, 20) : name) as EthAddress;
      await expectAll(chain, callBytes(chain, { change: (tx) => withCall(tx, { pseudonym }) }), "tx/pseudonym");
    }
    const pseudonym = randomPseudonym();
    const journal = openJournal(chain.head().state);
    journal.setCode(pseudonym.address, Uint8Array.of(0));
    const { header } = chain.head();
    chain.parents.push(chain.parentOf(header, layered(chain.head().state, journal.finish())));
    await expectAll(chain, callBytes(chain, { pseudonym }), "tx/pseudonym-code");
  });

  it("F44: the pseudonym's signature is its own, of this transaction, chain and genesis", async () => {
    const chain = await openTestChain();
    const [one, two] = [randomPseudonym(), randomPseudonym()];
    const mine = chain.call(0, { pseudonym: one, calls: [{ to: POOL_ADDRESS }] });
    await expectAll(chain, mine.bytes, "ok");
    const { bind } = chain.check(mine.bytes);
    // The same transaction signed by another key; or under another name, whose owner never signed it.
    const byTwo = signDigest(two.secretKey, pseudonymDigest(bind));
    await expectAll(chain, encodeTransaction(withCall(mine.tx, { signature: byTwo })), "tx/pseudonym-signature");
    await expectAll(chain, encodeTransaction(withCall(mine.tx, { pseudonym: two.address })), "tx/pseudonym-signature");
    const renamed = withCall(mine.tx, { pseudonym: two.address, signature: byTwo });
    await expectAll(chain, encodeTransaction(renamed), "tx/pseudonym-signature");
    // A signature from another transaction of the same pseudonym.
    const other = chain.call(0, { pseudonym: one, calls: [{ to: POOL_ADDRESS, value: 1n }] });
    const { signature } = other.tx.call!;
    await expectAll(chain, encodeTransaction(withCall(mine.tx, { signature })), "tx/pseudonym-signature");
    // Whoever makes both anew, pseudonym and its signature, still lacks the notes' signatures.
    const stolen = withCall(mine.tx, { pseudonym: two.address });
    const stolenBind = bindOf(stolen, chain.rules.at(chain.attributes().timestamp).bindContext).bind;
    const signed = withCall(stolen, { signature: signDigest(two.secretKey, pseudonymDigest(stolenBind)) });
    const checked = chain.check(encodeTransaction(signed));
    const verdict = await verifyBundles({ ...chain.rules, verifier: signatureVerifier() }, checked);
    expect(!verdict.ok && verdict.error.code).toBe("tx/proof");
    // E34: another genesis.
    const elsewhere = await openTestChain({ notes: 4 });
    await expectAll(elsewhere, mine.bytes, "tx/pseudonym-signature");
  });
});

describe("E34, A5, A12, E36: validity of a call phase", () => {
  it("E34: a call is valid once, and so is a nonce", async () => {
    const chain = await openTestChain({ notes: 5 });
    const pseudonym = randomPseudonym();
    const [one, two] = [0, 1].map(() => chain.call(0, { pseudonym, calls: [] }));
    await chain.seal([one!]);
    await expectAll(chain, one!.bytes, "tx/spent");
    const other = chain.call(0, { pseudonym, calls: [], change: (tx) => withCall(tx, { nonce: 0n }) });
    await expectAll(chain, other.bytes, "tx/nonce");
    await expectAll(chain, callBytes(chain, { pseudonym, change: (tx) => withCall(tx, { nonce: 2n }) }), "tx/nonce");
    expect(two).toBeDefined();
  });

  it("A5: the public coin covers gas, gas limit and values, to the unit", async () => {
    const chain = await openTestChain();
    const less = (by: bigint) => (tx: Transaction) => ({
      ...tx,
      bundles: tx.bundles.map((bundle, i) => (i === 0 ? { ...bundle, pubCoin: bundle.pubCoin - by } : bundle)),
    });
    const calls = [{ to: POOL_ADDRESS, value: 5n }];
    await expectAll(chain, callBytes(chain, { calls, change: less(0n) }), "ok");
    await expectAll(chain, callBytes(chain, { calls, change: less(-1n) }), "ok");
    await expectAll(chain, callBytes(chain, { calls, change: less(1n) }), "tx/fee");
    const huge = chain.rules.spec.gasLimit;
    await expectAll(chain, callBytes(chain, { gasLimit: huge }), "tx/gas");
    await expectAll(chain, callBytes(chain, { change: less(-(1n << 127n)) }), "pool/turnstile");
  });

  it("A12, E36: an asset that the Pool never held, and more of one than it counts, are refused", async () => {
    const chain = await openTestChain({ notes: 5 });
    const token = await deploy(chain, TEST_TOKEN, ["T", "T", 0]);
    const bring = (amount: bigint): NonNullable<CallRequest["bring"]> => [{ kind: "token", token, amount }];
    const pseudonym = randomPseudonym();
    const data = callData(TEST_TOKEN, "mint", [pseudonym.address, 10n]);
    await chain.seal([chain.call(0, { pseudonym, calls: [{ to: token, data }], returns: [{ kind: "token", token }] })]);
    const amounts = (amount: bigint) => (tx: Transaction) => ({
      ...tx,
      bundles: tx.bundles.map((bundle) => (bundle.pubAmount > 0n ? { ...bundle, pubAmount: amount } : bundle)),
    });
    await expectAll(chain, callBytes(chain, { bring: bring(10n) }), "ok");
    await expectAll(chain, callBytes(chain, { bring: bring(10n), change: amounts(11n) }), "pool/turnstile");
    await expectAll(
      chain,
      callBytes(chain, { bring: bring(10n), change: amounts((1n << 128n) - 1n) }),
      "pool/turnstile",
    );
    // Two bundles of the same asset count together, as integers.
    const half = (1n << 127n) as bigint;
    const twice = (tx: Transaction): Transaction => ({
      ...tx,
      bundles: tx.bundles.map((bundle) => ({ ...bundle, pubAsset: tx.bundles[1]!.pubAsset, pubAmount: half })),
    });
    await expectAll(chain, callBytes(chain, { bring: bring(10n), change: twice }), "tx/amount");
    const unknown = new Uint8Array(20).fill(9) as EthAddress;
    const made = (tx: Transaction): Transaction => {
      const [coin, ...rest] = tx.call!.returns;
      const entry = { ...rest[0]!, token: unknown };
      const asset = assetOf(unknown);
      return {
        ...withCall(tx, { returns: [coin!, entry] }),
        bundles: tx.bundles.map((bundle) => (bundle.pubAmount > 0n ? { ...bundle, pubAsset: asset } : bundle)),
      };
    };
    await expectAll(chain, callBytes(chain, { bring: bring(10n), change: made }), "tx/unknown-asset");
  });

  it("a transaction of dummies pays from the pseudonym's own balance, and brings the rest into the Pool", async () => {
    const chain = await openTestChain({ notes: 5 });
    const pseudonym = randomPseudonym();
    await expectAll(chain, callBytes(chain, { pseudonym, paysItself: true }), "tx/pseudonym-balance");
    const withdrawal = { index: 0n, validatorIndex: 0n, address: pseudonym.address, amount: 2_000_000_000n };
    await chain.seal([], { withdrawals: [withdrawal] });
    const counter = poolView(chain.head().state).turnstile(COIN);
    const call = chain.call(0, { pseudonym, paysItself: true, calls: [], gasLimit: 0n });
    expect(call.spent).toEqual([]);
    const built = await chain.seal([call]);
    const fee = built.details[0]!.gasUsed * 1_000_000_000n;
    expect(entriesOf(built.compact)).toMatchObject([{ asset: COIN, value: 2n * COINS - fee }]);
    expect(poolView(chain.head().state).turnstile(COIN)).toBe(counter + 2n * COINS - fee);
    expect(chain.head().state.account(pseudonym.address)).toMatchObject({ balance: 0n, nonce: 1n });
  });
});
