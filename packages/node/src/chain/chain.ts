import type { BlockResult, Header, Parent, StateBackend, StateDiff } from "@sero/execution";
import { decodeHeader, encodeHeader } from "@sero/execution";
import { equalBytes, hexDigits, SeroError, toHex, type BlockHash, type TxId } from "@sero/protocol";
import { silent, type Log } from "../log.js";
import type { BaseReads } from "../store/base-state.js";
import type { CanonicalEntry, Layer, Store, StoredBlock } from "../store/index.js";
import { stateView } from "./state-view.js";
import { treeRecordOf } from "./tree-record.js";

/** A block of the chain, by its header. */
export interface ChainBlock {
  readonly hash: BlockHash;
  readonly number: bigint;
  readonly header: Header;
}

/** How the head moved. */
export interface HeadChange {
  readonly head: ChainBlock;
  /** Blocks that joined the canonical chain, oldest first. */
  readonly joined: readonly ChainBlock[];
  /** Blocks that left it, newest first. */
  readonly left: readonly ChainBlock[];
}

/** Which blocks a fork choice names; undefined keeps what was. */
export interface Forkchoice {
  readonly head: Uint8Array;
  readonly safe: Uint8Array | undefined;
  readonly finalized: Uint8Array | undefined;
}

/** The blocks from the finalized one up, on every branch, and the canonical one among them. */
export interface Chain {
  head(): ChainBlock;
  safe(): ChainBlock;
  finalized(): ChainBlock;
  /** A block at or above the finalized one, on any branch. */
  get(hash: Uint8Array): ChainBlock | undefined;
  /** Whether the block is an ancestor of the head, or the head itself. */
  isCanonical(hash: Uint8Array): boolean;
  /** Whether the block is the finalized one or an ancestor of it, as the store has it. */
  isFinal(hash: Uint8Array): boolean;
  /**
   * The state after a block at or above the finalized one.
   *
   * @throws SeroError `state/forgotten` for any other
   */
  state(hash: Uint8Array): StateBackend;
  /**
   * A block at or above the finalized one as what the next is executed on: its header, its state, and the hashes of its own ancestors, which
   * on a side branch are not the canonical ones.
   *
   * @throws SeroError `state/forgotten` for any other
   */
  parent(hash: Uint8Array): Parent;
  /**
   * Stores an executed block; it is on disk when this returns. Its parent must be known.
   *
   * @throws SeroError `store/*`
   */
  insert(result: BlockResult): ChainBlock;
  /**
   * Moves head, safe and finalized block, in one transaction with the indexes and with what finality makes final.
   *
   * @throws SeroError `chain/unknown-head`, `chain/bad-forkchoice`, `store/*`: nothing has moved then
   */
  setForkchoice(choice: Forkchoice): HeadChange;
  /** Calls `listener` after each change of head; returns how to stop. */
  onHead(listener: (change: HeadChange) => void): () => void;
}

interface Link extends ChainBlock {
  /** Undefined for the base block: nothing below it is in memory. */
  parent: Link | undefined;
  /** What the block changed; undefined for the base block, and for those whose changes are read from the store's rows. */
  diff: StateDiff | undefined;
}

/** Settings, for tests. */
export interface ChainOptions {
  /** Canonical blocks whose layers are in memory: more than become final in the usual time, so that rows are rarely needed. */
  readonly layersInMemory?: number;
}

const LAYERS_IN_MEMORY = 96;

/** Opens the chain that the store holds. @throws SeroError `store/damaged` */
export function openChain(store: Store, log: Log = silent, options: ChainOptions = {}): Chain {
  const inMemory = BigInt(options.layersInMemory ?? LAYERS_IN_MEMORY);
  const links = loadLinks(store);
  const start = store.pointers();
  if (!start) throw new SeroError("store/damaged", "This store holds no chain. Start with a new data directory.");
  let base = required(links, start.finalized);
  let head = required(links, start.head);
  let safe = required(links, start.safe);
  const listeners = new Set<(change: HeadChange) => void>();

  const known = (hash: Uint8Array): Link | undefined => links.get(hexDigits(hash));

  function notify(change: HeadChange): void {
    for (const listener of listeners) {
      try {
        listener(change);
      } catch (error) {
        // The head has moved and is on disk: whoever cannot follow must not make the engine say otherwise.
        const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
        log({
          level: "error",
          event: "chain/listener",
          message: `A part of the node failed to follow the head: ${reason}`,
        });
      }
    }
  }

  function canonicalEntry(link: Link): CanonicalEntry {
    const txids: readonly TxId[] = store.body(link.hash)?.txids ?? [];
    return { number: link.number, hash: link.hash, txids };
  }

  function stateOf(hash: Uint8Array): { readonly link: Link; readonly state: StateBackend } {
    const link = known(hash);
    if (!link) {
      throw new SeroError("state/forgotten", "The state of this block is not kept. Ask for a newer block.", {
        hash: toHex(hash),
      });
    }
    const { layers, reads, bottom } = layersOf(link);
    // The rows of a branch are removed when it is left; its changes are in memory again then.
    const isKept = (): boolean => known(hash) === link && (bottom === base || bottom.diff === undefined);
    return { link, state: stateView(link.header.stateRoot, layers, reads, isKept) };
  }

  /** What to read a block's state from: layers in memory down to `bottom`, below them rows or the base. */
  function layersOf(link: Link): { layers: StateDiff[]; reads: BaseReads; bottom: Link } {
    const layers: StateDiff[] = [];
    let at = link;
    for (; at !== base && at.diff; at = parentOf(at)) layers.push(at.diff);
    return { layers, reads: at === base ? store.base : store.readsAt(at.number), bottom: at };
  }

  /** A block's changes, from the store where memory does not hold them. */
  function layerOf(link: Link): Layer {
    const diff = link.diff ?? store.layer(link.hash);
    if (!diff) throw damaged(link.hash);
    return { hash: link.hash, number: link.number, diff };
  }

  /**
   * Which canonical blocks get rows with a new head, and which lose them.
   *
   * @param fork newest block that the old head and the new one have in common
   */
  function moveRows(fork: Link, joined: readonly Link[], left: readonly Link[], final: Link, next: Link) {
    const sunk = store.sunkThrough();
    const raise = left.filter(({ number }) => number <= sunk);
    const kept = fork.number < sunk ? fork.number : sunk;
    const wanted = next.number - inMemory;
    const floor = kept > final.number ? kept : final.number;
    const sink: Link[] = [];
    for (let at = joined.at(-1) ?? fork; at !== base && at.number > floor; at = parentOf(at)) {
      if (at.number <= wanted) sink.unshift(at);
    }
    const newest = sink.at(-1)?.number ?? floor;
    return { raise, sink, sunkThrough: newest > floor ? newest : floor };
  }

  /** Hash of the block of this number that `link` descends from, or of `link` itself. */
  function ancestorHash(link: Link, number: bigint): BlockHash | undefined {
    let at: Link | undefined = link;
    while (at && at.number > number) at = at.parent;
    if (at) return at.number === number ? at.hash : undefined;
    // What is older than the links in memory is final, so of every branch that is left.
    return store.canonicalHash(number);
  }

  return {
    head: () => head,
    safe: () => safe,
    finalized: () => base,
    get: known,
    isCanonical(hash) {
      const link = known(hash);
      return link !== undefined && isAncestor(link, head);
    },
    isFinal(hash) {
      const header = store.header(hash);
      if (!header) return false;
      const { number } = decodeHeader(header);
      const canonical = number <= base.number ? store.canonicalHash(number) : undefined;
      return canonical !== undefined && equalBytes(canonical, hash);
    },
    state: (hash) => stateOf(hash).state,
    parent(hash) {
      const { link, state } = stateOf(hash);
      return { header: link.header, state, blockHash: (number) => ancestorHash(link, number) };
    },
    insert(result) {
      const existing = known(result.hash);
      if (existing) return existing;
      const parent = known(result.header.parentHash);
      const parentTree = parent && store.tree(parent.hash);
      if (!parent || !parentTree) {
        throw new SeroError("chain/unknown-parent", "A block can be stored only after its parent.", {
          parentHash: toHex(result.header.parentHash),
        });
      }
      const link: Link = {
        hash: result.hash,
        number: result.header.number,
        header: result.header,
        parent,
        diff: result.diff,
      };
      const { layers, reads } = layersOf(link);
      const state = stateView(result.header.stateRoot, layers, reads, () => true);
      store.putBlock(storedBlock(result, treeRecordOf(state, { hash: parent.hash, tree: parentTree })));
      links.set(hexDigits(result.hash), link);
      return link;
    },
    setForkchoice(choice) {
      const next = known(choice.head);
      if (!next) throw new SeroError("chain/unknown-head", "The new head is not known.", { head: toHex(choice.head) });
      const nextSafe = choice.safe ? ancestorNamed(links, choice.safe, next, base, "safe") : safe;
      const final = choice.finalized ? ancestorNamed(links, choice.finalized, next, base, "finalized") : base;
      const left: Link[] = [];
      const joined: Link[] = [];
      let old = head;
      let fresh = next;
      while (old !== fresh) {
        if (old.number >= fresh.number) {
          left.push(old);
          old = parentOf(old);
        } else {
          joined.unshift(fresh);
          fresh = parentOf(fresh);
        }
      }
      const finalize = path(base, final);
      // A safe block on a branch that was left means nothing any more.
      const keptSafe = isAncestor(nextSafe, next) && nextSafe.number >= final.number ? nextSafe : final;
      const forget = final === base ? [] : [...links.values()].filter((link) => !isRelated(link, final));
      const rows = moveRows(old, joined, left, final, next);
      const raised = rows.raise.map(layerOf);
      store.setForkchoice({
        pointers: { head: next.hash, safe: keptSafe.hash, finalized: final.hash },
        leave: left.map(canonicalEntry),
        join: joined.map(canonicalEntry),
        finalize: finalize.map(layerOf),
        sink: rows.sink.map(layerOf),
        raise: raised,
        sunkThrough: rows.sunkThrough,
        forget: forget.map((link) => link.hash),
      });
      rows.raise.forEach((link, i) => (link.diff = raised[i]?.diff));
      for (const link of rows.sink) link.diff = undefined;
      for (const link of forget) links.delete(hexDigits(link.hash));
      if (final !== base) {
        for (const link of [base, ...finalize]) links.delete(hexDigits(link.hash));
        links.set(hexDigits(final.hash), final);
        base = final;
        base.parent = undefined;
        base.diff = undefined;
      }
      head = next;
      safe = keptSafe;
      const change: HeadChange = { head, joined, left };
      if (joined.length > 0 || left.length > 0) notify(change);
      return change;
    },
    onHead(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The block as the store keeps it. */
export function storedBlock(result: Omit<BlockResult, "requests">, tree: StoredBlock["tree"]): StoredBlock {
  return {
    hash: result.hash,
    header: encodeHeader(result.header),
    body: { transactions: result.transactions, withdrawals: result.withdrawals, txids: result.txids },
    receipts: result.receipts,
    details: result.details,
    compact: result.compact,
    tree,
    diff: result.diff,
  };
}

function loadLinks(store: Store): Map<string, Link> {
  const pointers = store.pointers();
  const links = new Map<string, Link>();
  if (!pointers) return links;
  const headerOf = (hash: BlockHash): Header => {
    const bytes = store.header(hash);
    if (!bytes) throw damaged(hash);
    return decodeHeader(bytes);
  };
  const base = headerOf(pointers.finalized);
  links.set(hexDigits(pointers.finalized), {
    hash: pointers.finalized,
    number: base.number,
    header: base,
    parent: undefined,
    diff: undefined,
  });
  const sunk = store.sunkThrough();
  const layers = store.layerHashes().map((hash) => ({ hash, header: headerOf(hash) }));
  layers.sort((a, b) => (a.header.number < b.header.number ? -1 : a.header.number > b.header.number ? 1 : 0));
  for (const { hash, header } of layers) {
    const parent = links.get(hexDigits(header.parentHash));
    if (!parent) throw damaged(header.parentHash);
    const { number } = header;
    const canonical = number <= sunk ? store.canonicalHash(number) : undefined;
    const hasRows = canonical !== undefined && equalBytes(canonical, hash);
    links.set(hexDigits(hash), { hash, number, header, parent, diff: hasRows ? undefined : store.layer(hash) });
  }
  return links;
}

function required(links: ReadonlyMap<string, Link>, hash: BlockHash): Link {
  const link = links.get(hexDigits(hash));
  if (!link) throw damaged(hash);
  return link;
}

function damaged(hash: Uint8Array): SeroError {
  return new SeroError(
    "store/damaged",
    "The block store misses a block it must have. Restore the data directory from a copy, or let the node sync again.",
    { hash: toHex(hash) },
  );
}

function parentOf(link: Link): Link {
  if (!link.parent) {
    throw new SeroError("chain/below-finality", "The new head does not descend from the finalized block.", {
      hash: toHex(link.hash),
    });
  }
  return link.parent;
}

/** Whether `ancestor` is `link` or one of its ancestors. */
function isAncestor(ancestor: Link, link: Link): boolean {
  let at: Link | undefined = link;
  while (at && at.number > ancestor.number) at = at.parent;
  return at === ancestor;
}

/** Whether one of the two descends from the other, so that neither rules the other out. */
function isRelated(link: Link, final: Link): boolean {
  return link.number <= final.number ? isAncestor(link, final) : isAncestor(final, link);
}

/** The blocks above `from` up to `to`, oldest first. */
function path(from: Link, to: Link): Link[] {
  const blocks: Link[] = [];
  for (let at = to; at !== from; at = parentOf(at)) blocks.unshift(at);
  return blocks;
}

function ancestorNamed(
  links: ReadonlyMap<string, Link>,
  hash: Uint8Array,
  head: Link,
  base: Link,
  role: "safe" | "finalized",
): Link {
  const link = links.get(hexDigits(hash));
  if (link && isAncestor(link, head)) return link;
  throw new SeroError("chain/bad-forkchoice", `The ${role} block is not an ancestor of the head.`, {
    [role]: toHex(hash),
    head: toHex(head.hash),
    finalizedNumber: base.number.toString(),
  });
}
