import type { Abi } from "viem";
import { COIN, SeroError, fromHex, toHex, type AssetId, type EthAddress, type Inner, type TxId } from "@sero/protocol";
import { syncRegistry, type AssetInfo } from "../assets/index.js";
import { balancesOf } from "../balance/index.js";
import {
  callOutcome,
  leftovers,
  newReceiveSlot,
  pendingCalls,
  prepareCall,
  prepareSweep,
  sendCall,
  type CallOutcome,
  type CallReceipt,
  type CallRequest,
  type Leftover,
  type LeftoverOptions,
  type PendingCall,
  type PreparedCall,
  type SendCallOptions,
  type SweepOptions,
} from "../calls/index.js";
import { historyOf } from "../history/index.js";
import { mayStillBeMined, statusOf } from "../outbox/index.js";
import {
  listPackages,
  openPackage,
  preparePackageTransfer,
  prepareRelease,
  prepareRepack,
  prepareSeal,
  sharePackage,
  type PackageInfo,
  type PackageOptions,
  type RepackRequest,
  type SealTransactionRequest,
} from "../packages/index.js";
import {
  listPseudonyms,
  newKeptPseudonym,
  signMessageAs,
  signTypedDataAs,
  type PseudonymInfo,
  type TypedData,
} from "../pseudonyms/index.js";
import { newScanState, scannedBlock, syncState } from "../scan/index.js";
import { DEFAULT_KDF, type KdfParameters } from "../store/kdf.js";
import { sealKeyFile } from "../store/keyfile.js";
import type {
  Balance,
  HistoryEntry,
  OwnedNote,
  PaymentStatus,
  SendRequest,
  SentReceipt,
  SyncProgress,
  SyncResult,
  WalletKind,
} from "../types.js";
import {
  assetInfo,
  findAssetByText,
  infoFinder,
  isOwnNode,
  listAssets,
  refreshAssets,
  type RefreshOptions,
} from "./assets.js";
import { checkChain, checkOpen, commitState, findOrigin, viewOf, type WalletContext } from "./context.js";
import { historyCsv, type WalletExport } from "./export.js";
import { exportWallet } from "./export-wallet.js";
import { dropScan } from "./persist.js";
import { prepareCleanup, preparePayment, type PreparedPayment } from "./prepare.js";
import { encodeSecret, type WalletChain } from "./secret.js";
import { rebroadcast, sendPayment, type SendOptions } from "./send.js";
import { addressText, addressesOf, discloseOutput, freshAddress, viewKeyText, type AddressInfo } from "./show.js";

/** Options of `sync`. */
export interface SyncOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SyncProgress) => void;
  /** Hands pending payments to the node again when due. Default true. */
  readonly rebroadcast?: boolean;
  /**
   * Asks the node for names and decimals of tokens that the wallet did not have before, which tells it what these are. Default: only a node on this
   * machine is asked.
   */
  readonly names?: boolean;
}

/** A payment of this copy of the wallet that is not settled. */
export interface OutboxInfo {
  readonly txid: string;
  readonly status: PaymentStatus;
  readonly account: number;
  readonly expiry: bigint;
  readonly fee: bigint;
  readonly payments: readonly { readonly address: string; readonly amount: bigint; readonly asset: bigint }[];
}

/** An open wallet. Functions that change something run one after another; a wrong use throws and changes nothing. */
export interface Wallet {
  readonly kind: WalletKind;
  readonly chain: WalletChain;
  readonly birthday: bigint;
  /** True if the end of the store's log was torn by a crash; what it held is scanned again. */
  readonly recovered: boolean;
  /** Number of the last scanned block, -1 if none; and whether it was proved against the chain's state root. */
  position(): { readonly scanned: bigint; readonly proved: boolean };
  sync(options?: SyncOptions): Promise<SyncResult>;
  accounts(): readonly number[];
  /** Adds an account; the chain is scanned again from the birthday at the next sync. */
  newAccount(): Promise<number>;
  balances(account?: number): readonly Balance[];
  history(account?: number): readonly HistoryEntry[];
  /** The coin, and every token and ticket that this wallet ever had or sent. */
  assets(): readonly AssetInfo[];
  /** One asset, any. */
  assetInfo(asset: AssetId): AssetInfo;
  /** The asset that a person names: SERO, a symbol, a contract's address, with ":7" ticket number 7. */
  findAsset(text: string): AssetInfo;
  /** Asks the node for names and decimals of this wallet's tokens; how many. Tells the node what these are. */
  refreshAssets(options?: RefreshOptions): Promise<number>;
  /** The account's main address. */
  address(account?: number): string;
  newAddress(account?: number, label?: string): Promise<string>;
  addresses(account?: number): readonly AddressInfo[];
  /** Unspent notes: for audits and tests. Secret. */
  notes(account?: number): readonly OwnedNote[];
  prepareSend(request: SendRequest): Promise<PreparedPayment>;
  /** A transaction that merges small notes of the coin, or of a token. */
  prepareCleanup(account?: number, priceStep?: number, asset?: AssetId): Promise<PreparedPayment>;
  send(prepared: PreparedPayment, options?: SendOptions): Promise<readonly SentReceipt[]>;
  /** Tries calls out on the node, and plans the transaction. Nothing is signed or reserved yet. */
  prepareCall(request: CallRequest): Promise<PreparedCall>;
  /** Signs, proves and sends what a prepare function of calls, packages or sweeps gave. */
  sendCall(prepared: PreparedCall, options?: SendCallOptions): Promise<CallReceipt>;
  /** What became of it; `abi` explains a contract's own errors. Asks the node for the receipt. */
  callOutcome(txid: string, abi?: Abi): Promise<CallOutcome>;
  /** Transactions with calls that may still be mined, as everybody will see their calls; also those just being proved. */
  pendingCalls(): readonly PendingCall[];
  /** What lies on pseudonyms of ours. Asks the node about each, unless one is named. */
  leftovers(options?: LeftoverOptions): Promise<readonly Leftover[]>;
  /** Takes in what lies on a pseudonym. */
  prepareSweep(pseudonym: EthAddress, options?: SweepOptions): Promise<PreparedCall>;
  /** A fresh one-time `inner` to be paid at by a contract, durable as used before it is shown. */
  receiveSlot(account?: number): Promise<{ readonly inner: Inner; readonly counter: bigint }>;
  newPseudonym(options?: {
    readonly account?: number;
    readonly label?: string;
    readonly site?: string;
  }): Promise<PseudonymInfo>;
  /** Kept pseudonyms; with `oneTime` also those of transactions of ours. */
  pseudonyms(options?: { readonly oneTime?: boolean }): readonly PseudonymInfo[];
  /** EIP-191; 65 bytes, the last 27 or 28. */
  signMessage(pseudonym: EthAddress, message: string | Uint8Array): Uint8Array;
  /** EIP-712; 65 bytes, the last 27 or 28. */
  signTypedData(pseudonym: EthAddress, typed: TypedData): Uint8Array;
  /** Packages that concern us. Asks the node for all packages since the birthday. */
  packages(): Promise<readonly PackageInfo[]>;
  /** Text for somebody who should know what is inside. */
  sharePackage(id: Uint8Array): Promise<string>;
  /** Holds such a text against the chain, and remembers it. */
  openPackage(text: string): Promise<PackageInfo>;
  prepareSeal(request: SealTransactionRequest): Promise<PreparedCall>;
  preparePackageTransfer(
    request: PackageOptions & { readonly id: Uint8Array; readonly to: EthAddress; readonly data?: Uint8Array },
  ): Promise<PreparedCall>;
  prepareRelease(request: PackageOptions & { readonly ids: readonly Uint8Array[] }): Promise<PreparedCall>;
  prepareRepack(request: RepackRequest): Promise<PreparedCall>;
  pending(): readonly OutboxInfo[];
  /** Hands pending payments to the node again now; how many. */
  rebroadcast(): Promise<number>;
  /** Text that shows one output to one verifier. `message`: what he asked to be bound in. */
  disclose(txid: string, outputIndex: number, message: string): string;
  viewKey(kind: "full" | "incoming", account?: number): string;
  export(): WalletExport;
  exportCsv(account?: number): string;
  changePassphrase(passphrase: string, kdf?: KdfParameters): Promise<void>;
  /** Destroys the wallet's files for good and closes it. Returns what the chain still holds, in plain words. */
  erase(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A wallet's functions over its insides. */
export function walletOf(context: WalletContext): Wallet {
  let tail: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(action: () => Promise<T>): Promise<T> => {
    const run = tail.then(() => {
      checkOpen(context);
      return action();
    });
    tail = run.catch(() => undefined);
    return run;
  };
  return {
    kind: context.keys.kind,
    chain: context.secret.chain,
    birthday: context.secret.birthday,
    recovered: context.database.recovered,
    position: () => {
      const scanned = scannedBlock(context.state);
      return { scanned, proved: context.state.verified === scanned };
    },
    sync: (options = {}) => inTurn(() => syncWallet(context, options)),
    accounts: () => context.state.ledger.accounts.map(({ account }) => account),
    newAccount: () => inTurn(() => addAccount(context)),
    balances: (account) => balancesOf(viewOf(context), account),
    history: (account) => historyOf(viewOf(context), account),
    assets: () => listAssets(context),
    assetInfo: (asset) => assetInfo(context, asset),
    findAsset: (text) => findAssetByText(context, text),
    refreshAssets: (options) => inTurn(() => refreshAssets(context, options)),
    address: (account = 0) => addressText(context, account, 0n),
    newAddress: (account = 0, label) => inTurn(() => freshAddress(context, account, label)),
    addresses: (account = 0) => addressesOf(context, account),
    notes: (account) =>
      [...context.state.ledger.notes.values()].filter(
        (note) => note.spent === undefined && (account === undefined || note.account === account),
      ),
    prepareSend: (request) => inTurn(async () => preparePayment(context, request)),
    prepareCleanup: (account = 0, priceStep = 0, asset = COIN) =>
      inTurn(async () => prepareCleanup(context, account, priceStep, asset)),
    send: (prepared, options) => inTurn(() => sendPayment(context, prepared, options)),
    prepareCall: (request) => inTurn(() => prepareCall(context, request)),
    sendCall: (prepared, options) => inTurn(() => sendCall(context, prepared, options)),
    callOutcome: (txid, abi) => inTurn(() => callOutcome(context, readTxid(txid), abi)),
    pendingCalls: () => pendingCalls(context),
    leftovers: (options) => inTurn(() => leftovers(context, options)),
    prepareSweep: (pseudonym, options) => inTurn(() => prepareSweep(context, pseudonym, options)),
    receiveSlot: (account = 0) => inTurn(() => newReceiveSlot(context, account)),
    newPseudonym: (options) => inTurn(() => newKeptPseudonym(context, options)),
    pseudonyms: ({ oneTime = false } = {}) => listPseudonyms(context, oneTime),
    signMessage: (pseudonym, message) => signMessageAs(context, pseudonym, message),
    signTypedData: (pseudonym, typed) => signTypedDataAs(context, pseudonym, typed),
    packages: () => inTurn(() => listPackages(context)),
    sharePackage: (id) => inTurn(() => sharePackage(context, id)),
    openPackage: (text) => inTurn(() => openPackage(context, text)),
    prepareSeal: (request) => inTurn(() => prepareSeal(context, request)),
    preparePackageTransfer: (request) => inTurn(() => preparePackageTransfer(context, request)),
    prepareRelease: (request) => inTurn(() => prepareRelease(context, request)),
    prepareRepack: (request) => inTurn(() => prepareRepack(context, request)),
    pending: () => pendingOf(context),
    rebroadcast: () => inTurn(() => rebroadcast(context, { force: true })),
    disclose: (txid, outputIndex, message) => discloseOutput(context, readTxid(txid), outputIndex, message),
    viewKey: (kind, account = 0) => viewKeyText(context, account, kind),
    export: () => exportWallet(context),
    exportCsv: (account) => historyCsv(historyOf(viewOf(context), account), infoFinder(context)),
    changePassphrase: (passphrase, kdf = DEFAULT_KDF) =>
      inTurn(async () =>
        context.files.writeAtomic(
          "keys",
          await sealKeyFile(encodeSecret(context.secret), passphrase, kdf, context.platform.kdf),
        ),
      ),
    erase: () => inTurn(() => eraseWallet(context)),
    close: async () => {
      await tail;
      await closeWallet(context, false);
    },
  };
}

async function syncWallet(context: WalletContext, options: SyncOptions): Promise<SyncResult> {
  await checkChain(context);
  context.engine ??= context.platform.openTrialEngine(context.state.ledger.accounts.map(({ incoming }) => incoming));
  const result = await syncState(context.state, {
    client: context.client,
    engine: context.engine,
    makeSharedSecret: context.platform.makeSharedSecret,
    witnesses: context.witnesses,
    findOrigin: () => findOrigin(context.client, context.secret.birthday),
    onHead: (head, scanned) =>
      syncRegistry(context.registry, context.client, scanned, head, { signal: options.signal }),
    commit: (isEnd) => commitState(context, isEnd ? "end" : "soon"),
    now: context.platform.now,
    signal: options.signal,
    onProgress: options.onProgress,
  });
  if (!result.cancelled && options.rebroadcast !== false && context.keys.kind === "spending")
    await rebroadcast(context);
  if (!result.cancelled && (options.names ?? isOwnNode(context.client.url))) await askNames(context, options);
  return result;
}

/** The chain is read, so that a node which does not answer this is no failure. */
async function askNames(context: WalletContext, { signal }: SyncOptions): Promise<void> {
  try {
    await refreshAssets(context, signal === undefined ? {} : { signal });
  } catch (error) {
    const isHarmless =
      error instanceof SeroError && (error.code.startsWith("rpc/") || error.code === "wallet/cancelled");
    if (!isHarmless) throw error;
  }
}

async function addAccount(context: WalletContext): Promise<number> {
  if (context.keys.kind !== "spending")
    throw new SeroError("wallet/watch-only", "A wallet that only watches has the one account of its view key.");
  const accounts = context.meta.accounts + 1;
  context.meta = { ...context.meta, accounts };
  const { state } = context;
  context.state = newScanState(
    state.genesisHash,
    state.hrp,
    context.keys.scanAccounts(accounts),
    state.origin,
    state.treeHash,
  );
  dropScan(context.database);
  context.database.put("meta", context.meta);
  await commitState(context, "now");
  await context.engine?.close();
  context.engine = undefined;
  return accounts - 1;
}

function pendingOf(context: WalletContext): OutboxInfo[] {
  const scanned = scannedBlock(context.state);
  return context.outbox
    .map((entry) => ({ entry, status: statusOf(entry, context.state.ledger, scanned) }))
    .filter(({ status }) => mayStillBeMined(status))
    .map(({ entry, status }) => ({
      txid: toHex(entry.txid),
      status,
      account: entry.account,
      expiry: entry.expiry,
      fee: entry.fee,
      payments: entry.payments,
    }));
}

function readTxid(text: string): TxId {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text))
    throw new SeroError("wallet/txid", "A transaction id is 0x and 64 hex digits.");
  return fromHex(text) as TxId;
}

async function eraseWallet(context: WalletContext): Promise<readonly string[]> {
  // The key file first: without it everything else is noise.
  const names = [...(await context.files.list())].sort((a) => (a === "keys" ? -1 : 1));
  for (const name of names) await context.files.destroy(name);
  await closeWallet(context, true);
  return [
    "The wallet's files are overwritten and removed from this machine. On flash disks and in backups old copies may remain; they are encrypted with your passphrase.",
    "The chain keeps every transaction for ever, as it was published: commitments, nullifiers and sealed notes. Nobody can read them without your keys.",
    "Whoever has your phrase, or a view key that you gave away, can still read what they open. The money is lost unless you have the phrase.",
  ];
}

/** `isErased`: there is nothing left to write to. */
async function closeWallet(context: WalletContext, isErased: boolean): Promise<void> {
  if (context.isClosed) return;
  context.isClosed = true;
  try {
    if (!isErased && scannedBlock(context.state) !== context.lastCommit.block) await commitState(context, "now");
  } finally {
    await context.engine?.close();
    await context.proving?.close();
    context.secret.dataKey.fill(0);
    await context.unlock();
  }
}
