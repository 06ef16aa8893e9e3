import { bigIntToBytes, concatBytes, keccak256, utf8, type EthAddress } from "@sero/protocol";

/** An argument of a call: numbers and addresses, one word each. */
type Argument = bigint | Uint8Array;

const word = (value: Argument): Uint8Array => {
  if (typeof value === "bigint") return bigIntToBytes(value, 32);
  const padded = new Uint8Array(32);
  padded.set(value, 32 - value.length);
  return padded;
};

/** Call data of a function whose arguments are single words: 4 bytes of the signature's hash, then the words. */
function encoder(signature: string): (...args: readonly Argument[]) => Uint8Array {
  const selector = keccak256(utf8(signature)).slice(0, 4);
  return (...args) => concatBytes(selector, ...args.map(word));
}

/** The Pool's system functions (packages/contracts/solidity/pool/IPool.sol). */
export const POOL_CALLS = {
  unshieldTo: encoder("unshieldTo(address,uint256,uint256)"),
  openReturn: encoder("openReturn(address,address)"),
  closeReturn: encoder("closeReturn(uint256,address)"),
  openReturnTicket: encoder("openReturnTicket(address,uint256,address)"),
  closeReturnTicket: encoder("closeReturnTicket(uint256,address,uint256)"),
} as const;

/** What the transition calls of tokens. */
export const TOKEN_CALLS = {
  /** ERC-20. */
  transfer: encoder("transfer(address,uint256)"),
  /** ERC-721; the ERC-20 of this name has the same encoding. */
  transferFrom: encoder("transferFrom(address,address,uint256)"),
  balanceOf: encoder("balanceOf(address)"),
  ownerOf: encoder("ownerOf(uint256)"),
} as const;

/** Topic 0 of Transfer, of ERC-20 and ERC-721 alike. */
export const TRANSFER_TOPIC = keccak256(utf8("Transfer(address,address,uint256)"));

/** Whether the first word of what a function returned is 1. */
export const isTrue = (output: Uint8Array): boolean => output.length >= 32 && firstWord(output) === 1n;

/** The first word of what a function returned; 0 if there is less. */
export function firstWord(output: Uint8Array): bigint {
  if (output.length < 32) return 0n;
  let value = 0n;
  for (const byte of output.subarray(0, 32)) value = (value << 8n) | BigInt(byte);
  return value;
}

/** The address in a word. */
export const addressOfWord = (bytes: Uint8Array): EthAddress => bytes.subarray(12, 32) as EthAddress;
