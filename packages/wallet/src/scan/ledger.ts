import {
  slotMaker,
  toHex,
  type Inner,
  type Nullifier,
  type PackageId,
  type Slot,
  type SlotMaker,
} from "@sero/protocol";
import type { OwnedNote, PackageContents, SentTransaction } from "../types.js";
import type { ScanAccount } from "./types.js";

/** Slots looked for beyond the last one used. */
export const SLOT_GAP = 20n;
/** Inners looked for of one's own transaction with a call phase. */
const INNERS_PER_CALL = 128;

/** An inner of ours that the chain may complete. */
interface Expected {
  readonly account: number;
  readonly origin: "slot" | "return";
  readonly slot: Slot;
  /** Of receive slots; undefined for those of one transaction. */
  readonly counter: bigint | undefined;
}

/** A call phase of ours: what came back from it is found by its first nullifier. */
export interface OwnCall {
  readonly account: number;
  readonly nf0: Nullifier;
  readonly block: bigint;
}

/** What `exportLedger` gives and `openLedger` takes: plain data. */
export interface LedgerData {
  readonly notes: readonly OwnedNote[];
  readonly sent: readonly SentTransaction[];
  readonly calls: readonly OwnCall[];
  readonly packages: readonly PackageContents[];
}

/** Everything the chain says about our accounts, up to the last block applied. */
export interface Ledger {
  readonly accounts: readonly ScanAccount[];
  readonly notes: ReadonlyMap<bigint, OwnedNote>;
  readonly sent: ReadonlyMap<string, SentTransaction>;
  readonly calls: readonly OwnCall[];
  /** By `packageKeyOf`: what we know of packages, one for each account that knows it. */
  readonly packages: ReadonlyMap<string, PackageContents>;
  /** What our accounts know of a package. */
  packagesOf(id: PackageId): readonly PackageContents[];
  noteOfNullifier(nullifier: Nullifier): OwnedNote | undefined;
  expectedInner(inner: Inner): Expected | undefined;
  addNote(note: OwnedNote): void;
  /** Marks the note spent. */
  spend(note: OwnedNote, block: bigint, txid: SentTransaction["txid"]): void;
  addSent(entry: SentTransaction): void;
  addCall(call: OwnCall): void;
  /** Books contents; those known already (we sent them to ourselves) are known both ways then. */
  addPackage(contents: PackageContents): void;
  releasePackage(contents: PackageContents, block: bigint, leafIndex: bigint): void;
  /** Takes back everything that blocks after `block` did. */
  rewind(block: bigint): void;
  /** Whether `takeChanges` would give any. */
  readonly hasChanges: boolean;
  /** Keys of records changed since the last call: note/<leaf>, sent/<account>/<txid>, package/<account>/<id>, calls. */
  takeChanges(): ReadonlySet<string>;
}

/** Key of a note's record. */
export const noteKeyOf = (leafIndex: bigint): string => `note/${leafIndex}`;
/** Key of a sent transaction's record: one for each account that spent in it. */
export const sentKeyOf = (entry: Pick<SentTransaction, "account" | "txid">): string =>
  `sent/${entry.account}/${toHex(entry.txid)}`;

/** Key of a package's record. */
export const packageKeyOf = ({ account, id }: Pick<PackageContents, "account" | "id">): string =>
  `package/${account}/${toHex(id)}`;

/** A ledger with the given contents. */
export function openLedger(
  accounts: readonly ScanAccount[],
  data: LedgerData = { notes: [], sent: [], calls: [], packages: [] },
): Ledger {
  // In the order of the chain, as a scan books them: whoever goes through them sees the same after a restart.
  const inOrder = [...data.notes].sort((a, b) => (a.leafIndex < b.leafIndex ? -1 : 1));
  const notes = new Map(inOrder.map((note) => [note.leafIndex, note]));
  const sent = new Map(data.sent.map((entry) => [sentKeyOf(entry), entry]));
  const nullifiers = new Map<Nullifier, bigint>();
  for (const note of notes.values()) if (note.nullifier !== undefined) nullifiers.set(note.nullifier, note.leafIndex);
  const packages = new Map(data.packages.map((entry) => [packageKeyOf(entry), entry]));
  let calls = [...data.calls];
  let changes = new Set<string>();
  // Hundreds of hashes a call: made when the first completed note is looked at, not whenever a wallet is opened.
  let made: ExpectedInners | undefined;
  const expected = (): ExpectedInners => (made ??= expectedInners(accounts, [...notes.values()], calls));

  const put = (note: OwnedNote): void => {
    notes.set(note.leafIndex, note);
    changes.add(noteKeyOf(note.leafIndex));
  };
  const putPackage = (contents: PackageContents): void => {
    packages.set(packageKeyOf(contents), contents);
    changes.add(packageKeyOf(contents));
  };
  return {
    accounts,
    notes,
    sent,
    packages,
    packagesOf: (id) =>
      accounts.flatMap(({ account }) => {
        const found = packages.get(packageKeyOf({ account, id }));
        return found === undefined ? [] : [found];
      }),
    get calls() {
      return calls;
    },
    noteOfNullifier: (nullifier) => {
      const leafIndex = nullifiers.get(nullifier);
      return leafIndex === undefined ? undefined : notes.get(leafIndex);
    },
    expectedInner: (inner) => expected().inners.get(inner),
    addNote: (note) => {
      put(note);
      if (note.nullifier !== undefined) nullifiers.set(note.nullifier, note.leafIndex);
      const entry = note.origin === "slot" ? expected().inners.get(note.inner) : undefined;
      if (entry?.counter !== undefined) expected().used(entry.account, entry.counter);
    },
    spend: (note, block, txid) => put({ ...note, spent: { block, txid } }),
    addSent: (entry) => {
      sent.set(sentKeyOf(entry), entry);
      changes.add(sentKeyOf(entry));
    },
    addCall: (call) => {
      calls.push(call);
      changes.add("calls");
      made?.called(call);
    },
    addPackage: (contents) => {
      const before = packages.get(packageKeyOf(contents));
      putPackage(
        before === undefined
          ? contents
          : {
              ...before,
              own: before.own || contents.own,
              sent: before.sent || contents.sent,
              address: before.address ?? contents.address,
            },
      );
    },
    releasePackage: (contents, block, leafIndex) => putPackage({ ...contents, released: { block, leafIndex } }),
    rewind: (block) => {
      for (const note of [...notes.values()]) {
        if (note.block > block) {
          notes.delete(note.leafIndex);
          if (note.nullifier !== undefined) nullifiers.delete(note.nullifier);
          changes.add(noteKeyOf(note.leafIndex));
        } else if (note.spent !== undefined && note.spent.block > block) {
          put({ ...note, spent: undefined });
        }
      }
      for (const [key, entry] of [...sent]) {
        if (entry.block <= block) continue;
        sent.delete(key);
        changes.add(key);
      }
      for (const [key, contents] of [...packages]) {
        if (contents.block > block) {
          packages.delete(key);
          changes.add(key);
        } else if (contents.released !== undefined && contents.released.block > block) {
          putPackage({ ...contents, released: undefined });
        }
      }
      if (calls.some((call) => call.block > block)) {
        calls = calls.filter((call) => call.block <= block);
        changes.add("calls");
      }
      // From scratch, so that the slots looked for are those that a fresh scan of the remaining blocks would look for.
      made = undefined;
    },
    get hasChanges() {
      return changes.size > 0;
    },
    takeChanges: () => {
      const taken = changes;
      changes = new Set();
      return taken;
    },
  };
}

interface ExpectedInners {
  readonly inners: ReadonlyMap<Inner, Expected>;
  /** Slot `counter` was used: looks SLOT_GAP further. */
  used(account: number, counter: bigint): void;
  called(call: OwnCall): void;
}

function expectedInners(
  accounts: readonly ScanAccount[],
  notes: readonly OwnedNote[],
  calls: readonly OwnCall[],
): ExpectedInners {
  const inners = new Map<Inner, Expected>();
  const next = new Map<number, bigint>();
  const makers = new Map(
    accounts.flatMap(({ account, full }): [number, SlotMaker][] =>
      full === undefined ? [] : [[account, slotMaker(full)]],
    ),
  );
  const extend = (account: number, end: bigint): void => {
    const maker = makers.get(account);
    if (maker === undefined) return;
    for (let counter = next.get(account) ?? 0n; counter < end; counter++) {
      const slot = maker.receive(counter);
      inners.set(slot.inner, { account, origin: "slot", slot, counter });
      next.set(account, counter + 1n);
    }
  };
  const called = ({ account, nf0 }: OwnCall): void => {
    const maker = makers.get(account);
    if (maker === undefined) return;
    for (let i = 0; i < INNERS_PER_CALL; i++) {
      const back = maker.returned(nf0, i);
      const handedOver = maker.onchain(nf0, i);
      inners.set(back.inner, { account, origin: "return", slot: back, counter: undefined });
      inners.set(handedOver.inner, { account, origin: "slot", slot: handedOver, counter: undefined });
    }
  };
  for (const { account } of accounts) extend(account, SLOT_GAP);
  for (const call of calls) called(call);
  // Oldest first: using a slot is what brings later ones into view.
  for (const note of [...notes].sort((a, b) => (a.leafIndex < b.leafIndex ? -1 : 1))) {
    const entry = note.origin === "slot" ? inners.get(note.inner) : undefined;
    if (entry?.counter !== undefined) extend(entry.account, entry.counter + 1n + SLOT_GAP);
  }
  return { inners, used: (account, counter) => extend(account, counter + 1n + SLOT_GAP), called };
}
