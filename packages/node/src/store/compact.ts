import { SeroError } from "@sero/protocol";

/*
 * A compact block repeats most of what its block's body holds: nullifiers, commitments, ciphertexts. While the body is kept, the compact block
 * is stored as the steps that make it from the stored body: bytes of its own, and stretches to copy. Layout: a byte, 0 for a compact block that
 * stands whole behind it, 1 for steps; each step is three numbers (LEB128), how many bytes of its own follow, where in the body the stretch
 * begins, counted from the end of the last one (zigzag), and how long it is; the own bytes stand between the first number and the second.
 */
const WHOLE = 0;
const STEPS = 1;

/** Bytes that are compared to find a stretch, and how far apart the places of the body are that are looked at. */
const WINDOW = 8;
const STRIDE = 16;
/** Shorter stretches cost more than they save. */
const SHORTEST = 12;

/** A compact block as it is stored beside `body` (the body as it is stored), or whole without one. */
export function encodeStoredCompact(compact: Uint8Array, body: Uint8Array | undefined): Uint8Array {
  const steps = body && body.length >= WINDOW && compact.length >= WINDOW ? stepsFrom(compact, body) : undefined;
  if (steps && steps.length < compact.length) return steps;
  const whole = new Uint8Array(compact.length + 1);
  whole[0] = WHOLE;
  whole.set(compact, 1);
  return whole;
}

/**
 * Inverse of `encodeStoredCompact`.
 *
 * @param body reads the stored body, which is needed only for steps
 * @throws SeroError `store/damaged`
 */
export function decodeStoredCompact(bytes: Uint8Array, body: () => Uint8Array | undefined): Uint8Array {
  if (bytes[0] === WHOLE) return bytes.slice(1);
  const source = bytes[0] === STEPS ? body() : undefined;
  if (!source) throw damaged();
  let at = 1;
  const number = (): number => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || shift > 2 ** 42) throw damaged();
      value += (byte & 127) * shift;
      if (byte < 128) return value;
    }
  };
  const out = new Uint8Array(number());
  let filled = 0;
  let last = 0;
  while (filled < out.length) {
    const own = number();
    if (own > out.length - filled || at + own > bytes.length) throw damaged();
    out.set(bytes.subarray(at, at + own), filled);
    at += own;
    filled += own;
    if (filled === out.length) break;
    const move = number();
    const from = last + (move % 2 === 0 ? move / 2 : -(move + 1) / 2);
    const length = number();
    if (length === 0 || length > out.length - filled || from < 0 || from + length > source.length) throw damaged();
    out.set(source.subarray(from, from + length), filled);
    filled += length;
    last = from + length;
  }
  if (at !== bytes.length) throw damaged();
  return out;
}

function stepsFrom(target: Uint8Array, source: Uint8Array): Uint8Array {
  const places = placesOf(source);
  const mask = places.length - 1;
  const out: number[] = [STEPS];
  const number = (value: number): void => {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) out.push((rest % 128) + 128);
    out.push(rest);
  };
  number(target.length);
  let done = 0;
  let last = 0;
  for (let at = 0; at + WINDOW <= target.length;) {
    const place = places[hashAt(target, at) & mask]! - 1;
    if (place < 0) {
      at++;
      continue;
    }
    let [from, start] = [place, at];
    while (start > done && from > 0 && target[start - 1] === source[from - 1]) {
      start--;
      from--;
    }
    let [end, to] = [at, place];
    while (end < target.length && to < source.length && target[end] === source[to]) {
      end++;
      to++;
    }
    if (end - start < SHORTEST) {
      at++;
      continue;
    }
    number(start - done);
    for (let i = done; i < start; i++) out.push(target[i]!);
    const move = from - last;
    number(move >= 0 ? 2 * move : -2 * move - 1);
    number(end - start);
    done = end;
    last = from + (end - start);
    at = end;
  }
  if (done < target.length) {
    number(target.length - done);
    for (let i = done; i < target.length; i++) out.push(target[i]!);
  }
  return Uint8Array.from(out);
}

/** A table of where in `source` windows with a hash are: 1 + the place, 0 for none; its length is a power of two. */
function placesOf(source: Uint8Array): Uint32Array {
  let size = 256;
  while (size < source.length / 4) size *= 2;
  const places = new Uint32Array(size);
  for (let at = 0; at + WINDOW <= source.length; at += STRIDE) places[hashAt(source, at) & (size - 1)] = at + 1;
  return places;
}

function hashAt(bytes: Uint8Array, at: number): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  const high = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
  const mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function damaged(): SeroError {
  return new SeroError(
    "store/damaged",
    "A stored compact block is damaged. Let the node sync again into a new data directory.",
  );
}
