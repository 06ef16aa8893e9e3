import { z } from "zod";
import type { ProviderContext } from "../context.js";
import { CODES, ProviderRpcError } from "../errors.js";
import { quantity, quantityText } from "../json.js";
import { defineMethod } from "../method.js";

/** The wallet's chain. */
export const ethChainId = defineMethod({
  name: "eth_chainId",
  params: z.array(z.unknown()),
  handle: ({ chainId }) => quantity(chainId),
});

const chain = z.tuple([z.looseObject({ chainId: quantityText })]).rest(z.unknown());

const checkChain = (context: ProviderContext, chainId: bigint): null => {
  if (chainId === context.chainId) return null;
  throw new ProviderRpcError(
    CODES.unknownChain,
    `This wallet is on chain ${context.chainId} and knows no chain ${chainId}. Open a wallet of that chain.`,
  );
};

/** EIP-3326: a wallet belongs to one chain. */
export const walletSwitchEthereumChain = defineMethod({
  name: "wallet_switchEthereumChain",
  params: chain,
  handle: (context, [{ chainId }]) => checkChain(context, chainId),
});

/** EIP-3085: nothing to do for the wallet's own chain; no other can be added. */
export const walletAddEthereumChain = defineMethod({
  name: "wallet_addEthereumChain",
  params: chain,
  handle: (context, [{ chainId }]) => checkChain(context, chainId),
});
