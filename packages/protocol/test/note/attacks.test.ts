import { x25519 } from "@noble/curves/ed25519.js";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { TEST_PHRASE, countingRandom, flipped } from "../support.js";
import type { Forgery } from "./forge.js";
import { forgeCiphertext } from "./forge.js";

const seed = p.phraseToSeed(TEST_PHRASE);
const alice = p.deriveAccount(seed, "sero-dev", 0);
const bob = p.deriveAccount(seed, "sero-dev", 1);
const random = countingRandom(17);
const rk = p.randomizedKey(alice.A, 99n);
const address = p.addressAt(bob, 3n);

/** An honest output to Bob, as the parts that a forger then changes. */
function honest(): Forgery {
  const noteSeed = random(32);
  const { rho, blind } = p.expandSeed(noteSeed);
  const cm = p.noteCommitment(p.noteInner(address.ownerTag, rho), p.COIN, 1000n, blind);
  const { d, pd, ownerTag } = address;
  return { d, pd, ownerTag, asset: 0n, value: 1000n, seed: noteSeed, memoKey: random(32), ovk: alice.ovk, rk, cm };
}

const received = (f: Forgery): p.OpenedNote | undefined =>
  p.openIncoming(p.x25519Noble(bob.ivk), bob.acct, f.cm, forgeCiphertext(f));
const sent = (f: Forgery): p.OpenedSent | undefined => p.openSent(alice.ovk, rk, f.cm, forgeCiphertext(f));

/** Neither path takes it, though the honest one was taken by both. */
function bothDrop(f: Forgery): void {
  expect(received(f)).toBeUndefined();
  expect(sent(f)).toBeUndefined();
}

describe("notes under attack", () => {
  it("the forger's tool makes honest notes too", () => {
    const f = honest();
    expect(received(f)?.note.value).toBe(1000n);
    expect(sent(f)?.address).toEqual(address);
  });

  it("D24: more value, another asset, seed or owner than the commitment's: dropped, received and sent", () => {
    const f = honest();
    bothDrop({ ...f, value: 1001n });
    bothDrop({ ...f, value: 2n ** 128n - 1n });
    bothDrop({ ...f, asset: 5n });
    bothDrop({ ...f, cm: (f.cm ^ 1n) as p.Commitment });
    // Another seed has another rho and blind, though its esk and epk are in order.
    bothDrop({ ...f, seed: random(32) });
    bothDrop({ ...f, cm: p.noteCommitment(p.noteInner(address.ownerTag, 1n), p.COIN, 1000n, 1n) });
    // The sent path alone believes the sender's part about the owner.
    expect(sent({ ...f, ownerTag: address.ownerTag ^ 1n })).toBeUndefined();
    expect(sent({ ...f, senderSeed: random(32) })).toBeUndefined();
  });

  it("D24: a note of value 0 is not booked", () => {
    const f = honest();
    const { rho, blind } = p.expandSeed(f.seed);
    bothDrop({ ...f, value: 0n, cm: p.noteCommitment(p.noteInner(address.ownerTag, rho), p.COIN, 0n, blind) });
  });

  it("A6, B17: an asset of r and more, an unknown version: dropped", () => {
    const f = honest();
    bothDrop({ ...f, asset: p.FIELD_ORDER });
    bothDrop({ ...f, version: 2 });
    bothDrop({ ...f, version: 0 });
    expect(sent({ ...f, ownerTag: address.ownerTag + p.FIELD_ORDER })).toBeUndefined();
  });

  it("D25: an ephemeral key that is not the seed's is ignored", () => {
    const f = honest();
    const esk = random(32);
    // Bob's Diffie-Hellman works with it and all else fits.
    expect(received({ ...f, esk })).toBeUndefined();
    // The key of another of Bob's addresses, to learn whether they are one person's.
    const other = p.addressAt(bob, 4n);
    const ownEsk = p.expandSeed(f.seed).esk;
    expect(
      received({ ...f, epk: x25519.scalarMult(ownEsk, p.diversifiedBase(other.d)), pd: other.pd }),
    ).toBeUndefined();
    // The same key, written in another way.
    const epk = x25519.scalarMult(ownEsk, p.diversifiedBase(f.d));
    const signed = epk.map((byte, i) => (i === 31 ? byte | 0x80 : byte));
    bothDrop({ ...f, epk: signed });
    expect(p.isCanonicalX25519(signed)).toBe(false);
  });

  it("D25: a diversifier of another address of the same account is ignored", () => {
    const f = honest();
    const other = p.addressAt(bob, 4n);
    expect(received({ ...f, d: other.d })).toBeUndefined();
  });

  it("B14, B16: a low-order ephemeral key, and one that makes the shared secret 0, open nothing", () => {
    const f = honest();
    const zero = new Uint8Array(32);
    const cm = p.fieldToBytes(f.cm);
    for (const u of [0n, 1n, p.CURVE25519_PRIME - 1n, p.CURVE25519_PRIME, p.CURVE25519_PRIME + 1n]) {
      const epk = p.bigIntToBytesLE(u, 32);
      // Sealed under the key that an all-zero secret would give.
      const { viewTag, key } = p.noteKey(zero, epk, cm);
      const body = forgeCiphertext({ ...f, epk }).subarray(p.CIPHERTEXT_OFFSETS.sender);
      const plaintext = new Uint8Array(p.NOTE_PLAINTEXT_BYTES).fill(1);
      const ciphertext = p.concatBytes(epk, Uint8Array.of(viewTag), p.sealOnce(key, plaintext), body);
      expect(p.openIncoming(p.x25519Noble(bob.ivk), bob.acct, f.cm, ciphertext)).toBeUndefined();
      expect(p.openIncoming(() => zero, bob.acct, f.cm, ciphertext)).toBeUndefined();
      const throwing = (): Uint8Array => {
        throw new Error("low order");
      };
      expect(p.openIncoming(throwing, bob.acct, f.cm, ciphertext)).toBeUndefined();
      expect(p.isCanonicalX25519(epk)).toBe(false);
    }
  });

  it("D27: an address mixed from the victim's P_d and a thief's ownerTag books nothing for either", () => {
    const thief = p.addressAt(alice, 3n);
    for (const mixed of [
      { ...address, ownerTag: thief.ownerTag },
      { ...address, d: thief.d, ownerTag: thief.ownerTag },
      { ...thief, pd: address.pd },
      { ...thief, ownerTag: address.ownerTag },
      { ...address, d: thief.d },
    ]) {
      const { commitment, ciphertext } = p.sealNote({
        address: mixed,
        asset: p.COIN,
        value: 5n,
        seed: random(32),
        memoKey: random(32),
        ovk: undefined,
        rk,
      });
      expect(p.openIncoming(p.x25519Noble(bob.ivk), bob.acct, commitment, ciphertext)).toBeUndefined();
      expect(p.openIncoming(p.x25519Noble(alice.ivk), alice.acct, commitment, ciphertext)).toBeUndefined();
    }
  });

  it("D27: the incoming view key opens external income, but neither change, nor what was sent, nor returns and slots", () => {
    const view = p.incomingViewKey(bob);
    const base = { asset: p.COIN, value: 5n, memoKey: random(32), ovk: bob.ovk, rk };
    const open = (to: p.Address): p.OpenedNote | undefined => {
      const { commitment, ciphertext } = p.sealNote({ ...base, address: to, seed: random(32) });
      return p.openIncoming(p.x25519Noble(view.ivk), view.acct, commitment, ciphertext);
    };
    expect(open(p.addressAt(bob, 0n))).toBeDefined();
    expect(open(p.addressForChange(bob, 0n))).toBeUndefined();
    expect(open(p.addressAt(alice, 0n))).toBeUndefined();
    // Everything that spends, nullifiers, ovk and one-time inners are made from is missing.
    expect(Object.keys(view).sort()).toEqual(["acct", "ivk", "network"]);
    // The full view key opens change with ivkInt.
    const change = p.sealNote({ ...base, address: p.addressForChange(bob, 0n), seed: random(32) });
    const full = p.fullViewKey(bob);
    expect(p.openIncoming(p.x25519Noble(full.ivkInt), full.acct, change.commitment, change.ciphertext)?.note).toEqual(
      change.note,
    );
  });

  it("D24: the ciphertext of a completed note says what the chain completed, or is dropped", () => {
    const asset = p.assetIdOf(1, random(20), 0n);
    const input = { address, asset, value: 7n, seed: random(32), memoKey: random(32), ovk: alice.ovk };
    const { inner, commitment, ciphertext, note } = p.sealCompletedNote(input);
    const open = (cm: p.Commitment, bytes: Uint8Array) => p.openCompleted(p.x25519Noble(bob.ivk), bob.acct, cm, bytes);
    expect(note.blind).toBe(0n);
    expect(commitment).toBe(p.noteCommitment(inner, asset, 7n, 0n));
    expect(open(commitment, ciphertext)).toMatchObject({ note, inner, isCompleted: true });
    expect(p.openSentCompleted(alice.ovk, commitment, ciphertext)?.address).toEqual(address);
    // Completed with another value or asset than the ciphertext says.
    for (const cm of [p.noteCommitment(inner, asset, 8n, 0n), p.noteCommitment(inner, p.COIN, 7n, 0n)]) {
      expect(open(cm, ciphertext)).toBeUndefined();
      const { rho } = p.expandSeed(input.seed);
      expect(p.noteInner(address.ownerTag, rho)).toBe(inner);
      const { d, pd, ownerTag } = address;
      const lie = { d, pd, ownerTag, asset, value: 7n, seed: input.seed, memoKey: random(32), ovk: alice.ovk };
      expect(open(cm, forgeCiphertext({ ...lie, rk: p.NO_RK, cm, version: 2 }))).toBeUndefined();
      // Honest about the version's blind, so that only the seed's own version fits.
      expect(open(cm, forgeCiphertext({ ...lie, rk: p.NO_RK, cm, version: 1 }))).toBeUndefined();
    }
    expect(() => p.sealCompletedNote({ ...input, value: 0n })).toThrow(expect.objectContaining({ code: "note/value" }));
  });

  it("D24, D25: a completed note's version counts only where the chain completes, with the seed's ephemeral key", () => {
    const input = { address, asset: p.COIN, value: 7n, seed: random(32), memoKey: random(32), ovk: alice.ovk };
    const completed = p.sealCompletedNote(input);
    expect(
      p.openIncoming(p.x25519Noble(bob.ivk), bob.acct, completed.commitment, completed.ciphertext),
    ).toBeUndefined();
    expect(p.openSent(alice.ovk, p.NO_RK, completed.commitment, completed.ciphertext)).toBeUndefined();
    const ordinary = p.sealNote({ ...input, rk: p.NO_RK });
    const { commitment, ciphertext } = ordinary;
    expect(p.openCompleted(p.x25519Noble(bob.ivk), bob.acct, commitment, ciphertext)).toBeUndefined();
    expect(p.openSentCompleted(alice.ovk, commitment, ciphertext)).toBeUndefined();
    expect(p.openIncoming(p.x25519Noble(bob.ivk), bob.acct, commitment, ciphertext)?.isCompleted).toBe(false);
    const { d, pd, ownerTag } = address;
    const forged = { ...input, d, pd, ownerTag, asset: 0n, rk: p.NO_RK, cm: completed.commitment, version: 2 };
    const openForged = (f: Forgery) => p.openCompleted(p.x25519Noble(bob.ivk), bob.acct, f.cm, forgeCiphertext(f));
    expect(openForged(forged)?.note.value).toBe(7n);
    expect(openForged({ ...forged, esk: random(32) })).toBeUndefined();
    expect(openForged({ ...forged, version: 3 })).toBeUndefined();
    const mixed = { ...address, ownerTag: p.addressAt(alice, 3n).ownerTag };
    const toBoth = p.sealCompletedNote({ ...input, address: mixed });
    for (const keys of [alice, bob])
      expect(p.openCompleted(p.x25519Noble(keys.ivk), keys.acct, toBoth.commitment, toBoth.ciphertext)).toBeUndefined();
  });

  it("D24: an output worth nothing is no note, and only who sealed it knows it", () => {
    const seal = (value: bigint, ovk: p.OutgoingKey | undefined) =>
      p.sealNote({
        address: p.addressForChange(alice, 0n),
        asset: p.COIN,
        value,
        seed: p.randomBytes(32),
        memoKey: p.randomBytes(32),
        ovk,
        rk,
      });
    const opened = (
      { commitment, ciphertext }: p.SealedNote,
      ovk: p.OutgoingKey = alice.ovk,
      under = rk,
    ): p.OpenedSent | undefined => p.openSentEmpty(ovk, under, commitment, ciphertext);
    const empty = seal(0n, alice.ovk);
    expect(opened(empty)?.note.value).toBe(0n);
    expect(p.openSent(alice.ovk, rk, empty.commitment, empty.ciphertext)).toBeUndefined();
    expect(p.openIncoming(p.x25519Noble(alice.ivkInt), alice.acct, empty.commitment, empty.ciphertext)).toBeUndefined();
    expect(opened(empty, bob.ovk)).toBeUndefined();
    // Repeated in a transaction that another key signed.
    expect(opened(empty, alice.ovk, p.randomizedKey(bob.A, 5n))).toBeUndefined();
    expect(opened(seal(1n, alice.ovk))).toBeUndefined();
    expect(opened(seal(0n, undefined))).toBeUndefined();
  });

  it("D33: dummies cannot be told from real outputs by length, epk, tag or bytes, and nobody opens them", () => {
    const made = Array.from({ length: 48 }, (_, i) => {
      const dummy = i % 2 === 0;
      const to = dummy ? p.randomAddress() : p.addressAt(bob, BigInt(i));
      const sealed = p.sealNote({
        address: to,
        asset: p.COIN,
        value: dummy ? 0n : 10n,
        seed: p.randomBytes(32),
        memoKey: p.randomBytes(32),
        ovk: dummy ? undefined : alice.ovk,
        rk,
      });
      return { dummy, to, ...sealed };
    });
    for (const { dummy, to, commitment, ciphertext } of made) {
      const { epk } = p.ciphertextParts(ciphertext) as p.CiphertextParts;
      expect(ciphertext.length).toBe(p.CIPHERTEXT_BYTES);
      expect(p.isCanonicalX25519(epk)).toBe(true);
      expect(onCurve(epk)).toBe(true);
      expect(onCurve(to.pd)).toBe(true);
      expect(codeOfAddress(to)).toBe("ok");
      expect(p.openSent(alice.ovk, rk, commitment, ciphertext) === undefined).toBe(dummy);
      if (dummy) expect(p.openIncoming(p.x25519Noble(bob.ivk), bob.acct, commitment, ciphertext)).toBeUndefined();
    }
    // Each bit is set about as often in both kinds: 24 * 2320 bits each; 6 standard deviations are 708.
    const ones = (dummy: boolean): number =>
      made.filter((m) => m.dummy === dummy).reduce((sum, m) => sum + bits(m.ciphertext), 0);
    const half = (24 * p.CIPHERTEXT_BYTES * 8) / 2;
    for (const dummy of [true, false]) expect(Math.abs(ones(dummy) - half)).toBeLessThan(708 + 24);
    // Random bytes as epk would be seen at once: half of them are on the twist.
    const loose = Array.from({ length: 64 }, () => flipped(random(32), 31, 0));
    expect(loose.filter((b) => onCurve(b.map((x, i) => (i === 31 ? x & 0x7f : x)))).length).toBeLessThan(60);
  });
});

function codeOfAddress(a: p.Address): string {
  return p.decodeAddress(p.encodeAddress(a, "serodev"), "serodev").ownerTag === a.ownerTag ? "ok" : "changed";
}

function bits(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) for (let b = byte; b > 0; b >>= 1) count += b & 1;
  return count;
}

/** Whether u^3 + 486662 u^2 + u is a square: the point is on curve25519 and not on its twist. */
function onCurve(bytes: Uint8Array): boolean {
  const q = p.CURVE25519_PRIME;
  const u = p.bytesToBigIntLE(bytes);
  let base = (((u * u + 486662n * u + 1n) % q) * u) % q;
  let result = 1n;
  for (let e = (q - 1n) / 2n; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * base) % q;
    base = (base * base) % q;
  }
  return result === 1n;
}
