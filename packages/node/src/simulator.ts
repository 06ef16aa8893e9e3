import {
  decodeAndCheckMany,
  leastGas,
  openBlock,
  simulateCall,
  simulatePhase,
  type PhaseObserver,
  type Rules,
  type SimulationContext,
} from "@sero/execution";
import { SeroError, toHex } from "@sero/protocol";
import type { Chain, ChainBlock } from "./chain/index.js";
import type { Simulator } from "./rpc/context.js";
import type { Store } from "./store/index.js";

/**
 * Simulates on the states that the chain keeps.
 *
 * @param pause lets everything else have its turn between the runs of one simulation
 */
export function openSimulator(rules: Rules, chain: Chain, store: Store, pause: () => Promise<void>): Simulator {
  const contextOf = (block: ChainBlock): SimulationContext => ({
    rules,
    ...chain.parent(block.hash),
    pause,
  });
  /**
   * A transaction that is being made will be in a block after this one. What code does may hang on that: an exchange that was used in the newest block
   * has more to write a second later, and a gas limit found without it would not do.
   */
  const nextOf = (context: SimulationContext): SimulationContext => {
    const { number, timestamp } = context.header;
    const now = number === chain.head().number ? BigInt(Math.floor(Date.now() / 1000)) : 0n;
    const header = { ...context.header, number: number + 1n, timestamp: now > timestamp ? now : timestamp + 1n };
    return { ...context, header };
  };
  return {
    call: async (block, call) => simulateCall(contextOf(block), call),
    leastGas: async (block, call) => leastGas(contextOf(block), call),
    phase: async (block, request, observer) => simulatePhase(nextOf(contextOf(block)), request, observer),
    replay: (block, index, observer) => replay(rules, chain, store, block, index, observer),
  };
}

/** Runs a block's transactions up to one of them as the block did, and watches that one. */
async function replay(
  rules: Rules,
  chain: Chain,
  store: Store,
  block: ChainBlock,
  index: number,
  observer: PhaseObserver,
): Promise<void> {
  const { parentHash, timestamp, feeRecipient, prevRandao, extraData, cancun } = block.header;
  const parentBeaconRoot = cancun?.parentBeaconRoot;
  const parent = chain.parent(parentHash);
  const body = store.body(block.hash);
  if (!body) throw damaged(block);
  const { withdrawals } = body;
  const attributes = { timestamp, feeRecipient, prevRandao, extraData, withdrawals, parentBeaconRoot };
  const run = openBlock(rules, parent, attributes);
  const checked = decodeAndCheckMany(rules, body.transactions.slice(0, index + 1), timestamp);
  for (const [i, transaction] of checked.entries()) {
    if (!transaction.ok) throw damaged(block, transaction.error);
    const verdict = await run.apply(transaction.value, i === index ? observer : undefined);
    if (!verdict.ok) throw damaged(block, verdict.error);
  }
}

function damaged(block: ChainBlock, cause?: SeroError): SeroError {
  return new SeroError(
    "store/damaged",
    "A stored block cannot be run again. Let the node sync again into a new directory.",
    { hash: toHex(block.hash) },
    { cause },
  );
}
