import { secp256k1 } from "@noble/curves/secp256k1.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as p from "../../src/index.js";
import { TEST_PHRASE, codeOf, countingRandom, errorOf } from "../support.js";

const seed = p.phraseToSeed(TEST_PHRASE);
const keys = p.deriveAccount(seed, "sero-dev", 0);

describe("phrases", () => {
  it("give BIP-39's own test vectors", () => {
    expect(p.toHex(p.phraseToSeed(TEST_PHRASE, "TREZOR"))).toBe(
      "0xc55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04",
    );
    expect(p.newPhrase(12, (n) => new Uint8Array(n))).toBe(TEST_PHRASE);
  });

  it("are normalised: case and spaces of the phrase, NFKD of both", () => {
    expect(p.phraseToSeed(`  ${TEST_PHRASE.toUpperCase().replaceAll(" ", " \n\t ")} `)).toEqual(seed);
    // U+00E9 against e + U+0301, and a full-width letter.
    expect(p.phraseToSeed(TEST_PHRASE, "caf\u00e9")).toEqual(p.phraseToSeed(TEST_PHRASE, "cafe\u0301"));
    expect(p.phraseToSeed(TEST_PHRASE, "\uff21")).toEqual(p.phraseToSeed(TEST_PHRASE, "A"));
    expect(p.phraseToSeed(TEST_PHRASE.replace("about", "\uff41bout"))).toEqual(seed);
    expect(p.phraseToSeed(TEST_PHRASE, "a")).not.toEqual(p.phraseToSeed(TEST_PHRASE, "A"));
  });

  it("of 12 and 24 words are valid and differ each time", () => {
    for (const words of [12, 24] as const) {
      const phrase = p.newPhrase(words);
      expect(phrase.split(" ").length).toBe(words);
      expect(codeOf(() => p.checkPhrase(phrase))).toBe("no error");
      expect(p.newPhrase(words)).not.toBe(phrase);
    }
  });

  it("D32: that are wrong are refused with the place of the mistake, and never with a word of it", () => {
    const words = TEST_PHRASE.split(" ");
    const misspelt = words.with(4, "abandom").join(" ");
    const error = errorOf(() => p.phraseToSeed(misspelt));
    expect(error.code).toBe("phrase/word");
    expect(error.values).toEqual({ position: 5, words: 12 });
    expect(JSON.stringify([error.message, error.values])).not.toContain("abandom");
    expect(codeOf(() => p.checkPhrase(words.slice(1).join(" ")))).toBe("phrase/length");
    expect(codeOf(() => p.checkPhrase(""))).toBe("phrase/length");
    expect(codeOf(() => p.checkPhrase(words.with(11, "abandon").join(" ")))).toBe("phrase/checksum");
  });
});

describe("accounts", () => {
  it("have keys of which no two are one, over accounts, networks and phrases", () => {
    const all = [
      keys,
      p.deriveAccount(seed, "sero-dev", 1),
      p.deriveAccount(seed, "sero", 0),
      p.deriveAccount(seed, "sero-dev2", 0),
      p.deriveAccount(p.phraseToSeed(TEST_PHRASE, "x"), "sero-dev", 0),
    ];
    const values = all.flatMap((k) => [
      ...[k.ask, k.nk, k.rhoKey, k.acct, k.A.x].map((x) => p.toHex(p.bigIntToBytes(x, 32))),
      ...[k.ivk, k.ivkInt, k.ovk, k.dk, k.pseudonymSeed].map((b) => p.toHex(b)),
    ]);
    expect(new Set(values).size).toBe(values.length);
    for (const k of all) {
      expect(k.A).toEqual(p.mulBase(k.ask));
      expect(k.acct).toBe(p.H(p.DOMAINS.D_ACCT, k.A.x, k.A.y, k.nk));
      expect(k.ask > 0n && k.ask < p.SUBGROUP_ORDER && k.nk > 0n && p.isField(k.nk)).toBe(true);
    }
    expect(p.deriveAccount(seed, "sero-dev", 0)).toEqual(keys);
  });

  it("with a bad number, network or seed are refused", () => {
    for (const n of [-1, 1.5, 2 ** 32, Number.NaN]) {
      expect(codeOf(() => p.deriveAccount(seed, "sero-dev", n))).toBe("keys/account");
    }
    for (const name of ["", "Sero", "sero_dev", "-sero", "a".repeat(33), "séro"]) {
      expect(codeOf(() => p.deriveAccount(seed, name, 0))).toBe("keys/network");
    }
    expect(codeOf(() => p.deriveAccount(seed.subarray(1), "sero-dev", 0))).toBe("bytes/length");
  });

  it("never derive a zero scalar", () => {
    const modulus = 3n;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (material) => {
        const scalar = p.hkdfScalar(material, "test", p.utf8("test"), modulus);
        expect(scalar > 0n && scalar < modulus).toBe(true);
      }),
    );
  });

  it("give one-time inners by use, nullifier and number", () => {
    const [nf, other] = [5n, 6n] as [p.Nullifier, p.Nullifier];
    const rhos = [
      p.returnRho(keys.rhoKey, nf, 0),
      p.returnRho(keys.rhoKey, nf, 1),
      p.returnRho(keys.rhoKey, other, 0),
      p.slotRhoOnchain(keys.rhoKey, nf, 0),
      p.slotRhoOnchain(keys.rhoKey, nf, 1),
      p.slotRho(keys.rhoKey, 0n),
      p.slotRho(keys.rhoKey, 1n),
      p.slotRho(keys.rhoKey, 5n),
    ];
    expect(new Set(rhos).size).toBe(rhos.length);
    const slot = p.receiveSlot(keys, 3n);
    expect(slot.inner).toBe(p.noteInner(p.addressAt(keys, 0n).ownerTag, p.slotRho(keys.rhoKey, 3n)));
    const note = p.completedNote(slot, p.COIN, 9n);
    expect(p.commitmentOf(note)).toBe(p.noteCommitment(slot.inner, p.COIN, 9n, 0n));
    expect(p.receiveSlot(p.fullViewKey(keys), 3n)).toEqual(slot);
    expect(p.returnSlot(keys, nf, 1).rho).toBe(rhos[1]);
    expect(p.receiveSlotOnchain(keys, nf, 1).rho).toBe(rhos[4]);
  });
});

describe("pseudonyms", () => {
  it("are ordinary Ethereum accounts", () => {
    // The key of EIP-155's example.
    const pseudonym = p.pseudonymOf(new Uint8Array(32).fill(0x46));
    expect(p.toHex(pseudonym.address)).toBe("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
  });

  it("are one per nullifier, lane and counter", () => {
    const lane = (byte: number): Uint8Array => new Uint8Array(8).fill(byte);
    const all = [
      p.oneTimePseudonym(keys.pseudonymSeed, 1n as p.Nullifier),
      p.oneTimePseudonym(keys.pseudonymSeed, 2n as p.Nullifier),
      p.keptPseudonym(keys.pseudonymSeed, lane(0), 0),
      p.keptPseudonym(keys.pseudonymSeed, lane(0), 1),
      p.keptPseudonym(keys.pseudonymSeed, lane(1), 0),
    ];
    expect(new Set(all.map(({ address }) => p.toHex(address))).size).toBe(all.length);
    for (const { secretKey } of all) expect(secp256k1.utils.isValidSecretKey(secretKey)).toBe(true);
    expect(p.oneTimePseudonym(keys.pseudonymSeed, 1n as p.Nullifier)).toEqual(all[0]);
  });
});

describe("view keys", () => {
  const text = p.encodeFullViewKey(keys);
  const incomingText = p.encodeIncomingViewKey(keys);

  it("go there and back, and hold nothing that spends", () => {
    const full = p.decodeViewKey(text, "sero-dev");
    expect(full).toEqual({ kind: "full", key: p.fullViewKey(keys) });
    expect(Object.keys(full.key).sort()).toEqual([
      "A",
      "acct",
      "dk",
      "ivk",
      "ivkInt",
      "network",
      "nk",
      "ovk",
      "rhoKey",
    ]);
    const incoming = p.decodeViewKey(incomingText, "sero-dev");
    expect(incoming).toEqual({ kind: "incoming", key: p.incomingViewKey(keys) });
    expect(Object.keys(incoming.key).sort()).toEqual(["acct", "ivk", "network"]);
    expect(p.addressAt(p.fullViewKey(keys), 7n)).toEqual(p.addressAt(keys, 7n));
  });

  it("of another network, version, length or with a mistake are refused", () => {
    const wrong = errorOf(() => p.decodeViewKey(text, "sero"));
    expect([wrong.code, wrong.values]).toEqual(["view-key/network", { found: "sero-dev", expected: "sero" }]);
    const mistaken = text.slice(0, 99) + (text[99] === "q" ? "p" : "q") + text.slice(100);
    expect(errorOf(() => p.decodeViewKey(mistaken, "sero-dev")).values).toEqual({ position: 100 });
    expect(codeOf(() => p.decodeViewKey(p.encodeBech32m("sero-dev-full", new Uint8Array(225)), "sero-dev"))).toBe(
      "view-key/version",
    );
    expect(
      codeOf(() => p.decodeViewKey(p.encodeBech32m("sero-dev-full", new Uint8Array(65).fill(1)), "sero-dev")),
    ).toBe("view-key/length");
    expect(codeOf(() => p.decodeViewKey(p.encodeBech32m("sero-dev", new Uint8Array(65).fill(1)), "sero-dev"))).toBe(
      "view-key/format",
    );
  });

  it("A6, B14, B17: with parts out of range are refused", () => {
    const { bytes } = p.decodeBech32m(text, "x", "x");
    const withPart = (index: number, part: Uint8Array): string => {
      const changed = Uint8Array.from(bytes);
      changed.set(part, 1 + 32 * index);
      return p.encodeBech32m("sero-dev-full", changed);
    };
    const r = p.bigIntToBytes(p.FIELD_ORDER, 32);
    const cases = [
      withPart(0, p.encodePoint(p.IDENTITY)),
      withPart(0, p.encodePoint({ x: 0n, y: p.FIELD_ORDER - 1n })),
      withPart(0, p.encodePoint(p.addPoints(keys.A, { x: 0n, y: p.FIELD_ORDER - 1n }))),
      withPart(0, p.bigIntToBytesLE(p.FIELD_ORDER + 1n, 32)),
      withPart(1, r),
      withPart(1, new Uint8Array(32)),
      withPart(6, r),
    ];
    for (const changed of cases) expect(codeOf(() => p.decodeViewKey(changed, "sero-dev"))).toBe("view-key/value");
  });

  it("D27: a full view key with a false nk has another acct and another owner's addresses, so it opens nothing", () => {
    const random = countingRandom(5);
    const falseKey = { ...p.fullViewKey(keys), nk: (keys.nk ^ 1n) as p.NullifierKey };
    // Neither the text nor fullViewKey takes the true acct along.
    const decoded = p.decodeViewKey(p.encodeFullViewKey(falseKey), "sero-dev").key as p.FullViewKey;
    expect(decoded.acct).not.toBe(keys.acct);
    expect(p.fullViewKey(falseKey).acct).toBe(decoded.acct);
    expect(p.addressAt(decoded, 0n).ownerTag).not.toBe(p.addressAt(keys, 0n).ownerTag);
    const sealed = p.sealNote({
      address: p.addressAt(keys, 0n),
      asset: p.COIN,
      value: 5n,
      seed: random(32),
      memoKey: random(32),
      ovk: undefined,
      rk: random(32),
    });
    const dh = p.x25519Noble(keys.ivk);
    expect(p.openIncoming(dh, keys.acct, sealed.commitment, sealed.ciphertext)?.note).toEqual(sealed.note);
    expect(p.openIncoming(dh, decoded.acct, sealed.commitment, sealed.ciphertext)).toBeUndefined();
  });
});
