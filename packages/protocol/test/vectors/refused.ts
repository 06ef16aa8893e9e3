import * as p from "../../src/index.js";
import { addressOf, fieldOf, sampleCall, samplePayment } from "../transaction/sample.js";
import type { Json } from "./format.js";

const LIMITS = { maxBytes: 1 << 20, maxItems: 1 << 16, maxDepth: 10 };
const r = p.FIELD_ORDER;

/** The item at a path of RLP. */
const itemAt = (item: p.RlpItem, [head, ...rest]: readonly number[]): p.RlpItem =>
  head === undefined ? item : itemAt(items(item)[head]!, rest);

/** RLP with one item replaced. */
export function replaceItem(item: p.RlpItem, [head, ...rest]: readonly number[], by: p.RlpItem): p.RlpItem {
  return head === undefined ? by : items(item).map((child, i) => (i === head ? replaceItem(child, rest, by) : child));
}

/** A transaction of `BASES` with one item of its RLP replaced: small where the whole bytes would fill pages. */
export interface ChangedTransaction {
  readonly of: string;
  readonly path: readonly number[];
  readonly item: p.RlpItem;
}

const BASES: Readonly<Record<string, p.Transaction>> = {
  "call with every field": sampleCall(),
  "package without a call phase": samplePayment(1, {
    packages: [{ outputIndex: 2, controller: addressOf("controller"), onFailure: "hold" }],
  }),
};
const bodyOf = (of: string): p.RlpItem => p.decodeRlp(p.encodeTransaction(BASES[of]!).subarray(1), LIMITS);
const changed =
  (of: string) =>
  (path: readonly number[], change: (item: p.RlpItem) => p.RlpItem): ChangedTransaction => ({
    of,
    path,
    item: change(itemAt(bodyOf(of), path)),
  });

const items = (item: p.RlpItem): readonly p.RlpItem[] => item as readonly p.RlpItem[];
const uint = p.rlpUint;
const field = p.fieldToBytes;

const call = changed("call with every field");
const packed = changed("package without a call phase");

const [SIGNATURE, CALLS, RETURNS] = [
  [7, 2],
  [7, 4],
  [7, 5],
];
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
/** Writes a 32-byte number into the pseudonym's signature. */
const signature = (at: 0 | 32, value: bigint): ChangedTransaction =>
  call(SIGNATURE, (item) => {
    const bytes = Uint8Array.from(item as Uint8Array);
    bytes.set(p.bigIntToBytes(value, 32), at);
    return bytes;
  });
const entries = (change: (list: readonly p.RlpItem[]) => readonly p.RlpItem[]): ChangedTransaction =>
  call(RETURNS, (list) => change(items(list)));
/** Counts are checked before what is counted. */
const empties = (n: number): p.RlpItem[] => Array.from({ length: n }, () => new Uint8Array(0));
/** ANY(n) of a contract of its own, after everything that the sample names. */
const anyEntry = (contract: number, n: number): p.RlpItem => [
  uint(2),
  new Uint8Array(20).fill(contract),
  [uint(n)],
  uint(0),
  Array.from({ length: n }, (_, i) => field(BigInt(i + 1))),
];

/** Transactions refused for what only decoders of call phases, returns and packages look at: name, change, code. */
export const REFUSED_TRANSACTIONS: readonly (readonly [string, ChangedTransaction, string])[] = [
  ["outputs of one bundle with two", call([5], (x) => items(x).slice(0, 3)), "tx/outputs"],
  ["seven outputs", call([5], (x) => items(x).concat(items(x).slice(0, 1))), "tx/outputs"],
  ["an output of 289 bytes", call([5, 1], (x) => (x as Uint8Array).subarray(1)), "tx/encoding"],
  ["25 outputs", call([5], () => empties(25)), "tx/too-many"],
  ["33 memo chunks", call([6], () => empties(33)), "tx/too-many"],
  ["nine bundles", call([4], () => empties(9)), "tx/too-many"],
  [
    "a nullifier of the first bundle in the second",
    call([4, 1, 2], () => field(fieldOf("bundle/0/nf/0"))),
    "tx/duplicate-nullifier",
  ],
  ["a nullifier plus r", call([4, 0, 1], () => p.bigIntToBytes(fieldOf("bundle/0/nf/0") + r, 32)), "tx/field"],
  ["a nullifier of 31 bytes", call([4, 0, 1], (x) => (x as Uint8Array).subarray(1)), "tx/encoding"],
  ["public assets without a call phase", call([7], () => []), "tx/public-asset"],
  ["a chain id of 0", call([0], () => uint(0)), "tx/encoding"],
  ["an expiry of 2^64", call([1], () => uint(1n << 64n)), "tx/encoding"],
  ["a price step of 256", call([2], () => uint(256)), "tx/encoding"],
  ["a circuit of 256", call([4, 0, 0], () => uint(256)), "tx/encoding"],
  ["a tenth item", call([], (x) => items(x).concat([new Uint8Array(0)])), "tx/encoding"],
  ["a call phase of five items", call([7], (x) => items(x).slice(0, 5)), "tx/encoding"],
  ["nonce 2^64 - 1", call([7, 1], () => uint((1n << 64n) - 1n)), "tx/call"],
  ["nonce 2^64", call([7, 1], () => uint(1n << 64n)), "tx/encoding"],
  ["a pseudonym of 19 bytes", call([7, 0], () => new Uint8Array(19)), "tx/encoding"],
  ["a gas limit of 2^64", call([7, 3], () => uint(1n << 64n)), "tx/encoding"],
  ["33 calls", call(CALLS, () => empties(33)), "tx/too-many"],
  ["a call of two items", call([...CALLS, 0], (x) => items(x).slice(0, 2)), "tx/encoding"],
  ["a call to 21 bytes", call([...CALLS, 0, 0], () => new Uint8Array(21).fill(1)), "tx/encoding"],
  ["a call's value of 2^128", call([...CALLS, 0, 1], () => uint(1n << 128n)), "tx/encoding"],
  ["a signature of 64 bytes", call(SIGNATURE, (x) => (x as Uint8Array).subarray(1)), "tx/encoding"],
  ["a signature with r = 0", signature(0, 0n), "tx/pseudonym-signature"],
  ["a signature with r = n", signature(0, N), "tx/pseudonym-signature"],
  ["a signature with s = 0", signature(32, 0n), "tx/pseudonym-signature"],
  ["a signature with high s", signature(32, (N >> 1n) + 1n), "tx/pseudonym-signature"],
  [
    "a signature with parity 2",
    call(SIGNATURE, (x) => (x as Uint8Array).map((b, i) => (i === 64 ? 2 : b))),
    "tx/pseudonym-signature",
  ],
  ["no returns", entries(() => []), "tx/too-many"],
  ["33 returns", entries(() => empties(33)), "tx/too-many"],
  ["returns without the coin", entries((list) => list.slice(1)), "tx/returns"],
  ["the coin twice", entries(([coin, ...rest]) => [coin!, coin!, ...rest]), "tx/returns"],
  ["the coin after a token", entries(([coin, token, ...rest]) => [token!, coin!, ...rest]), "tx/returns"],
  ["one token twice", entries(([coin, token, ...rest]) => [coin!, token!, token!, ...rest]), "tx/returns"],
  ["a ticket before a token", entries(([coin, token, ticket, any]) => [coin!, ticket!, token!, any!]), "tx/returns"],
  ["ANY before a single id", entries(([coin, token, ticket, any]) => [coin!, token!, any!, ticket!]), "tx/returns"],
  ["ANY twice for one contract", entries((list) => [...list, list[3]!]), "tx/returns"],
  ["one address as token and ticket", call([...RETURNS, 2, 1], () => addressOf("token")), "tx/returns"],
  ["a public asset that no entry returns", entries((list) => list.filter((_, i) => i !== 1)), "tx/returns"],
  ["a public asset under ANY only", entries((list) => list.filter((_, i) => i !== 2)), "tx/returns"],
  ["the coin left", call([...RETURNS, 0, 3], () => uint(1)), "tx/returns"],
  ["the coin with a token's address", call([...RETURNS, 0, 1], () => addressOf("token")), "tx/returns"],
  ["a token without an address", call([...RETURNS, 1, 1], () => new Uint8Array(0)), "tx/returns"],
  ["a token with an id", call([...RETURNS, 1, 2], () => uint(1)), "tx/returns"],
  ["the coin with ANY", call([...RETURNS, 0, 2], () => [uint(1)]), "tx/returns"],
  ["an id of 2^256", call([...RETURNS, 2, 2], () => uint(1n << 256n)), "tx/encoding"],
  ["ANY of 0", call([...RETURNS, 3, 2], () => [uint(0)]), "tx/returns"],
  ["ANY of 65", call([...RETURNS, 3, 2], () => [uint(65)]), "tx/encoding"],
  ["ANY of 3 with 2 inners", call([...RETURNS, 3, 2], () => [uint(3)]), "tx/returns"],
  ["two inners for one ticket", call([...RETURNS, 2, 4], (x) => [...items(x), ...items(x)]), "tx/returns"],
  ["no inner", call([...RETURNS, 1, 4], () => []), "tx/too-many"],
  ["an inner of r", call([...RETURNS, 1, 4, 0], () => p.bigIntToBytes(r, 32)), "tx/field"],
  ["a kind of 3", call([...RETURNS, 1, 0], () => uint(3)), "tx/encoding"],
  ["a leave of 2", call([...RETURNS, 1, 3], () => uint(2)), "tx/encoding"],
  ["129 inners in all", entries((list) => [...list, anyEntry(254, 64), anyEntry(255, 60)]), "tx/returns"],
  ["a package of output 6 of 6", call([8, 1, 0], () => uint(6)), "tx/packages"],
  ["a package of output 24", call([8, 1, 0], () => uint(24)), "tx/encoding"],
  ["one output packed twice", call([8], (x) => [items(x)[0]!, items(x)[0]!]), "tx/packages"],
  ["packages in decreasing order", call([8], (x) => [...items(x)].reverse()), "tx/packages"],
  ["a controller beside a call phase", call([8, 0, 1], () => addressOf("controller")), "tx/packages"],
  ["no controller and no call phase", packed([8, 0, 1], () => new Uint8Array(0)), "tx/packages"],
  ["release on failure without a call phase", packed([8, 0, 2], () => uint(1)), "tx/packages"],
  ["a failure rule of 2", packed([8, 0, 2], () => uint(2)), "tx/encoding"],
  ["a controller of 19 bytes", packed([8, 0, 1], () => new Uint8Array(19)), "tx/encoding"],
  ["25 packages", packed([8], () => empties(25)), "tx/too-many"],
];

export const refusedTransactions = (): Json =>
  REFUSED_TRANSACTIONS.map(([name, { of, path, item }, code]) => ({
    name,
    of,
    path: [...path],
    item: p.toHex(p.encodeRlp(item)),
    code,
  }));

/** The bytes of a changed transaction. */
export const changedBytes = (base: Uint8Array, path: readonly number[], item: Uint8Array): Uint8Array =>
  p.concatBytes(
    Uint8Array.of(0x5e),
    p.encodeRlp(replaceItem(p.decodeRlp(base.subarray(1), LIMITS), path, p.decodeRlp(item, LIMITS))),
  );

/** Compact blocks refused, as changes of a block that has every part. */
export function refusedCompactBlocks(base: Uint8Array, of: string): Json {
  const body = p.decodeRlp(base, LIMITS);
  const at = (path: readonly number[]): p.RlpItem => itemAt(body, path);
  const [TX, BUNDLE, NOTE, LAST] = [
    [2, 0],
    [2, 0, 1, 0],
    [3, 0],
    [3, 4],
  ];
  const plusR = (path: readonly number[]): Uint8Array =>
    p.bigIntToBytes((p.bytesToBigInt(at(path) as Uint8Array) % r) + r, 32);
  const shorter = (path: readonly number[]): Uint8Array => (at(path) as Uint8Array).subarray(1);
  const cases: readonly (readonly [string, readonly number[], p.RlpItem, string])[] = [
    ["a block number of 2^64", [0], uint(1n << 64n), "compact/encoding"],
    ["a first leaf of 2^32 + 1", [1], uint((1n << 32n) + 1n), "compact/encoding"],
    ["six items", [], [...items(body), new Uint8Array(0)], "compact/encoding"],
    ["a string for the transactions", [2], new Uint8Array(0), "compact/encoding"],
    ["a transaction of five items", TX, items(at(TX)).slice(0, 5), "compact/encoding"],
    ["a txid of 31 bytes", [...TX, 0], shorter([...TX, 0]), "compact/encoding"],
    ["no bundle", [...TX, 1], [], "compact/too-many"],
    ["nine bundles", [...TX, 1], empties(9), "compact/too-many"],
    ["a bundle of eight items", BUNDLE, items(at(BUNDLE)).slice(0, 8), "compact/encoding"],
    ["a nullifier plus r", [...BUNDLE, 0], plusR([...BUNDLE, 0]), "compact/field"],
    ["a second nullifier of r", [...BUNDLE, 1], p.bigIntToBytes(r, 32), "compact/field"],
    ["an rk of 31 bytes", [...BUNDLE, 2], shorter([...BUNDLE, 2]), "compact/encoding"],
    ["a commitment plus r", [...BUNDLE, 3], plusR([...BUNDLE, 3]), "compact/field"],
    ["a commitment of 0", [...BUNDLE, 5], new Uint8Array(32), "compact/encoding"],
    ["a ciphertext of 289 bytes", [...BUNDLE, 8], shorter([...BUNDLE, 8]), "compact/encoding"],
    ["packages in decreasing order", [...TX, 2], [uint(4), uint(0)], "compact/encoding"],
    ["one package twice", [...TX, 2], [uint(4), uint(4)], "compact/encoding"],
    ["a package of output 6 of 6", [...TX, 2], [uint(6)], "compact/encoding"],
    ["25 packages", [...TX, 2], empties(25), "compact/too-many"],
    ["a memo digest of 33 bytes", [...TX, 3], new Uint8Array(33), "compact/encoding"],
    ["a fee of 2^128", [...TX, 4], uint(1n << 128n), "compact/encoding"],
    ["a fee with a leading zero", [...TX, 4], Uint8Array.of(0, 9), "compact/encoding"],
    ["a pseudonym for a call", [...TX, 5], new Uint8Array(20), "compact/encoding"],
    ["a call of three items", [...TX, 5], items(at([...TX, 5])).slice(0, 3), "compact/encoding"],
    ["a pseudonym of 19 bytes", [...TX, 5, 0], new Uint8Array(19), "compact/encoding"],
    ["coin of 2^131", [...TX, 5, 1], uint(1n << 131n), "compact/encoding"],
    ["gas used of 2^64", [...TX, 5, 2], uint(1n << 64n), "compact/encoding"],
    ["a status of 2", [...TX, 5, 3], uint(2), "compact/encoding"],
    ["an entry of kind 5", [...NOTE, 0], uint(5), "compact/kind"],
    ["an entry of kind 0", [...NOTE, 0], uint(0), "compact/kind"],
    ["an entry without items", NOTE, [], "compact/too-many"],
    ["an entry of a transaction that is not in the block", [...LAST, 1], uint(3), "compact/encoding"],
    ["an entry of an earlier transaction than the one before", [...LAST, 1], uint(0), "compact/encoding"],
    ["an inner of r", [...NOTE, 2], p.bigIntToBytes(r, 32), "compact/field"],
    ["an asset plus r", [...NOTE, 3], plusR([...NOTE, 3]), "compact/field"],
    ["a completed note of value 0", [...NOTE, 4], uint(0), "compact/encoding"],
    ["a completed note of 2^128", [...NOTE, 4], uint(1n << 128n), "compact/encoding"],
    ["a completed note's ciphertext of 1 byte", [...NOTE, 5], Uint8Array.of(200), "compact/encoding"],
    ["a completed note of five items", NOTE, items(at(NOTE)).slice(0, 5), "compact/encoding"],
    ["a released package's id of 31 bytes", [3, 1, 2], shorter([3, 1, 2]), "compact/encoding"],
    ["a released package's commitment of 0", [3, 1, 3], new Uint8Array(32), "compact/encoding"],
    ["a released package with a ciphertext", [3, 1], [...items(at([3, 1])), new Uint8Array(290)], "compact/encoding"],
    ["a repacked note's commitment plus r", [3, 2, 2], plusR([3, 2, 2]), "compact/field"],
    ["a repacked note without a ciphertext", [3, 2, 3], new Uint8Array(0), "compact/encoding"],
    ["a sealed package's id of 31 bytes", [3, 3, 2], shorter([3, 3, 2]), "compact/encoding"],
    ["a sealed package's commitment of r", [3, 3, 3], p.bigIntToBytes(r, 32), "compact/field"],
    ["a sealed package of four items", [3, 3], items(at([3, 3])).slice(0, 4), "compact/encoding"],
    ["a credited address of 21 bytes", [4], [new Uint8Array(21)], "compact/encoding"],
  ];
  return cases.map(([name, path, item, code]) => ({
    name,
    of,
    path: [...path],
    item: p.toHex(p.encodeRlp(item)),
    code,
  }));
}
