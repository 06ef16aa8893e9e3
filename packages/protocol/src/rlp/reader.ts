import { bytesToBigInt } from "../bytes/index.js";
import { FIELD_ORDER } from "../field/index.js";
import { SeroError } from "../errors.js";
import type { Field } from "../types.js";
import type { RlpItem } from "./encode.js";

/** Reads decoded RLP items as what they must be. Every function takes the name of the thing, for the error's sentence. */
export interface RlpReader {
  /** A list; of exactly `length` items where that is given. */
  list(item: RlpItem | undefined, what: string, length?: number): readonly RlpItem[];
  /** A list of `min` to `max` items. */
  listOf(item: RlpItem | undefined, what: string, min: number, max: number): readonly RlpItem[];
  /** A byte string; of exactly `length` bytes where that is given. A view, not a copy. */
  bytes(item: RlpItem | undefined, what: string, length?: number): Uint8Array;
  /** A byte string of `length` bytes, or undefined for the empty one. */
  optionalBytes(item: RlpItem | undefined, what: string, length: number): Uint8Array | undefined;
  /** A minimal big-endian integer below 2^(8*maxBytes). */
  uint(item: RlpItem | undefined, what: string, maxBytes: number): bigint;
  /** A minimal big-endian integer of at most `max`, which is a safe integer. */
  small(item: RlpItem | undefined, what: string, max: number): number;
  /** A field element: exactly 32 bytes, big-endian, below r. */
  field(item: RlpItem | undefined, what: string): Field;
}

/**
 * A reader whose errors carry the codes `${area}/encoding` (wrong shape, length or form), `${area}/field` (a field element at or
 * above r) and `${area}/too-many` (a list outside its bounds).
 */
export function rlpReader(area: string): RlpReader {
  const wrong = (what: string, needs: string): SeroError =>
    new SeroError(`${area}/encoding`, `The ${what} must be ${needs}.`, { what });

  const list: RlpReader["list"] = (item, what, length) => {
    if (item === undefined || item instanceof Uint8Array) throw wrong(what, "a list");
    if (length !== undefined && item.length !== length)
      throw wrong(what, `a list of ${length} items, not ${item.length}`);
    return item;
  };
  const bytes: RlpReader["bytes"] = (item, what, length) => {
    if (!(item instanceof Uint8Array)) throw wrong(what, "a byte string");
    if (length !== undefined && item.length !== length) throw wrong(what, `${length} bytes long, not ${item.length}`);
    return item;
  };
  const uint: RlpReader["uint"] = (item, what, maxBytes) => {
    const raw = bytes(item, what);
    if (raw.length > maxBytes) throw wrong(what, `an integer of at most ${maxBytes} bytes`);
    if (raw[0] === 0) throw wrong(what, "an integer without a leading zero byte");
    return bytesToBigInt(raw);
  };
  return {
    list,
    bytes,
    uint,
    listOf(item, what, min, max) {
      const items = list(item, what);
      if (items.length < min || items.length > max)
        throw new SeroError(`${area}/too-many`, `There must be ${min} to ${max} ${what}, not ${items.length}.`, {
          what,
          count: items.length,
        });
      return items;
    },
    optionalBytes(item, what, length) {
      const raw = bytes(item, what);
      return raw.length === 0 ? undefined : bytes(raw, what, length);
    },
    small(item, what, max) {
      const value = uint(item, what, 6);
      if (value > BigInt(max)) throw wrong(what, `at most ${max}`);
      return Number(value);
    },
    field(item, what) {
      const value = bytesToBigInt(bytes(item, what, 32));
      if (value >= FIELD_ORDER)
        throw new SeroError(
          `${area}/field`,
          `The ${what} is not below the field's order; n and n + r would be the same number.`,
          {
            what,
          },
        );
      return value;
    },
  };
}
