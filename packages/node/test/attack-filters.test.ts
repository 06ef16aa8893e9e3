import { expect, it } from "vitest";
import type { Chain, HeadChange } from "../src/chain/index.js";
import type { Mempool } from "../src/mempool/index.js";
import { openFilters } from "../src/rpc/filters.js";

it("E40: a change of head with more logs than fit on the stack ends a filter that wants them, and nothing else", () => {
  const listeners: ((change: HeadChange) => void)[] = [];
  const chain = { onHead: (listener: (change: HeadChange) => void) => (listeners.push(listener), () => undefined) };
  const mempool = { onTransaction: () => () => undefined };
  const logs = new Array<string>(300_000).fill("log");
  const filters = openFilters(chain as unknown as Chain, mempool as unknown as Mempool, () => logs);
  const id = filters.add({ kind: "logs", request: {} as never });
  const other = filters.add({ kind: "blocks" });
  const change = { joined: [], left: [] } as unknown as HeadChange;
  expect(() => listeners.forEach((listener) => listener(change))).not.toThrow();
  expect(filters.get(id)).toBeUndefined();
  expect(filters.get(other)?.take()).toEqual([]);
});
