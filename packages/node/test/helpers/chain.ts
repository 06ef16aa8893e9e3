import { rmSync } from "node:fs";
import {
  buildBlock,
  decodeAndCheckStateless,
  encodeAccount,
  EMPTY_ROOT,
  mergeDiffs,
  openRules,
  updateTrie,
  type BuiltBlock,
  type Rules,
  type StateDiff,
} from "@sero/execution";
import {
  bytesToBigInt,
  currentRootSlot,
  encodeRlp,
  equalBytes,
  hexDigits,
  keccak256,
  POOL_ADDRESS,
  type BlockHash,
  type ChainSpec,
  type EthAddress,
} from "@sero/protocol";
import { openChain, openStore, storedBlock, treeRecordOf, type Chain, type Store } from "../../src/index.js";
import { fakePayment, type FakePayment, type FakePaymentInput } from "./payment.js";
import { temporaryDirectory, testSpec } from "./node.js";
import { acceptAllVerifier } from "./verifier.js";

export interface TestChain {
  readonly rules: Rules;
  readonly store: Store;
  readonly chain: Chain;
  readonly directory: string;
  /** Builds and stores a block on `parent`, which need not be the head. */
  grow(parent: Uint8Array, payments: readonly FakePayment[], salt?: number): Promise<BuiltBlock>;
  pay(parent: Uint8Array, seed: number, more?: Partial<FakePaymentInput>): FakePayment;
  close(): Promise<void>;
}

export async function openTestChain(
  options: { readonly directory?: string; readonly spec?: ChainSpec; readonly layersInMemory?: number } = {},
): Promise<TestChain> {
  const directory = options.directory ?? temporaryDirectory();
  const spec = options.spec ?? testSpec();
  const rules = await openRules({ spec, verifier: acceptAllVerifier() });
  const { genesis } = rules;
  const store = openStore(directory, { chainId: spec.chainId, genesisHash: genesis.hash });
  if (!store.pointers()) {
    const empty = { transactions: [], withdrawals: [], receipts: [], details: [], txids: [] };
    store.begin(storedBlock({ ...genesis, ...empty }, treeRecordOf(genesis.state, undefined)));
  }
  const { layersInMemory } = options;
  const chain = openChain(store, undefined, layersInMemory === undefined ? {} : { layersInMemory });
  return {
    rules,
    store,
    chain,
    directory,
    async grow(parentHash, payments, salt = 0) {
      const parent = chain.get(parentHash)!;
      const candidates = payments.map(({ bytes }) => {
        const verdict = decodeAndCheckStateless(rules, bytes, rules.spec.genesisTime);
        if (!verdict.ok) throw verdict.error;
        return verdict.value;
      });
      const built = await buildBlock(
        rules,
        chain.parent(parentHash),
        {
          timestamp: parent.header.timestamp + 1n,
          feeRecipient: new Uint8Array(20).fill(0xfe) as EthAddress,
          prevRandao: new Uint8Array(32).fill(salt),
          withdrawals: [],
        },
        candidates,
        { verified: true },
      );
      chain.insert(built);
      return built;
    },
    pay(parentHash, seed, more = {}) {
      return fakePayment({
        spec,
        context: rules.at(rules.spec.genesisTime).bindContext,
        anchor: bytesToBigInt(chain.state(parentHash).storage(POOL_ADDRESS, currentRootSlot())),
        expiry: chain.get(parentHash)!.number + 256n,
        seed,
        ...more,
      });
    },
    async close() {
      await store.close();
      if (!options.directory) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The state root at the head, computed anew from the flat tables and layers alone, no stored trie node used. */
export function recomputedRoot(store: Store, chain: Chain): Uint8Array {
  const layers = new Map(store.layers().map(({ hash, diff }) => [hexDigits(hash), diff]));
  let merged: StateDiff | undefined;
  for (let at = chain.head(); !equalBytes(at.hash, chain.finalized().hash); at = chain.get(at.header.parentHash)!) {
    const diff = layers.get(hexDigits(at.hash))!;
    merged = merged ? mergeDiffs(diff, merged) : diff;
  }
  const slots = new Map<string, Map<string, Uint8Array>>();
  const slotsOf = (address: string): Map<string, Uint8Array> => {
    const found = slots.get(address) ?? new Map<string, Uint8Array>();
    slots.set(address, found);
    return found;
  };
  for (const { key, value } of store.environment.slots.getRange()) {
    slotsOf(hexDigits(key.subarray(0, 20))).set(hexDigits(key.subarray(20)), Uint8Array.from(value));
  }
  for (const [address, values] of merged?.storage ?? []) {
    for (const [slot, value] of values) {
      if (value) slotsOf(address).set(slot, value.subarray(value.findIndex((byte) => byte !== 0)));
      else slotsOf(address).delete(slot);
    }
  }
  const state = chain.state(chain.head().hash);
  const addresses = new Set<string>([...(merged?.accounts.keys() ?? [])]);
  for (const key of store.environment.accounts.getKeys()) addresses.add(hexDigits(key));
  const accounts = [...addresses].flatMap((address) => {
    const bytes = Uint8Array.from(Buffer.from(address, "hex"));
    const account = state.account(bytes);
    if (!account) return [];
    const items = [...(slots.get(address) ?? [])].map(([slot, value]) => ({
      key: keccak256(Uint8Array.from(Buffer.from(slot, "hex"))),
      value: encodeRlp(value),
    }));
    const storageRoot = updateTrie(() => undefined, EMPTY_ROOT, items).root;
    return [{ key: keccak256(bytes), value: encodeAccount({ ...account, storageRoot }) }];
  });
  return updateTrie(() => undefined, EMPTY_ROOT, accounts).root;
}

/** A repeatable source of numbers below `n` (mulberry32). */
export function randomNumbers(seed: number): (n: number) => number {
  let a = seed >>> 0;
  return (n) => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

export const asHash = (bytes: Uint8Array): BlockHash => bytes as BlockHash;
