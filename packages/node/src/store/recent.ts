import { decodeAccount, encodeAccount, ZERO_WORD, type StateDiff } from "@sero/execution";
import { concatBytes, hexDigits } from "@sero/protocol";
import type { BaseReads } from "./base-state.js";
import type { Environment } from "./environment.js";
import { fromDigits, numberKey, slotKey, trieNodeKey, trieNodeKeyOf } from "./keys.js";

/*
 * Changes of blocks that are not final but lie far behind the head, one row for each value that a block changed: kind, key, and the complement of the
 * block's number, so that the first row at or after a key and number is the newest change up to that block. Memory need not hold these blocks'
 * layers then, however long nothing becomes final. Only canonical blocks have rows.
 */
const KIND = { account: 0, slot: 1, code: 2, node: 3 } as const;
type Kind = (typeof KIND)[keyof typeof KIND];

/** In front of a value: there is none (deleted, or zero), or it follows. */
const NONE = Uint8Array.of(0);
const SOME = Uint8Array.of(1);

/** Writes a block's changes as rows. To be called inside `Environment.write`. */
export function putRecent({ recent }: Environment, number: bigint, diff: StateDiff): void {
  for (const [key, value] of rowsOf(diff)) {
    recent.putSync(concatBytes(key, newestFirst(number)), value ? concatBytes(SOME, value) : NONE);
  }
}

/** Removes a block's rows. To be called inside `Environment.write`. */
export function removeRecent({ recent }: Environment, number: bigint, diff: StateDiff): void {
  for (const [key] of rowsOf(diff)) recent.removeSync(concatBytes(key, newestFirst(number)));
}

/** Reads the state after the canonical block `number`, which has rows: theirs first, then the base. */
export function recentReads({ recent }: Environment, number: bigint, base: BaseReads): BaseReads {
  /** The value; null where it was deleted; undefined where no row changes it. */
  function read(kind: Kind, key: Uint8Array): Uint8Array | null | undefined {
    const prefix = rowKey(kind, key);
    const start = concatBytes(prefix, newestFirst(number));
    const end = concatBytes(prefix, newestFirst(0n), Uint8Array.of(0));
    for (const { value } of recent.getRange({ start, end, limit: 1 })) {
      return value[0] === 0 ? null : Uint8Array.from(value.subarray(1));
    }
    return undefined;
  }
  return {
    account(address) {
      const bytes = read(KIND.account, address);
      return bytes === undefined ? base.account(address) : bytes === null ? undefined : decodeAccount(bytes);
    },
    storage(address, slot) {
      const bytes = read(KIND.slot, slotKey(address, slot));
      return bytes === undefined ? base.storage(address, slot) : (bytes ?? ZERO_WORD);
    },
    code: (hash) => read(KIND.code, hash) ?? base.code(hash),
    node(owner, path) {
      const bytes = read(KIND.node, trieNodeKey(owner, path));
      return bytes === undefined ? base.node(owner, path) : (bytes ?? undefined);
    },
  };
}

function* rowsOf(diff: StateDiff): Generator<[Uint8Array, Uint8Array | null]> {
  for (const [address, account] of diff.accounts) {
    yield [rowKey(KIND.account, fromDigits(address)), account && encodeAccount(account)];
  }
  for (const [address, values] of diff.storage) {
    const owner = fromDigits(address);
    for (const [slot, value] of values) yield [rowKey(KIND.slot, slotKey(owner, fromDigits(slot))), value];
  }
  for (const [hash, code] of diff.code) yield [rowKey(KIND.code, fromDigits(hash)), code];
  for (const [key, rlp] of diff.nodes) yield [rowKey(KIND.node, trieNodeKeyOf(key)), rlp];
}

/** Keys of one kind have one length, or begin with it: none is the beginning of another. */
const rowKey = (kind: Kind, key: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(kind), key);

const newestFirst = (number: bigint): Uint8Array => numberKey((1n << 64n) - 1n - number);

/** For tests: how many rows there are, and of how many blocks. */
export function countRecent({ recent }: Environment): { readonly rows: number; readonly blocks: number } {
  const blocks = new Set<string>();
  let rows = 0;
  for (const key of recent.getKeys()) {
    rows++;
    blocks.add(hexDigits(key.subarray(-8)));
  }
  return { rows, blocks: blocks.size };
}
