import { expect } from "vitest";
import {
  buildBlock,
  checkAgainstState,
  decodeAndCheckStateless,
  importBlock,
  openBlock,
  poolView,
} from "../../src/index.js";
import type { TestChain } from "./chain.js";

/** The three ways in which a transaction meets the rules: mempool, builder, import. Gives the code of each; "ok" if accepted. */
export async function verdicts(chain: TestChain, bytes: Uint8Array): Promise<string[]> {
  const { rules } = chain;
  const parent = chain.head();
  const block = { number: parent.header.number + 1n, timestamp: parent.header.timestamp + 4n };
  const stateless = decodeAndCheckStateless(rules, bytes, rules.spec.genesisTime);
  const pool = stateless.ok ? checkAgainstState(stateless.value, poolView(parent.state), block) : stateless;
  const mempool = pool.ok ? "ok" : pool.error.code;
  let builder = stateless.ok ? "ok" : stateless.error.code;
  if (stateless.ok) {
    const built = await buildBlock(rules, parent, chain.attributes(), [stateless.value], { verified: true });
    builder = built.skipped[0]?.error.code ?? "ok";
  }
  // A block whose maker did not care: an empty one with the transaction put in.
  const empty = openBlock(rules, parent, chain.attributes()).seal();
  const imported = await importBlock(rules, parent, { ...empty, transactions: [bytes] });
  const importer = imported.ok || imported.error.code.startsWith("block/") ? "ok" : imported.error.code;
  return [mempool, builder, importer];
}

/** Expects one verdict of all three. */
export async function expectAll(chain: TestChain, bytes: Uint8Array, code: string): Promise<void> {
  expect(await verdicts(chain, bytes)).toEqual([code, code, code]);
}
