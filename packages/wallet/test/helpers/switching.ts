import type { NodeClient } from "../../src/index.js";

/** A client that goes to whatever node is the current one. */
export function switching(current: () => NodeClient): NodeClient {
  return {
    url: "http://fake",
    chain: (options) => current().chain(options),
    head: (options) => current().head(options),
    compactBlocks: (from, to, options) => current().compactBlocks(from, to, options),
    memos: (from, to, options) => current().memos(from, to, options),
    treeState: (block, options) => current().treeState(block, options),
    poolProof: (block, options) => current().poolProof(block, options),
    assets: (from, to, options) => current().assets(from, to, options),
    call: (request, options) => current().call(request, options),
    logs: (topics, from, to, options) => current().logs(topics, from, to, options),
    packageEvents: (from, to, options) => current().packageEvents(from, to, options),
    simulate: (request, options) => current().simulate(request, options),
    receipt: (txid, options) => current().receipt(txid, options),
    nonceOf: (address, options) => current().nonceOf(address, options),
    coinOf: (address, options) => current().coinOf(address, options),
    codeOf: (address, options) => current().codeOf(address, options),
    sendTransaction: (bytes, options) => current().sendTransaction(bytes, options),
  };
}
