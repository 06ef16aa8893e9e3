import { describe, expect, it } from "vitest";
import { SeroError, addressAt, fromHex, randomBytes, type TxId } from "@sero/protocol";
import {
  createWalletAt,
  memoryFiles,
  openWalletAt,
  type NodeClient,
  type PreparedPayment,
  type Wallet,
} from "../src/index.js";
import type { FakeChain } from "./helpers/chain.js";
import { foreignTransaction, sealed } from "./helpers/forge.js";
import {
  ALICE,
  BOB,
  COIN_UNIT,
  PASSPHRASE,
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
const inputsOf = (prepared: PreparedPayment): bigint[] =>
  prepared.transactions.flatMap(({ bundles }) =>
    bundles.flatMap((bundle) => bundle.inputs.map((note) => note.nullifier ?? 0n)),
  );
const idOf = (text: string | undefined): TxId => fromHex(text ?? "") as TxId;

/** What is mined when a node has every transaction that ever left the wallet, in the order given: each that still fits. */
async function mineAll(chain: FakeChain, sent: readonly Parameters<NodeClient["sendTransaction"]>[0][]): Promise<void> {
  for (const bytes of sent) {
    chain.mempool.clear();
    await chain
      .client()
      .sendTransaction(bytes)
      .catch(() => undefined);
    await chain.mine();
  }
}

/** Alice, and every byte string that she ever handed to her node, which forgets it. */
async function aliceOn(chain: FakeChain): Promise<{ alice: Wallet; sent: Uint8Array[] }> {
  const sent: Uint8Array[] = [];
  const node = chain.client();
  const client: NodeClient = {
    ...node,
    sendTransaction: async (bytes) => {
      chain.mempool.clear();
      sent.push(bytes);
      const txid = await node.sendTransaction(bytes);
      chain.mempool.clear();
      return txid;
    },
  };
  const alice = await restored(chain, { phrase: ALICE }, { client });
  await alice.sync();
  return { alice, sent };
}

describe("a payment made again", () => {
  it("D30: replaced twice, it can be mined once only", async () => {
    const chain = await testChain([
      { phrase: ALICE, values: [10n * COIN_UNIT, 20n * COIN_UNIT, 40n * COIN_UNIT] },
      { phrase: BOB, values: [] },
    ]);
    const { alice, sent } = await aliceOn(chain);
    const bob = await restored(chain, { phrase: BOB });
    const to = (amount: bigint, replaces?: string) =>
      alice.prepareSend({
        payments: [{ address: bob.address(), amount }],
        ...(replaces === undefined ? {} : { replaces: idOf(replaces) }),
      });
    const [first] = await alice.send(await to(5n * COIN_UNIT));
    // Larger, so that it takes a further note besides the shared one.
    const [second] = await alice.send(await to(45n * COIN_UNIT, first?.txid));
    const third = await to(5n * COIN_UNIT, second?.txid).catch((error: { code: string }) => error);
    if ("transactions" in third) await alice.send(third);
    await mineAll(chain, sent);
    await bob.sync();
    const mined = bob.notes().length;
    expect(mined).toBe(1);
  });

  it("D30: as several transactions it is refused, for only one of them would exclude the first", async () => {
    const chain = await testChain([
      { phrase: ALICE, values: Array.from({ length: 24 }, () => COIN_UNIT) },
      { phrase: BOB, values: [] },
    ]);
    const { alice, sent } = await aliceOn(chain);
    const bob = await restored(chain, { phrase: BOB });
    const [first] = await pay(alice, bob.address(), COIN_UNIT / 2n);
    const code = await codeOf(
      alice
        .prepareSend({ payments: [{ address: bob.address(), amount: 18n * COIN_UNIT }], replaces: idOf(first?.txid) })
        .then((prepared) => {
          expect(prepared.transactions.length).toBeGreaterThan(1);
          return alice.send(prepared);
        }),
    );
    await mineAll(chain, sent);
    await bob.sync();
    const received = total(bob);
    expect([code, received === COIN_UNIT / 2n]).toEqual(["send/replace-size", true]);
  });

  it("D26, D30: a second note with the same commitment doesn't count as the shared one", async () => {
    const chain = await testChain([
      { phrase: ALICE, values: [] },
      { phrase: BOB, values: [] },
    ]);
    const alice = keysOf(ALICE);
    const seed = randomBytes(32);
    for (let i = 0; i < 2; i++) {
      const rk = randomBytes(32);
      const note = sealed({ address: addressAt(alice, 0n), value: 10n * COIN_UNIT, seed }, rk);
      await chain.mine({ transactions: [foreignTransaction(chain, [note], { rk })] });
    }
    const { alice: wallet, sent } = await aliceOn(chain);
    expect(wallet.notes()).toHaveLength(2);
    const bob = await restored(chain, { phrase: BOB });
    const prepared = await wallet.prepareSend({ payments: [{ address: bob.address(), amount: COIN_UNIT }] });
    const [first] = await wallet.send(prepared);
    const again = await wallet.prepareSend({
      payments: [{ address: bob.address(), amount: COIN_UNIT }],
      replaces: idOf(first?.txid),
    });
    expect(inputsOf(again).some((nullifier) => inputsOf(prepared).includes(nullifier))).toBe(true);
    await wallet.send(again);
    await mineAll(chain, sent);
    await bob.sync();
    expect(total(bob)).toBe(COIN_UNIT);
  });
});

describe("money that a reorganisation took", () => {
  it("D30: is not replaced by other money, for the old branch may come back", async () => {
    const chain = await testChain([
      { phrase: ALICE, values: [10n * COIN_UNIT] },
      { phrase: BOB, values: [] },
    ]);
    const rk = randomBytes(32);
    const gift = sealed({ address: addressAt(keysOf(ALICE), 0n), value: 5n * COIN_UNIT }, rk);
    await chain.mine({ transactions: [foreignTransaction(chain, [gift], { rk })] });
    const { alice, sent } = await aliceOn(chain);
    const bob = await restored(chain, { phrase: BOB });
    // Paid with the gift, the smallest note that suffices.
    const [first] = await pay(alice, bob.address(), COIN_UNIT);
    const oldBranch = chain.rewindTo(0n);
    await chain.mineMany(2);
    await alice.sync({ rebroadcast: false });
    const again = await alice
      .prepareSend({ payments: [{ address: bob.address(), amount: COIN_UNIT }], replaces: idOf(first?.txid) })
      .catch((error: { code: string }) => error.code);
    if (typeof again !== "string") await alice.send(again);
    chain.rewindTo(0n);
    chain.restore(oldBranch);
    await mineAll(chain, sent);
    await bob.sync();
    expect([again, total(bob)]).toEqual(["funds/no-shared-note", COIN_UNIT]);
  });
});

describe("a wallet whose making fails", () => {
  const failing: Readonly<Record<string, Partial<NodeClient>>> = {
    "the node is gone": { treeState: () => Promise.reject(new Error("gone")) },
    "the node answers nonsense": {
      treeState: async () => ({
        leafCount: 9n,
        frontier: Uint8Array.of(1, 2, 3),
        streamDigest: randomBytes(32),
        root: 1n,
      }),
    },
  };
  for (const [name, overrides] of Object.entries(failing))
    it(`D31: leaves no wallet whose phrase nobody has seen (${name})`, async () => {
      const chain = await testChain([]);
      await chain.mineMany(170);
      const files = memoryFiles();
      expect(await codeOf(createWalletAt(placeFor(chain, { files, client: chain.client(overrides) })))).not.toBe("ok");
      expect(await codeOf(openWalletAt(placeFor(chain, { files })))).toBe("store/none");
      const made = await createWalletAt(placeFor(chain, { files }));
      expect(made.phrase.split(" ")).toHaveLength(24);
    });

  it("D31: neither does a disk that is full at the end", async () => {
    const chain = await testChain([]);
    for (let allowed = 0; allowed < 8; allowed++) {
      const files = memoryFiles();
      let writes = 0;
      const full = () => {
        if (writes++ >= allowed) throw new Error("disk full");
      };
      const failing = {
        ...files,
        writeAtomic: async (file: string, bytes: Uint8Array) => (full(), files.writeAtomic(file, bytes)),
        append: async (file: string, at: number, bytes: Uint8Array) => (full(), files.append(file, at, bytes)),
      };
      const made = await createWalletAt(placeFor(chain, { files: failing })).catch(() => undefined);
      if (made !== undefined) return;
      expect(await codeOf(openWalletAt(placeFor(chain, { files }))), `${allowed} writes`).toBe("store/none");
    }
    throw new Error("never made");
  });
});

describe("the false beginning that a node gave", () => {
  it("D33: does not stay once an honest node is asked", async () => {
    const chain = await testChain([{ phrase: BOB, values: [] }]);
    await chain.mineMany(20);
    let current = chain.client({
      treeState: async (block) => ({ ...(await chain.client().treeState(block)), streamDigest: randomBytes(32) }),
    });
    const client = new Proxy({} as NodeClient, { get: (_, name: keyof NodeClient) => current[name] });
    const wallet = await restored(chain, { phrase: BOB }, { client, birthday: 10n });
    expect(await codeOf(wallet.sync())).toBe("rpc/lying");
    current = chain.client();
    expect(await codeOf(wallet.sync())).toBe("ok");
  });
});

describe("a damaged state file", () => {
  async function pendingPayment() {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT, 10n * COIN_UNIT] }]);
    const contents = new Map<string, Uint8Array>();
    const files = memoryFiles(contents);
    const alice = await restored(chain, { phrase: ALICE }, { files });
    await alice.newAccount();
    await alice.sync();
    await pay(alice, alice.address(1), COIN_UNIT);
    chain.mempool.clear();
    await alice.sync();
    await alice.newAddress(0, "shop");
    await alice.newAddress(0, "friend");
    await alice.close();
    return { chain, contents, place: { ...placeFor(chain, { files }), passphrase: PASSPHRASE } };
  }

  it("D32: a rebuild keeps the payments under way and the accounts, whatever record is damaged", async () => {
    const { contents, place } = await pendingPayment();
    const log = contents.get("log-0") ?? new Uint8Array(0);
    const records: number[] = [];
    for (let at = 0; at < log.length; at += 8 + new DataView(log.buffer, log.byteOffset + at).getUint32(0))
      records.push(at);
    expect(records.length).toBeGreaterThan(3);
    // The last but one: every record before it can be read, and the one after it too.
    const damaged = log.slice();
    const at = records.at(-2) ?? 0;
    damaged[at + 40] = (damaged[at + 40] ?? 0) ^ 1;
    contents.set("log-0", damaged);
    expect(await codeOf(openWalletAt(place))).toBe("store/damaged");
    const wallet = await openWalletAt({ ...place }, { rebuild: true });
    expect(wallet.accounts()).toEqual([0, 1]);
    expect(wallet.addresses().map(({ label }) => label)).toContain("shop");
    await wallet.sync({ rebroadcast: false });
    expect(wallet.pending()).toHaveLength(1);
    expect(spendable(wallet)).toBe(10n * COIN_UNIT);
  });

  it("D32: a damaged length in the middle is damage, and not a write that a crash cut short", async () => {
    const { contents, place } = await pendingPayment();
    const log = (contents.get("log-0") ?? new Uint8Array(0)).slice();
    log[0] = 0x7f;
    contents.set("log-0", log);
    expect(await codeOf(openWalletAt(place))).toBe("store/damaged");
  });

  it("D32: an old format is opened by the rebuild that its message names", async () => {
    const { contents, place } = await pendingPayment();
    const state = (contents.get("state") ?? new Uint8Array(0)).slice();
    state[8] = 0;
    contents.set("state", state);
    expect(await codeOf(openWalletAt(place))).toBe("store/old-format");
    const wallet = await openWalletAt(place, { rebuild: true });
    await wallet.sync({ rebroadcast: false });
    expect(wallet.pending()).toHaveLength(1);
  });
});

describe("a payment that has expired", () => {
  it("D30: keeps its money until no short reorganisation can bring it back, for it would be paid twice", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
    const { alice, sent } = await aliceOn(chain);
    const bob = await restored(chain, { phrase: BOB });
    await pay(alice, bob.address(), COIN_UNIT);
    const expiry = alice.pending()[0]?.expiry ?? 0n;
    while (BigInt(chain.blocks.length) < expiry) await chain.mine({ empty: true });
    // A new note that suffices, and the block after the expiry.
    const rk = randomBytes(32);
    const gift = sealed({ address: addressAt(keysOf(ALICE), 0n), value: 2n * COIN_UNIT }, rk);
    const common = (await chain.mine({ transactions: [foreignTransaction(chain, [gift], { rk })] })).number - 1n;
    await chain.mine({ empty: true });
    await alice.sync();
    expect(alice.pending()).toHaveLength(1);
    expect(spendable(alice)).toBe(2n * COIN_UNIT);
    // The other branch: the first payment is mined in the last block that may hold it.
    chain.rewindTo(common);
    await mineAll(chain, sent.slice(0, 1));
    await chain.mineMany(3);
    await alice.sync();
    expect(alice.history()[0]).toMatchObject({ type: "sent", status: "mined" });
  });

  it("D30: gives it back after that, and is not handed to a node meanwhile", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
    const { alice, sent } = await aliceOn(chain);
    await pay(alice, alice.address(), COIN_UNIT);
    const expiry = alice.pending()[0]?.expiry ?? 0n;
    while (BigInt(chain.blocks.length) <= expiry + 1n) await chain.mine({ empty: true });
    await alice.sync();
    expect(await alice.rebroadcast()).toBe(0);
    expect(sent).toHaveLength(1);
    for (let i = 0; i < 32; i++) await chain.mine({ empty: true });
    await alice.sync();
    expect(alice.history()[0]?.status).toBe("expired");
    expect(spendable(alice)).toBe(10n * COIN_UNIT);
  });
});

describe("a node that tells another chain's rules", () => {
  it("D27, G49: is found out by the genesis block, whose hash it cannot choose", async () => {
    const chain = await testChain([]);
    await chain.mine();
    const info = await chain.client().chain();
    for (const spec of [
      { ...info.spec, hrp: "serofake" },
      { ...info.spec, network: "sero-other" },
      { ...info.spec, priceLadder: info.spec.priceLadder.map((price) => price * 1000n) },
    ]) {
      const client = chain.client({ chain: async () => ({ ...info, spec }) });
      expect(await codeOf(restored(chain, { phrase: BOB }, { client }))).toBe("rpc/lying");
      expect(await codeOf(createWalletAt(placeFor(chain, { client })))).toBe("rpc/lying");
    }
    const otherHash = chain.client({ chain: async () => ({ ...info, genesisHash: randomBytes(32) as never }) });
    expect(await codeOf(restored(chain, { phrase: BOB }, { client: otherHash }))).toBe("rpc/lying");
    expect(await codeOf(restored(chain, { phrase: BOB }))).toBe("ok");
  });
});

describe("a payment that no node took", () => {
  it("D31: is handed over by the next sync, also when no block comes meanwhile", async () => {
    const chain = await testChain([{ phrase: ALICE, values: [10n * COIN_UNIT] }]);
    let isDown = true;
    const node = chain.client();
    const client: NodeClient = {
      ...node,
      sendTransaction: (bytes) =>
        isDown ? Promise.reject(new SeroError("rpc/unreachable", "down")) : node.sendTransaction(bytes),
    };
    const files = memoryFiles();
    const alice = await restored(chain, { phrase: ALICE }, { files, client });
    await alice.sync();
    expect(await codeOf(pay(alice, alice.address(), COIN_UNIT))).toBe("send/not-delivered");
    // Another attempt that fails changes nothing of that.
    await alice.sync();
    await alice.close();
    isDown = false;
    const again = await openWalletAt(placeFor(chain, { files, client }));
    await again.sync();
    expect(chain.mempool.size).toBe(1);
    chain.mempool.clear();
    await again.sync();
    expect(chain.mempool.size).toBe(0);
  });
});
