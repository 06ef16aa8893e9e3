import { wordOf } from "../../src/state/index.js";
import { buildBlock } from "../../src/index.js";
import { intrinsicGas, toHex, type EthAddress } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { openTestChain, type TestChain } from "../helpers/chain.js";
import { createdBy, deployCode } from "../helpers/contracts.js";
import { randomPseudonym } from "../helpers/call.js";

const word = (n: bigint): Uint8Array => wordOf(n);
const slot0 = (chain: TestChain, address: EthAddress): Uint8Array => chain.head().state.storage(address, word(0n));

describe("one scope for all messages of a transaction", () => {
  it("transient storage lasts from call to call and not into the next transaction", async () => {
    const chain = await openTestChain({ notes: 6 });
    // With call data: TSTORE(0, its first word). Without: SSTORE(0, TLOAD(0)).
    const keeper = await deployCode(chain, "366009575f5c5f5500" + "5b5f355f5d00");
    const store = { to: keeper, data: word(77n) };
    const built = await chain.seal([chain.call(0, { calls: [store, { to: keeper }] })]);
    expect(built.details[0]!.failure).toBeUndefined();
    expect(slot0(chain, keeper)).toEqual(word(77n));
    const again = await chain.seal([chain.call(0, { calls: [store] })]);
    expect(again.details[0]!.failure).toBeUndefined();
    await chain.seal([chain.call(0, { calls: [{ to: keeper }] })]);
    expect(slot0(chain, keeper)).toEqual(word(0n));
  });

  it("EIP-3529: refunds are counted over all calls, taken back where a later call undoes them, and at most a fifth", async () => {
    const chain = await openTestChain({ notes: 8 });
    // SSTORE(0, first word of the call data).
    const slot = await deployCode(chain, "5f355f5500");
    const set = (value: bigint) => ({ to: slot, data: word(value) });
    await chain.seal([chain.call(0, { calls: [set(5n)] })]);
    const used = async (...values: bigint[]) => {
      const call = chain.call(0, { calls: values.map(set) });
      const [detail] = (await chain.seal([call])).details;
      expect(detail!.failure).toBeUndefined();
      const before = detail!.calls.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
      return { before, after: detail!.gasUsed - intrinsicGas(call.tx, chain.rules.spec) };
    };
    // 5 to 0: 4,800 earned, of which a fifth of what was used is given; back to 5 in the same transaction: earned again, and 2,800 of it.
    const cleared = await used(0n);
    expect(cleared.after).toBe(cleared.before - cleared.before / 5n);
    const set5 = await used(5n);
    expect(set5.after).toBe(set5.before);
    const undone = await used(0n, 5n);
    expect(undone.before).toBeLessThan(cleared.before + 300n);
    expect(undone.before - undone.after).toBe(undone.before / 5n < 2_800n ? undone.before / 5n : 2_800n);
  });

  it("EIP-6780: what was made in this transaction and destroyed itself is gone at its end; anything else stays", async () => {
    const chain = await openTestChain({ notes: 6 });
    const heir = new Uint8Array(20).fill(0x99) as EthAddress;
    const runtime = `73${toHex(heir).slice(2)}ff`;
    const old = await deployCode(chain, runtime);
    const pseudonym = randomPseudonym();
    const creation = Uint8Array.from(Buffer.from(`6016600c60003960166000f3${runtime}`, "hex"));
    const fresh = createdBy(pseudonym.address, 0n);
    const calls = [{ data: creation }, { to: fresh, value: 4n }, { to: old, value: 3n }, { to: fresh, value: 2n }];
    const built = await chain.seal([chain.call(0, { pseudonym, calls })]);
    expect(built.details[0]!.failure).toBeUndefined();
    const { state } = chain.head();
    expect(state.account(fresh)).toBeUndefined();
    expect(state.account(heir)!.balance).toBe(9n);
    expect(state.account(old)).toMatchObject({ balance: 0n, nonce: 1n });
  });

  it("a transaction that makes the program itself fail is left out, and the block goes on as if it were never there", async () => {
    const chain = await openTestChain({ notes: 6 });
    const counter = await deployCode(chain, "5f546001015f5500");
    const [bad, also] = [0, 1].map((from) => chain.call(from, { calls: [{ to: counter }] }));
    const poisoned = { ...chain.check(bad!.bytes) };
    const { call } = poisoned.tx;
    // A value that no decoder lets through: the EVM library throws.
    const tx = { ...poisoned.tx, call: { ...call!, calls: [{ ...call!.calls[0]!, value: -1n }] } };
    const candidates = [{ ...poisoned, tx }, chain.check(also!.bytes)];
    const built = await buildBlock(chain.rules, chain.head(), chain.attributes(), candidates, { verified: true });
    const clean = await buildBlock(chain.rules, chain.head(), chain.attributes(), candidates.slice(1), {
      verified: true,
    });
    expect(built.skipped.map(({ error }) => error.code)).toEqual(["tx/fault"]);
    expect(built.header.stateRoot).toEqual(clean.header.stateRoot);
  });
});
