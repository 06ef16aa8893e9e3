import {
  SeroError,
  addressAt,
  bytesToBigInt,
  diversifiedBase,
  encodeAddress,
  encodeFullViewKey,
  encodeIncomingViewKey,
  equalBytes,
  fullViewKey,
  incomingViewKey,
  randomBytes,
  x25519Noble,
  type TxId,
} from "@sero/protocol";
import { makeDisclosure } from "../disclose/index.js";
import type { ScanAccount } from "../scan/index.js";
import type { OwnedNote, SentOutput } from "../types.js";
import { checkOpen, type WalletContext } from "./context.js";

/** An address that was handed out. */
export interface AddressInfo {
  readonly account: number;
  readonly address: string;
  readonly label: string | undefined;
}

/** The account's scan keys. Throws wallet/no-account. */
export function accountOf(context: WalletContext, account: number): ScanAccount {
  const found = context.state.ledger.accounts.find((candidate) => candidate.account === account);
  if (found === undefined)
    throw new SeroError("wallet/no-account", "This wallet has no such account. Add it first.", { account });
  return found;
}

/** Text of the account's address at an index. Throws wallet/no-addresses for an incoming view key. */
export function addressText(context: WalletContext, account: number, index: bigint): string {
  const { full } = accountOf(context, account);
  if (full === undefined)
    throw new SeroError(
      "wallet/no-addresses",
      "An incoming view key cannot make addresses. Take a list of addresses from the wallet that has the phrase.",
    );
  return encodeAddress(addressAt(full, index), context.secret.chain.spec.hrp);
}

/**
 * A fresh address, unlinkable to the account's others. Its index is random: two copies of a wallet, or a restored one, never hand out the same
 * address to two people, and none needs to be remembered to find what it receives.
 */
export async function freshAddress(
  context: WalletContext,
  account: number,
  label: string | undefined,
): Promise<string> {
  checkOpen(context);
  const index = (1n << 64n) + bytesToBigInt(randomBytes(8));
  const address = addressText(context, account, index);
  context.meta = { ...context.meta, addresses: [...context.meta.addresses, { account, index, label }] };
  context.database.put("meta", context.meta);
  await context.database.commit();
  return address;
}

/** The account's main address and all that were handed out by this copy of the wallet. */
export function addressesOf(context: WalletContext, account: number): AddressInfo[] {
  const main: AddressInfo = { account, address: addressText(context, account, 0n), label: undefined };
  const others = context.meta.addresses.filter((entry) => entry.account === account);
  return [
    main,
    ...others.map(({ index, label }) => ({ account, address: addressText(context, account, index), label })),
  ];
}

/** Text of a view key. A full one shows everything the account does; an incoming one what others pay it. Neither spends. */
export function viewKeyText(context: WalletContext, account: number, kind: "full" | "incoming"): string {
  const { full, incoming } = accountOf(context, account);
  if (kind === "incoming") return encodeIncomingViewKey(incomingViewKey(incoming));
  if (full === undefined) throw new SeroError("wallet/no-full-key", "This wallet has an incoming view key only.");
  return encodeFullViewKey(fullViewKey(full));
}

/** Makes a disclosure of an output that this wallet sent or received. Throws wallet/no-output. */
export function discloseOutput(context: WalletContext, txid: TxId, outputIndex: number, message: string): string {
  checkOpen(context);
  const { ledger } = context.state;
  const { genesisHash } = context.secret.chain;
  for (const entry of ledger.sent.values()) {
    const output = equalBytes(entry.txid, txid)
      ? entry.outputs.find((candidate) => candidate.outputIndex === outputIndex)
      : undefined;
    if (output === undefined) continue;
    const opening = { genesisHash, txid, block: entry.block, outputIndex, message, ...openingOfSent(output) };
    return makeDisclosure(opening, signerOf(context, entry.account, txid, outputIndex));
  }
  for (const note of ledger.notes.values()) {
    const isAsked = note.txid !== undefined && equalBytes(note.txid, txid) && note.outputIndex === outputIndex;
    if (!isAsked || note.seed === undefined || note.memoKey === undefined) continue;
    return makeDisclosure(
      {
        genesisHash,
        txid,
        block: note.block,
        outputIndex,
        message,
        ...openingOfNote(context, note, note.seed, note.memoKey),
      },
      undefined,
    );
  }
  // What is in a package that was given to us: it is an output of the transaction that made it, whoever holds the package.
  for (const contents of ledger.packages.values()) {
    const isAsked =
      contents.own &&
      contents.txid !== undefined &&
      equalBytes(contents.txid, txid) &&
      contents.outputIndex === outputIndex;
    if (!isAsked) continue;
    return makeDisclosure(
      {
        genesisHash,
        txid,
        block: contents.block,
        outputIndex,
        message,
        ...openingOfNote(context, contents, contents.seed, contents.memoKey),
      },
      undefined,
    );
  }
  throw new SeroError(
    "wallet/no-output",
    "This wallet neither sent nor received such an output, or it is not mined yet.",
    { outputIndex },
  );
}

const openingOfSent = ({ address, asset, value, seed, memoKey }: SentOutput) => ({
  address,
  asset,
  value,
  seed,
  memoKey,
});

/** The address of a received note: its diversifier is in the note, so it need not be remembered. */
function openingOfNote(
  context: WalletContext,
  note: Pick<OwnedNote, "account" | "d" | "ownerTag" | "asset" | "value">,
  seed: Uint8Array,
  memoKey: Uint8Array,
) {
  const { incoming } = accountOf(context, note.account);
  const address = encodeAddress(
    { d: note.d, pd: x25519Noble(incoming.ivk)(diversifiedBase(note.d)), ownerTag: note.ownerTag },
    context.secret.chain.spec.hrp,
  );
  return { address, asset: note.asset, value: note.value, seed, memoKey };
}

/** Known only to the copy of the wallet that made the payment: the randomiser of the output's bundle. */
function signerOf(context: WalletContext, account: number, txid: TxId, outputIndex: number) {
  const entry = context.outbox.find((candidate) => equalBytes(candidate.txid, txid));
  const alpha = entry?.draft.witnesses[Math.floor(outputIndex / 3)]?.alpha;
  return alpha === undefined ? undefined : { keys: context.keys.spending(account), alpha };
}
