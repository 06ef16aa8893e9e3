import { hashMessage, hashTypedData } from "viem/utils";
import { SeroError, fromHex, signDigest, type EthAddress } from "@sero/protocol";
import type { WalletContext } from "../wallet/context.js";
import { pseudonymKeys } from "./keep.js";
import type { TypedData } from "./types.js";

/** As Ethereum's tools want it: r 32 || s 32 || 27 or 28. */
function signAs(context: WalletContext, address: EthAddress, digest: Uint8Array): Uint8Array {
  const { pseudonym } = pseudonymKeys(context, address);
  const signature = signDigest(pseudonym.secretKey, digest);
  signature[64] = 27 + (signature[64] ?? 0);
  return signature;
}

/** Signs a personal message (EIP-191 version 0x45) as a pseudonym of ours; 65 bytes. Throws pseudonym/unknown, wallet/watch-only. */
export function signMessageAs(context: WalletContext, address: EthAddress, message: string | Uint8Array): Uint8Array {
  const digest = hashMessage(typeof message === "string" ? message : { raw: message });
  return signAs(context, address, fromHex(digest));
}

/**
 * Signs EIP-712 typed data as a pseudonym of ours; 65 bytes. A domain that names another chain is refused: it would be worth something there.
 * Throws pseudonym/typed-data, pseudonym/other-chain, pseudonym/unknown, wallet/watch-only.
 */
export function signTypedDataAs(context: WalletContext, address: EthAddress, typed: TypedData): Uint8Array {
  const { chainId } = typed.domain;
  const named = chainIdOf(chainId);
  if (chainId !== undefined && named !== context.secret.chain.spec.chainId)
    throw new SeroError("pseudonym/other-chain", "This data is for another chain. Sign only what names this one.", {
      chainId: context.secret.chain.spec.chainId.toString(),
    });
  const fields = typed.types["EIP712Domain"];
  if (Object.keys(typed.domain).some((name) => fields?.some((field) => field.name === name) === false))
    throw new SeroError("pseudonym/typed-data", "The domain names what its type EIP712Domain does not have.");
  // As a number: a chain written as text would be left out of what is signed.
  const domain = chainId === undefined ? typed.domain : { ...typed.domain, chainId: named };
  return signAs(context, address, fromHex(digestOf({ ...typed, domain })));
}

function chainIdOf(chainId: unknown): bigint | undefined {
  if (typeof chainId === "bigint") return chainId;
  if (typeof chainId === "number" && Number.isSafeInteger(chainId)) return BigInt(chainId);
  return typeof chainId === "string" && /^(0x[0-9a-fA-F]{1,16}|[0-9]{1,20})$/.test(chainId)
    ? BigInt(chainId)
    : undefined;
}

function digestOf({ domain, types, primaryType, message }: TypedData): string {
  try {
    return hashTypedData({ domain, types: { ...types }, primaryType, message } as Parameters<typeof hashTypedData>[0]);
  } catch (cause) {
    throw new SeroError(
      "pseudonym/typed-data",
      "This typed data does not fit its own types. Check domain, types, primaryType and message.",
      {},
      { cause },
    );
  }
}
