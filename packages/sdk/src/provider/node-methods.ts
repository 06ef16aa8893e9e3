import { CODES, ProviderRpcError, unsupported } from "./errors.js";

/**
 * The node's methods that anybody who has the session's token may use: reads of the public chain. To the node a provider is a program of its own
 * machine, which it lets do everything: peers, bans and blocks on demand are the operator's, traces take a node's time. So a method that the node
 * gets tomorrow is not a site's either until it is named here.
 */
const FOR_SITES: ReadonlySet<string> = new Set([
  "eth_blockNumber",
  "eth_call",
  "eth_estimateGas",
  "eth_feeHistory",
  "eth_gasPrice",
  "eth_getBalance",
  "eth_getBlockByHash",
  "eth_getBlockByNumber",
  "eth_getBlockReceipts",
  "eth_getBlockTransactionCountByHash",
  "eth_getBlockTransactionCountByNumber",
  "eth_getCode",
  "eth_getFilterChanges",
  "eth_getFilterLogs",
  "eth_getLogs",
  "eth_getProof",
  "eth_getRawTransactionByHash",
  "eth_getStorageAt",
  "eth_getTransactionByBlockHashAndIndex",
  "eth_getTransactionByBlockNumberAndIndex",
  "eth_getUncleByBlockHashAndIndex",
  "eth_getUncleByBlockNumberAndIndex",
  "eth_getUncleCountByBlockHash",
  "eth_getUncleCountByBlockNumber",
  "eth_maxPriorityFeePerGas",
  "eth_newBlockFilter",
  "eth_newFilter",
  "eth_newPendingTransactionFilter",
  "eth_syncing",
  "eth_uninstallFilter",
  "net_listening",
  "net_version",
  "sero_chain",
  "sero_simulate",
  "web3_clientVersion",
  "web3_sha3",
]);

/** Namespaces of Ethereum in which libraries try for methods that not every node has, and look for -32601 then. */
const TRIED = /^(eth|net|web3)_/;

/** @throws ProviderRpcError -32601 or 4200 for a method that a session does not pass on to its node */
export function checkForSites(method: string): void {
  if (FOR_SITES.has(method)) return;
  const name = method.slice(0, 64);
  if (TRIED.test(method))
    throw new ProviderRpcError(CODES.methodNotFound, `There is no method ${name} here. docs/provider.md lists them.`);
  throw unsupported(name, "docs/provider.md lists what there is; the node's own address answers its operator.");
}
