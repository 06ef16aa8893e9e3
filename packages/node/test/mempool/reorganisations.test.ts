import fc from "fast-check";
import { buildBlock } from "@sero/execution";
import {
  bytesToBigInt,
  currentRootSlot,
  hexDigits,
  POOL_ADDRESS,
  type EthAddress,
  type SeroError,
} from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { followHead } from "../../src/follow.js";
import { DEFAULT_POOL, openMempool, openPoolRules, type Mempool } from "../../src/index.js";
import { openTestChain, type TestChain } from "../helpers/chain.js";
import type { FakePayment } from "../helpers/payment.js";
import { acceptAllVerifier } from "../helpers/verifier.js";

/** Numbers are taken modulo what there is to choose from. */
type Step =
  | {
      readonly do: "send";
      readonly note: number;
      readonly anchor: number;
      readonly price: number;
      readonly life: number;
      readonly pseudonym: number;
      readonly nonce: number;
    }
  | { readonly do: "send again"; readonly which: number }
  | {
      readonly do: "grow";
      readonly on: number;
      readonly picks: number;
      readonly fromPool: boolean;
      readonly lead: boolean;
    }
  | { readonly do: "lead"; readonly to: number };

const some = fc.nat({ max: 1000 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc.record({
        do: fc.constant("send" as const),
        note: some,
        anchor: some,
        price: some,
        life: some,
        pseudonym: some,
        nonce: some,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("send again" as const), which: some }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant("grow" as const),
        on: some,
        picks: some,
        fromPool: fc.boolean(),
        lead: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("lead" as const), to: some }) },
  ),
  { minLength: 24, maxLength: 48 },
);

/** What a block holds, as the model sees it. */
interface ModelBlock {
  readonly hash: Uint8Array;
  readonly number: bigint;
  readonly parent: ModelBlock | undefined;
  readonly root: bigint;
  readonly payments: readonly FakePayment[];
}

const idOf = ({ txid }: FakePayment): string => hexDigits(txid);
const notesOf = ({ tx }: FakePayment): readonly bigint[] => tx.bundles.flatMap(({ nullifiers }) => [...nullifiers]);
const signerOf = ({ tx }: FakePayment): string | undefined => tx.call && hexDigits(tx.call.pseudonym);

/** What the pool must hold, by the plainest reading of the rules: everything is counted anew from the blocks of the branch. */
class Model {
  readonly blocks: ModelBlock[];
  head: ModelBlock;
  waiting: FakePayment[] = [];

  constructor(genesis: ModelBlock) {
    this.blocks = [genesis];
    this.head = genesis;
  }

  branch(to: ModelBlock): readonly ModelBlock[] {
    const blocks: ModelBlock[] = [];
    for (let at: ModelBlock | undefined = to; at; at = at.parent) blocks.unshift(at);
    return blocks;
  }

  isMined(payment: FakePayment): boolean {
    return this.branch(this.head).some(({ payments }) => payments.some((mined) => idOf(mined) === idOf(payment)));
  }

  /** Whether it could be in the block after the head. */
  fits(payment: FakePayment): boolean {
    const branch = this.branch(this.head);
    const mined = branch.flatMap(({ payments }) => payments);
    const spent = new Set(mined.flatMap(notesOf));
    const { expiry, anchor, call } = payment.tx;
    const next = this.head.number + 1n;
    const nonce = mined.filter((each) => signerOf(each) !== undefined && signerOf(each) === signerOf(payment)).length;
    return (
      expiry >= next &&
      expiry - next <= 512n &&
      branch.some(({ root }) => root === anchor) &&
      !notesOf(payment).some((note) => spent.has(note)) &&
      (call === undefined || call.nonce === BigInt(nonce))
    );
  }

  /** @returns whether the payment waits or is mined afterwards */
  send(payment: FakePayment): boolean {
    if (this.isMined(payment) || this.waiting.some((other) => idOf(other) === idOf(payment))) return true;
    if (!this.fits(payment)) return false;
    const signer = signerOf(payment);
    const replaced = this.waiting.find((other) => signer !== undefined && signerOf(other) === signer);
    if (replaced && replaced.tx.priceStep >= payment.tx.priceStep) return false;
    const others = this.waiting.filter((other) => other !== replaced);
    const taken = new Set(others.flatMap(notesOf));
    if (notesOf(payment).some((note) => taken.has(note))) return false;
    this.waiting = [...others, payment];
    return true;
  }

  lead(to: ModelBlock): void {
    const [before, after] = [this.branch(this.head), this.branch(to)];
    const left = before.filter((block) => !after.includes(block));
    this.head = to;
    this.waiting = this.waiting.filter((payment) => !this.isMined(payment) && this.fits(payment));
    for (const payment of left.flatMap(({ payments }) => payments)) this.send(payment);
  }
}

class World {
  readonly made: FakePayment[] = [];
  readonly verifier = acceptAllVerifier();
  readonly mempool: Mempool;
  readonly model: Model;
  readonly stop: () => void;

  constructor(readonly test: TestChain) {
    const { rules, chain, store } = test;
    this.mempool = openMempool(openPoolRules(rules, chain, store), this.verifier, DEFAULT_POOL);
    this.stop = followHead(chain, store, this.mempool);
    const { hash, number } = chain.head();
    this.model = new Model({ hash, number, parent: undefined, root: this.rootOf(hash), payments: [] });
  }

  rootOf(hash: Uint8Array): bigint {
    return bytesToBigInt(this.test.chain.state(hash).storage(POOL_ADDRESS, currentRootSlot()));
  }

  async take(step: Step, i: number): Promise<void> {
    const { model, made } = this;
    if (step.do === "send") await this.send(this.make(step, i));
    else if (step.do === "send again" && made.length > 0) await this.send(made[step.which % made.length]!);
    else if (step.do === "lead") this.lead(model.blocks[step.to % model.blocks.length]!);
    else if (step.do === "grow") {
      const parent = step.on % 2 === 0 ? model.head : model.blocks[step.on % model.blocks.length]!;
      const strangers = made.filter((_, at) => ((step.picks >> (at % 10)) & 1) === 1);
      const block = await this.grow(parent, step.fromPool ? model.waiting : strangers, i);
      if (step.lead) this.lead(block);
    }
  }

  /** Few notes and pseudonyms, so that payments get into each other's way. */
  make(step: Extract<Step, { do: "send" }>, i: number): FakePayment {
    const { blocks, head } = this.model;
    // Mostly the root that every branch has, so that what shares an anchor differs in the rest.
    const at = step.anchor % 3 === 0 ? blocks[step.anchor % blocks.length]! : blocks[0]!;
    const isCall = step.pseudonym % 2 === 0;
    return this.test.pay(at.hash, 100 + i, {
      anchor: at.root,
      expiry: head.number + 1n + BigInt(step.life % 9),
      priceStep: step.price % 3,
      ...(step.note % 3 === 0 ? {} : { nullifier: BigInt(1 + (step.note % 4)) }),
      ...(isCall ? { call: { pseudonym: step.pseudonym % 4, nonce: BigInt(step.nonce % 2), gasLimit: 21_000n } } : {}),
    });
  }

  async send(payment: FakePayment): Promise<void> {
    this.made.push(payment);
    const isIn = await this.mempool.submit(payment.bytes, "someone").then(
      () => true,
      (error: SeroError) => /^(tx|pool)\//.test(error.code) && false,
    );
    expect(isIn).toBe(this.model.send(payment));
  }

  async grow(parent: ModelBlock, payments: readonly FakePayment[], salt: number): Promise<ModelBlock> {
    const built = await this.test.grow(parent.hash, payments, salt);
    const bytes = new Set(built.transactions.map(hexDigits));
    const block: ModelBlock = {
      hash: built.hash,
      number: parent.number + 1n,
      parent,
      root: this.rootOf(built.hash),
      payments: payments.filter(
        (payment, at) => payments.indexOf(payment) === at && bytes.has(hexDigits(payment.bytes)),
      ),
    };
    this.model.blocks.push(block);
    return block;
  }

  lead(to: ModelBlock): void {
    this.test.chain.setForkchoice({ head: to.hash, safe: undefined, finalized: undefined });
    this.model.lead(to);
  }

  /** The pool is the model's; whatever is in it can be mined at once, all of it, and nothing twice. */
  async compare(): Promise<void> {
    const { chain, rules } = this.test;
    const candidates = this.mempool.candidates(rules.spec.gasLimit);
    expect(candidates.map(({ txid }) => hexDigits(txid)).sort()).toEqual(this.model.waiting.map(idOf).sort());
    expect(this.mempool.size).toBe(candidates.length);
    expect(this.mempool.bytes).toBe(candidates.reduce((sum, { bytes }) => sum + bytes.length, 0));
    const notes = candidates.flatMap(({ tx }) => tx.bundles.flatMap(({ nullifiers }) => [...nullifiers]));
    expect(new Set(notes).size).toBe(notes.length);
    const head = chain.head();
    const built = await buildBlock(
      rules,
      chain.parent(head.hash),
      {
        timestamp: head.header.timestamp + 1n,
        feeRecipient: new Uint8Array(20) as EthAddress,
        prevRandao: new Uint8Array(32),
        withdrawals: [],
      },
      candidates,
      { verified: true },
    );
    expect(built.skipped).toEqual([]);
  }
}

describe("the pool through reorganisations", () => {
  it("D30: after any of them it holds exactly what can still be mined, first come first kept, and nothing that was paid", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const test = await openTestChain();
        const world = new World(test);
        try {
          for (const [i, step] of list.entries()) {
            await world.take(step, i);
            if (step.do === "lead" || (step.do === "grow" && step.lead)) await world.compare();
          }
          // Nothing is verified for coming back.
          expect(world.verifier.checked()).toBeLessThanOrEqual(world.made.length);
        } finally {
          world.stop();
          await world.mempool.close();
          await test.close();
        }
      }),
      { numRuns: 16, endOnFailure: true },
    );
  }, 240_000);

  it("D30: a call that follows an abandoned one leaves with it, though its anchor is good; the abandoned one comes back", async () => {
    const test = await openTestChain();
    const { mempool, stop } = new World(test);
    try {
      const genesis = test.chain.head().hash;
      const lead = (hash: Uint8Array): unknown =>
        test.chain.setForkchoice({ head: hash, safe: undefined, finalized: undefined });
      const anchor = test.pay(genesis, 1).tx.anchor;
      const [first, second] = [0n, 1n].map((nonce) =>
        test.pay(genesis, 10 + Number(nonce), { call: { pseudonym: 1, nonce }, anchor }),
      ) as [FakePayment, FakePayment];
      const payment = test.pay(genesis, 20, { anchor, priceStep: 2 });
      lead((await test.grow(genesis, [first])).hash);
      for (const { bytes } of [payment, second]) await mempool.submit(bytes, "x");
      lead((await test.grow(genesis, [], 9)).hash);
      await mempool.idle();
      const waits = [first, second, payment].map(({ txid }) => mempool.get(txid) !== undefined);
      expect(waits).toEqual([true, false, true]);
    } finally {
      stop();
      await mempool.close();
      await test.close();
    }
  });

  it("what is mined is known when it is sent again, also while the pseudonym's next call waits", async () => {
    const test = await openTestChain();
    const { mempool, stop } = new World(test);
    try {
      const genesis = test.chain.head().hash;
      const { anchor } = test.pay(genesis, 1).tx;
      const call = (nonce: bigint) => test.pay(genesis, 10 + Number(nonce), { call: { pseudonym: 1, nonce }, anchor });
      const { hash } = await test.grow(genesis, [call(0n)]);
      test.chain.setForkchoice({ head: hash, safe: undefined, finalized: undefined });
      await mempool.submit(call(1n).bytes, "x");
      expect(await mempool.submit(call(0n).bytes, "x")).toEqual(call(0n).txid);
    } finally {
      stop();
      await mempool.close();
      await test.close();
    }
  });

  it("D30: a deep reorganisation is taken back in turns, and the node answers meanwhile", async () => {
    const test = await openTestChain();
    const { mempool, stop } = new World(test);
    try {
      const genesis = test.chain.head().hash;
      const payments = Array.from({ length: 300 }, (_, i) => test.pay(genesis, 1000 + i));
      let hash: Uint8Array = genesis;
      for (let at = 0; at < payments.length; at += 100) {
        ({ hash } = await test.grow(hash, payments.slice(at, at + 100)));
      }
      test.chain.setForkchoice({ head: hash, safe: undefined, finalized: undefined });
      const other = await test.grow(genesis, [payments[7]!], 9);
      test.chain.setForkchoice({ head: other.hash, safe: undefined, finalized: undefined });
      expect(mempool.size).toBeGreaterThan(0);
      expect(mempool.size).toBeLessThan(299);
      await mempool.idle();
      expect(mempool.size).toBe(299);
      expect(mempool.get(payments[7]!.txid)).toBeUndefined();
    } finally {
      stop();
      await mempool.close();
      await test.close();
    }
  }, 120_000);
});
