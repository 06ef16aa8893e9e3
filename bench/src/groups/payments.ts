import { ensureSpendArtifacts } from "@sero/circuits";
import { openRules } from "@sero/execution";
import { decodeTransaction } from "@sero/protocol";
import type { Group } from "../measure.js";
import { realPayments } from "../payments/cache.js";
import { benchSpec } from "../payments/chain.js";
import { proofsOff } from "../payments/verifiers.js";

/** Makes the payments that the next groups verify and import, or finds them made, and says how large one is. */
export const payments: Group = async ({ payments: count, progress }) => {
  const artifacts = await ensureSpendArtifacts();
  const rules = await openRules({ spec: benchSpec(), verifier: proofsOff() });
  const made = await realPayments(artifacts, rules, count, (done) =>
    progress(done / count, `proof ${done + 1} of ${count}`),
  );
  const [first] = made;
  if (first === undefined) throw new RangeError("At least one payment is needed.");
  const { bundles, memos } = decodeTransaction(first);
  if (bundles.length !== 1 || memos.length !== 1) throw new Error("The payment is not of one bundle and one chunk.");
  return { "tx.bytes": first.length };
};
