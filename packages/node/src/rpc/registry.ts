import { SeroError } from "@sero/protocol";
import type { RpcContext } from "./context.js";
import type { CallMethod } from "./dispatch.js";
import { debugGetRawBlock } from "./debug/get-raw-block.js";
import { debugTraceCall } from "./debug/trace-call.js";
import { debugTraceTransaction } from "./debug/trace-transaction.js";
import { ethAccounts } from "./eth/accounts.js";
import { ethBlockNumber } from "./eth/block-number.js";
import { ethCall } from "./eth/call.js";
import { ethChainId } from "./eth/chain-id.js";
import { ethEstimateGas } from "./eth/estimate-gas.js";
import { ethFeeHistory } from "./eth/fee-history.js";
import {
  ethGetFilterChanges,
  ethGetFilterLogs,
  ethNewBlockFilter,
  ethNewFilter,
  ethNewPendingTransactionFilter,
  ethUninstallFilter,
} from "./eth/filters.js";
import { ethGasPrice } from "./eth/gas-price.js";
import { ethGetBalance } from "./eth/get-balance.js";
import { ethGetBlockReceipts } from "./eth/get-block-receipts.js";
import {
  ethGetBlockTransactionCountByHash,
  ethGetBlockTransactionCountByNumber,
} from "./eth/get-block-transaction-count.js";
import { ethGetBlockByHash, ethGetBlockByNumber } from "./eth/get-block.js";
import { ethGetCode } from "./eth/get-code.js";
import { ethGetLogs } from "./eth/get-logs.js";
import { ethGetProof } from "./eth/get-proof.js";
import { ethGetRawTransactionByHash } from "./eth/get-raw-transaction.js";
import { ethGetStorageAt } from "./eth/get-storage-at.js";
import { ethGetTransactionCount } from "./eth/get-transaction-count.js";
import { ethGetTransactionReceipt } from "./eth/get-transaction-receipt.js";
import {
  ethGetTransactionByBlockHashAndIndex,
  ethGetTransactionByBlockNumberAndIndex,
  ethGetTransactionByHash,
} from "./eth/get-transaction.js";
import {
  ethGetUncleByBlockHashAndIndex,
  ethGetUncleByBlockNumberAndIndex,
  ethGetUncleCountByBlockHash,
  ethGetUncleCountByBlockNumber,
} from "./eth/get-uncle-count.js";
import { ethMaxPriorityFeePerGas } from "./eth/max-priority-fee-per-gas.js";
import { ethSendRawTransaction } from "./eth/send-raw-transaction.js";
import { ethSubscribe, ethUnsubscribe } from "./eth/subscribe.js";
import { ethSyncing } from "./eth/syncing.js";
import type { RpcMethod } from "./method.js";
import { netListening } from "./net/listening.js";
import { netPeerCount } from "./net/peer-count.js";
import { netVersion } from "./net/version.js";
import { seroAssets } from "./sero/assets.js";
import { seroBanPeer, seroBans, seroUnbanPeer } from "./sero/bans.js";
import { seroChain } from "./sero/chain.js";
import { seroCompactBlocks } from "./sero/compact-blocks.js";
import { seroHead } from "./sero/head.js";
import { seroMemos } from "./sero/memos.js";
import { seroPackages } from "./sero/packages.js";
import { seroPeers } from "./sero/peers.js";
import { seroPoolProof } from "./sero/pool-proof.js";
import { seroPoolTotals } from "./sero/pool-totals.js";
import { seroSealBlock } from "./sero/seal-block.js";
import { seroSimulate } from "./sero/simulate.js";
import { seroSubtreeRoots } from "./sero/subtree-roots.js";
import { seroTreeState } from "./sero/tree-state.js";
import { web3ClientVersion } from "./web3/client-version.js";
import { web3Sha3 } from "./web3/sha3.js";

/** Every method of the public port. None touches a key: the node holds none. */
export const RPC_METHODS: readonly RpcMethod[] = [
  debugGetRawBlock,
  debugTraceCall,
  debugTraceTransaction,
  ethAccounts,
  ethBlockNumber,
  ethCall,
  ethChainId,
  ethEstimateGas,
  ethFeeHistory,
  ethGasPrice,
  ethGetBalance,
  ethGetBlockByHash,
  ethGetBlockByNumber,
  ethGetBlockReceipts,
  ethGetBlockTransactionCountByHash,
  ethGetBlockTransactionCountByNumber,
  ethGetCode,
  ethGetFilterChanges,
  ethGetFilterLogs,
  ethGetLogs,
  ethGetProof,
  ethGetRawTransactionByHash,
  ethGetStorageAt,
  ethGetTransactionByBlockHashAndIndex,
  ethGetTransactionByBlockNumberAndIndex,
  ethGetTransactionByHash,
  ethGetTransactionCount,
  ethGetTransactionReceipt,
  ethGetUncleByBlockHashAndIndex,
  ethGetUncleByBlockNumberAndIndex,
  ethGetUncleCountByBlockHash,
  ethGetUncleCountByBlockNumber,
  ethMaxPriorityFeePerGas,
  ethNewBlockFilter,
  ethNewFilter,
  ethNewPendingTransactionFilter,
  ethSendRawTransaction,
  ethSubscribe,
  ethSyncing,
  ethUninstallFilter,
  ethUnsubscribe,
  netListening,
  netPeerCount,
  netVersion,
  seroAssets,
  seroBanPeer,
  seroBans,
  seroChain,
  seroCompactBlocks,
  seroHead,
  seroMemos,
  seroPackages,
  seroPeers,
  seroPoolProof,
  seroPoolTotals,
  seroSealBlock,
  seroSimulate,
  seroSubtreeRoots,
  seroTreeState,
  seroUnbanPeer,
  web3ClientVersion,
  web3Sha3,
];

/**
 * Looks methods up by name.
 *
 * @returns a function that throws SeroError `rpc/method` for a name that is not among them
 */
export function callByName(context: RpcContext, methods: readonly RpcMethod[]): CallMethod {
  const byName = new Map(methods.map((method) => [method.name, method]));
  return async (name, params, caller) => {
    const method = byName.get(name);
    if (!method) {
      throw new SeroError("rpc/method", "The node has no such method.", { method: name.slice(0, 64) });
    }
    return method.call(context, params, caller);
  };
}
