import type { CallOutcome, PhaseObserver, PhaseReport, PhaseRequest, SimulatedCall } from "@sero/execution";
import type { ChainSpec, TxId } from "@sero/protocol";
import type { Chain, ChainBlock } from "../chain/index.js";
import type { Engine } from "../engine/index.js";
import type { Log } from "../log.js";
import type { Mempool } from "../mempool/index.js";
import type { PeerHost } from "../p2p/host/types.js";
import type { Sync } from "../p2p/sync/index.js";
import type { Sealer } from "../sealer/index.js";
import type { Store } from "../store/index.js";
import type { Filters } from "./filters.js";
import type { Subtrees } from "../chain/subtrees.js";
import type { Workbench } from "./workbench.js";

/** Tries calls out on the state after a block. */
export interface Simulator {
  call(block: ChainBlock, call: SimulatedCall): Promise<CallOutcome>;
  /** The least execution gas with which the call succeeds. */
  leastGas(block: ChainBlock, call: SimulatedCall): Promise<CallOutcome & { readonly gas: bigint }>;
  /** What a call phase would do. */
  phase(block: ChainBlock, request: PhaseRequest, observer?: PhaseObserver): Promise<PhaseReport>;
  /**
   * Runs a mined transaction's call phase again, after those before it in its block.
   *
   * @throws SeroError `state/forgotten` for a block whose parent's state is not kept
   */
  replay(block: ChainBlock, index: number, observer: PhaseObserver): Promise<void>;
}

/** Everything that JSON-RPC methods answer from. */
export interface RpcContext {
  readonly spec: ChainSpec;
  readonly genesisHash: Uint8Array;
  readonly clientVersion: string;
  readonly store: Store;
  readonly chain: Chain;
  readonly subtrees: Subtrees;
  readonly mempool: Mempool;
  /**
   * Takes in a user's transaction: stemmed if there are peers, else straight into the mempool.
   *
   * @param source groups what one client sends
   * @returns its txid once it is verified
   * @throws SeroError the reason it is refused
   */
  readonly submit: (bytes: Uint8Array, source: string) => Promise<TxId>;
  /** Undefined for a node that keeps to itself. */
  readonly peers: PeerHost | undefined;
  readonly sync: Sync | undefined;
  readonly engine: Engine;
  readonly simulator: Simulator;
  readonly workbench: Workbench;
  readonly filters: Filters;
  /** Only on chains that seal their own blocks. */
  readonly sealer: Sealer | undefined;
  readonly log: Log;
}
