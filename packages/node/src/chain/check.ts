import { encodeAccount, lookUp, poolTotals, type StateBackend } from "@sero/execution";
import {
  COIN,
  concatBytes,
  currentRootSlot,
  decodeCompactBlock,
  decodeRlp,
  equalBytes,
  keccak256,
  leafCountSlot,
  POOL_ADDRESS,
  SeroError,
  streamDigestSlot,
  toHex,
  turnstileSlot,
  utf8,
  bigIntToBytes,
  bytesToBigInt,
} from "@sero/protocol";
import { numberKey, numberOfKey } from "../store/keys.js";
import type { Store } from "../store/index.js";
import type { Chain } from "./chain.js";

/** Running total over finalized blocks, so that a start adds up only what is new. Number 8, coin 32. */
const AUDITED = utf8("audited");

/**
 * What a node makes sure of before it serves a store: the Pool's values in the flat tables are those that the head's state root commits to,
 * and the coin's turnstile counter is what the blocks add up to (attack E36).
 *
 * @throws SeroError `store/damaged`, `pool/turnstile-mismatch`
 */
export async function checkStore(store: Store, chain: Chain): Promise<void> {
  const head = chain.head();
  const state = chain.state(head.hash);
  checkPoolAgainstRoot(state);
  const added = await addUpCoin(store, chain);
  const { coin } = poolTotals(state);
  if (coin !== added) {
    throw new SeroError(
      "pool/turnstile-mismatch",
      "The Pool's counter of coins is not what the blocks add up to. Do not trust this data directory: let the node sync again into a new one.",
      { counter: coin.toString(), added: added.toString(), head: head.number.toString() },
    );
  }
}

function checkPoolAgainstRoot(state: StateBackend): void {
  const account = state.account(POOL_ADDRESS);
  const proven = lookUp((path) => state.node(new Uint8Array(0), path), state.root, keccak256(POOL_ADDRESS)).value;
  if (!account || !proven || !equalBytes(proven, encodeAccount(account))) throw damaged("account");
  const slots = {
    root: currentRootSlot(),
    leafCount: leafCountSlot(),
    streamDigest: streamDigestSlot(),
    turnstile: turnstileSlot(COIN),
  };
  for (const [name, slot] of Object.entries(slots)) {
    const found = lookUp((path) => state.node(POOL_ADDRESS, path), account.storageRoot, keccak256(slot)).value;
    const value = found ? decodeRlp(found, { maxBytes: 64, maxItems: 1, maxDepth: 0 }) : new Uint8Array(0);
    if (!(value instanceof Uint8Array) || bytesToBigInt(value) !== bytesToBigInt(state.storage(POOL_ADDRESS, slot))) {
      throw damaged(name);
    }
  }
}

/** Coin that came into the Pool (completed notes) less what left it (fees, coin for calls), over all canonical blocks. */
async function addUpCoin(store: Store, chain: Chain): Promise<bigint> {
  const { meta } = store.environment;
  const stored = meta.get(AUDITED);
  let next = stored ? numberOfKey(stored) + 1n : 0n;
  let coin = stored ? bytesToBigInt(Uint8Array.from(stored.subarray(8, 40))) : 0n;
  const final = chain.finalized().number;
  const head = chain.head().number;
  let atFinal = coin;
  for (; next <= head; next++) {
    coin += coinOf(store, next);
    if (next === final) atFinal = coin;
    if (next % 256n === 0n) await new Promise((resolve) => setImmediate(resolve));
  }
  if (!stored || numberOfKey(stored) < final) {
    store.environment.write(() => meta.putSync(AUDITED, concatBytes(numberKey(final), bigIntToBytes(atFinal, 32))));
  }
  return coin;
}

function coinOf(store: Store, number: bigint): bigint {
  const hash = store.canonicalHash(number);
  const bytes = hash && store.compact(hash);
  if (!bytes)
    throw new SeroError("store/damaged", "The store misses a block it must have.", { number: number.toString() });
  const { entries, transactions } = decodeCompactBlock(bytes);
  const entered = entries.reduce(
    (sum, entry) => (entry.kind === "completed" && entry.asset === COIN ? sum + entry.value : sum),
    0n,
  );
  return transactions.reduce((sum, { call, fee }) => sum - (call?.coin ?? fee), entered);
}

function damaged(what: string): SeroError {
  return new SeroError(
    "store/damaged",
    "The stored state is not the one that the newest block commits to. Restore the data directory from a copy, or let the node sync again.",
    { what, address: toHex(POOL_ADDRESS) },
  );
}
