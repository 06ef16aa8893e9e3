import {
  SeroError,
  frontierBytes,
  frontierFromBytes,
  sparseTreeBytes,
  sparseTreeFromBytes,
  toHex,
  type TreeHash,
} from "@sero/protocol";
import type { OutboxEntry } from "../outbox/index.js";
import {
  newScanState,
  openLedger,
  treeBlock,
  type BlockMark,
  type OwnCall,
  type Origin,
  type ScanAccount,
  type ScanState,
} from "../scan/index.js";
import type { Database } from "../store/database.js";
import type { OwnedNote, PackageContents, SentTransaction } from "../types.js";
import type { WalletChain } from "./secret.js";

/** Small things that the chain doesn't know. */
export interface WalletMeta {
  readonly accounts: number;
  /** Addresses handed out, with what the user calls them. */
  readonly addresses: readonly {
    readonly account: number;
    readonly index: bigint;
    readonly label: string | undefined;
  }[];
}

interface ScanRecord {
  readonly verified: bigint | undefined;
  readonly origin: { readonly mark: BlockMark | undefined; readonly frontier: Uint8Array };
  readonly newest: bigint | undefined;
}

const markKey = (mark: BlockMark): string => `mark/${mark.number}`;
const outboxKey = (entry: OutboxEntry): string => `outbox/${toHex(entry.txid)}`;

/** Loads the scan state, or makes one that begins at `origin`. */
export function loadScan(
  database: Database,
  chain: WalletChain,
  accounts: readonly ScanAccount[],
  origin: () => Origin,
  treeHash: TreeHash,
): ScanState {
  const record = database.get<ScanRecord>("scan");
  const tree = database.get<Uint8Array>("tree");
  if (record === undefined || tree === undefined)
    return newScanState(chain.genesisHash, chain.spec.hrp, accounts, origin(), treeHash);
  const all = <T>(prefix: string): T[] => database.keys(prefix).map((key) => database.get<T>(key) as T);
  const marks = all<BlockMark>("mark/").sort((a, b) => (a.number < b.number ? -1 : 1));
  if (marks.at(-1)?.number !== record.newest)
    throw new SeroError(
      "store/damaged",
      "The wallet's state does not fit together. Open it with rebuild to scan the chain again.",
    );
  return {
    genesisHash: chain.genesisHash,
    hrp: chain.spec.hrp,
    ledger: openLedger(accounts, {
      notes: all<OwnedNote>("note/"),
      sent: all<SentTransaction>("sent/"),
      calls: database.get<OwnCall[]>("calls") ?? [],
      packages: all<PackageContents>("package/"),
    }),
    treeHash,
    origin: { mark: record.origin.mark, frontier: frontierFromBytes(record.origin.frontier) },
    tree: sparseTreeFromBytes(tree, treeHash),
    marks,
    verified: record.verified,
  };
}

/** Puts what changed into the database; `commit` makes it durable. */
export function saveScan(database: Database, state: ScanState): void {
  for (const key of state.ledger.takeChanges()) {
    const [kind, id = ""] = key.split("/");
    const value =
      kind === "note"
        ? state.ledger.notes.get(BigInt(id))
        : kind === "sent"
          ? state.ledger.sent.get(key)
          : kind === "package"
            ? state.ledger.packages.get(key)
            : state.ledger.calls;
    if (value === undefined) database.delete(key);
    else database.put(key, value);
  }
  const kept = new Set(state.marks.map(markKey));
  for (const key of database.keys("mark/")) if (!kept.has(key)) database.delete(key);
  for (const mark of state.marks) database.put(markKey(mark), mark);
  const record: ScanRecord = {
    verified: state.verified,
    origin: { mark: state.origin.mark, frontier: frontierBytes(state.origin.frontier) },
    newest: state.marks.at(-1)?.number,
  };
  database.put("scan", record);
  if (state.tree.block === treeBlock(state.marks.at(-1) ?? state.origin.mark))
    database.put("tree", sparseTreeBytes(state.tree));
}

/** Forgets everything scanned, so that it is scanned again; what only this wallet knows (outbox, labels) stays. */
export function dropScan(database: Database): void {
  for (const key of database.keys(""))
    if (/^(note|sent|mark|package)\//.test(key) || key === "calls" || key === "scan" || key === "tree")
      database.delete(key);
}

/** Whether a record holds what only this wallet knows, and no scan finds again. */
export const isOwnKey = (key: string): boolean => key === "meta" || /^(outbox|pseudonym|slots|opened)\//.test(key);

/** The outbox, oldest first. */
export function loadOutbox(database: Database): OutboxEntry[] {
  return database
    .keys("outbox/")
    .map((key) => database.get<OutboxEntry>(key) as OutboxEntry)
    .sort((a, b) => a.createdAt - b.createdAt);
}

/** Puts an outbox entry; `commit` makes it durable. */
export const saveOutbox = (database: Database, entry: OutboxEntry): void => database.put(outboxKey(entry), entry);

/** Takes an outbox entry out. */
export const dropOutbox = (database: Database, entry: OutboxEntry): void => database.delete(outboxKey(entry));

/** The wallet's own small records. */
export const loadMeta = (database: Database): WalletMeta =>
  database.get<WalletMeta>("meta") ?? { accounts: 1, addresses: [] };
