import type { ProviderMethod } from "../method.js";
import { ethAccounts, ethCoinbase, ethRequestAccounts } from "./accounts.js";
import { ethCall } from "./call.js";
import { walletGetCallsStatus, walletGetCapabilities, walletSendCalls, walletShowCallsStatus } from "./calls.js";
import { ethChainId, walletAddEthereumChain, walletSwitchEthereumChain } from "./chain.js";
import { ethEstimateGas } from "./estimate-gas.js";
import { ethGetBalance } from "./get-balance.js";
import { ethGetTransactionByHash, ethGetTransactionReceipt } from "./get-transaction.js";
import { ethGetTransactionCount } from "./get-transaction-count.js";
import { walletGetPermissions, walletRequestPermissions } from "./permissions.js";
import { REFUSED } from "./refused.js";
import { ethSendRawTransaction } from "./send-raw-transaction.js";
import { ethSendTransaction } from "./send-transaction.js";
import { ethSignTypedDataV4, personalSign } from "./sign.js";

/** The methods that the wallet answers itself; all others are its node's. */
export const METHODS: ReadonlyMap<string, ProviderMethod> = new Map(
  [
    ethAccounts,
    ethRequestAccounts,
    ethCoinbase,
    ethChainId,
    ethGetBalance,
    ethGetTransactionCount,
    ethCall,
    ethEstimateGas,
    ethSendTransaction,
    ethSendRawTransaction,
    ethGetTransactionByHash,
    ethGetTransactionReceipt,
    personalSign,
    ethSignTypedDataV4,
    walletSwitchEthereumChain,
    walletAddEthereumChain,
    walletGetPermissions,
    walletRequestPermissions,
    walletGetCapabilities,
    walletSendCalls,
    walletGetCallsStatus,
    walletShowCallsStatus,
    ...REFUSED,
  ].map((method) => [method.name, method]),
);
