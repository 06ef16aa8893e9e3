import type { BundleVerifier } from "@sero/circuits";
import {
  completedNote,
  COIN,
  commitmentOf,
  deriveAccount,
  developmentSpec,
  leavesOf,
  decodeCompactBlock,
  receiveSlot,
  toHex,
  walletExpiry,
  type AccountKeys,
  type AssetId,
  type ChainSpec,
  type EthAddress,
  type Inner,
  type Slot,
} from "@sero/protocol";
import {
  blockHashes,
  buildBlock,
  decodeAndCheckStateless,
  headerHash,
  importBlock,
  layered,
  openRules,
  poolView,
  type Block,
  type BlockAttributes,
  type BuiltBlock,
  type CheckedTransaction,
  type Header,
  type Parent,
  type Rules,
  type StateBackend,
  type StateDiff,
} from "../../src/index.js";
import { makePayment, type MadeNote, type OwnNote, type PaymentInput, type TestPayment } from "./payment.js";
import { makeCall, type CallRequest, type TestCall } from "./call.js";
import { acceptAllVerifier } from "./verifiers.js";

export interface TestWallet {
  readonly keys: AccountKeys;
  notes: OwnNote[];
}

/** What a test wallet's notes of an asset are worth together. */
export const balanceOf = (wallet: TestWallet, asset: AssetId = COIN): bigint =>
  wallet.notes.reduce((sum, { note }) => (note.asset === asset ? sum + note.value : sum), 0n);

export const FEE_RECIPIENT = new Uint8Array(20).fill(0xfe) as EthAddress;

/** What booking needs of a transaction. */
export type BookedTransaction = Pick<TestPayment, "bytes" | "spent" | "made">;

/** A chain in memory with wallets that own its genesis notes, proofs off unless a verifier is given. */
export interface TestChain {
  readonly rules: Rules;
  readonly wallets: readonly TestWallet[];
  readonly blocks: Block[];
  readonly parents: Parent[];
  readonly diffs: StateDiff[];
  readonly compacts: Uint8Array[];
  head(): Parent;
  /** A block of this test as a parent: its ancestors are those that this was called for before. */
  parentOf(header: Header, state: StateBackend): Parent;
  attributes(more?: Partial<BlockAttributes>): BlockAttributes;
  /** A payment by wallet `from` with enough of its notes, largest first. */
  pay(from: number, to: number, amount: bigint, more?: Partial<PaymentInput>): TestPayment;
  /** A transaction with a call phase by wallet `from`; its returns go to slots of the same wallet. */
  call(from: number, request: CallRequest): TestCall;
  /** A one-time inner of a wallet; a note that the chain completes from it is booked. */
  slot(wallet: number): Inner;
  check(bytes: Uint8Array): CheckedTransaction;
  /** Builds a block of these and moves the head to it, after importing it again by another path; notes are booked. */
  seal(payments: readonly BookedTransaction[], more?: Partial<BlockAttributes>): Promise<BuiltBlock>;
}

export interface TestChainOptions {
  readonly wallets?: number;
  readonly notes?: number;
  readonly value?: bigint;
  readonly verifier?: BundleVerifier;
  readonly overrides?: Partial<ChainSpec>;
}

export const COINS = 10n ** 18n;

export async function openTestChain(options: TestChainOptions = {}): Promise<TestChain> {
  const { wallets: count = 2, notes = 3, value = 10n * COINS } = options;
  const wallets: TestWallet[] = Array.from({ length: count }, (_, i) => {
    return { keys: deriveAccount(new Uint8Array(64).fill(i + 1), "sero-dev", 0), notes: [] };
  });
  const slots = wallets.flatMap((wallet) =>
    Array.from({ length: notes }, (_, i) => ({ wallet, slot: receiveSlot(wallet.keys, BigInt(i)) })),
  );
  const spec = developmentSpec(
    slots.map(({ slot }) => ({ inner: slot.inner, value })),
    options.overrides,
  );
  const rules = await openRules({ spec, verifier: options.verifier ?? acceptAllVerifier() });
  slots.forEach(({ wallet, slot }, i) => {
    const note = completedNote(slot, COIN, value);
    wallet.notes.push({ note, commitment: commitmentOf(note), leafIndex: BigInt(i) });
  });
  const headers = new Map<string, Header>();
  const parentOf = (header: Header, state: StateBackend): Parent => {
    headers.set(toHex(headerHash(header)), header);
    return { header, state, blockHash: blockHashes(header, (hash) => headers.get(toHex(hash))) };
  };
  const blocks: Block[] = [];
  const diffs: StateDiff[] = [];
  const compacts: Uint8Array[] = [];
  const parents: Parent[] = [parentOf(rules.genesis.header, rules.genesis.state)];
  const head = (): Parent => parents[parents.length - 1]!;

  const attributes: TestChain["attributes"] = (more = {}) => ({
    timestamp: head().header.timestamp + 4n,
    feeRecipient: FEE_RECIPIENT,
    prevRandao: new Uint8Array(32).fill(7),
    withdrawals: [],
    ...more,
  });
  const pay: TestChain["pay"] = (from, to, amount, more = {}) => {
    const wallet = wallets[from]!;
    const coins = wallet.notes.filter(({ note }) => note.asset === COIN);
    const sorted = coins.sort((a, b) => (b.note.value > a.note.value ? 1 : -1));
    const need = amount + 10n ** 16n;
    const inputs: OwnNote[] = [];
    for (let sum = 0n; sum < need && sorted.length > 0;) {
      inputs.push(sorted.shift()!);
      sum += inputs[inputs.length - 1]!.note.value;
    }
    return makePayment({
      spec,
      context: rules.at(attributes().timestamp).bindContext,
      anchor: poolView(head().state).currentRoot(),
      expiry: walletExpiry(head().header.number),
      from: wallet.keys,
      to: wallets[to]!.keys,
      inputs,
      amount,
      ...more,
    });
  };
  const handedOut = new Map<bigint, { readonly keys: AccountKeys; readonly slot: Slot }>();
  let slotsUsed = BigInt(notes);
  const slot: TestChain["slot"] = (index) => {
    const { keys } = wallets[index]!;
    const made = receiveSlot(keys, slotsUsed++);
    handedOut.set(made.inner, { keys, slot: made });
    return made.inner;
  };
  const call: TestChain["call"] = (from, request) =>
    makeCall(
      {
        spec,
        context: rules.at(attributes().timestamp).bindContext,
        anchor: poolView(head().state).currentRoot(),
        expiry: walletExpiry(head().header.number),
        wallet: wallets[from]!,
        nonceOf: (address) => head().state.account(address)?.nonce ?? 0n,
        slot: () => slot(from),
      },
      request,
    );
  const check = (bytes: Uint8Array): CheckedTransaction => {
    const verdict = decodeAndCheckStateless(rules, bytes, attributes().timestamp);
    if (!verdict.ok) throw verdict.error;
    return verdict.value;
  };
  const seal: TestChain["seal"] = async (payments, more) => {
    const parent = head();
    const candidates = payments.map(({ bytes }) => check(bytes));
    const built = await buildBlock(rules, parent, attributes(more), candidates, { verified: true });
    const imported = await importBlock(rules, parent, built);
    if (!imported.ok) throw imported.error;
    if (imported.value.diff.root.some((byte, i) => byte !== built.diff.root[i])) throw new Error("two state roots");
    blocks.push(built);
    diffs.push(built.diff);
    compacts.push(built.compact);
    parents.push(parentOf(built.header, layered(parent.state, built.diff)));
    book(built, payments);
    return built;
  };
  const book = (built: BuiltBlock, payments: readonly BookedTransaction[]): void => {
    const included = new Set(built.transactions);
    const made = new Map<bigint, MadeNote>();
    const compact = decodeCompactBlock(built.compact);
    for (const entry of compact.entries) {
      const owner = entry.kind === "completed" ? handedOut.get(entry.inner) : undefined;
      if (entry.kind !== "completed" || owner === undefined) continue;
      const note = completedNote(owner.slot, entry.asset, entry.value);
      made.set(commitmentOf(note), { note, owner: owner.keys, commitment: commitmentOf(note) });
    }
    for (const payment of payments) {
      if (!included.has(payment.bytes)) continue;
      const spent = new Set(payment.spent);
      for (const wallet of wallets) wallet.notes = wallet.notes.filter((own) => !spent.has(own));
      for (const note of payment.made) made.set(note.commitment, note);
    }
    leavesOf(compact).forEach((leaf, i) => {
      const note = made.get(leaf);
      const wallet = wallets.find(({ keys }) => keys === note?.owner);
      if (note === undefined || wallet === undefined || note.note.value === 0n) return;
      wallet.notes.push({ note: note.note, commitment: leaf, leafIndex: compact.firstLeaf + BigInt(i) });
    });
  };
  return { rules, wallets, blocks, parents, diffs, compacts, head, parentOf, attributes, pay, call, slot, check, seal };
}
