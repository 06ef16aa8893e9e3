import type { Message } from "@ethereumjs/evm";
import { Address } from "@ethereumjs/util";
import { keccak256 } from "@sero/protocol";

type GenerateAddress = (message: Message) => Promise<Address>;

const CREATE2_MARK = Uint8Array.of(0xff);

/** The address of a new contract; for CREATE2 (EIP-1014) with our Keccak, as the library hashes the init code twice with a slow one. */
export const quickAddress =
  (library: GenerateAddress): GenerateAddress =>
  async (message) => {
    const { salt, code, caller } = message;
    if (salt === undefined || !(code instanceof Uint8Array)) return library(message);
    return new Address(keccak256(CREATE2_MARK, caller.bytes, salt, keccak256(code)).subarray(12));
  };
