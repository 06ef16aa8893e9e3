import { DEPOSIT_CONTRACT_ADDRESS } from "@sero/contracts";
import { makeGenesis, type Genesis } from "@sero/execution";
import { toHex, type ChainSpec } from "@sero/protocol";

/** What others have to know of a chain's first block, as `genesis.json`. */
export interface GenesisSummary {
  readonly network: string;
  readonly chainId: string;
  /** What a consensus client is given: it builds its own genesis around this block. */
  readonly genesisHash: string;
  readonly stateRoot: string;
  /** Seconds since 1970, the first block's timestamp; the consensus chain's slot 0 begins then. */
  readonly genesisTime: number;
  readonly slotSeconds: number;
  readonly gasLimit: string;
  readonly baseFee: string;
  readonly extraData: string;
  readonly withdrawalsRoot: string;
  readonly depositContract: string;
  /** Base units in genesis notes. */
  readonly supply: string;
}

/** The first block of a chain, as programs and people compare it. */
export const summaryOf = (spec: ChainSpec, genesis: Genesis = makeGenesis(spec)): GenesisSummary => ({
  network: spec.network,
  chainId: String(spec.chainId),
  genesisHash: toHex(genesis.hash),
  stateRoot: toHex(genesis.header.stateRoot),
  genesisTime: Number(spec.genesisTime),
  slotSeconds: spec.slotSeconds,
  gasLimit: String(spec.gasLimit),
  baseFee: String(spec.baseFee),
  extraData: toHex(genesis.header.extraData),
  withdrawalsRoot: toHex(genesis.header.withdrawalsRoot),
  depositContract: toHex(DEPOSIT_CONTRACT_ADDRESS),
  supply: String(spec.genesisNotes.reduce((sum, { value }) => sum + value, 0n)),
});
