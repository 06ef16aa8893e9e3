import { SeroError, type EthAddress } from "@sero/protocol";
import type { WalletContext } from "../wallet/context.js";
import { assetsOn } from "./leftovers.js";
import { prepareCall, type PreparedCall } from "./prepare.js";
import type { ExpectedReturn, PublicAmount, SweepOptions, Unseen } from "./types.js";

/** Entries of one sweep: each may run a foreign contract, and each that refuses takes a round of `prepareCall`. */
const MAX_SWEPT = 12;

/**
 * Plans a transaction without calls that takes what lies on a pseudonym into the shielded balance;
 * its gas is paid from there, or, if it is the `payer`, from the pseudonym's own coin. A token whose
 * contract refuses is left out, and the report says so. Throws sweep/nothing, and as prepareCall.
 */
export async function prepareSweep(
  context: WalletContext,
  pseudonym: EthAddress,
  options: SweepOptions = {},
): Promise<PreparedCall> {
  const { tokens, ...how } = options;
  const { assets, unseen } = await assetsOn(context, pseudonym, tokens);
  const expected = assets.flatMap((asset): ExpectedReturn[] => expectedOf(asset));
  const hasCoin = assets.some(({ kind }) => kind === "coin");
  let coinOnly: PreparedCall | undefined;
  let failed: unknown;
  // Whoever knows a pseudonym can send it tokens that refuse to leave: those must not stand in the way of the rest.
  for (let from = 0; from === 0 || from < expected.length; from += MAX_SWEPT) {
    const expect = expected.slice(from, from + MAX_SWEPT);
    if (expect.length === 0 && !hasCoin) break;
    try {
      const prepared = await prepareCall(context, { calls: [], pseudonym, bring: [], expect, ...how });
      if (expect.length === 0 || prepared.report.returns.some(({ kind }) => kind !== "coin"))
        return withUnseen(prepared, unseen);
      if (hasCoin) coinOnly ??= prepared;
    } catch (error) {
      if (!isOfContracts(error)) throw error;
      failed ??= error;
    }
  }
  if (coinOnly !== undefined) return withUnseen(coinOnly, unseen);
  throw (
    failed ??
    new SeroError(
      "sweep/nothing",
      ["Nothing that could be taken in lies on that pseudonym.", ...unseenSentences(unseen)].join(" "),
    )
  );
}

/** What may lie on a pseudonym without having been looked at, in plain sentences. */
export const unseenSentences = ({ leftOut, eventsMissing }: Unseen): string[] => [
  ...(leftOut === 0
    ? []
    : [
        `Its events name ${leftOut} more ${leftOut === 1 ? "token or ticket" : "tokens and tickets"}, mostly rubbish where there are so many, that were not looked at: name what you expect there.`,
      ]),
  ...(eventsMissing
    ? [
        "The node does not have all events, so tokens that came to it long ago may not be seen: name what you expect there, or ask a node that keeps everything.",
      ]
    : []),
];

function withUnseen(prepared: PreparedCall, unseen: Unseen): PreparedCall {
  const more = unseenSentences(unseen);
  const { report } = prepared;
  return more.length === 0
    ? prepared
    : {
        ...prepared,
        report: {
          ...report,
          warnings: [...report.warnings, ...more],
          sentences: [...report.sentences, ...more.map((warning) => `Mind: ${warning}`)],
        },
      };
}

/** Whether the contracts of some entries are to blame, so that others may do. */
const isOfContracts = (error: unknown): boolean =>
  error instanceof SeroError &&
  ["call/would-fail", "call/unsettled", "call/gas", "call/too-many-returns"].includes(error.code);

const expectedOf = ({ kind, token, id }: PublicAmount): ExpectedReturn[] =>
  kind === "coin" || token === undefined
    ? []
    : [kind === "token" ? { kind, token } : { kind, token, ...(id === undefined ? {} : { id }) }];
