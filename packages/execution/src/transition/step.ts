import {
  COIN,
  nullifierSlot,
  POOL_ADDRESS,
  turnstileSlot,
  AMOUNT_LIMIT,
  assetIdOf,
  type AssetId,
  type EthAddress,
  type PoolEntry,
  type ReturnEntry,
} from "@sero/protocol";
import type { EVM } from "@ethereumjs/evm";
import type { Log } from "../block/index.js";
import type { VisibleHeader } from "../evm/open.js";
import { entriesOfLogs } from "../phase/pool-logs.js";
import { packagesOf, registerPackages, releasePackages } from "../phase/packages.js";
import { runPhase, type PhaseMoney } from "../phase/run.js";
import type { PhaseObserver, PhaseOutcome } from "../phase/types.js";
import { poolView } from "../pool/index.js";
import { wordOf, type AccountFields, type Journal } from "../state/index.js";
import { EMPTY_CODE_HASH } from "../state/views.js";
import { paysItself, type CheckedTransaction } from "../validity/index.js";

/** What applying a transaction gave, besides the changed state. */
export interface Applied {
  /** Undefined without a call phase. */
  readonly phase: PhaseOutcome | undefined;
  readonly logs: readonly Log[];
  readonly entries: readonly PoolEntry[];
}

/** The block that a transaction is applied in. */
export interface StepContext {
  readonly journal: Journal;
  readonly header: VisibleHeader;
  /** Place of the transaction in the block. */
  readonly index: number;
  /** The block's EVM, opened when first asked for. */
  readonly evm: () => Promise<EVM>;
  readonly observer: PhaseObserver | undefined;
}

const ONE = wordOf(1n);
const NEW_ACCOUNT: AccountFields = { nonce: 0n, balance: 0n, codeHash: EMPTY_CODE_HASH };

/** Steps 4 to 6 of protocol, section 6, for a transaction that passed every check. */
export async function applyTransaction(context: StepContext, checked: CheckedTransaction): Promise<Applied> {
  const { journal, header, index } = context;
  const { tx, fee } = checked;
  for (const { nullifiers } of tx.bundles) {
    for (const nullifier of nullifiers) journal.setStorage(POOL_ADDRESS, nullifierSlot(nullifier), ONE);
  }
  payProposer(journal, checked, header.feeRecipient, fee);
  if (tx.call !== undefined) raiseNonce(journal, tx.call.pseudonym);
  const packages = packagesOf(tx);
  const created = registerPackages(journal, packages);
  const phase = tx.call === undefined ? undefined : await phaseOf(context, checked);
  const released = tx.call === undefined ? { entries: [], logs: [] } : releasePackages(journal, packages, index);
  const kept = phase === undefined ? [] : bookkeeping(journal, checked, phase, index);
  const logs = [...created, ...(phase?.logs ?? []), ...released.logs];
  return { phase, logs, entries: [...entriesOfLogs(phase?.logs ?? [], index), ...released.entries, ...kept] };
}

/** Coin from the Pool, or from the pseudonym of a transaction that pays for itself, to the proposer. */
function payProposer(journal: Journal, checked: CheckedTransaction, proposer: EthAddress, amount: bigint): void {
  takeCoin(journal, checked, amount);
  journal.credit(proposer, amount);
}

function takeCoin(journal: Journal, checked: CheckedTransaction, amount: bigint): void {
  const { call } = checked.tx;
  if (call !== undefined && paysItself(checked)) return journal.debit(call.pseudonym, amount);
  count(journal, COIN, -amount);
  journal.debit(POOL_ADDRESS, amount);
}

/** Changes an asset's turnstile counter. */
function count(journal: Journal, asset: AssetId, by: bigint): void {
  journal.setStorage(POOL_ADDRESS, turnstileSlot(asset), wordOf(poolView(journal).turnstile(asset) + by));
}

function raiseNonce(journal: Journal, pseudonym: EthAddress): void {
  const { nonce, balance, codeHash } = journal.account(pseudonym) ?? NEW_ACCOUNT;
  journal.setAccount(pseudonym, { nonce: nonce + 1n, balance, codeHash });
}

async function phaseOf(context: StepContext, checked: CheckedTransaction): Promise<PhaseOutcome> {
  const { journal, header } = context;
  const { tx, fee, coin, price, unshields } = checked;
  const { pseudonym, gasLimit, calls, returns } = tx.call!;
  const gasMoney = gasLimit * price;
  const deposit = paysItself(checked) ? gasMoney : coin - fee;
  const money: PhaseMoney = {
    open() {
      // What gas may cost at most is in nobody's hands while the calls run, as in Ethereum.
      takeCoin(journal, checked, deposit);
      journal.credit(pseudonym, deposit - gasMoney);
    },
    close(gasUsed) {
      journal.credit(header.feeRecipient, gasUsed * price);
      journal.credit(pseudonym, gasMoney - gasUsed * price);
    },
  };
  const input = { pseudonym, unshields, calls, returns, gasLimit, price };
  const phase = await runPhase(await context.evm(), journal, header, input, money, context.observer);
  if (phase.failure !== undefined) payProposer(journal, checked, header.feeRecipient, phase.gasUsed * price);
  return phase;
}

/** Notes that no code makes and no code can prevent, in the order of `returns`, the coin last (attack F46). */
function bookkeeping(journal: Journal, checked: CheckedTransaction, phase: PhaseOutcome, index: number): PoolEntry[] {
  const { tx, price, coin, fee, unshields } = checked;
  const { pseudonym, returns } = tx.call!;
  const note = ({ inners }: ReturnEntry, asset: AssetId, value: bigint): PoolEntry[] =>
    value === 0n ? [] : [{ kind: "completed", transaction: index, inner: inners[0]!, asset, value }];
  const coinEntry = returns[0]!;
  if (phase.failure === undefined) return note(coinEntry, COIN, sweepCoin(journal, pseudonym));
  // All of step 5 was taken back: the assets never left the Pool, nor did the coin that its gas did not cost.
  const amounts = new Map(unshields.map(({ asset, amount }) => [asset, amount]));
  const assets = returns.slice(1).flatMap((entry) => {
    const asset = assetOf(entry);
    return asset === undefined ? [] : note(entry, asset, amounts.get(asset) ?? 0n);
  });
  const unused = paysItself(checked) ? 0n : coin - fee - phase.gasUsed * price;
  return [...assets, ...note(coinEntry, COIN, unused)];
}

/** The asset that one entry of `returns` names; undefined for the coin and for ANY. */
function assetOf({ kind, token, id }: ReturnEntry): AssetId | undefined {
  if (kind === "coin" || token === undefined || typeof id !== "bigint") return undefined;
  return assetIdOf(kind === "token" ? 1 : 2, token, id);
}

/** Takes all coin of the pseudonym into the Pool and says how much it was. What does not fit into one note, if it ever existed, stays. */
function sweepCoin(journal: Journal, pseudonym: EthAddress): bigint {
  const balance = journal.account(pseudonym)?.balance ?? 0n;
  const value = balance < AMOUNT_LIMIT ? balance : AMOUNT_LIMIT - 1n;
  journal.debit(pseudonym, value);
  journal.credit(POOL_ADDRESS, value);
  count(journal, COIN, value);
  return value;
}
