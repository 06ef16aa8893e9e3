import {
  CIPHERTEXT_OFFSETS,
  COIN,
  COIN_SYMBOL,
  SeroError,
  decodeAddress,
  equalBytes,
  formatAmount,
  memoDigest,
  openMemo,
  sanitizeText,
  sealNote,
  toHex,
  verifySignature,
  type CompactTransaction,
} from "@sero/protocol";
import { lying, type NodeClient } from "../rpc/index.js";
import { provedBlock } from "./block.js";
import { disclosureDigest, parseDisclosure } from "./text.js";
import type { DisclosedPayment, Disclosure } from "./types.js";

/**
 * Checks a disclosure against the chain, trusting the node for block headers only. `message`: what the verifier asked to be bound in.
 * Throws disclosure/format, disclosure/other-chain, disclosure/message, disclosure/no-transaction, disclosure/false, disclosure/signature, rpc/*.
 */
export async function verifyDisclosure(client: NodeClient, text: string, message: string): Promise<DisclosedPayment> {
  const disclosure = parseDisclosure(text);
  const chain = await client.chain();
  if (!equalBytes(chain.genesisHash, disclosure.genesisHash))
    throw new SeroError(
      "disclosure/other-chain",
      "The disclosure is about a payment on another chain than the node's.",
    );
  if (disclosure.message !== message)
    throw new SeroError(
      "disclosure/message",
      "The disclosure was made for another verifier or purpose: its message is not the one you gave.",
    );
  const block = await provedBlock(client, disclosure.block, chain.genesisHash);
  const txIndex = block.compact.transactions.findIndex(({ txid }) => equalBytes(txid, disclosure.txid));
  const tx = block.compact.transactions[txIndex];
  if (tx === undefined)
    throw new SeroError(
      "disclosure/no-transaction",
      "The block that the disclosure names does not hold its transaction. After a reorganisation, ask for a new one.",
    );
  const signedBySender = checkOutput(disclosure, tx, chain.spec.hrp);
  return {
    txid: toHex(disclosure.txid),
    block: disclosure.block,
    blockHash: toHex(block.mark.hash),
    timestamp: block.mark.timestamp,
    address: disclosure.address,
    asset: disclosure.asset,
    value: disclosure.value,
    memo: await memoOf(client, disclosure, tx, txIndex),
    message,
    signedBySender,
    sentences: sentencesOf(disclosure, signedBySender),
  };
}

/**
 * The output is what it is said to be if sealing the same note again gives the same commitment and the same bytes for the receiver. Returns
 * whether the sender signed.
 */
function checkOutput(disclosure: Disclosure, tx: CompactTransaction, hrp: string): boolean {
  const bundle = tx.bundles[Math.floor(disclosure.outputIndex / 3)];
  const output = bundle?.outputs[disclosure.outputIndex % 3];
  const wrong = (): SeroError =>
    new SeroError("disclosure/false", "The disclosure is false: the output on the chain is not what it says.");
  if (bundle === undefined || output === undefined) throw wrong();
  const { asset, value, seed, memoKey, signature } = disclosure;
  const again = sealNote({
    address: decodeAddress(disclosure.address, hrp),
    asset,
    value,
    seed,
    memoKey,
    ovk: undefined,
    rk: bundle.rk,
  });
  const receiverPart = CIPHERTEXT_OFFSETS.sender;
  if (
    again.commitment !== output.commitment ||
    !equalBytes(again.ciphertext.subarray(0, receiverPart), output.ciphertext.subarray(0, receiverPart))
  )
    throw wrong();
  if (signature === undefined) return false;
  if (!verifySignature(bundle.rk, disclosureDigest(disclosure), signature))
    throw new SeroError(
      "disclosure/signature",
      "The disclosure's signature is false: it was changed, or not made by the sender.",
    );
  return true;
}

/** The memo of the output. All memos of the block are downloaded, so that the node doesn't learn which. */
async function memoOf(
  client: NodeClient,
  disclosure: Disclosure,
  tx: CompactTransaction,
  txIndex: number,
): Promise<string | undefined> {
  for await (const frame of client.memos(disclosure.block, disclosure.block)) {
    const chunks = frame.transactions[txIndex]?.chunks;
    if (chunks === undefined || !equalBytes(memoDigest(chunks), tx.memoDigest)) break;
    const text = openMemo(disclosure.memoKey, chunks)?.text;
    return text === undefined ? undefined : sanitizeText(text);
  }
  throw lying(client.url, "memos are missing or false", { block: disclosure.block.toString() });
}

function sentencesOf({ asset, value, address }: Disclosure, signedBySender: boolean): string[] {
  const amount = asset === COIN ? `${formatAmount(value)} ${COIN_SYMBOL}` : `${value} base units of another asset`;
  return [
    `${amount} were paid to ${address}.`,
    signedBySender
      ? "The one who shows this is the one who paid: it is signed with the key of the payment, for your message only."
      : "It is shown by somebody who knows the payment: the sender, the receiver, or anybody whom one of them told.",
    "It says nothing about other payments of either.",
  ];
}
