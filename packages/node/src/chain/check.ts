import { encodeAccount, lookUp, poolView, type StateBackend } from "@sero/execution";
import {
  bytesToBigInt,
  COIN,
  coinOut,
  currentRootSlot,
  decodeCompactBlock,
  decodeRlp,
  decodeTransaction,
  encodeRlp,
  equalBytes,
  fieldToBytes,
  keccak256,
  leafCountSlot,
  POOL_ADDRESS,
  rlpReader,
  rlpUint,
  SeroError,
  streamDigestSlot,
  toHex,
  turnstileSlot,
  utf8,
  type AssetId,
  type RlpItem,
} from "@sero/protocol";
import type { Store } from "../store/index.js";
import type { Chain } from "./chain.js";

/** Running totals over finalized blocks, so that a start adds up only what is new. */
const AUDITED = utf8("audited");

/**
 * What a node makes sure of before it serves a store: the Pool's values in the flat tables are those that the head's state root commits to,
 * and each asset's turnstile counter is what the blocks add up to (attack E36).
 *
 * @throws SeroError `store/damaged`, `pool/turnstile-mismatch`
 */
export async function checkStore(store: Store, chain: Chain): Promise<void> {
  const head = chain.head();
  const state = chain.state(head.hash);
  checkPoolAgainstRoot(state);
  const view = poolView(state);
  for (const [asset, added] of await addUp(store, chain)) {
    const counter = view.turnstile(asset);
    if (counter === added) continue;
    throw new SeroError(
      "pool/turnstile-mismatch",
      "One of the Pool's counters is not what the blocks add up to. Do not trust this data directory: let the node sync again into a new one.",
      {
        asset: toHex(fieldToBytes(asset)),
        counter: counter.toString(),
        added: added.toString(),
        head: head.number.toString(),
      },
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

/** What is in the Pool, by asset. */
type Sums = Map<AssetId, bigint>;

/** What came into the Pool (completed notes) less what left it (fees, what calls took), over all canonical blocks. */
async function addUp(store: Store, chain: Chain): Promise<Sums> {
  const { next: first, sums } = auditedSoFar(store);
  let next = first;
  const final = chain.finalized().number;
  const head = chain.head().number;
  let audited: Uint8Array | undefined;
  for (; next <= head; next++) {
    addBlock(sums, store, next);
    if (next === final) audited = encodeAudited(final, sums);
    if (next % 256n === 0n) await new Promise((resolve) => setImmediate(resolve));
  }
  const record = audited;
  if (record) store.environment.write(() => store.environment.meta.putSync(AUDITED, record));
  return sums;
}

function auditedSoFar(store: Store): { next: bigint; sums: Sums } {
  const stored = store.environment.meta.get(AUDITED);
  const before = stored && decodeAudited(Uint8Array.from(stored));
  return before ? { next: before.number + 1n, sums: before.sums } : { next: 0n, sums: new Map([[COIN, 0n]]) };
}

/**
 * Adds up final blocks through this number, so that a later start needs their bodies no more. To be called before bodies are thrown away.
 *
 * @throws SeroError `store/damaged`
 */
export function auditThrough(store: Store, number: bigint): void {
  const { next, sums } = auditedSoFar(store);
  if (next > number) return;
  for (let at = next; at <= number; at++) addBlock(sums, store, at);
  noteAudited(store, number, sums);
}

/** Notes what is in the Pool, by asset, after a final block. */
export function noteAudited(store: Store, number: bigint, sums: ReadonlyMap<AssetId, bigint>): void {
  store.environment.write(() => store.environment.meta.putSync(AUDITED, encodeAudited(number, sums)));
}

function addBlock(sums: Sums, store: Store, number: bigint): void {
  const hash = store.canonicalHash(number);
  const bytes = hash && store.compact(hash);
  const body = hash && store.body(hash);
  if (!bytes || !body)
    throw new SeroError("store/damaged", "The store misses a block it must have.", { number: number.toString() });
  const add = (asset: AssetId, amount: bigint): void => void sums.set(asset, (sums.get(asset) ?? 0n) + amount);
  const { entries, transactions } = decodeCompactBlock(bytes);
  for (const entry of entries) if (entry.kind === "completed") add(entry.asset, entry.value);
  for (const [index, transaction] of transactions.entries()) {
    add(COIN, -coinOut(transaction));
    // Only calls take other assets out; what failed ones took came back as completed notes.
    if (!transaction.call) continue;
    const { bundles } = decodeTransaction(body.transactions[index]!);
    for (const { pubAsset, pubAmount } of bundles) if (pubAmount > 0n) add(pubAsset, -pubAmount);
  }
}

/** rlp([number, [[asset, amount], ...]]), without the assets of which nothing is left. */
function encodeAudited(number: bigint, sums: ReadonlyMap<AssetId, bigint>): Uint8Array {
  const items = [...sums].filter(([asset, amount]) => asset === COIN || amount !== 0n);
  return encodeRlp([rlpUint(number), items.map(([asset, amount]): RlpItem => [rlpUint(asset), rlpUint(amount)])]);
}

function decodeAudited(bytes: Uint8Array): { number: bigint; sums: Sums } {
  const read = rlpReader("store");
  const [number, items] = read.list(
    decodeRlp(bytes, { maxBytes: 1 << 30, maxItems: 1 << 26, maxDepth: 4 }),
    "audited",
    2,
  );
  const sums = read.list(items, "sums").map((item): [AssetId, bigint] => {
    const [asset, amount] = read.list(item, "sum", 2);
    return [read.uint(asset, "asset", 32) as AssetId, read.uint(amount, "amount", 32)];
  });
  return { number: read.uint(number, "number", 8), sums: new Map(sums) };
}

function damaged(what: string): SeroError {
  return new SeroError(
    "store/damaged",
    "The stored state is not the one that the newest block commits to. Restore the data directory from a copy, or let the node sync again.",
    { what, address: toHex(POOL_ADDRESS) },
  );
}
