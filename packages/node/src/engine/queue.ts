/** Runs asynchronous work one at a time, in order of arrival. */
export interface OrderedQueue {
  run<T>(work: () => T | Promise<T>): Promise<T>;
  /** Resolves when everything given so far has run. */
  idle(): Promise<void>;
}

/** Makes an empty queue. */
export function orderedQueue(): OrderedQueue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(work) {
      const result = last.then(work);
      // What fails is its caller's business; the next one runs all the same.
      last = result.catch(() => undefined);
      return result;
    },
    async idle() {
      await last;
    },
  };
}
