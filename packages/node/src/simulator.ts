import { leastGas, simulateCall, type Rules, type SimulationContext } from "@sero/execution";
import type { Chain, ChainBlock } from "./chain/index.js";
import type { Simulator } from "./rpc/context.js";
import type { Store } from "./store/index.js";

/** Simulates on the states that the chain keeps. */
export function openSimulator(rules: Rules, chain: Chain, store: Store): Simulator {
  const contextOf = (block: ChainBlock): SimulationContext => ({
    common: rules.common,
    state: chain.state(block.hash),
    header: block.header,
    // BLOCKHASH of canonical blocks; a call on a side branch is rare and sees the canonical ones.
    blockHash: (number) => store.canonicalHash(number),
  });
  return {
    call: async (block, call) => simulateCall(contextOf(block), call),
    leastGas: async (block, call) => leastGas(contextOf(block), call),
  };
}
