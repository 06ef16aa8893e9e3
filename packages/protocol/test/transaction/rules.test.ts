import { describe, expect, it } from "vitest";
import { bigIntToBytes } from "../../src/bytes/index.js";
import { FIELD_ORDER } from "../../src/field/index.js";
import type { AssetId, Commitment, Inner, Nullifier } from "../../src/types.js";
import {
  MAX_ANY_IDS,
  MAX_CALLS,
  MAX_MEMO_CHUNKS,
  MAX_RETURNS,
  checkTransaction,
  type Bundle,
  type CallPhase,
  type ReturnEntry,
  type Transaction,
} from "../../src/transaction/index.js";
import {
  TICKETS,
  TICKET_ASSET,
  TOKEN,
  TOKEN_ASSET,
  addressOf,
  bytesOf,
  codeOf,
  fieldOf,
  sampleBundle,
  sampleCall,
  sampleCallPhase,
  samplePayment,
  sampleSignature,
} from "./sample.js";

const check = (tx: Transaction): string | undefined => codeOf(() => checkTransaction(tx));
const withBundle = (change: Partial<Bundle>): Transaction =>
  samplePayment(1, { bundles: [sampleBundle("bundle/0", change)] });
const withCall = (change: Partial<CallPhase>): Transaction => samplePayment(1, { call: sampleCallPhase(change) });

const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe("bundles", () => {
  it("must be 1 to 8, with three outputs each", () => {
    expect(check(samplePayment(8))).toBeUndefined();
    expect(check(samplePayment(0))).toBe("tx/bundles");
    expect(check(samplePayment(9))).toBe("tx/bundles");
    const { outputs } = samplePayment(2);
    for (const count of [0, 2, 3, 5])
      expect(check(samplePayment(2, { outputs: outputs.slice(0, count) }))).toBe("tx/outputs");
    expect(check(samplePayment(1, { outputs }))).toBe("tx/outputs");
  });

  it("A9: a nullifier stands once in a bundle and once in a transaction", () => {
    const nf = fieldOf("same") as Nullifier;
    const other = fieldOf("other") as Nullifier;
    expect(check(withBundle({ nullifiers: [nf, nf] }))).toBe("tx/duplicate-nullifier");
    const [first, second] = [
      sampleBundle("a", { nullifiers: [nf, other] }),
      sampleBundle("b", { nullifiers: [fieldOf("c") as Nullifier, nf] }),
    ];
    expect(check(samplePayment(2, { bundles: [first, second] }))).toBe("tx/duplicate-nullifier");
  });

  it("D26: two notes may have the same commitment", () => {
    const cm = fieldOf("same") as Commitment;
    expect(check(withBundle({ commitments: [cm, cm, cm] }))).toBeUndefined();
  });

  it("A10: the empty leaf is no commitment", () => {
    expect(
      check(withBundle({ commitments: [fieldOf("x") as Commitment, 0n as Commitment, fieldOf("y") as Commitment] })),
    ).toBe("tx/zero-commitment");
  });

  it("A6: r and more is refused as anchor, nullifier, commitment and asset", () => {
    const r = FIELD_ORDER;
    const five = 5n;
    expect(check(samplePayment(1, { anchor: r as never }))).toBe("tx/field");
    expect(check(withBundle({ nullifiers: [r as Nullifier, five as Nullifier] }))).toBe("tx/field");
    expect(check(withBundle({ nullifiers: [five as Nullifier, (r + five) as Nullifier] }))).toBe("tx/field");
    expect(check(withBundle({ commitments: [1n, 2n, r] as never }))).toBe("tx/field");
    expect(check(withBundle({ pubAsset: r as AssetId, pubAmount: 1n }))).toBe("tx/field");
    expect(check(withBundle({ nullifiers: [-1n as Nullifier, five as Nullifier] }))).toBe("tx/field");
  });

  it("A12: a public asset has an amount, an amount has an asset, and neither leaves without a call phase", () => {
    const returns = sampleCallPhase().returns;
    const bundles = [sampleBundle("bundle/0", { pubAsset: TOKEN_ASSET, pubAmount: 0n })];
    expect(check(samplePayment(1, { bundles, call: sampleCallPhase({ returns }) }))).toBe("tx/public-asset");
    expect(check(withBundle({ pubAsset: 0n as AssetId, pubAmount: 1n }))).toBe("tx/public-asset");
    expect(check(withBundle({ pubAsset: TOKEN_ASSET, pubAmount: 1n }))).toBe("tx/public-asset");
    expect(
      check({ ...withCall({}), bundles: [sampleBundle("bundle/0", { pubAsset: TOKEN_ASSET, pubAmount: 1n })] }),
    ).toBeUndefined();
  });

  it("A5: amounts are below 2^128", () => {
    const max = (1n << 128n) - 1n;
    expect(check(withBundle({ pubCoin: max }))).toBeUndefined();
    expect(check(withBundle({ pubCoin: max + 1n }))).toBe("tx/amount");
    expect(check(withBundle({ pubCoin: FIELD_ORDER - 1n }))).toBe("tx/amount");
    expect(check(withBundle({ pubCoin: -1n }))).toBe("tx/amount");
    expect(check(withBundle({ pubAsset: TOKEN_ASSET, pubAmount: max + 1n }))).toBe("tx/amount");
  });

  it("C21: sizes of rk, signature and proof are exact", () => {
    for (const [field, length] of [
      ["rk", 32],
      ["signature", 64],
      ["proof", 256],
    ] as const)
      for (const wrong of [0, length - 1, length + 1])
        expect([field, wrong, check(withBundle({ [field]: new Uint8Array(wrong) }))]).toEqual([
          field,
          wrong,
          "tx/encoding",
        ]);
    expect(check(withBundle({ circuit: 256 }))).toBe("tx/encoding");
  });
});

describe("data and terms", () => {
  it("ciphertexts and memo chunks have one length, and there is at least one chunk", () => {
    const { outputs } = samplePayment();
    expect(check(samplePayment(1, { outputs: [...outputs.slice(1), new Uint8Array(289)] }))).toBe("tx/outputs");
    expect(check(samplePayment(1, { memos: [] }))).toBe("tx/memos");
    expect(check(samplePayment(1, { memos: [new Uint8Array(255)] }))).toBe("tx/memos");
    expect(
      check(samplePayment(1, { memos: Array.from({ length: MAX_MEMO_CHUNKS }, () => new Uint8Array(256)) })),
    ).toBeUndefined();
    expect(
      check(samplePayment(1, { memos: Array.from({ length: MAX_MEMO_CHUNKS + 1 }, () => new Uint8Array(256)) })),
    ).toBe("tx/memos");
  });

  it("chain id, expiry and price step are in range", () => {
    expect(check(samplePayment(1, { chainId: 0n }))).toBe("tx/encoding");
    expect(check(samplePayment(1, { chainId: 1n << 64n }))).toBe("tx/encoding");
    expect(check(samplePayment(1, { expiry: 1n << 64n }))).toBe("tx/encoding");
    expect(check(samplePayment(1, { priceStep: 256 }))).toBe("tx/encoding");
    expect(check(samplePayment(1, { priceStep: 0.5 }))).toBe("tx/encoding");
  });
});

describe("call phase", () => {
  it("has a pseudonym, a nonce below 2^64 - 1, calls of addresses or creations", () => {
    expect(check(withCall({ calls: [] }))).toBeUndefined();
    expect(check(withCall({ pseudonym: new Uint8Array(19) as never }))).toBe("tx/call");
    expect(check(withCall({ nonce: (1n << 64n) - 2n }))).toBeUndefined();
    expect(check(withCall({ nonce: (1n << 64n) - 1n }))).toBe("tx/call");
    expect(check(withCall({ gasLimit: 1n << 64n }))).toBe("tx/call");
    const call = { to: addressOf("c"), value: 0n, data: new Uint8Array(0) };
    expect(check(withCall({ calls: Array.from({ length: MAX_CALLS + 1 }, () => call) }))).toBe("tx/call");
    expect(check(withCall({ calls: [{ ...call, to: new Uint8Array(0) as never }] }))).toBe("tx/call");
    expect(check(withCall({ calls: [{ ...call, value: 1n << 128n }] }))).toBe("tx/call");
  });

  it("B17: the pseudonym's signature is 65 bytes, low s, parity 0 or 1", () => {
    const changed = (at: number, value: bigint, length: number): Uint8Array => {
      const signature = sampleSignature();
      signature.set(bigIntToBytes(value, length), at);
      return signature;
    };
    expect(check(withCall({ signature: changed(32, SECP256K1_ORDER >> 1n, 32) }))).toBeUndefined();
    for (const signature of [
      sampleSignature().subarray(0, 64),
      changed(0, 0n, 32),
      changed(0, SECP256K1_ORDER, 32),
      changed(32, 0n, 32),
      changed(32, (SECP256K1_ORDER >> 1n) + 1n, 32),
      changed(64, 2n, 1),
      changed(64, 27n, 1),
    ])
      expect(check(withCall({ signature }))).toBe("tx/pseudonym-signature");
  });
});

describe("returns", () => {
  const inner = fieldOf("inner") as Inner;
  const coin: ReturnEntry = { kind: "coin", token: undefined, id: 0n, leave: false, inners: [inner] };
  const token = (name: string): ReturnEntry => ({
    kind: "token",
    token: bytesOf(name, 20) as never,
    id: 0n,
    leave: false,
    inners: [inner],
  });
  const ticket = (id: ReturnEntry["id"], count = 1): ReturnEntry => ({
    kind: "ticket",
    token: TICKETS,
    id,
    leave: false,
    inners: Array.from({ length: count }, () => inner),
  });
  const returns = (...entries: ReturnEntry[]): string | undefined => check(withCall({ returns: entries }));

  it("begin with the coin, which is there once and never left behind", () => {
    expect(returns(coin)).toBeUndefined();
    expect(returns()).toBe("tx/returns");
    expect(returns(token("a"))).toBe("tx/returns");
    expect(returns(coin, coin)).toBe("tx/returns");
    expect(returns({ ...coin, leave: true })).toBe("tx/returns");
    expect(returns({ ...coin, token: TOKEN })).toBe("tx/returns");
    expect(returns({ ...coin, id: 1n })).toBe("tx/returns");
  });

  it("F41: are strictly increasing, and no token is named twice, under another kind neither", () => {
    const [low, high] = [token("a"), token("b")].sort((a, b) => (a.token![0]! < b.token![0]! ? -1 : 1)) as [
      ReturnEntry,
      ReturnEntry,
    ];
    expect(returns(coin, low, high)).toBeUndefined();
    expect(returns(coin, high, low)).toBe("tx/returns");
    expect(returns(coin, low, low)).toBe("tx/returns");
    expect(returns(coin, ticket(1n), ticket(2n), ticket({ any: 3 }, 3))).toBeUndefined();
    expect(returns(coin, ticket(2n), ticket(1n))).toBe("tx/returns");
    expect(returns(coin, ticket({ any: 1 }), ticket(9n))).toBe("tx/returns");
    expect(returns(coin, ticket({ any: 1 }), ticket({ any: 2 }, 2))).toBe("tx/returns");
    expect(returns(coin, ticket(1n), low)).toBe("tx/returns");
    expect(returns(coin, { ...token("a"), token: TICKETS }, ticket(1n))).toBe("tx/returns");
  });

  it("have one inner a note, ids below 2^256, ANY for tickets only", () => {
    expect(returns(coin, ticket((1n << 256n) - 1n))).toBeUndefined();
    expect(returns(coin, ticket(1n << 256n))).toBe("tx/returns");
    expect(returns(coin, ticket({ any: 0 }, 0))).toBe("tx/returns");
    expect(returns(coin, ticket({ any: MAX_ANY_IDS + 1 }, MAX_ANY_IDS + 1))).toBe("tx/returns");
    expect(returns(coin, ticket({ any: 2 }, 1))).toBe("tx/returns");
    expect(returns(coin, ticket(1n, 2))).toBe("tx/returns");
    expect(returns(coin, { ...token("a"), id: 1n })).toBe("tx/returns");
    expect(returns(coin, { ...token("a"), id: { any: 1 } })).toBe("tx/returns");
    expect(returns(coin, { ...token("a"), token: undefined })).toBe("tx/returns");
    expect(returns({ ...coin, inners: [FIELD_ORDER as Inner] })).toBe("tx/field");
    expect(returns(coin, ...Array.from({ length: MAX_RETURNS }, (_, i) => ticket(BigInt(i))))).toBe("tx/returns");
    const many = (name: number): ReturnEntry => ({
      ...ticket({ any: 64 }, 64),
      token: new Uint8Array(20).fill(name) as never,
    });
    expect(returns(coin, many(1))).toBeUndefined();
    expect(returns(coin, many(1), many(2))).toBe("tx/returns");
  });

  it("A12: name each public asset exactly once, by contract and id and not by ANY", () => {
    const bundle = (pubAsset: AssetId): Bundle => sampleBundle("bundle/0", { pubAsset, pubAmount: 1n });
    const out = (asset: AssetId, ...entries: ReturnEntry[]): string | undefined =>
      check(samplePayment(1, { bundles: [bundle(asset)], call: sampleCallPhase({ returns: entries }) }));
    expect(check(sampleCall())).toBeUndefined();
    expect(out(TICKET_ASSET, coin, ticket(7n))).toBeUndefined();
    expect(out(TICKET_ASSET, coin, ticket(8n))).toBe("tx/returns");
    expect(out(TICKET_ASSET, coin, ticket({ any: 1 }))).toBe("tx/returns");
    expect(out(TICKET_ASSET, coin)).toBe("tx/returns");
    expect(out(TOKEN_ASSET, coin, { ...token("a"), token: TOKEN })).toBeUndefined();
    expect(out(TOKEN_ASSET, coin, { ...ticket(0n), token: TOKEN })).toBe("tx/returns");
    expect(out(fieldOf("made up") as AssetId, ...sampleCallPhase().returns)).toBe("tx/returns");
  });
});

describe("packages", () => {
  const controller = addressOf("controller");
  const entry = { outputIndex: 1, controller, onFailure: "hold" as const };

  it("name outputs of the transaction in strictly increasing order", () => {
    expect(check(samplePayment(1, { packages: [entry, { ...entry, outputIndex: 2 }] }))).toBeUndefined();
    expect(check(samplePayment(1, { packages: [entry, entry] }))).toBe("tx/packages");
    expect(check(samplePayment(1, { packages: [{ ...entry, outputIndex: 2 }, entry] }))).toBe("tx/packages");
    expect(check(samplePayment(1, { packages: [{ ...entry, outputIndex: 3 }] }))).toBe("tx/packages");
    expect(check(samplePayment(1, { packages: [{ ...entry, outputIndex: -1 }] }))).toBe("tx/packages");
  });

  it("name their controller exactly when there is no call phase, and only then can't be released on failure", () => {
    expect(check(samplePayment(1, { packages: [{ ...entry, controller: undefined }] }))).toBe("tx/packages");
    expect(check(samplePayment(1, { packages: [{ ...entry, onFailure: "release" }] }))).toBe("tx/packages");
    expect(check({ ...withCall({}), packages: [entry] })).toBe("tx/packages");
    expect(
      check({ ...withCall({}), packages: [{ ...entry, controller: undefined, onFailure: "release" }] }),
    ).toBeUndefined();
    expect(check(samplePayment(1, { packages: [{ ...entry, controller: new Uint8Array(21) as never }] }))).toBe(
      "tx/packages",
    );
  });
});
