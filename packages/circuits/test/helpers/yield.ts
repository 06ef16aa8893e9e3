/** Lets the runner's messages through between tests that compute for seconds without a pause; without it a busy machine fails the run. */
export const letMessagesThrough = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
