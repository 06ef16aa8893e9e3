import {
  COIN,
  frontierRoot,
  invalid,
  POOL_ADDRESS,
  poseidonTreeHash,
  rootRingSlot,
  valid,
  type TreeHash,
  type Validity,
} from "@sero/protocol";
import { wordToBigInt } from "../state/index.js";
import { poolView, type PoolSource } from "./view.js";

/**
 * Whether the Pool's storage after block `number` agrees with itself: the counter within the balance, the root that of the frontier and
 * the ring's newest. A node asks this when it starts (attack E36); that the counter is the right one, only a replay from genesis shows.
 */
export function checkPoolState(source: PoolSource, number: bigint, hash: TreeHash = poseidonTreeHash): Validity {
  const view = poolView(source);
  const counter = view.turnstile(COIN);
  if (counter > view.balance()) {
    return invalid("pool/turnstile", "The Pool's counter is above its balance: the state is damaged; sync again.", {
      counter: counter.toString(),
      balance: view.balance().toString(),
    });
  }
  const root = view.currentRoot();
  const newest = wordToBigInt(source.storage(POOL_ADDRESS, rootRingSlot(number)));
  if (frontierRoot(view.frontier(), hash) !== root || newest !== root || view.blockOfRoot(root) !== number) {
    return invalid("pool/root", "The Pool's root is not that of its tree: the state is damaged; sync again.", {
      number: number.toString(),
    });
  }
  return valid(undefined);
}
