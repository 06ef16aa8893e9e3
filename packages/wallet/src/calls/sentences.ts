import { COIN, COIN_SYMBOL, formatAmount, toHex, type AssetId } from "@sero/protocol";
import { scannedBlock } from "../scan/index.js";
import { tellingAmounts } from "../select/index.js";
import { departureSentences, grantSentence, grantsOf, outlivesCalls } from "./departures.js";
import type { Fit } from "./fit.js";
import type { Tried } from "./report.js";
import type { CallJob } from "./job.js";
import type { CallFacts, CallReport, PublicAmount, StayFacts } from "./types.js";

type Facts = Omit<CallReport, "warnings" | "sentences">;

const coins = (amount: bigint): string => `${formatAmount(amount)} ${COIN_SYMBOL}`;
const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Blocks in which an amount received is still remembered by those who watch: about an hour. */
const RECENT_BLOCKS = 900n;

/** The report in plain words: what becomes public, what comes back, and what to mind. */
export function reportSentences(
  job: CallJob,
  report: Facts,
  tried: Tried,
  plan: Pick<Fit["plan"], "bundles">,
): { readonly warnings: readonly string[]; readonly sentences: readonly string[] } {
  const logs = tried.report?.calls.flatMap((call) => call.logs) ?? [];
  const grants = report.pseudonym === undefined ? [] : grantsOf(logs, report.pseudonym.address);
  const isLasting = (grant: (typeof grants)[number]): boolean => outlivesCalls(grant, report);
  const warnings = [
    ...failureWarnings(report),
    ...departureSentences(tried.moves, logs, report),
    ...grants.filter(isLasting).map(grantSentence),
    ...pseudonymWarnings(report),
    ...recoveryWarnings(job, report, plan),
    ...contractWarnings(report),
    ...stayWarnings(report.stays),
    ...unaskedWarnings(tried),
    ...amountWarnings(job, report),
    ...noteWarnings(report, plan),
    ...tried.moves.foreign.map(
      (token) =>
        `Contract ${toHex(token)} sends things of the standard ERC-1155, which the shielded pool cannot hold; they stay on the pseudonym.`,
    ),
    ...habitWarnings(job, report),
  ];
  const sentences = [
    ...(report.pseudonym === undefined ? [] : [pseudonymSentence(report.pseudonym)]),
    ...report.calls.map(callSentence),
    ...grants.filter((grant) => !isLasting(grant)).map(grantSentence),
    `Everybody sees: ${publicSentence(report, job.isSelfPaid)}.`,
    ...(report.packages === 0 ? [] : [packageSentence(report)]),
    ...comesBack(report),
    `Hidden from everybody: who you are, ${job.isSelfPaid ? "" : "which notes are spent, where the funds came from, "}and who owns what comes back.${
      job.payments.length > job.packages.length
        ? " The payments inside stay hidden, and stand even if the calls fail."
        : ""
    }`,
    `It costs about ${coins(report.expectedFee)}, at most ${coins(report.maxFee)}; unused coin comes back by itself.`,
  ];
  return { warnings, sentences: [...sentences, ...warnings.map((warning) => `Mind: ${warning}`)] };
}

function pseudonymSentence({ address, kind, label, usedBefore }: NonNullable<Facts["pseudonym"]>): string {
  if (kind === "one-time" && usedBefore > 0)
    return `The contracts see the address ${toHex(address)} of an earlier call.`;
  return kind === "one-time"
    ? `The contracts see a new address, ${toHex(address)}, that is used for this transaction only.`
    : `The contracts see your kept pseudonym ${label === undefined ? "" : `"${label}" `}${toHex(address)}.`;
}

function callSentence(call: CallFacts, index: number): string {
  const name = call.name === undefined ? "" : ` (${call.name})`;
  const value = call.value === 0n ? "" : ` with ${coins(call.value)}`;
  if (call.to === undefined)
    return `Call ${index + 1} creates a contract${call.creates === undefined ? "" : ` at ${toHex(call.creates)}`} from ${plural(call.dataBytes, "byte")}${value}.`;
  const what =
    call.signature !== undefined
      ? `${call.signature}${call.arguments === undefined || call.arguments.length === 0 ? "" : ` with ${call.arguments.join(", ")}`}`
      : (call.selector ?? (call.dataBytes === 0 ? "nothing but the transfer" : plural(call.dataBytes, "byte")));
  return `Call ${index + 1} goes to ${toHex(call.to)}${name}${value}: ${what}.`;
}

function publicSentence(report: Facts, isSelfPaid: boolean): string {
  const { facts } = report;
  const parts = [
    ...report.brings.map(amountText),
    ...(report.calls.length === 0
      ? []
      : [
          `the contracts and the calldata (${plural(
            report.calls.reduce((sum, call) => sum + call.dataBytes, 0),
            "byte",
          )})`,
        ]),
    ...(report.pseudonym === undefined
      ? []
      : [`the gas limit ${report.gasLimit}`, "which assets come back, and how much"]),
    `a fee of ${coins(facts.fee)} and price step ${facts.priceStep}`,
    ...(isSelfPaid ? ["that the pseudonym's own coin pays for it and no note is spent"] : []),
    plural(facts.bundles, "bundle"),
    plural(facts.memoChunks, "memo chunk"),
    `that it expires after block ${facts.expiry}`,
  ];
  return parts.join("; ");
}

const amountText = ({ kind, token, id, amount }: PublicAmount): string =>
  kind === "coin"
    ? coins(amount)
    : kind === "ticket"
      ? `ticket ${id ?? 0n} of ${toHex(token ?? new Uint8Array(20))}`
      : `${amount} base units of the token ${toHex(token ?? new Uint8Array(20))}`;

const packageSentence = (report: Facts): string =>
  `${plural(report.packages, "output")} of it ${report.packages === 1 ? "becomes a package" : "become packages"}: everybody sees its id and who controls it, nobody what is inside. Until it is released it belongs to its controller together with whoever knows the contents, and whoever sealed it always does.`;

function comesBack({ returns }: Facts): string[] {
  const items = returns
    .filter(({ kind, leave }) => kind !== "coin" && !leave)
    .map(({ kind, token, id, amount }) => {
      const contract = toHex(token ?? new Uint8Array(20));
      if (kind === "token")
        return amount === undefined
          ? `what there is of the token ${contract}`
          : `${amount} base units of the token ${contract}`;
      return typeof id === "bigint"
        ? `ticket ${id} of ${contract}`
        : `up to ${plural(id?.any ?? 0, "ticket")} of ${contract}`;
    });
  return items.length === 0
    ? []
    : [`What comes back into your shielded balance, if the chain is then as it is now: ${items.join("; ")}.`];
}

const failureWarnings = ({ failure }: Facts): string[] =>
  failure === undefined
    ? []
    : [`Tried out now it fails: ${failure.reason} If you send it, the fee is paid and what you bring comes back.`];

const pseudonymWarnings = ({ pseudonym }: Facts): string[] =>
  pseudonym === undefined || pseudonym.usedBefore === 0
    ? []
    : [
        `This pseudonym has been used ${plural(pseudonym.usedBefore, "time")} before: everybody can see that one person did all of it. Coin that lies on it is taken in with the rest.`,
      ];

/** The memo by which a restored wallet finds a kept pseudonym is opened by change. */
const recoveryWarnings = (
  { memoToSelf }: CallJob,
  { pseudonym }: Facts,
  { bundles }: Pick<Fit["plan"], "bundles">,
): string[] =>
  memoToSelf !== undefined && (pseudonym?.usedBefore ?? 0) === 0 && bundles.every(({ change }) => change.length === 0)
    ? [
        "This leaves no change, in which a kept pseudonym is noted: until another transaction under it does, only this wallet's files have its key, and a wallet restored from the phrase does not find it.",
      ]
    : [];

const contractWarnings = ({ calls }: Facts): string[] =>
  calls.flatMap(({ to, hasCode, dataBytes }, index) =>
    to !== undefined && hasCode === false
      ? [
          `There is no contract at ${toHex(to)} (call ${index + 1}): ${dataBytes > 0 ? "the call does nothing" : "coin sent there leaves the shielded pool, for everybody to see, and belongs to whoever has that key"}.`,
        ]
      : [],
  );

const stayWarnings = (stays: readonly StayFacts[]): string[] =>
  stays.map(
    ({ kind, token, id, balance }) =>
      `${kind === "ticket" ? `Ticket ${id ?? 0n}` : `${balance} base units`} of ${toHex(token)} would stay on the pseudonym, visible to everybody, until you bring it in with a sweep.`,
  );

/** A node asks about so many assets of one phase and no more, which a contract with many events can use up. */
const unaskedWarnings = ({ report }: Tried): string[] =>
  report === undefined || report.unasked === 0
    ? []
    : [
        `These calls touch ${plural(report.unasked, "more token or ticket", "more tokens and tickets")} than the node asked about: what there is of these may stay on the pseudonym, and is not named here.`,
      ];

/** Digits of an amount that are not zeros at its end. */
export function significantDigits(amount: bigint): number {
  return amount.toString().replace(/0+$/, "").length;
}

function amountWarnings({ context, account }: CallJob, { brings }: Facts): string[] {
  const since = scannedBlock(context.state) - RECENT_BLOCKS;
  const received = new Map<AssetId, Set<bigint>>();
  for (const note of context.state.ledger.notes.values()) {
    if (note.account !== account || note.block < since || note.origin === "change") continue;
    received.set(note.asset, (received.get(note.asset) ?? new Set<bigint>()).add(note.value));
  }
  return brings.flatMap((bring) => {
    if (bring.kind === "ticket") return [];
    const what = amountText(bring);
    if (received.get(bring.asset)?.has(bring.amount) === true)
      return [
        `${what} is exactly an amount that you received within the last hour: whoever paid it may recognise it. Bring another amount, or wait.`,
      ];
    return significantDigits(bring.amount) > 4
      ? [`${what} is not a round number: the same amount seen elsewhere would point to you.`]
      : [];
  });
}

/** Bundles that spend notes up: what they pay in public is then what the notes were worth. A ticket has its number anyway. */
function noteWarnings({ brings }: Facts, { bundles }: Pick<Fit["plan"], "bundles">): string[] {
  return tellingAmounts(bundles).flatMap(({ asset, amount }) => {
    const bring = brings.find((entry) => entry.asset === asset);
    if (bring?.kind === "ticket") return [];
    const what = bring === undefined || asset === COIN ? coins(amount) : amountText({ ...bring, amount });
    return [
      `A bundle shows ${what}, which is, or almost is, what notes spent in it are worth. If these came back from a call, were swept or were paid by a contract, everybody knows that amount and may recognise it. Bring less, or wait until you have other notes.`,
    ];
  });
}

function habitWarnings({ priceStep }: CallJob, { facts, brings }: Facts): string[] {
  const least = Math.max(1, brings.filter(({ asset }) => asset !== COIN).length);
  return [
    ...(facts.bundles > least
      ? [`It needs ${plural(facts.bundles, "bundle")}, which tells that many notes were joined.`]
      : []),
    ...(priceStep === 0 ? [] : ["Most wallets pay price step 0; another step sets you apart a little."]),
  ];
}
