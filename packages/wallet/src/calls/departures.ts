import { bytesToBigInt, equalBytes, fromHex, isZeroBytes, toHex, type EthAddress } from "@sero/protocol";
import type { EventLog } from "../rpc/index.js";
import { addressIn, ERC1155, isAddress, type Moves } from "./events.js";
import type { CallReport } from "./types.js";

/**
 * What calls take from the pseudonym itself, and whom they let take more later. A kept pseudonym holds things (votes, positions) that nothing has to
 * be brought for, so a site that asks for them, or for the right to take them, would otherwise ask unnoticed.
 */

/** keccak256("Approval(address,address,uint256)"): of ERC-20 with two indexed arguments, of ERC-721 with three. */
const APPROVAL = fromHex("0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925");
/** keccak256("ApprovalForAll(address,address,bool)"): ERC-721 and ERC-1155. */
const APPROVAL_FOR_ALL = fromHex("0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31");
/** Permit2 keeps allowances of its own: keccak256("Approval(address,address,address,uint160,uint48)") and "Permit(...)". */
const PERMIT2 = [
  fromHex("0xda9fa7c1b00402c17d0161b249b1ab8bbec047c5a52207b9c112deffd817036b"),
  fromHex("0xc6a377bfc4eb120024a8ac08eef205be16b817020812c73223e81d1bdb9708ec"),
];
/** Allowances from here on are meant to be without limit (2^160 - 1 is what Permit2 can hold, less what was taken already). */
const UNLIMITED = 1n << 159n;

/** Somebody who may take things from the pseudonym. */
export interface Grant {
  readonly token: EthAddress;
  readonly spender: EthAddress;
  /** So many base units; the ticket of this number; everything. */
  readonly what: { readonly amount: bigint } | { readonly id: bigint } | "all";
}

/** Who may take what from `pseudonym` after these events, by each one's last word. */
export function grantsOf(logs: readonly EventLog[], pseudonym: EthAddress): Grant[] {
  const grants = new Map<string, Grant | undefined>();
  for (const { address, topics, data } of logs) {
    const [kind, first, second, third] = topics;
    if (kind === undefined || !isAddress(first, pseudonym)) continue;
    const note = (token: EthAddress, spender: EthAddress, of: string, what: Grant["what"], isGiven: boolean): void => {
      grants.set([toHex(address), toHex(token), of].join(" "), isGiven ? { token, spender, what } : undefined);
    };
    const spender = addressIn(second);
    if (equalBytes(kind, APPROVAL) && spender !== undefined && third !== undefined) {
      // A ticket has one who may take it; naming nobody takes that back.
      note(address, spender, `ticket ${toHex(third)}`, { id: bytesToBigInt(third) }, !isZeroBytes(spender));
    } else if (equalBytes(kind, APPROVAL) && spender !== undefined && data.length === 32) {
      const amount = bytesToBigInt(data);
      note(address, spender, `token ${toHex(spender)}`, { amount }, amount > 0n);
    } else if (equalBytes(kind, APPROVAL_FOR_ALL) && spender !== undefined) {
      note(address, spender, `all ${toHex(spender)}`, "all", !isZeroBytes(data));
    } else if (PERMIT2.some((known) => equalBytes(known, kind)) && spender !== undefined && data.length >= 32) {
      const taker = addressIn(third);
      const amount = bytesToBigInt(data.subarray(0, 32));
      if (taker !== undefined) note(spender, taker, `token ${toHex(taker)}`, { amount }, amount > 0n);
    }
  }
  return [...grants.values()].filter((grant) => grant !== undefined);
}

/** Contracts of the standard ERC-1155 whose things leave `pseudonym`. They are never brought: the Pool does not take them. */
const foreignFrom = (logs: readonly EventLog[], pseudonym: EthAddress | undefined): ReadonlySet<string> =>
  new Set(
    logs
      .filter(({ topics: [kind, , from] }) => {
        const isMove = kind !== undefined && ERC1155.some((topic) => equalBytes(topic, kind));
        return isMove && pseudonym !== undefined && isAddress(from, pseudonym);
      })
      .map(({ address }) => toHex(address)),
  );

/** A sentence for whatever leaves the pseudonym without having been brought there. */
export function departureSentences(
  { tokens, tickets }: Moves,
  logs: readonly EventLog[],
  { pseudonym, brings }: Pick<CallReport, "pseudonym" | "brings">,
): string[] {
  const brought = (token: EthAddress, id?: bigint): bigint =>
    brings
      .filter((entry) => entry.token !== undefined && equalBytes(entry.token, token) && entry.id === id)
      .reduce((sum, { amount }) => sum + amount, 0n);
  return [
    ...tokens.flatMap(({ token, delta }) => {
      const own = -delta - brought(token);
      return own > 0n
        ? [`${own} base units of ${toHex(token)} that lie on the pseudonym leave it: these calls give them away.`]
        : [];
    }),
    ...tickets.flatMap(({ token, needed }) =>
      needed
        .filter((id) => brought(token, id) === 0n)
        .map(
          (id) => `Ticket ${id} of ${toHex(token)}, which lies on the pseudonym, leaves it: these calls give it away.`,
        ),
    ),
    ...[...foreignFrom(logs, pseudonym?.address)].map(
      (token) => `Things of the standard ERC-1155 of ${token} that lie on the pseudonym leave it.`,
    ),
  ];
}

/** A sentence for everybody who may take something from the pseudonym afterwards. */
export const grantSentence = ({ token, spender, what }: Grant): string =>
  `These calls let ${toHex(spender)} take ${grantText(what)} of ${toHex(token)} from the pseudonym, now and later.`;

const grantText = (what: Grant["what"]): string => {
  if (what === "all") return "everything";
  if ("id" in what) return `ticket ${what.id}`;
  return what.amount >= UNLIMITED ? "any amount, without limit," : `up to ${what.amount} base units`;
};

/** Whether a grant is worth more than these calls: the pseudonym is used again, or something of that contract stays there. */
export const outlivesCalls = (
  { token }: Grant,
  { pseudonym, stays }: Pick<CallReport, "pseudonym" | "stays">,
): boolean =>
  pseudonym?.kind === "kept" ||
  (pseudonym?.usedBefore ?? 0) > 0 ||
  stays.some((entry) => equalBytes(entry.token, token));
