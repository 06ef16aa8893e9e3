import { SeroError } from "@sero/protocol";
import { fromHexKey, hexKey } from "../bytes/hex.js";
import { decodeAccount, encodeAccount } from "./account.js";
import type { Account, StateDiff } from "./types.js";

const VERSION = 1;

/**
 * A diff as bytes, for the store: version 1, root, then accounts, storage, code and nodes, each a 32-bit big-endian count and its entries;
 * byte strings have a 32-bit length in front, and a length of 0xffffffff stands for null. Paths are stored with their number of nibbles.
 */
export function encodeStateDiff(diff: StateDiff): Uint8Array {
  const out = writer();
  out.raw(Uint8Array.of(VERSION));
  out.raw(diff.root);
  out.count(diff.accounts.size);
  for (const [address, account] of diff.accounts) {
    out.raw(fromHexKey(address));
    out.bytes(account === null ? null : encodeAccount(account));
  }
  out.count(diff.storage.size);
  for (const [address, slots] of diff.storage) {
    out.raw(fromHexKey(address));
    out.count(slots.size);
    for (const [slot, value] of slots) {
      out.raw(fromHexKey(slot));
      out.bytes(value);
    }
  }
  out.count(diff.code.size);
  for (const [hash, code] of diff.code) {
    out.raw(fromHexKey(hash));
    out.bytes(code);
  }
  out.count(diff.nodes.size);
  for (const [key, rlp] of diff.nodes) {
    const at = key.indexOf(":");
    const path = key.slice(at + 1);
    out.raw(Uint8Array.of(at / 2, path.length));
    out.raw(fromHexKey(key.slice(0, at)));
    out.raw(fromHexKey(path.length % 2 === 0 ? path : `${path}0`));
    out.bytes(rlp);
  }
  return out.finish();
}

/**
 * Inverse of `encodeStateDiff`.
 *
 * @throws SeroError `state/bad-diff` when the bytes are cut short, go on after the end or have another version
 */
export function decodeStateDiff(bytes: Uint8Array): StateDiff {
  const input = reader(bytes);
  const version = input.raw(1)[0];
  if (version !== VERSION) throw badDiff("has an unknown version");
  const root = input.raw(32);
  const accounts = new Map<string, Account | null>();
  for (let left = input.count(); left > 0; left--) {
    const address = hexKey(input.raw(20));
    const account = input.bytes();
    accounts.set(address, account === null ? null : decodeAccount(account));
  }
  const storage = new Map<string, Map<string, Uint8Array | null>>();
  for (let left = input.count(); left > 0; left--) {
    const slots = new Map<string, Uint8Array | null>();
    storage.set(hexKey(input.raw(20)), slots);
    for (let more = input.count(); more > 0; more--) slots.set(hexKey(input.raw(32)), input.bytes());
  }
  const code = new Map<string, Uint8Array>();
  for (let left = input.count(); left > 0; left--) code.set(hexKey(input.raw(32)), input.bytes() ?? new Uint8Array(0));
  const nodes = new Map<string, Uint8Array | null>();
  for (let left = input.count(); left > 0; left--) {
    const [ownerLength = 0, nibbles = 0] = input.raw(2);
    const owner = hexKey(input.raw(ownerLength));
    const path = hexKey(input.raw((nibbles + 1) >> 1)).slice(0, nibbles);
    nodes.set(`${owner}:${path}`, input.bytes());
  }
  if (!input.atEnd()) throw badDiff("goes on after its end");
  return { root, accounts, storage, code, nodes };
}

const badDiff = (what: string): SeroError =>
  new SeroError("state/bad-diff", `A stored state change ${what}; restore the state or sync again.`);

const NULL_LENGTH = 0xffffffff;

function writer() {
  let buffer = new Uint8Array(4096);
  let at = 0;
  const room = (more: number): void => {
    if (at + more <= buffer.length) return;
    const larger = new Uint8Array(Math.max(buffer.length * 2, at + more));
    larger.set(buffer.subarray(0, at));
    buffer = larger;
  };
  const count = (n: number): void => {
    room(4);
    new DataView(buffer.buffer).setUint32(at, n);
    at += 4;
  };
  const raw = (bytes: Uint8Array): void => {
    room(bytes.length);
    buffer.set(bytes, at);
    at += bytes.length;
  };
  const bytes = (value: Uint8Array | null): void => {
    count(value === null ? NULL_LENGTH : value.length);
    if (value !== null) raw(value);
  };
  return { count, raw, bytes, finish: () => buffer.slice(0, at) };
}

function reader(input: Uint8Array) {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  const raw = (length: number): Uint8Array => {
    if (at + length > input.length) throw badDiff("is cut short");
    at += length;
    return input.slice(at - length, at);
  };
  const count = (): number => {
    if (at + 4 > input.length) throw badDiff("is cut short");
    at += 4;
    return view.getUint32(at - 4);
  };
  const bytes = (): Uint8Array | null => {
    const length = count();
    return length === NULL_LENGTH ? null : raw(length);
  };
  return { raw, count, bytes, atEnd: () => at === input.length };
}
