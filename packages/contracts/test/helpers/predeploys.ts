import { PREDEPLOYS } from "../../src/index.js";
import { openChain, type TestChain } from "./chain.js";

/** A chain on which all predeploys stand. */
export async function chainWithPredeploys(): Promise<TestChain> {
  const chain = await openChain();
  for (const { address, code } of PREDEPLOYS) await chain.setCode(address, code);
  return chain;
}
