interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (reason?: unknown) => void;
}

// libp2p 3 calls Promise.withResolvers (ECMAScript 2024), which Node 20 lacks. Imported before libp2p, here only.
if (!("withResolvers" in Promise)) {
  Object.defineProperty(Promise, "withResolvers", {
    configurable: true,
    writable: true,
    value: function withResolvers<T>(this: PromiseConstructor): Resolvers<T> {
      let resolve!: Resolvers<T>["resolve"];
      let reject!: Resolvers<T>["reject"];
      const promise = new this<T>((onValue, onReason) => {
        resolve = onValue;
        reject = onReason;
      });
      return { promise, resolve, reject };
    },
  });
}
