import {
  checkAgainstState,
  completeDrafts,
  draftTransaction,
  openRules,
  poolView,
  txidOfDraft,
  type Rules,
} from "@sero/execution";
import {
  bytesToBigInt,
  currentRootSlot,
  invalid,
  keccak256,
  POOL_ADDRESS,
  toHex,
  valid,
  type ChainSpec,
} from "@sero/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import { DEFAULT_POOL, openMempool, type PoolRules } from "../../src/index.js";
import { testSpec } from "../helpers/node.js";
import { fakePayment, type FakePayment, type FakePaymentInput } from "../helpers/payment.js";
import { acceptAllVerifier, BAD_PROOF, type TestVerifier } from "../helpers/verifier.js";

// Whatever is in the pool goes into blocks and is not verified again when one is imported: no way in may leave out the proofs.

const plain = testSpec();
const UPGRADE = plain.genesisTime + 100n;
const circuit = { keyHash: undefined, untilTime: undefined };
const circuits: ChainSpec["circuits"] = [
  { ...circuit, number: 0, fromTime: 0n },
  { ...circuit, number: 1, fromTime: UPGRADE },
];
const spec = testSpec({ circuits });
let rules: Rules;
/** Timestamp of the block after the head. */
let time: bigint;
/** Txids that do not fit the head. */
let stale: Set<string>;

beforeAll(async () => {
  rules = await openRules({ spec, verifier: acceptAllVerifier() });
});

function poolRules(): PoolRules {
  time = spec.genesisTime + 1n;
  stale = new Set();
  const view = poolView(rules.genesis.state);
  return {
    draft: (bytes, timestamp) => draftTransaction(rules, bytes, timestamp ?? time),
    complete: (drafts) => completeDrafts(rules, drafts),
    txidOf: txidOfDraft,
    isSteady: () => true,
    checkState(checked) {
      if (stale.has(toHex(keccak256(checked.bytes)))) return invalid("tx/anchor", "Too old.");
      if (checked.rulesAt !== rules.at(time)) return invalid("tx/old-rules", "Old rules.");
      const verdict = checkAgainstState(checked, view, { number: 1n, timestamp: time });
      return verdict.ok ? valid(undefined) : verdict;
    },
    nextNumber: () => 1n,
    rulesNow: () => rules.at(time),
    isMined: () => false,
  };
}

function pay(seed: number, timestamp: bigint, more: Partial<FakePaymentInput> = {}): FakePayment {
  const anchor = bytesToBigInt(rules.genesis.state.storage(POOL_ADDRESS, currentRootSlot()));
  return fakePayment({ spec, context: rules.at(timestamp).bindContext, anchor, expiry: 200n, seed, ...more });
}

describe("nothing unverified gets into the pool", () => {
  it("E34: what an abandoned block held under the rules before an upgrade does not come back after it", () => {
    const pool = openMempool(poolRules(), acceptAllVerifier());
    const payment = pay(1, UPGRADE - 1n);
    // Within one set of rules it comes back: its proofs were checked when its block was.
    pool.headChanged([], [{ bytes: payment.bytes, timestamp: UPGRADE - 1n }]);
    expect(pool.size).toBe(1);
    pool.headChanged([payment.txid], []);
    // The other branch is past the upgrade, where the same bytes are another transaction, whose signatures nobody checked.
    time = UPGRADE;
    pool.headChanged([], [{ bytes: payment.bytes, timestamp: UPGRADE - 1n }]);
    expect(pool.size).toBe(0);
    expect(pool.verified(keccak256(payment.bytes))?.rulesAt).not.toBe(rules.at(UPGRADE));
  });

  it("C19: a copy whose verified twin leaves before its turn is not taken in its place", async () => {
    let onCheck = (): void => undefined;
    const inner = acceptAllVerifier({ delayMs: 1 });
    const verifier: TestVerifier = {
      ...inner,
      check(items, options) {
        onCheck();
        return inner.check(items, options);
      },
    };
    const pool = openMempool(poolRules(), verifier, { ...DEFAULT_POOL, batch: 1, parallel: 1 });
    const good = pay(1, time);
    const bad = pay(1, time, { proofByte: BAD_PROOF });
    const third = pay(2, time);
    const results = [good, bad, third].map(({ bytes }) =>
      pool.submit(bytes, "x").then(
        () => "in",
        () => "out",
      ),
    );
    onCheck = () => {
      // The head moves between the look that found the twin and the answer to the copy: the twin's anchor is too old now.
      if (pool.get(good.txid) === undefined) return;
      stale.add(toHex(keccak256(good.bytes)));
      pool.headChanged([], []);
    };
    expect((await Promise.all(results))[0]).toBe("in");
    expect(pool.get(bad.txid)).toBeUndefined();
    expect(pool.verified(keccak256(bad.bytes))).toBeUndefined();
  });

  it("E34: bytes refused under the old rules are looked at again under the new ones", async () => {
    // A wallet that signs for the rules to come is too early for the pool, not wrong for good.
    const verifier: TestVerifier = {
      ...acceptAllVerifier(),
      check: async (items) => items.map(({ message }) => toHex(message) === toHex(early.txid)),
    };
    const pool = openMempool(poolRules(), verifier);
    const early = pay(1, UPGRADE);
    await expect(pool.submit(early.bytes, "x")).rejects.toMatchObject({ code: "tx/proof" });
    time = UPGRADE;
    expect(await pool.submit(early.bytes, "x")).toEqual(early.txid);
  });
});
