import type { AccountProof } from "@sero/execution";
import { bytesToBigInt } from "@sero/protocol";
import { data, quantity, type Json } from "./json.js";

/** A proof in the form of eth_getProof (EIP-1186). */
export function proofJson(address: Uint8Array, proof: AccountProof): { readonly [key: string]: Json } {
  const { account } = proof;
  return {
    address: data(address),
    accountProof: proof.accountProof.map(data),
    balance: quantity(account.balance),
    codeHash: data(account.codeHash),
    nonce: quantity(account.nonce),
    storageHash: data(account.storageRoot),
    storageProof: proof.storageProof.map((slot) => ({
      key: data(slot.slot),
      value: quantity(bytesToBigInt(slot.value)),
      proof: slot.proof.map(data),
    })),
  };
}
