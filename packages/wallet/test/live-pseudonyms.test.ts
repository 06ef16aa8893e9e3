import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeFunctionData, hashMessage, hashTypedData, recoverAddress } from "viem";
import { WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import {
  SeroError,
  assetIdOf,
  bindOf,
  decodeTransaction,
  encodeTransaction,
  fromHex,
  pseudonymDigest,
  pseudonymOf,
  signDigest,
  toHex,
  type EthAddress,
} from "@sero/protocol";
import { memoryFiles, openWalletAt, type CallSpec, type Proving, type Wallet, type WalletFiles } from "../src/index.js";
import { hexOf, liveChain, type LiveChain } from "./helpers/live.js";
import { checkingProving } from "./helpers/proving.js";
import { ALICE, BOB, COIN_UNIT, PASSPHRASE, QUICK_KDF, testPlatform } from "./helpers/wallets.js";

let chain: LiveChain;

beforeAll(async () => {
  chain = await liveChain([
    { phrase: ALICE, values: [100n, 50n, 20n, 10n].map((n) => n * COIN_UNIT) },
    { phrase: BOB, values: [100n, 100n].map((n) => n * COIN_UNIT) },
  ]);
  await chain.mine();
});
afterAll(() => chain.stop());

const wrap = (value: bigint): CallSpec => ({
  to: WRAPPED_COIN_ADDRESS,
  value,
  abi: WRAPPED_COIN.abi,
  data: fromHex(encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "deposit" })),
});
const WRAPPED = assetIdOf(1, WRAPPED_COIN_ADDRESS, 0n);
const held = (wallet: Wallet, asset: bigint): bigint =>
  wallet.balances().find((balance) => balance.asset === asset)?.total ?? 0n;
const failureOf = (promise: Promise<unknown>): Promise<SeroError> =>
  promise.then(
    () => new SeroError("test/nothing", "nothing was thrown"),
    (error: unknown) => error as SeroError,
  );
const reopened = (files: WalletFiles, proving?: Proving): Promise<Wallet> =>
  openWalletAt({
    files,
    client: chain.client,
    platform: testPlatform(proving),
    passphrase: PASSPHRASE,
    kdf: QUICK_KDF,
  });

describe("pseudonyms", () => {
  it("sign messages and typed data as any Ethereum account does, and nothing for another chain", async () => {
    const wallet = await chain.wallet(BOB);
    const { address } = await wallet.newPseudonym({ label: "shop", site: "https://shop.example" });
    expect(wallet.pseudonyms()).toMatchObject([{ kind: "kept", label: "shop", site: "https://shop.example", uses: 0 }]);
    const signature = wallet.signMessage(address, "Sign in to shop.example");
    expect(
      (
        await recoverAddress({ hash: hashMessage("Sign in to shop.example"), signature: hexOf(signature) })
      ).toLowerCase(),
    ).toBe(toHex(address));
    const typed = {
      domain: { name: "Shop", chainId: Number(chain.spec.chainId) },
      types: { Order: [{ name: "amount", type: "uint256" }] },
      primaryType: "Order",
      message: { amount: 5n },
    };
    const signed = wallet.signTypedData(address, typed);
    const hash = hashTypedData(typed as Parameters<typeof hashTypedData>[0]);
    expect((await recoverAddress({ hash, signature: hexOf(signed) })).toLowerCase()).toBe(toHex(address));
    // Low s, as EIP-2 asks for.
    expect(
      BigInt(toHex(signed.subarray(32, 64))) <= 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n,
    ).toBe(true);
    const foreign = { ...typed, domain: { ...typed.domain, chainId: 1 } };
    expect(() => wallet.signTypedData(address, foreign)).toThrow(
      expect.objectContaining({ code: "pseudonym/other-chain" }),
    );
    expect(() => wallet.signTypedData(address, { ...typed, primaryType: "Nothing" })).toThrow(
      expect.objectContaining({ code: "pseudonym/typed-data" }),
    );
    const stranger = new Uint8Array(20).fill(7) as EthAddress;
    expect(() => wallet.signMessage(stranger, "x")).toThrow(expect.objectContaining({ code: "pseudonym/unknown" }));
    await wallet.close();
  });

  it("two copies of one wallet never make the same kept pseudonym, copies of its files neither", async () => {
    const files = memoryFiles();
    const first = await chain.wallet(BOB, { files });
    const made = [await first.newPseudonym(), await first.newPseudonym()];
    await first.close();
    for (let copy = 0; copy < 2; copy++) {
      const wallet = await reopened(files);
      expect(wallet.pseudonyms().length).toBe(made.length);
      made.push(await wallet.newPseudonym());
      await wallet.close();
    }
    const restored = await chain.wallet(BOB);
    made.push(await restored.newPseudonym());
    await restored.close();
    expect(new Set(made.map(({ address }) => toHex(address))).size).toBe(5);
  });

  it("a kept pseudonym that was used is found again, key and all, in a wallet restored from the phrase", async () => {
    const wallet = await chain.wallet(ALICE);
    const unused = await wallet.newPseudonym({ label: "first of its lane" });
    const kept = await wallet.newPseudonym({ label: "market" });
    const prepared = await wallet.prepareCall({ calls: [wrap(COIN_UNIT)], pseudonym: kept.address });
    expect(prepared.report.facts.memoChunks).toBe(1);
    await wallet.sendCall(prepared);
    const busy = await failureOf(wallet.prepareCall({ calls: [wrap(1n)], pseudonym: kept.address }));
    expect(busy.code).toBe("pseudonym/busy");
    await chain.mine();
    await wallet.sync();
    const again = await wallet.prepareCall({ calls: [wrap(COIN_UNIT)], pseudonym: kept.address });
    expect(again.report.pseudonym).toMatchObject({ kind: "kept", label: "market", usedBefore: 1 });
    expect(again.report.warnings.some((warning) => warning.includes("used 1 time before"))).toBe(true);
    const restored = await chain.wallet(ALICE);
    expect(
      restored
        .pseudonyms()
        .map(({ address }) => toHex(address))
        .sort(),
    ).toEqual([unused, kept].map(({ address }) => toHex(address)).sort());
    const signature = restored.signMessage(kept.address, "it is me");
    expect((await recoverAddress({ hash: hashMessage("it is me"), signature: hexOf(signature) })).toLowerCase()).toBe(
      toHex(kept.address),
    );
    await restored.close();
    await wallet.close();
  });

  it("each transaction shows another address by default, which a restored wallet can still use", async () => {
    const wallet = await chain.wallet(BOB);
    const shown: string[] = [];
    for (let i = 0; i < 2; i++) {
      const receipt = await wallet.sendCall(await wallet.prepareCall({ calls: [wrap(1n)] }));
      shown.push(toHex(receipt.pseudonym ?? new Uint8Array(0)));
      await chain.mine();
      await wallet.sync();
    }
    expect(new Set(shown).size).toBe(2);
    expect(wallet.pseudonyms()).toEqual([]);
    await wallet.close();
    const restored = await chain.wallet(BOB);
    const found = restored.pseudonyms({ oneTime: true });
    expect(found.map(({ address }) => toHex(address)).sort()).toEqual([...shown].sort());
    expect(restored.signMessage(found[0]?.address as EthAddress, "x").length).toBe(65);
    await restored.close();
  });
});

describe("attacks on calls", () => {
  it("F44: a pseudonym's signature from another transaction, or another pseudonym's, is refused", async () => {
    const sent: Uint8Array[] = [];
    const holding = {
      ...chain.client,
      sendTransaction: async (bytes: Uint8Array) => {
        sent.push(bytes);
        throw new SeroError("rpc/unreachable", "held back");
      },
    };
    const wallet = await chain.wallet(ALICE, { client: holding });
    const kept = await wallet.newPseudonym();
    for (const request of [{ calls: [wrap(1n)], pseudonym: kept.address }, { calls: [wrap(2n)] }])
      await failureOf(wallet.sendCall(await wallet.prepareCall(request)));
    const [first, second] = sent.map((bytes) => decodeTransaction(bytes));
    if (first?.call === undefined || second?.call === undefined) throw new Error("nothing was sent");
    const mixed = (signature: Uint8Array): Uint8Array =>
      encodeTransaction({ ...first, call: { ...(first.call as NonNullable<typeof first.call>), signature } });
    const personal = wallet.signMessage(kept.address, first.call.calls[0]?.data ?? "");
    personal[64] = (personal[64] ?? 27) - 27;
    for (const signature of [second.call.signature, personal]) {
      const error = await failureOf(chain.client.sendTransaction(mixed(signature)));
      expect(error.code).toBe("tx/pseudonym-signature");
    }
    // A thief who puts his own pseudonym there and signs for it rightly has not the keys of the notes, which signed for the other one.
    const thief = pseudonymOf(new Uint8Array(32).fill(9));
    const { genesisHash, rulesId } = await chain.client.chain();
    const robbed = { ...first, call: { ...first.call, pseudonym: thief.address } };
    const { bind } = bindOf(robbed, { genesisHash, rulesId });
    const signature = signDigest(thief.secretKey, pseudonymDigest(bind));
    const stolen = encodeTransaction({ ...robbed, call: { ...robbed.call, signature } });
    expect((await failureOf(chain.client.sendTransaction(stolen))).code).toBe("tx/proof");
    expect(toHex(await chain.client.sendTransaction(sent[0] as Uint8Array))).toMatch(/^0x/);
    await wallet.close();
  });

  it("its id is durable before it is proved: a wallet that dies meanwhile proves and sends it later, once", async () => {
    await chain.mine();
    const files = memoryFiles();
    let kill: (() => void) | undefined;
    const hanging: Proving = {
      ...checkingProving(),
      prove: () => new Promise((_, reject) => (kill = () => reject(new Error("killed")))),
    };
    const dying = await chain.wallet(BOB, { files, proving: hanging });
    const before = held(dying, WRAPPED);
    const prepared = await dying.prepareCall({ calls: [wrap(COIN_UNIT)] });
    const known: string[] = [];
    const copy = new Promise<WalletFiles>((resolve) => {
      void dying
        .sendCall(prepared, {
          onTxid: (txid) => {
            known.push(txid);
            void copyOf(files).then(resolve);
          },
        })
        .catch(() => undefined);
    });
    const left = await copy;
    const wallet = await reopened(left);
    expect(wallet.pending().map(({ txid, status }) => [txid, status])).toEqual([[known[0], "pending"]]);
    await wallet.sync();
    await chain.mine();
    await wallet.sync();
    expect(wallet.pending()).toEqual([]);
    expect((await wallet.callOutcome(known[0] as string)).status).toBe("succeeded");
    expect(held(wallet, WRAPPED)).toBe(before + COIN_UNIT);
    await wallet.close();
    // What fails while it is proved in a living wallet is as if it had never been made.
    kill?.();
    await dying.close();
  });

  it("whose id was told is kept when proving fails, and sent by the next sync; cancelled, it is as if never made", async () => {
    let isBroken = true;
    const { prove, check, close } = checkingProving();
    const proving: Proving = {
      check,
      close,
      prove: (witness, options) => (isBroken ? Promise.reject(new Error("no memory")) : prove(witness, options)),
    };
    const wallet = await chain.wallet(BOB, { proving });
    const told: string[] = [];
    const onTxid = (txid: string): void => void told.push(txid);
    const failing = wallet.sendCall(await wallet.prepareCall({ calls: [wrap(4n)] }), { onTxid });
    await expect(failing).rejects.toThrow("no memory");
    expect(wallet.pending().map(({ txid }) => txid)).toEqual(told);
    isBroken = false;
    const abort = new AbortController();
    const cancelled = wallet.sendCall(await wallet.prepareCall({ calls: [wrap(4n)] }), {
      onTxid: () => abort.abort(),
      signal: abort.signal,
    });
    expect((await failureOf(cancelled)).code).toBe("wallet/cancelled");
    expect(wallet.pending().map(({ txid }) => txid)).toEqual(told);
    await wallet.sync();
    await chain.mine();
    await wallet.sync();
    expect((await wallet.callOutcome(told[0] as string)).status).toBe("succeeded");
    await wallet.close();
  });

  it("D32: errors and reports of calls hold no secret", async () => {
    const wallet = await chain.wallet(ALICE);
    const kept = await wallet.newPseudonym({ label: "quiet" });
    const prepared = await wallet.prepareCall({ calls: [wrap(3n)], pseudonym: kept.address });
    const secretKey = prepared.call?.secretKey ?? new Uint8Array(0);
    const error = await failureOf(
      wallet.prepareCall({ calls: [{ to: WRAPPED_COIN_ADDRESS, data: Uint8Array.of(1, 2, 3, 4), value: 1n }] }),
    );
    expect(error.code).toBe("call/would-fail");
    const text = (value: unknown): string =>
      JSON.stringify(value, (_key, item: unknown) =>
        typeof item === "bigint" ? item.toString(16) : item instanceof Uint8Array ? toHex(item) : item,
      );
    const shown = text([
      prepared.report,
      error.message,
      error.values,
      wallet.pseudonyms(),
      wallet.pending(),
      wallet.history(),
    ]);
    expect(secretKey.length).toBe(32);
    expect(shown).not.toContain(toHex(secretKey).slice(2));
    await wallet.close();
  });
});

/** The files as they are on the disk at this moment. */
async function copyOf(files: WalletFiles): Promise<WalletFiles> {
  const copy = memoryFiles();
  for (const name of await files.list()) {
    const bytes = await files.read(name);
    if (bytes !== undefined) await copy.writeAtomic(name, bytes);
  }
  return copy;
}
