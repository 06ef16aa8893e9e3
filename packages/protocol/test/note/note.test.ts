import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { TEST_PHRASE, codeOf, countingRandom, flipped } from "../support.js";

const seed = p.phraseToSeed(TEST_PHRASE);
const alice = p.deriveAccount(seed, "sero-dev", 0);
const bob = p.deriveAccount(seed, "sero-dev", 1);
const random = countingRandom(3);
const rk = p.randomizedKey(alice.A, 99n);

function seal(address: p.Address, over: Partial<p.NoteToSeal> = {}): p.SealedNote {
  return p.sealNote({
    address,
    asset: p.COIN,
    value: 1000n,
    seed: random(32),
    memoKey: random(32),
    ovk: alice.ovk,
    rk,
    ...over,
  });
}

const openBob = (cm: p.Commitment, ciphertext: Uint8Array): p.OpenedNote | undefined =>
  p.openIncoming(p.x25519Noble(bob.ivk), bob.acct, cm, ciphertext);

describe("notes", () => {
  it("are opened by their receiver and their sender, whatever asset and value", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: p.MAX_VALUE }),
        fc.bigInt({ min: 0n, max: p.FIELD_ORDER - 1n }),
        fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }),
        (value, asset, index) => {
          const address = p.addressAt(bob, index);
          const memoKey = random(32);
          const sealed = seal(address, { value, asset: asset as p.AssetId, memoKey });
          expect(sealed.ciphertext.length).toBe(p.CIPHERTEXT_BYTES);
          expect(p.commitmentOf(sealed.note)).toBe(sealed.commitment);
          const opened = openBob(sealed.commitment, sealed.ciphertext);
          expect(opened?.note).toEqual(sealed.note);
          expect(opened?.memoKey).toEqual(memoKey);
          expect(opened?.inner).toBe(sealed.inner);
          const sent = p.openSent(alice.ovk, rk, sealed.commitment, sealed.ciphertext);
          expect(sent).toEqual({ ...opened, address });
        },
      ),
      { numRuns: 5 },
    );
  });

  it("A13: open for nobody else: another account's key or acct, another rk, ovk, commitment or ciphertext", () => {
    const { commitment: cm, ciphertext } = seal(p.addressAt(bob, 4n));
    expect(openBob(cm, ciphertext)).toBeDefined();
    expect(p.openIncoming(p.x25519Noble(alice.ivk), alice.acct, cm, ciphertext)).toBeUndefined();
    expect(p.openIncoming(p.x25519Noble(alice.ivk), bob.acct, cm, ciphertext)).toBeUndefined();
    expect(p.openIncoming(p.x25519Noble(bob.ivk), alice.acct, cm, ciphertext)).toBeUndefined();
    expect(p.openIncoming(p.x25519Noble(bob.ivkInt), bob.acct, cm, ciphertext)).toBeUndefined();
    expect(p.openSent(bob.ovk, rk, cm, ciphertext)).toBeUndefined();
    expect(p.openSent(alice.ovk, p.randomizedKey(alice.A, 98n), cm, ciphertext)).toBeUndefined();
    expect(openBob((cm ^ 1n) as p.Commitment, ciphertext)).toBeUndefined();
    expect(openBob(cm, ciphertext.subarray(1))).toBeUndefined();
    for (let i = 0; i < 178; i += 11) expect(openBob(cm, flipped(ciphertext, i))).toBeUndefined();
    for (let i = 0; i < 290; i += 29) expect(p.openSent(alice.ovk, rk, cm, flipped(ciphertext, i))).toBeUndefined();
    expect(p.nullifierOf(alice.nk, cm, 0n)).not.toBe(p.nullifierOf(bob.nk, cm, 0n));
  });

  it("A3, D26: one note in one leaf has one nullifier; two leaves of one commitment have two, so both can be spent", () => {
    const { commitment: cm } = seal(p.addressAt(bob, 0n));
    expect(p.nullifierOf(bob.nk, cm, 7n)).toBe(p.nullifierOf(bob.nk, cm, 7n));
    expect(p.nullifierOf(bob.nk, cm, 7n)).not.toBe(p.nullifierOf(bob.nk, cm, 8n));
    for (const index of [2n ** 32n, 2n ** 32n + 7n, p.FIELD_ORDER + 7n, -1n]) {
      expect(codeOf(() => p.nullifierOf(bob.nk, cm, index))).toBe("note/leaf-index");
    }
  });

  it("A5: of 2^128 and more, or less than 0, do not exist", () => {
    for (const value of [2n ** 128n, p.FIELD_ORDER - 1n, p.FIELD_ORDER, -1n]) {
      expect(codeOf(() => seal(p.addressAt(bob, 0n), { value }))).toBe("note/value");
    }
  });

  it("A12: asset ids differ by kind, contract and both halves of the id; made-up ones are refused", () => {
    const token = random(20);
    const ids = [
      p.assetIdOf(1, token, 0n),
      p.assetIdOf(2, token, 0n),
      p.assetIdOf(2, token, 1n),
      p.assetIdOf(2, token, 1n << 128n),
      p.assetIdOf(2, token, (1n << 128n) + 1n),
      p.assetIdOf(2, token, 2n ** 256n - 1n),
      p.assetIdOf(1, flipped(token, 0), 0n),
      p.assetIdOf(1, flipped(token, 19), 0n),
    ];
    expect(new Set([p.COIN, ...ids]).size).toBe(ids.length + 1);
    for (const id of ids) expect(p.isField(id)).toBe(true);
    expect(codeOf(() => p.assetIdOf(1, token, 1n))).toBe("note/asset");
    expect(codeOf(() => p.assetIdOf(2, token, 2n ** 256n))).toBe("note/asset");
    expect(codeOf(() => p.assetIdOf(2, token.subarray(1), 0n))).toBe("bytes/length");
  });

  it("have seeds that survive a stuck generator", () => {
    const stuck = new Uint8Array(32);
    const nf = (x: bigint): p.Nullifier => x as p.Nullifier;
    const seeds = [
      p.noteSeed(stuck, alice.nk, nf(1n), 0),
      p.noteSeed(stuck, alice.nk, nf(1n), 1),
      p.noteSeed(stuck, alice.nk, nf(2n), 0),
      p.noteSeed(stuck, bob.nk, nf(1n), 0),
      p.noteSeed(flipped(stuck, 0), alice.nk, nf(1n), 0),
    ].map(p.toHex);
    expect(new Set(seeds).size).toBe(seeds.length);
    const { rho, blind, esk } = p.expandSeed(p.fromHex(seeds[0] as string));
    expect(new Set([rho, blind, p.bytesToBigInt(esk)]).size).toBe(3);
  });

  it("have a view tag that two ways of computing agree on", () => {
    const check = p.createViewTagCheck();
    for (let i = 0; i < 300; i++) {
      const [shared, epk, cm] = [random(32), random(32), random(32)] as [Uint8Array, Uint8Array, Uint8Array];
      const { viewTag } = p.noteKey(shared, epk, cm);
      for (const tag of [0, 128, 255, viewTag, viewTag ^ 1]) {
        expect(check(shared, epk, cm, tag)).toBe(tag === viewTag);
      }
      expect(p.viewTagMatches(shared, epk, cm, viewTag)).toBe(true);
    }
  });

  it("have a view tag that is checked before anything is decrypted", () => {
    const { commitment, ciphertext } = seal(p.addressAt(bob, 0n));
    expect(openBob(commitment, flipped(ciphertext, p.CIPHERTEXT_OFFSETS.viewTag))).toBeUndefined();
  });
});
