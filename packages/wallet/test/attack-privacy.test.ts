import { describe, expect, it } from "vitest";
import { addressAt, randomBytes, sealMemo } from "@sero/protocol";
import {
  inlineTrialEngine,
  nativeSharedSecret,
  restoreWalletAt,
  type MemoFrame,
  type NodeClient,
} from "../src/index.js";
import type { FakeChain } from "./helpers/chain.js";
import { foreignTransaction, sealed } from "./helpers/forge.js";
import { BOB, CAROL, COIN_UNIT, keysOf, placeFor, restored, testChain, testPlatform } from "./helpers/wallets.js";

const bob = keysOf(BOB);
const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

/** A node that writes down what it is asked, in order. */
function recording(chain: FakeChain, overrides: Partial<NodeClient> = {}): { client: NodeClient; asked: string[] } {
  const asked: string[] = [];
  const inner = chain.client(overrides);
  return {
    asked,
    client: {
      ...inner,
      chain: () => (asked.push("chain"), inner.chain()),
      head: () => (asked.push("head"), inner.head()),
      compactBlocks: (from, to) => (asked.push(`compact ${from} ${to}`), inner.compactBlocks(from, to)),
      memos: (from, to) => (asked.push(`memos ${from} ${to}`), inner.memos(from, to)),
      treeState: (block) => (asked.push(`tree ${block}`), inner.treeState(block)),
      poolProof: (hash) => (asked.push("proof"), inner.poolProof(hash)),
    },
  };
}

/** One payment to Bob with a memo in block 1, and two empty blocks. */
async function story(): Promise<FakeChain> {
  const chain = await testChain([]);
  const rk = randomBytes(32);
  const memoKey = randomBytes(32);
  const output = sealed({ address: addressAt(bob, 1n), value: COIN_UNIT, memoKey }, rk);
  await chain.mine({ transactions: [foreignTransaction(chain, [output], { rk, memos: sealMemo(memoKey, "rent") })] });
  await chain.mineMany(2);
  return chain;
}

const lies: Readonly<Record<string, (frame: MemoFrame) => MemoFrame | undefined>> = {
  "other chunks": (frame) => ({
    ...frame,
    transactions: frame.transactions.map((entry) => ({ ...entry, chunks: [randomBytes(256)] })),
  }),
  "no transactions": (frame) => ({ ...frame, transactions: [] }),
  "no frame": (frame) => (frame.transactions.length > 0 ? undefined : frame),
};

describe("what a node learns from a wallet's behaviour", () => {
  for (const [name, lie] of Object.entries(lies))
    it(`D33, G49: false memos of one transaction (${name}) don't tell whose it is`, async () => {
      const chain = await story();
      const seen: string[][] = [];
      for (const phrase of [BOB, CAROL]) {
        const { client, asked } = recording(chain, {
          memos: async function* (from, to) {
            for await (const frame of chain.client().memos(from, to)) {
              const given = lie(frame);
              if (given !== undefined) yield given;
            }
          },
        });
        const wallet = await restored(chain, { phrase }, { client });
        const code = await codeOf(wallet.sync());
        expect(code).toBe("rpc/lying");
        expect(wallet.notes()).toEqual([]);
        seen.push([...asked, code]);
      }
      expect(seen[0]).toEqual(seen[1]);
    });

  it("D33: everything is asked for before anything is decrypted, so that no answer of ours can be timed", async () => {
    const chain = await story();
    for (const phrase of [BOB, CAROL]) {
      const { client, asked } = recording(chain);
      const witness = recording(chain);
      let release: () => void = () => undefined;
      const gate = new Promise<void>((resolve) => (release = resolve));
      const place = placeFor(chain, { client, witnesses: [witness.client] });
      const wallet = await restoreWalletAt(
        {
          ...place,
          platform: {
            ...testPlatform(),
            openTrialEngine: (keys) => {
              const engine = inlineTrialEngine(keys, nativeSharedSecret);
              return { ...engine, trial: async (batch) => (await gate, engine.trial(batch)) };
            },
          },
        },
        { from: { phrase } },
      );
      const running = wallet.sync();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const before = [...asked, "|", ...witness.asked];
      release();
      expect(await codeOf(running)).toBe("ok");
      expect([...asked, "|", ...witness.asked]).toEqual(before);
      expect(before).toContain("proof");
    }
  });

  it("G49: a node that sends memos without end, or of other blocks, is noticed", async () => {
    const chain = await story();
    let sent = 0;
    const endless = chain.client({
      memos: async function* () {
        for (let number = 0n; ; number++) {
          if (++sent > 1000) throw new Error("the wallet still listens");
          yield { number, transactions: chain.blocks[Number(number)]?.memos.transactions ?? [] };
        }
      },
    });
    const wallet = await restored(chain, { phrase: BOB }, { client: endless });
    expect(await codeOf(wallet.sync())).toBe("ok");
    expect(sent).toBeLessThan(10);
  });
});
