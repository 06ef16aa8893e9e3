import type { CheckedTransaction } from "@sero/execution";
import { hexDigits, keccak256, MAX_EXPIRY_AHEAD, SeroError } from "@sero/protocol";
import type { Admission } from "./admission.js";
import type { Entries } from "./entries.js";
import type { PoolRules } from "./rules.js";

/** A transaction of a block that left the canonical chain, and that block's timestamp, under whose rules its proofs were checked. */
export interface AbandonedTransaction {
  readonly bytes: Uint8Array;
  readonly timestamp: bigint;
}

/** What the blocks that joined the chain used up. */
export interface UsedUp {
  readonly nullifiers: readonly bigint[];
  /** Whose nonces moved. */
  readonly pseudonyms: readonly Uint8Array[];
  /** Whether blocks left the chain too: then accounts may have gone back as well as forth. */
  readonly isReorganisation?: boolean;
}

/**
 * Drops what a change of head leaves void: spent, of a nonce that moved, expired, of old rules, or proved under an anchor that is gone. What
 * nothing but its own pseudonym can void needs no other look: validity reads no balance of others. The state is asked once an anchor: a full
 * pool must not hold up the node at every block (attack E38).
 */
export function dropVoid(entries: Entries, rules: PoolRules, used: UsedUp): void {
  for (const holder of used.nullifiers.map(entries.holder)) if (holder) entries.remove(holder.id);
  // Its nonce is behind the account's now; if it was built upon a nonce that a reorganisation brought back, the state says so.
  for (const entry of used.pseudonyms.map(entries.ofPseudonym)) {
    if (entry && !rules.checkState(entry.checked).ok) entries.remove(entry.id);
  }
  const [number, rulesNow] = [rules.nextNumber(), rules.rulesNow()];
  const goodAnchors = new Set<bigint>();
  for (const { checked, id } of [...entries.byPrice()]) {
    const { anchor, expiry, call } = checked.tx;
    const isInTime = expiry >= number && expiry - number <= MAX_EXPIRY_AHEAD;
    const stands = isInTime && checked.rulesAt === rulesNow;
    // A reorganisation may give a nonce, a balance or a token's counter back to what it was.
    const asksOnlyAnchor = call === undefined || used.isReorganisation !== true;
    if (stands && asksOnlyAnchor && goodAnchors.has(anchor)) continue;
    if (stands && rules.checkState(checked).ok) goodAnchors.add(anchor);
    else entries.remove(id);
  }
}

/** Holds all that waits against the state, one by one. */
export function dropAllVoid(entries: Entries, rules: PoolRules): void {
  for (const { checked, id } of [...entries.byPrice()]) if (!rules.checkState(checked).ok) entries.remove(id);
}

/** Takes back what abandoned blocks held, in slices. */
export interface Returning {
  /** The first slice at once, the rest in turns of its own; what came before is finished first. */
  add(abandoned: Iterable<AbandonedTransaction>): void;
  /** When nothing is left to take back. */
  idle(): Promise<void>;
  close(): void;
}

/** So many in one go: about 30 ms. A deep reorganisation must not hold up the node. */
const SLICE = 256;

/** @param insert puts in what fits; throws SeroError where it doesn't */
export function openReturning(
  rules: PoolRules,
  admission: Pick<Admission, "standingOf">,
  insert: (checked: CheckedTransaction, bytesHash: string) => void,
): Returning {
  const sources: Iterator<AbandonedTransaction>[] = [];
  let running: Promise<void> | undefined;
  let isClosed = false;

  function takeSlice(): AbandonedTransaction[] {
    const slice: AbandonedTransaction[] = [];
    while (slice.length < SLICE && sources[0]) {
      const next = sources[0].next();
      if (next.done) sources.shift();
      else slice.push(next.value);
    }
    return slice;
  }

  /** Their proofs were checked when their block was: they need only fit the new branch, under the rules that they were checked under. */
  function takeBack(slice: readonly AbandonedTransaction[]): void {
    const drafts = slice.flatMap(({ bytes, timestamp }) => {
      const verdict = rules.draft(bytes, timestamp);
      return verdict.ok && fits(() => admission.standingOf(verdict.value, true) === undefined) ? [verdict.value] : [];
    });
    for (const verdict of rules.complete(drafts)) {
      // Again, since one of the slice may have taken another's place.
      if (verdict.ok && fits(() => admission.standingOf(verdict.value, true) === undefined))
        fits(() => insert(verdict.value, hexDigits(keccak256(verdict.value.bytes))));
    }
  }

  async function run(): Promise<void> {
    while (sources.length > 0 && !isClosed) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isClosed) takeBack(takeSlice());
    }
    running = undefined;
  }

  return {
    add(abandoned) {
      sources.push(abandoned[Symbol.iterator]());
      if (running) return;
      takeBack(takeSlice());
      if (sources.length > 0) running = run();
    },
    idle: async () => running,
    close() {
      isClosed = true;
      sources.splice(0);
    },
  };
}

/** Whether `step` is true or done; what no longer fits the new branch is its sender's wallet's to notice and decide. */
function fits(step: () => boolean | void): boolean {
  try {
    return step() !== false;
  } catch (error) {
    if (error instanceof SeroError) return false;
    throw error;
  }
}
