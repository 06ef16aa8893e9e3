import * as p from "../../src/index.js";
import { TEST_PHRASE } from "../support.js";
import type { JsonObject, VectorKind } from "./format.js";
import { bytes, fixed, hex32, integer, number, text } from "./format.js";

const accountOf = (input: JsonObject): p.AccountKeys =>
  p.deriveAccount(
    p.phraseToSeed(text(input, "phrase"), text(input, "passphrase")),
    text(input, "network"),
    number(input, "account"),
  );

const ACCOUNTS: readonly JsonObject[] = [
  { phrase: TEST_PHRASE, passphrase: "", network: "sero-dev", account: 0 },
  { phrase: TEST_PHRASE, passphrase: "", network: "sero-dev", account: 1 },
  { phrase: TEST_PHRASE, passphrase: "cafe\u0301", network: "sero", account: 4294967295 },
  { phrase: p.newPhrase(24, () => fixed("phrase")), passphrase: "", network: "sero-dev", account: 0 },
];

const addressOf = (a: p.Address, hrp: string): JsonObject => ({
  d: p.toHex(a.d),
  pd: p.toHex(a.pd),
  ownerTag: hex32(a.ownerTag),
  text: p.encodeAddress(a, hrp),
});

export const KEY_VECTORS: readonly VectorKind[] = [
  {
    name: "account",
    description: "All keys of an account, and its view keys' texts.",
    compute: (input) => {
      const k = accountOf(input);
      return {
        seed: p.toHex(p.phraseToSeed(text(input, "phrase"), text(input, "passphrase"))),
        ask: hex32(k.ask),
        A: p.toHex(p.encodePoint(k.A)),
        Ax: hex32(k.A.x),
        Ay: hex32(k.A.y),
        nk: hex32(k.nk),
        ivk: p.toHex(k.ivk),
        ivkInt: p.toHex(k.ivkInt),
        ovk: p.toHex(k.ovk),
        dk: p.toHex(k.dk),
        rhoKey: hex32(k.rhoKey),
        pseudonymSeed: p.toHex(k.pseudonymSeed),
        acct: hex32(k.acct),
        fullViewKey: p.encodeFullViewKey(k),
        incomingViewKey: p.encodeIncomingViewKey(k),
      };
    },
    inputs: () => ACCOUNTS,
  },
  {
    name: "base",
    description: "G_d, the hash of a diversifier to curve25519, u little-endian.",
    compute: (input) => ({ base: p.toHex(p.diversifiedBase(bytes(input, "d"))) }),
    inputs: () =>
      [new Uint8Array(16), new Uint8Array(16).fill(0xff), fixed("d").subarray(0, 16)].map((d) => ({ d: p.toHex(d) })),
  },
  {
    name: "address",
    description: "Address number `index`, for others and for change.",
    compute: (input) => {
      const k = accountOf(input);
      const index = integer(input, "index");
      const hrp = text(input, "hrp");
      return {
        external: addressOf(p.addressAt(k, index), hrp),
        change: addressOf(p.addressForChange(k, index), hrp),
      };
    },
    inputs: () => [
      { ...ACCOUNTS[0], hrp: "serodev", index: "0" },
      { ...ACCOUNTS[0], hrp: "serodev", index: "1" },
      { ...ACCOUNTS[0], hrp: "serodev", index: (2n ** 128n - 1n).toString() },
      { ...ACCOUNTS[2], hrp: "sero", index: "7" },
    ],
  },
  {
    name: "oneTime",
    description: "rho of returns and receive slots, a receive slot's inner, one-time and kept pseudonyms.",
    compute: (input) => {
      const k = accountOf(input);
      const nf0 = integer(input, "nf0") as p.Nullifier;
      const i = number(input, "i");
      return {
        returnRho: hex32(p.returnRho(k.rhoKey, nf0, i)),
        slotRho: hex32(p.slotRho(k.rhoKey, BigInt(i))),
        slotRhoOnchain: hex32(p.slotRhoOnchain(k.rhoKey, nf0, i)),
        slotInner: hex32(p.receiveSlot(k, BigInt(i)).inner),
        oneTimePseudonymKey: p.toHex(p.oneTimePseudonym(k.pseudonymSeed, nf0).secretKey),
        oneTimePseudonym: p.toHex(p.oneTimePseudonym(k.pseudonymSeed, nf0).address),
        keptPseudonymKey: p.toHex(p.keptPseudonym(k.pseudonymSeed, bytes(input, "lane"), i).secretKey),
      };
    },
    inputs: () => [
      { ...ACCOUNTS[0], nf0: hex32(1n), i: 0, lane: "0x0000000000000000" },
      { ...ACCOUNTS[0], nf0: hex32(p.FIELD_ORDER - 1n), i: 3, lane: "0x0102030405060708" },
    ],
  },
];
