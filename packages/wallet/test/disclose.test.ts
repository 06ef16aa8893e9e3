import { describe, expect, it } from "vitest";
import { COIN, decodeCompactBlock, encodeCompactBlock } from "@sero/protocol";
import { verifyDisclosure } from "../src/index.js";
import type { FakeChain } from "./helpers/chain.js";
import { ALICE, BOB, COIN_UNIT, pay, restored, testChain } from "./helpers/wallets.js";

const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );
const MESSAGE = "for the tax office, 2026, no. 4711";

async function paid() {
  const chain = await testChain([{ phrase: ALICE, values: [9n * COIN_UNIT] }]);
  const alice = await restored(chain, { phrase: ALICE });
  const bob = await restored(chain, { phrase: BOB });
  await chain.mineMany(3);
  await alice.sync();
  const [sent] = await pay(alice, await bob.newAddress(), 2n * COIN_UNIT, "invoice 12");
  await chain.mineMany(4);
  await alice.sync();
  await bob.sync();
  const output = alice.history()[0]?.parts[0]?.outputs[0] ?? -1;
  return { chain, alice, bob, txid: sent?.txid ?? "", output, address: alice.history()[0]?.parts[0]?.address };
}

describe("payment disclosure", () => {
  it("shows one payment to one verifier, who checks it against the chain alone", async () => {
    const { chain, alice, bob, txid, output, address } = await paid();
    const fromSender = alice.disclose(txid, output, MESSAGE);
    const shown = await verifyDisclosure(chain.client(), fromSender, MESSAGE);
    expect(shown).toMatchObject({
      txid,
      address,
      asset: COIN,
      value: 2n * COIN_UNIT,
      memo: "invoice 12",
      message: MESSAGE,
      signedBySender: true,
      block: 4n,
    });
    const fromReceiver = await verifyDisclosure(chain.client(), bob.disclose(txid, output, MESSAGE), MESSAGE);
    expect(fromReceiver).toEqual({ ...shown, signedBySender: false, sentences: fromReceiver.sentences });
    // After a restore the randomiser is gone: it can still be shown, not signed.
    const again = await restored(chain, { phrase: ALICE });
    await again.sync();
    expect(
      (await verifyDisclosure(chain.client(), again.disclose(txid, output, MESSAGE), MESSAGE)).signedBySender,
    ).toBe(false);
  });

  it("is refused when anything in it is changed, or shown to another", async () => {
    const { chain, alice, txid, output } = await paid();
    const text = alice.disclose(txid, output, MESSAGE);
    const fields = JSON.parse(text) as Record<string, unknown>;
    const attempt = (change: Record<string, unknown>, message = MESSAGE): Promise<string> =>
      codeOf(verifyDisclosure(chain.client(), JSON.stringify({ ...fields, ...change }), message));
    expect(await attempt({})).toBe("ok");
    expect(await attempt({}, "another")).toBe("disclosure/message");
    expect(await attempt({ message: "another" }, "another")).toBe("disclosure/signature");
    expect(await attempt({ value: (3n * COIN_UNIT).toString() })).toBe("disclosure/format");
    expect(await attempt({ value: (3n * COIN_UNIT).toString(), readable: "3 SERO" })).toBe("disclosure/false");
    expect(await attempt({ seed: "0x" + "11".repeat(32) })).toBe("disclosure/false");
    expect(await attempt({ memoKey: "0x" + "11".repeat(32) })).toBe("disclosure/false");
    expect(await attempt({ asset: "0x" + "00".repeat(31) + "05", readable: `${2n * COIN_UNIT} base units` })).toBe(
      "disclosure/false",
    );
    expect(await attempt({ outputIndex: (output + 1) % 3 })).toBe("disclosure/false");
    expect(await attempt({ outputIndex: 9 })).toBe("disclosure/false");
    expect(await attempt({ address: alice.address() })).toBe("disclosure/false");
    expect(await attempt({ block: "3" })).toBe("disclosure/no-transaction");
    expect(await attempt({ block: "99" })).toBe("disclosure/no-block");
    expect(await attempt({ txid: "0x" + "22".repeat(32) })).toBe("disclosure/no-transaction");
    expect(await attempt({ genesisHash: "0x" + "22".repeat(32) })).toBe("disclosure/other-chain");
    expect(await attempt({ signature: "0x" + "00".repeat(64) })).toBe("disclosure/signature");
    expect(await attempt({ version: 2 })).toBe("disclosure/format");
    expect(await attempt({ extra: 1 })).toBe("disclosure/format");
    expect(await codeOf(verifyDisclosure(chain.client(), "{", MESSAGE))).toBe("disclosure/format");
  });

  it("D33: a node cannot make a false payment look true to the verifier", async () => {
    const { chain, alice, txid, output } = await paid();
    const elsewhere: FakeChain = await testChain([{ phrase: ALICE, values: [9n * COIN_UNIT] }]);
    const text = alice.disclose(txid, output, MESSAGE);
    // The block is swapped for one that differs in one figure only.
    const lie = chain.client({
      compactBlocks: async function* (from, to) {
        for await (const frame of chain.client().compactBlocks(from, to)) {
          const block = decodeCompactBlock(frame.compact);
          const more = { ...block, transactions: block.transactions.map((tx) => ({ ...tx, fee: tx.fee + 1n })) };
          yield block.number === 4n ? { header: frame.header, compact: encodeCompactBlock(more) } : frame;
        }
      },
    });
    expect(await codeOf(verifyDisclosure(lie, text, MESSAGE))).toBe("rpc/lying");
    expect(await codeOf(verifyDisclosure(elsewhere.client(), text, MESSAGE))).not.toBe("ok");
  });

  it("says so when there is nothing of ours to show", async () => {
    const { alice, txid } = await paid();
    expect(() => alice.disclose("0x12", 0, MESSAGE)).toThrow(expect.objectContaining({ code: "wallet/txid" }));
    expect(() => alice.disclose("0x" + "12".repeat(32), 0, MESSAGE)).toThrow(
      expect.objectContaining({ code: "wallet/no-output" }),
    );
    expect(() => alice.disclose(txid, 0, "x".repeat(2000))).toThrow();
  });
});
