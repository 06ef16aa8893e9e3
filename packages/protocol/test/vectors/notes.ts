import * as p from "../../src/index.js";
import { TEST_PHRASE } from "../support.js";
import type { VectorKind } from "./format.js";
import { bytes, element, fixed, hex32, integer, list, number, text } from "./format.js";

const sender = (): p.AccountKeys => p.deriveAccount(p.phraseToSeed(TEST_PHRASE), "sero-dev", 0);
const receiver = (): p.AccountKeys => p.deriveAccount(p.phraseToSeed(TEST_PHRASE), "sero-dev", 1);

export const NOTE_VECTORS: readonly VectorKind[] = [
  {
    name: "asset",
    description: "Asset ids: kind 1 a token, 2 a ticket.",
    compute: (input) => ({
      asset: hex32(p.assetIdOf(number(input, "kind") as 1 | 2, bytes(input, "token"), integer(input, "id"))),
    }),
    inputs: () => {
      const token = p.toHex(fixed("token").subarray(12));
      return [
        { kind: 1, token, id: "0" },
        { kind: 2, token, id: "0" },
        { kind: 2, token, id: ((1n << 128n) + 5n).toString() },
        { kind: 2, token, id: (2n ** 256n - 1n).toString() },
      ];
    },
  },
  {
    name: "commitment",
    description: "inner, cm, and the nullifier of a leaf.",
    compute: (input) => {
      const inner = p.noteInner(integer(input, "ownerTag") as p.OwnerTag, integer(input, "rho"));
      const asset = integer(input, "asset") as p.AssetId;
      const cm = p.noteCommitment(inner, asset, integer(input, "value"), integer(input, "blind"));
      const nf = p.nullifierOf(integer(input, "nk") as p.NullifierKey, cm, integer(input, "leafIndex"));
      return { inner: hex32(inner), cm: hex32(cm), nullifier: hex32(nf) };
    },
    inputs: () =>
      [0n, 1n, 2n ** 128n - 1n].map((value, i) => ({
        ownerTag: hex32(element(`ownerTag ${i}`)),
        rho: hex32(element(`rho ${i}`)),
        asset: hex32(i === 0 ? 0n : element(`asset ${i}`)),
        value: value.toString(),
        blind: hex32(i === 1 ? 0n : element(`blind ${i}`)),
        nk: hex32(element(`nk ${i}`)),
        leafIndex: [0, 1, 2 ** 32 - 1][i]?.toString() ?? "0",
      })),
  },
  {
    name: "seed",
    description: "A note's seed, and what it gives.",
    compute: (input) => {
      const seed = p.noteSeed(
        bytes(input, "random"),
        integer(input, "nk") as p.NullifierKey,
        integer(input, "nf0") as p.Nullifier,
        number(input, "outputIndex"),
      );
      const { rho, blind, esk } = p.expandSeed(seed);
      return { seed: p.toHex(seed), rho: hex32(rho), blind: hex32(blind), esk: p.toHex(esk) };
    },
    inputs: () => [
      { random: p.toHex(new Uint8Array(32)), nk: hex32(1n), nf0: hex32(2n), outputIndex: 0 },
      { random: p.toHex(fixed("r")), nk: hex32(element("nk")), nf0: hex32(element("nf0")), outputIndex: 23 },
    ],
  },
  {
    name: "noteKey",
    description: "View tag and key from a shared secret.",
    compute: (input) => {
      const { viewTag, key } = p.noteKey(bytes(input, "shared"), bytes(input, "epk"), bytes(input, "cm"));
      return { viewTag, key: p.toHex(key) };
    },
    inputs: () =>
      [0, 1].map((i) => ({
        shared: p.toHex(fixed(`shared ${i}`)),
        epk: p.toHex(fixed(`epk ${i}`)),
        cm: hex32(element(`cm ${i}`)),
      })),
  },
  {
    name: "sealed",
    description:
      "An output from account 0 to account 1 (or to its own change) of the test phrase: address number, asset, value, seed, memo key, rk; opened again by the receiver and by the sender's ovk (account 0 of the test phrase on sero-dev).",
    compute: (input) => {
      const [from, to] = [sender(), receiver()];
      const internal = text(input, "to") === "change";
      const address = internal
        ? p.addressForChange(from, integer(input, "index"))
        : p.addressAt(to, integer(input, "index"));
      const rk = bytes(input, "rk");
      const { inner, commitment, ciphertext } = p.sealNote({
        address,
        asset: integer(input, "asset") as p.AssetId,
        value: integer(input, "value"),
        seed: bytes(input, "seed"),
        memoKey: bytes(input, "memoKey"),
        ovk: from.ovk,
        rk,
      });
      const owner = internal ? from : to;
      const scalar = internal ? from.ivkInt : to.ivk;
      const opened = p.openIncoming(p.x25519Noble(scalar), owner.acct, commitment, ciphertext);
      const sent = p.openSent(from.ovk, rk, commitment, ciphertext);
      return {
        address: p.encodeAddress(address, "serodev"),
        inner: hex32(inner),
        cm: hex32(commitment),
        ciphertext: p.toHex(ciphertext),
        openedByReceiver: opened?.note.value.toString() ?? null,
        openedBySender: sent === undefined ? null : p.encodeAddress(sent.address, "serodev"),
      };
    },
    inputs: () =>
      ["0", "5", "1"].map((index, i) => ({
        to: i === 2 ? "change" : "receiver",
        index,
        asset: hex32(i === 1 ? element("sealed asset") : 0n),
        value: ["1", "340282366920938463463374607431768211455", "1000000000000000000"][i] as string,
        seed: p.toHex(fixed(`sealed seed ${i}`)),
        memoKey: p.toHex(fixed(`sealed memo key ${i}`)),
        rk: p.toHex(p.encodePoint(p.mulBase(BigInt(i + 2)))),
      })),
  },
  {
    name: "completed",
    description:
      "The inner and the ciphertext of a note that a contract pays from account 0 to account 1 of the test phrase (section 9): blind 0, version 2, rk of 32 zero bytes; opened again by the receiver and by the sender's ovk.",
    compute: (input) => {
      const [from, to] = [sender(), receiver()];
      const { inner, commitment, ciphertext } = p.sealCompletedNote({
        address: p.addressAt(to, integer(input, "index")),
        asset: integer(input, "asset") as p.AssetId,
        value: integer(input, "value"),
        seed: bytes(input, "seed"),
        memoKey: bytes(input, "memoKey"),
        ovk: from.ovk,
      });
      const opened = p.openCompleted(p.x25519Noble(to.ivk), to.acct, commitment, ciphertext);
      const sent = p.openSentCompleted(from.ovk, commitment, ciphertext);
      return {
        inner: hex32(inner),
        cm: hex32(commitment),
        ciphertext: p.toHex(ciphertext),
        openedByReceiver: opened?.note.value.toString() ?? null,
        openedBySender: sent === undefined ? null : p.encodeAddress(sent.address, "serodev"),
      };
    },
    inputs: () =>
      ["0", "5"].map((index, i) => ({
        index,
        asset: hex32(i === 1 ? element("completed asset") : 0n),
        value: ["1", "340282366920938463463374607431768211455"][i] as string,
        seed: p.toHex(fixed(`completed seed ${i}`)),
        memoKey: p.toHex(fixed(`completed memo key ${i}`)),
      })),
  },
];

export const MEMO_VECTORS: readonly VectorKind[] = [
  {
    name: "memo",
    description: "The chunks of a memo under its key.",
    compute: (input) => {
      const chunks = p.sealMemo(bytes(input, "key"), text(input, "text"));
      const opened = p.openMemo(bytes(input, "key"), chunks);
      return { chunks: chunks.map(p.toHex), opened: opened?.text ?? null, safeText: opened?.safeText ?? null };
    },
    inputs: () =>
      ["", "Rent for May. Grüße, 🌍", "x".repeat(206), "y".repeat(207), "\u001b[31mred\u202e"].map((memo, i) => ({
        key: p.toHex(fixed(`memo ${i}`)),
        text: memo,
      })),
  },
  {
    name: "foreign",
    description: "Chunks of a transaction in which the key's memo does not begin at the first chunk.",
    compute: (input) => {
      const opened = p.openMemo(bytes(input, "key"), list(input, "chunks").map(p.fromHex));
      return { text: opened?.text ?? null, first: opened?.first ?? null, count: opened?.count ?? null };
    },
    inputs: () => {
      const key = fixed("memo foreign");
      const noise = p.concatBytes(...Array.from({ length: 8 }, (_, i) => fixed(`noise ${i}`)));
      const mine = p.sealMemo(key, "z".repeat(300));
      const others = p.sealMemo(fixed("memo other"), "not yours");
      const cases = [[noise], [noise, ...mine, ...others], [...others, ...mine.slice(0, 1)]];
      return cases.map((chunks) => ({ key: p.toHex(key), chunks: chunks.map(p.toHex) }));
    },
  },
];
