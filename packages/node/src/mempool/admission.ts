import type { TransactionDraft } from "@sero/execution";
import { hexDigits, keccak256, MAX_TRANSACTION_BYTES, type SeroError, type Validity } from "@sero/protocol";
import { nullifiersOf, type Entries } from "./entries.js";
import { nullifierHeld, pseudonymBusy, tooManyBad } from "./errors.js";
import { openRejectedCache } from "./rejected.js";
import type { Room } from "./room.js";
import type { PoolRules } from "./rules.js";
import type { PoolSettings } from "./settings.js";
import type { Sources } from "./sources.js";
import type { Standing } from "./standing.js";
import type { VerificationQueue } from "./verification.js";
import type { VerifiedCache } from "./verified.js";

/** The way into the pool. */
export interface Admission {
  /**
   * All checks of one transaction, what costs least first.
   *
   * @throws SeroError the reason it is refused
   */
  admit(bytes: Uint8Array, source: string): Promise<Standing>;
  /**
   * What is known of a draft without a look at its keys and proofs: undefined if it is new and fits.
   *
   * @param wasMined says that an abandoned block held it, which gives it the place of others that pay the same
   * @throws SeroError why it does not fit
   */
  standingOf(draft: TransactionDraft, wasMined?: boolean): Standing | undefined;
}

/** What the way into the pool is made of. */
export interface AdmissionParts {
  readonly rules: PoolRules;
  readonly entries: Entries;
  readonly room: Room;
  readonly verified: VerifiedCache;
  readonly sources: Sources;
  readonly queue: VerificationQueue;
  readonly settings: PoolSettings;
}

/** What may be good after an upgrade is no offence and not remembered. */
const notYet = (code: string): boolean => code.endsWith("-not-active") || code === "tx/circuit";

/** Opens the way into a pool. */
export function openAdmission({ rules, entries, room, verified, sources, queue, settings }: AdmissionParts): Admission {
  const rejected = openRejectedCache(settings.rejectedKept, settings.rejectedPerSource);
  let rejectedUnder = rules.rulesNow();

  /** What was false or not active before an upgrade may be good after it. */
  function followRules(): void {
    if (rejectedUnder === rules.rulesNow()) return;
    rejected.clear();
    rejectedUnder = rules.rulesNow();
  }

  function offend(source: string, weight: "proof" | "bytes", code: string): void {
    sources.blame(source, weight);
    // Near an upgrade honest nodes may differ in their rules: their attempts are counted, but nobody is told of them.
    if (rules.isSteady()) settings.onOffence(source, code);
  }

  function reject(bytesHash: string, source: string, error: SeroError): void {
    followRules();
    rejected.add(bytesHash, error, source);
  }

  /** The same bytes, verified before, from a block that was abandoned, say: good proofs depend on nothing but the rules. */
  function known(bytesHash: string, { rulesAt }: TransactionDraft): Standing | undefined {
    const copy = verified.get(bytesHash);
    return copy?.rulesAt === rulesAt ? { is: "new", checked: copy, bytesHash } : undefined;
  }

  function expectKnownGood(bytesHash: string, source: string): void {
    const before = rejected.get(bytesHash);
    if (!before) return;
    offend(source, "bytes", before.code);
    throw before;
  }

  function draftOf(bytes: Uint8Array, bytesHash: string, source: string): TransactionDraft {
    const verdict: Validity<TransactionDraft> = rules.draft(bytes);
    if (verdict.ok) return verdict.value;
    if (!notYet(verdict.error.code)) {
      offend(source, "bytes", verdict.error.code);
      if (bytesHash !== "") reject(bytesHash, source, verdict.error);
    }
    throw verdict.error;
  }

  function standingOf(draft: TransactionDraft, wasMined = false): Standing | undefined {
    const waiting = draft.tx.call && entries.ofPseudonym(draft.tx.call.pseudonym);
    const holders = nullifiersOf(draft).flatMap((nullifier) => entries.holder(nullifier) ?? []);
    if (waiting || holders.length > 0) {
      // Only now is its identity worth computing: a copy of what waits spends what that spends.
      const txid = rules.txidOf(draft);
      const entry = entries.get(hexDigits(txid));
      if (entry) return { is: "waiting", entry };
      // What waits may be what its pseudonym sent after it.
      if (rules.isMined(txid)) return { is: "mined", txid };
    }
    // A nullifier belongs to the first verified transaction that spends it; a pseudonym has one transaction waiting. That one, which nobody
    // else can have signed, gives way to another of the same pseudonym that pays a better price.
    if (waiting && waiting.price >= draft.price) throw pseudonymBusy(`0x${waiting.id}`);
    const holder = holders.find((entry) => entry !== waiting);
    if (holder) throw nullifierHeld(`0x${holder.id}`);
    const verdict = rules.checkState(draft);
    if (!verdict.ok) {
      // What is mined has spent its own nullifiers.
      const txid = rules.txidOf(draft);
      if (rules.isMined(txid)) return { is: "mined", txid };
      throw verdict.error;
    }
    room.require(draft.bytes.length, draft.price, wasMined);
    return undefined;
  }

  return {
    standingOf,
    async admit(bytes, source) {
      if (sources.isRefused(source)) throw tooManyBad();
      followRules();
      // What is too long is not even hashed.
      const bytesHash = bytes.length > MAX_TRANSACTION_BYTES ? "" : hexDigits(keccak256(bytes));
      expectKnownGood(bytesHash, source);
      const same = entries.byBytes(bytesHash);
      if (same) return { is: "waiting", entry: same };
      const draft = draftOf(bytes, bytesHash, source);
      const before = standingOf(draft);
      if (before) return before;
      return (
        known(bytesHash, draft) ??
        queue.check({
          source,
          draft,
          bytesHash,
          look() {
            expectKnownGood(bytesHash, source);
            return standingOf(draft) ?? known(bytesHash, draft);
          },
          onFalse(error) {
            offend(source, "proof", error.code);
            // Under the rules of then: an upgrade may have come since.
            if (draft.rulesAt === rules.rulesNow()) reject(bytesHash, source, error);
          },
        })
      );
    },
  };
}
