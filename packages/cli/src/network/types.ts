import type { ChainSpec } from "@sero/protocol";

/** The ports of one node's two programs. All differ from those of the network's other nodes. */
export interface Ports {
  readonly rpc: number;
  readonly engine: number;
  readonly metrics: number;
  readonly light: number;
  /** Transactions between execution nodes, TCP. */
  readonly p2p: number;
  /** Blocks between consensus clients, TCP. */
  readonly consensus: number;
  /** Discovery between consensus clients, UDP. */
  readonly discovery: number;
  /** The consensus client's own API. */
  readonly rest: number;
}

/** One node of a network: an execution node and a consensus client in one folder. */
export interface NetworkNode {
  /** Name of its folder: `node-1`, `node-2`, ... */
  readonly name: string;
  /** IP address or DNS name at which the others reach it. */
  readonly address: string;
  readonly ports: Ports;
  /** libp2p's name of the execution node; its secret half lies in the data folder. */
  readonly peerId: string;
  /** Where other execution nodes dial it. */
  readonly multiaddr: string;
  /** The validators that its consensus client runs under `lodestar-dev`; none for a node that only follows. */
  readonly validators: { readonly first: number; readonly count: number };
}

/** What start-consensus.sh runs. */
export type ConsensusClient = "lodestar-dev" | "lodestar" | "lighthouse" | "teku" | "none";

/** Sizes of committees and epochs (consensus-specs, presets). Releases of clients have the mainnet one, some the minimal one too. */
export type Preset = "mainnet" | "minimal";

/** A network as `network.json` describes it: everything that another node's folder is made from. */
export interface Network {
  readonly spec: ChainSpec;
  /** 0x and 64 hex digits. */
  readonly genesisHash: string;
  readonly consensus: ConsensusClient;
  readonly preset: Preset;
  /** Validators in the consensus genesis. */
  readonly validators: number;
  readonly feeRecipient: string | undefined;
  readonly nodes: readonly NetworkNode[];
}
