/** Things that are due at some time, the earliest first; of two at the same time the one that was put in first. */
export interface Timers<T> {
  add(at: number, item: T): void;
  /** Takes out the earliest that is due; undefined when nothing is. */
  take(now: number): T | undefined;
  /** When the earliest is due; undefined when there is none. */
  next(): number | undefined;
}

interface Slot<T> {
  readonly at: number;
  readonly order: number;
  readonly item: T;
}

/** Makes an empty heap. Times are of the caller's clock. */
export function openTimers<T>(): Timers<T> {
  const heap: Slot<T>[] = [];
  let order = 0;
  const isBefore = (a: Slot<T>, b: Slot<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

  function sink(slot: Slot<T>): void {
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (!isBefore(child, slot)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = slot;
  }

  return {
    add(time, item) {
      const slot = { at: time, order: order++, item };
      let at = heap.length;
      while (at > 0) {
        const parentAt = (at - 1) >> 1;
        const parent = heap[parentAt];
        if (parent === undefined || !isBefore(slot, parent)) break;
        heap[at] = parent;
        at = parentAt;
      }
      heap[at] = slot;
    },
    take(now) {
      const first = heap[0];
      if (first === undefined || first.at > now) return undefined;
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(last);
      return first.item;
    },
    next: () => heap[0]?.at,
  };
}
