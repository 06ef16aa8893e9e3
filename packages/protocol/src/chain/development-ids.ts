/** The chain ids of development chains: the only ones on which keys made from known constants are accepted. */
export const DEVELOPMENT_CHAIN_IDS: readonly bigint[] = [24158n, 24159n, 24160n, 24161n];

/** Whether development keys are accepted on this chain id. */
export const isDevelopmentChainId = (chainId: bigint): boolean => DEVELOPMENT_CHAIN_IDS.includes(chainId);
