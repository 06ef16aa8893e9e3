/**
 * What other people's wallets may ask: ranges of blocks, what every wallet asks alike, and to send a transaction. Nothing that takes a note, a
 * txid, an address or a contract: who asks for single things tells whose they are (attack G49). What needs that is asked of a node of one's own.
 */
export const LIGHT_METHODS: readonly string[] = [
  "eth_blockNumber",
  "eth_chainId",
  "eth_sendRawTransaction",
  "sero_assets",
  "sero_chain",
  "sero_compactBlocks",
  "sero_head",
  "sero_memos",
  "sero_packages",
  "sero_poolProof",
  "sero_subtreeRoots",
  "sero_treeState",
];
