import { SeroError } from "@sero/protocol";

/** Most blocks that a node answers for in one request of events. */
const RANGE_BLOCKS = 10_000n;

/** A node's answer about blocks `from` to `to`, both included. */
export interface RangeAnswer<T> {
  readonly answer: T;
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Asks about blocks `from` to `to` range by range, in order. A range of which a node says that it holds too much (rpc/limit) is halved, down to one
 * block, which a node always answers whole: nobody can fill blocks so that wallets get no further. Throws what `ask` throws.
 */
export async function* byRanges<T>(
  from: bigint,
  to: bigint,
  ask: (from: bigint, to: bigint) => Promise<T>,
): AsyncGenerator<RangeAnswer<T>> {
  let size = RANGE_BLOCKS;
  for (let first = from; first <= to;) {
    const last = first + size - 1n < to ? first + size - 1n : to;
    const answer = await askOrHalve(() => ask(first, last), last > first);
    if (answer === undefined) {
      size = (last - first + 1n) / 2n;
      continue;
    }
    yield { answer: answer.value, from: first, to: last };
    first = last + 1n;
    // What is full is often a stretch, so that it is not begun anew with the largest range.
    size = size * 2n < RANGE_BLOCKS ? size * 2n : RANGE_BLOCKS;
  }
}

async function askOrHalve<T>(ask: () => Promise<T>, canHalve: boolean): Promise<{ readonly value: T } | undefined> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (canHalve && error instanceof SeroError && error.code === "rpc/limit") return undefined;
    throw error;
  }
}
