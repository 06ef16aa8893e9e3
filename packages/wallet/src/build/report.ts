import { COIN_SYMBOL, formatAmount, type ChainSpec } from "@sero/protocol";
import type { PaymentRequest, PublicFacts, SendReport } from "../types.js";

const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** The report on transactions about to be made, in plain words. */
export function reportOf(
  facts: readonly PublicFacts[],
  later: readonly PaymentRequest[],
  spec: Pick<ChainSpec, "priceLadder" | "slotSeconds">,
): SendReport {
  const totalFee = facts.reduce((sum, { fee }) => sum + fee, 0n);
  const sentences: string[] = [];
  if (facts.length > 1)
    sentences.push(
      `This needs ${facts.length} transactions. Sent at the same time, observers may guess that they belong together.`,
    );
  facts.forEach((fact, i) => {
    const name = facts.length > 1 ? `Transaction ${i + 1}` : "The transaction";
    sentences.push(
      `${name} shows everybody: a fee of ${formatAmount(fact.fee)} ${COIN_SYMBOL} (price step ${fact.priceStep} of 0 to ${spec.priceLadder.length - 1}), ` +
        `${plural(fact.bundles, "bundle")}, ${plural(fact.memoChunks, "memo chunk")}, ` +
        `that it expires after block ${fact.expiry}, and that it was made at about block ${fact.anchorBlock}.`,
    );
  });
  const most = Math.max(0, ...facts.map(({ bundles }) => bundles));
  if (most > 1)
    sentences.push(
      "More than one bundle tells that many notes were joined or many people paid; not which, nor how much.",
    );
  if (facts.some(({ memoChunks }) => memoChunks > 1))
    sentences.push("The number of memo chunks tells roughly how long the memos are.");
  if (facts.some(({ priceStep }) => priceStep !== 0))
    sentences.push("Most wallets pay price step 0; another step sets you apart a little.");
  sentences.push(
    `When it is sent is visible to the node that you send it through, and its block to everybody. It is good for about ${durationOf(256 * spec.slotSeconds)}.`,
  );
  sentences.push(
    "Hidden from everybody: who pays, who is paid, which asset, the amounts, the memos, and which notes are spent.",
  );
  if (later.length > 0)
    sentences.push(
      `${plural(later.length, "payment")} must wait for the change of what is sent now; prepare what is left again once that is mined.`,
    );
  return { transactions: facts, totalFee, later, sentences };
}

const durationOf = (seconds: number): string =>
  seconds < 120 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
