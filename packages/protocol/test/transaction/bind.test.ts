import { describe, expect, it } from "vitest";
import { bigIntToBytes, bytesToBigInt, concatBytes, utf8 } from "../../src/bytes/index.js";
import { FIELD_ORDER } from "../../src/field/index.js";
import { keccak256 } from "../../src/hash/index.js";
import { encodeRlp, rlpUint } from "../../src/rlp/index.js";
import {
  BIND_PARTS,
  bindOf,
  bindOfTxid,
  decodeTransaction,
  encodeTransaction,
  pseudonymDigest,
  type Bundle,
  type CallPhase,
  type ReturnEntry,
  type Transaction,
} from "../../src/transaction/index.js";
import { CONTEXT, addressOf, bytesOf, codeOf, fieldOf, sampleCall, samplePayment, sampleSignature } from "./sample.js";

const bind = (tx: Transaction): bigint => bindOf(tx, CONTEXT).bind;

const changedBundle = (tx: Transaction, change: Partial<Bundle>): Transaction => ({
  ...tx,
  bundles: tx.bundles.map((bundle, i) => (i === 1 ? { ...bundle, ...change } : bundle)),
});
const changedCall = (tx: Transaction, change: Partial<CallPhase>): Transaction => ({
  ...tx,
  call: { ...tx.call!, ...change },
});
const changedReturn = (tx: Transaction, at: number, change: Partial<ReturnEntry>): Transaction =>
  changedCall(tx, { returns: tx.call!.returns.map((entry, i) => (i === at ? { ...entry, ...change } : entry)) });

const tx = sampleCall();
const other = fieldOf("other");
const [, second] = tx.bundles as [Bundle, Bundle];
const firstCall = tx.call!.calls[0]!;

/** One changed transaction for every field that `bind` covers. */
const CHANGES: Record<string, Transaction> = {
  chainId: { ...tx, chainId: 24159n },
  expiry: { ...tx, expiry: tx.expiry + 1n },
  priceStep: { ...tx, priceStep: tx.priceStep + 1 },
  circuit: changedBundle(tx, { circuit: 1 }),
  "nullifier 0": changedBundle(tx, { nullifiers: [other as never, second.nullifiers[1]] }),
  "nullifier 1": changedBundle(tx, { nullifiers: [second.nullifiers[0], other as never] }),
  "commitment 0": changedBundle(tx, { commitments: [other as never, second.commitments[1], second.commitments[2]] }),
  "commitment 1": changedBundle(tx, { commitments: [second.commitments[0], other as never, second.commitments[2]] }),
  "commitment 2": changedBundle(tx, { commitments: [second.commitments[0], second.commitments[1], other as never] }),
  pubCoin: changedBundle(tx, { pubCoin: 1n }),
  pubAsset: changedBundle(tx, { pubAsset: other as never }),
  pubAmount: changedBundle(tx, { pubAmount: 2n }),
  rk: changedBundle(tx, { rk: bytesOf("other", 32) }),
  "bundle order": { ...tx, bundles: [...tx.bundles].reverse() },
  "bundle removed": { ...tx, bundles: tx.bundles.slice(1) },
  output: { ...tx, outputs: tx.outputs.map((output, i) => (i === 5 ? bytesOf("other", 290) : output)) },
  "output order": { ...tx, outputs: [...tx.outputs].reverse() },
  memo: { ...tx, memos: [bytesOf("other", 256)] },
  "memo added": { ...tx, memos: [...tx.memos, bytesOf("other", 256)] },
  "no call phase": { ...tx, call: undefined },
  pseudonym: changedCall(tx, { pseudonym: addressOf("other") }),
  nonce: changedCall(tx, { nonce: 1n }),
  gasLimit: changedCall(tx, { gasLimit: 1n }),
  "call to": changedCall(tx, { calls: [{ ...firstCall, to: addressOf("other") }, tx.call!.calls[1]!] }),
  "call creates": changedCall(tx, { calls: [{ ...firstCall, to: undefined }, tx.call!.calls[1]!] }),
  "call value": changedCall(tx, { calls: [{ ...firstCall, value: 6n }, tx.call!.calls[1]!] }),
  "call data": changedCall(tx, { calls: [{ ...firstCall, data: bytesOf("other", 68) }, tx.call!.calls[1]!] }),
  "call order": changedCall(tx, { calls: [...tx.call!.calls].reverse() }),
  "call removed": changedCall(tx, { calls: tx.call!.calls.slice(1) }),
  "return kind": changedReturn(tx, 1, { kind: "ticket" }),
  "return token": changedReturn(tx, 1, { token: addressOf("other") }),
  "return id": changedReturn(tx, 2, { id: 8n }),
  "return any": changedReturn(tx, 2, { id: { any: 7 } }),
  "return leave": changedReturn(tx, 1, { leave: false }),
  "return inner": changedReturn(tx, 0, { inners: [other as never] }),
  "return removed": changedCall(tx, { returns: tx.call!.returns.slice(0, -1) }),
  "package output": { ...tx, packages: [{ ...tx.packages[0]!, outputIndex: 1 }, tx.packages[1]!] },
  "package controller": { ...tx, packages: [{ ...tx.packages[0]!, controller: addressOf("c") }, tx.packages[1]!] },
  "package failure": { ...tx, packages: [{ ...tx.packages[0]!, onFailure: "release" }, tx.packages[1]!] },
  "package removed": { ...tx, packages: tx.packages.slice(1) },
};

describe("bind", () => {
  it("A8: changes when any field that it covers changes, and no two of them give the same", () => {
    const seen = new Map<bigint, string>([[bind(tx), "unchanged"]]);
    for (const [name, changed] of Object.entries(CHANGES)) {
      const value = bind(changed);
      expect([name, seen.get(value)]).toEqual([name, undefined]);
      seen.set(value, name);
    }
  });

  it("A8, C19: does not change with proofs, anchor and signatures: those can be refreshed by anybody", () => {
    const refreshed = {
      ...changedCall(changedBundle(tx, { proof: bytesOf("other", 256), signature: bytesOf("other", 64) }), {
        signature: sampleSignature().map((byte, i) => (i === 31 ? byte ^ 1 : byte)),
      }),
      anchor: other as never,
    };
    expect(bind(refreshed)).toBe(bind(tx));
    expect(encodeTransaction(refreshed)).not.toEqual(encodeTransaction(tx));
  });

  it("E34: changes with the genesis and the rules, and with the chain id", () => {
    for (const field of ["genesisHash", "rulesId"] as const) {
      const context = { ...CONTEXT, [field]: bytesOf("another chain", 32) };
      expect(bindOf(tx, context).bind).not.toBe(bind(tx));
      expect(codeOf(() => bindOf(tx, { ...CONTEXT, [field]: new Uint8Array(31) }))).toBe("tx/bind-context");
    }
    expect(bind(CHANGES["chainId"]!)).not.toBe(bind(tx));
  });

  it("touches one part digest for each part changed", () => {
    const parts = (changed: Transaction): string[] => {
      const [before, after] = [bindOf(tx, CONTEXT).parts, bindOf(changed, CONTEXT).parts];
      return BIND_PARTS.filter((name) => bytesToBigInt(before[name]) !== bytesToBigInt(after[name]));
    };
    expect(parts(CHANGES["rk"]!)).toEqual(["bundles"]);
    expect(parts(CHANGES["output"]!)).toEqual(["outputs"]);
    expect(parts(CHANGES["memo"]!)).toEqual(["memos"]);
    expect(parts(CHANGES["expiry"]!)).toEqual(["terms"]);
    expect(parts(CHANGES["priceStep"]!)).toEqual(["terms"]);
    expect(parts(CHANGES["nonce"]!)).toEqual(["call"]);
    expect(parts(CHANGES["package failure"]!)).toEqual(["packages"]);
    expect(parts(CHANGES["chainId"]!)).toEqual([]);
  });

  it("is the formula of the protocol, part by part", () => {
    const payment = samplePayment();
    const [bundle] = payment.bundles as [Bundle];
    const word = (x: bigint): Uint8Array => bigIntToBytes(x, 32);
    const digest = (name: string, rlp: Uint8Array): Uint8Array =>
      keccak256(concatBytes(utf8(`SERO/bind/1/${name}`), rlp));
    const items = [
      new Uint8Array(0),
      ...bundle.nullifiers.map(word),
      ...bundle.commitments.map(word),
      rlpUint(bundle.pubCoin),
      word(0n),
      new Uint8Array(0),
      bundle.rk,
    ];
    const preimage = concatBytes(
      Uint8Array.of(0x5e),
      utf8("SERO/bind/1"),
      CONTEXT.genesisHash,
      word(24158n),
      CONTEXT.rulesId,
      digest("bundles", encodeRlp([items])),
      digest("outputs", encodeRlp([...payment.outputs])),
      digest("memos", encodeRlp([...payment.memos])),
      digest("terms", encodeRlp([new Uint8Array(0), rlpUint(272)])),
      digest("call", Uint8Array.of(0xc0)),
      digest("packages", Uint8Array.of(0xc0)),
    );
    const expected = bytesToBigInt(keccak256(preimage)) % FIELD_ORDER;
    const { bind: actual, txid } = bindOf(payment, CONTEXT);
    expect(actual).toBe(expected);
    expect(bindOfTxid(txid)).toBe(expected);
    expect(txid.length).toBe(32);
  });

  it("survives encoding and decoding", () => {
    for (const each of [tx, samplePayment(8)])
      expect(bind(decodeTransaction(encodeTransaction(each)))).toBe(bind(each));
  });

  it("A44: the pseudonym signs a digest of its own of bind", () => {
    const digest = pseudonymDigest(bind(tx));
    expect(digest).toEqual(
      keccak256(concatBytes(Uint8Array.of(0x5e), utf8("SERO/pseudonym/1"), bigIntToBytes(bind(tx), 32))),
    );
    expect(pseudonymDigest(bind(CHANGES["pseudonym"]!))).not.toEqual(digest);
  });
});
