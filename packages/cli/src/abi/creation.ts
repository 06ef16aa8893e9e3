import { concatBytes, fromHex, toHex, type EthAddress } from "@sero/protocol";
import type { Abi } from "viem";
import { encodeAbiParameters, encodeFunctionData, getAddress, getContractAddress } from "viem/utils";

type Constructor = Extract<Abi[number], { readonly type: "constructor" }>;

/** What a contract's constructor takes; nothing where it has none. */
export const constructorInputs = (abi: Abi): Constructor["inputs"] =>
  abi.find((item): item is Constructor => item.type === "constructor")?.inputs ?? [];

/** Creation code with the constructor's arguments, already typed, behind it. */
export const creationOf = (abi: Abi, code: Uint8Array, args: readonly unknown[]): Uint8Array =>
  concatBytes(code, fromHex(encodeAbiParameters(constructorInputs(abi), args)));

/** Where a fresh pseudonym's first creation goes: nonce 0, as for an ordinary transaction. */
export const firstCreation = (pseudonym: EthAddress): EthAddress =>
  fromHex(getContractAddress({ from: getAddress(toHex(pseudonym)), nonce: 0n }).toLowerCase()) as EthAddress;

/** Calldata of a function of `abi` with arguments that are typed already. */
export const calldataOf = (abi: Abi, functionName: string, args: readonly unknown[]): Uint8Array =>
  fromHex(encodeFunctionData({ abi, functionName, args }));
