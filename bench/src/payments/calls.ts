import { createHash } from "node:crypto";
import { WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import {
  bigIntToBytes,
  concatBytes,
  encodeTransaction,
  keccak256,
  pseudonymOf,
  type Call,
  type EthAddress,
  type Pseudonym,
} from "@sero/protocol";
import { PAYER_NOTES } from "./chain.js";
import { unprovedPayment, type PaymentChain, type Unproved } from "./real.js";

/** How many transfers the block of the bench holds: as many as a block's gas admits with room to spare. */
export const TRANSFERS = 64;
/** Gas of one transfer's call phase; it uses about 35,000. */
const TRANSFER_GAS = 60_000n;
const FUNDING_GAS = 2_000_000n;

const word = (value: bigint): Uint8Array => bigIntToBytes(value, 32);
const selector = (signature: string): Uint8Array => keccak256(new TextEncoder().encode(signature)).slice(0, 4);

/** Call data of ERC-20's transfer. */
export const transferData = (to: Uint8Array, amount: bigint): Uint8Array =>
  concatBytes(selector("transfer(address,uint256)"), new Uint8Array(12), to, word(amount));

const transfer = (to: Uint8Array, amount: bigint): Call => ({
  to: WRAPPED_COIN_ADDRESS,
  value: 0n,
  data: transferData(to, amount),
});

/** The pseudonym of transfer number `index`; the same in every run. */
export const senderOf = (index: number): Pseudonym =>
  pseudonymOf(createHash("sha256").update(`bench sender ${index}`).digest());

/** Whom it pays: an address that has none of the token yet. */
export const receiverOf = (index: number): EthAddress =>
  createHash("sha256").update(`bench receiver ${index}`).digest().subarray(0, 20) as Uint8Array as EthAddress;

/** The transfer number `index` of wrapped coin, inside an anonymous call. */
export const unprovedTransfer = (chain: PaymentChain, index: number): Unproved =>
  unprovedPayment(chain, index, {
    pseudonym: senderOf(index),
    calls: [transfer(receiverOf(index), 1n)],
    gasLimit: TRANSFER_GAS,
  });

/** Senders that one funding transaction serves: a call phase has at most 32 calls, one of them makes the tokens. */
const FUNDED_AT_ONCE = 31;

/** The transactions that give each sender two units of wrapped coin, with proofs that prove nothing. */
export function fundingTransactions(chain: PaymentChain): readonly Uint8Array[] {
  const count = Math.ceil(TRANSFERS / FUNDED_AT_ONCE);
  return Array.from({ length: count }, (_, k) => {
    const served = Array.from({ length: TRANSFERS }, (_, i) => i).slice(k * FUNDED_AT_ONCE, (k + 1) * FUNDED_AT_ONCE);
    const deposit: Call = { to: WRAPPED_COIN_ADDRESS, value: 2n * BigInt(served.length), data: selector("deposit()") };
    const gifts = served.map((i) => transfer(senderOf(i).address, 2n));
    const pseudonym = pseudonymOf(createHash("sha256").update(`bench funder ${k}`).digest());
    const phase = { pseudonym, calls: [deposit, ...gifts], gasLimit: FUNDING_GAS };
    return encodeTransaction(unprovedPayment(chain, PAYER_NOTES - 1 - k, phase).tx);
  });
}
