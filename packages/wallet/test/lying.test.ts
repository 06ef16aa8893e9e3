import { describe, expect, it } from "vitest";
import {
  addressAt,
  encodeCompactBlock,
  bytesToBigInt,
  decodeCompactBlock,
  decodeRlp,
  encodeRlp,
  rlpUint,
  randomBytes,
  receiveSlot,
  COIN,
} from "@sero/protocol";
import type { NodeClient, Wallet } from "../src/index.js";
import { foreignTransaction, sealed } from "./helpers/forge.js";
import type { FakeChain } from "./helpers/chain.js";
import { BOB, CAROL, COIN_UNIT, keysOf, restored, testChain } from "./helpers/wallets.js";
import { switching } from "./helpers/switching.js";

const bob = keysOf(BOB);
const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

async function bobOn(chain: FakeChain): Promise<Wallet> {
  const wallet = await restored(chain, { phrase: BOB });
  await wallet.sync();
  return wallet;
}

describe("a lying node", () => {
  async function story(): Promise<FakeChain> {
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT] }]);
    for (let i = 0; i < 4; i++) {
      const rk = randomBytes(32);
      await chain.mine({
        transactions: [
          foreignTransaction(chain, [sealed({ address: addressAt(bob, 1n), value: 100n + BigInt(i) }, rk)], { rk }),
        ],
      });
    }
    return chain;
  }
  type Compact = ReturnType<typeof decodeCompactBlock>;
  const altered = (chain: FakeChain, number: bigint, change: (block: Compact) => Compact): Partial<NodeClient> => ({
    compactBlocks: async function* (from, to) {
      for await (const frame of chain.client().compactBlocks(from, to)) {
        const block = decodeCompactBlock(frame.compact);
        yield block.number === number ? { header: frame.header, compact: encodeCompactBlock(change(block)) } : frame;
      }
    },
  });
  const firstOutputs = (
    block: Compact,
    change: (
      outputs: Compact["transactions"][0]["bundles"][0]["outputs"],
    ) => Compact["transactions"][0]["bundles"][0]["outputs"],
  ): Compact => ({
    ...block,
    transactions: block.transactions.map((tx) => ({
      ...tx,
      bundles: tx.bundles.map((bundle) => ({ ...bundle, outputs: change(bundle.outputs) })),
    })),
  });

  it("D33: who leaves out, forges or reorders anything is found out; nothing of it is kept; an honest node then helps", async () => {
    const chain = await story();
    const honest = await bobOn(chain);
    const stranger = sealed({ address: addressAt(bob, 1n), value: 10n ** 30n }, randomBytes(32));
    const lies: Record<string, Partial<NodeClient>> = {
      "a ciphertext exchanged": altered(chain, 2n, (block) =>
        firstOutputs(block, ([a, b, c]) => [{ ...a, ciphertext: stranger.ciphertext }, b, c]),
      ),
      "an output exchanged": altered(chain, 2n, (block) => firstOutputs(block, ([, b, c]) => [stranger, b, c])),
      "outputs reordered": altered(chain, 2n, (block) => firstOutputs(block, ([a, b, c]) => [c, b, a])),
      "a transaction left out": altered(chain, 4n, (block) => ({ ...block, transactions: [] })),
      "a transaction left out early": altered(chain, 1n, (block) => ({ ...block, transactions: [] })),
      "a note made up": altered(chain, 4n, (block) => ({
        ...block,
        entries: [
          {
            kind: "completed",
            transaction: undefined,
            inner: receiveSlot(bob, 5n).inner,
            asset: COIN,
            value: 10n ** 20n,
          },
        ],
      })),
      "a nullifier made up": altered(chain, 4n, (block) => ({
        ...block,
        transactions: block.transactions.map((tx) => ({
          ...tx,
          bundles: tx.bundles.map((bundle) => ({
            ...bundle,
            nullifiers: [
              honest.notes()[0]?.nullifier ?? bundle.nullifiers[0],
              bundle.nullifiers[1],
            ] as typeof bundle.nullifiers,
          })),
        })),
      })),
      "blocks reordered": {
        compactBlocks: async function* (from, to) {
          const all = [];
          for await (const frame of chain.client().compactBlocks(from, to)) all.push(frame);
          yield* [...all.slice(0, 2), ...all.slice(2).reverse()];
        },
      },
      "a block left out": {
        compactBlocks: async function* (from, to) {
          let i = 0;
          for await (const frame of chain.client().compactBlocks(from, to)) if (i++ !== 2 || from === to) yield frame;
        },
      },
      "a time forged": {
        compactBlocks: async function* (from, to) {
          for await (const frame of chain.client().compactBlocks(from, to)) {
            const fields = decodeRlp(frame.header, {
              maxBytes: 2048,
              maxItems: 40,
              maxDepth: 1,
            }) as readonly Uint8Array[];
            const later = encodeRlp(fields.map((field, i) => (i === 11 ? rlpUint(1_999_999_999) : field)));
            yield bytesToBigInt(fields[8] ?? new Uint8Array(0)) === 2n ? { ...frame, header: later } : frame;
          }
        },
      },
      "memos left out": { memos: async function* () {} },
      "memos forged": {
        memos: async function* (from, to) {
          for await (const frame of chain.client().memos(from, to))
            yield { ...frame, transactions: frame.transactions.map((tx) => ({ ...tx, chunks: [randomBytes(256)] })) };
        },
      },
    };
    for (const [name, lie] of Object.entries(lies)) {
      let current: NodeClient = chain.client(lie);
      const wallet = await restored(chain, { phrase: BOB }, { client: switching(() => current) });
      expect(await codeOf(wallet.sync()), name).toBe("rpc/lying");
      expect(wallet.position().proved, name).toBe(false);
      expect(await codeOf(wallet.prepareSend({ payments: [{ address: wallet.address(), amount: 1n }] })), name).toBe(
        "wallet/not-synced",
      );
      current = chain.client();
      await wallet.sync();
      expect(wallet.balances(), name).toEqual(honest.balances());
      expect(wallet.history(), name).toEqual(honest.history());
    }
  });

  it("D33: a false state to begin from, and a proof of another block, are found out", async () => {
    const chain = await story();
    const honest = chain.client();
    const falseStart = chain.client({
      treeState: async (number) => ({ ...(await honest.treeState(number)), streamDigest: randomBytes(32) }),
    });
    const wallet = await restored(chain, { phrase: BOB }, { birthday: 3n, client: falseStart });
    expect(await codeOf(wallet.sync())).toBe("rpc/lying");
    const older = chain.blocks[3];
    const stale = chain.client({ poolProof: async () => honest.poolProof(older?.hash ?? chain.context.genesisHash) });
    expect(await codeOf((await restored(chain, { phrase: BOB }, { client: stale })).sync())).toBe("proof/header");
  });

  it("D33: downloads whole ranges only: nothing it asks for depends on which notes are its own", async () => {
    const chain = await story();
    const asked = async (phrase: string): Promise<string[]> => {
      const log: string[] = [];
      const logged = new Proxy(chain.client(), {
        get: (target, name: keyof NodeClient) => {
          const member = target[name];
          return typeof member === "function"
            ? (...parameters: bigint[]) => (
                log.push(`${name} ${parameters.filter((p) => typeof p !== "object").join(" ")}`),
                (member as (...p: bigint[]) => unknown)(...parameters)
              )
            : member;
        },
      });
      await (await restored(chain, { phrase }, { client: logged })).sync();
      return log;
    };
    expect(await asked(BOB)).toEqual(await asked(CAROL));
  });
});
