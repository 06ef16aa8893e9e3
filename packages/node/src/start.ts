import type { BundleVerifier } from "@sero/circuits";
import { openRules, type Rules } from "@sero/execution";
import type { ChainSpec } from "@sero/protocol";
import {
  checkStore,
  openChain,
  openExecutor,
  openPruner,
  openSubtrees,
  storedBlock,
  treeRecordOf,
  type Chain,
} from "./chain/index.js";
import { openEngine } from "./engine/index.js";
import { followHead } from "./follow.js";
import { openHealth, openReporter, reportInvalid } from "./health/index.js";
import { silent, type Log } from "./log.js";
import { DEFAULT_POOL, openMempool, openPoolRules, type PoolSettings } from "./mempool/index.js";
import { openNetwork, type P2pOptions } from "./p2p/network.js";
import type { RpcContext } from "./rpc/context.js";
import { openFilters } from "./rpc/filters.js";
import { logsOfChange } from "./rpc/logs.js";
import { openWorkbench, turnsOfOthers } from "./rpc/workbench.js";
import { startSealer, type SealerOptions } from "./sealer/index.js";
import { checkHiddenPorts, startServers, type PortOptions, type ServerUrls } from "./servers.js";
import { openSimulator } from "./simulator.js";
import { lockDirectory, openStore, type Store } from "./store/index.js";
import { clientVersion } from "./version.js";

/** What a node is started with. */
export interface NodeOptions extends PortOptions {
  readonly spec: ChainSpec;
  /** Where blocks and state are kept; created when missing. One chain, one node at a time. */
  readonly dataDir: string;
  /** Makes the blocks of a development chain. */
  readonly sealer?: SealerOptions;
  /** Checks proofs and signatures. The caller opened it and closes it. */
  readonly verifier: BundleVerifier;
  readonly pool?: Partial<PoolSettings>;
  /**
   * Blocks whose transactions and receipts are kept, at least MIN_KEPT_BLOCKS; all if left out. What is not final, headers and what wallets
   * need is kept in any case.
   */
  readonly keepBlocks?: number;
  /** Joins other nodes; without it the node keeps to itself. */
  readonly p2p?: P2pOptions;
  readonly log?: Log;
}

/** A node that runs. */
export interface RunningNode extends ServerUrls {
  /** The node's parts, for programs that run it inside themselves. */
  readonly context: RpcContext;
  /** Finishes what is under way, closes ports and store. A second call waits for the first. */
  stop(): Promise<void>;
}

/**
 * Starts a node: opens or creates its store, and serves JSON-RPC until it is stopped. A node that was stopped, or killed, goes on where
 * its store ends.
 *
 * @throws SeroError `store/locked`, `p2p/listen`, `p2p/address`, `p2p/identity`, `store/other-chain`, `store/schema`, `store/disk-full`, `server/port-taken`, `spec/*`, `rules/*`
 */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const log = options.log ?? silent;
  const undo: (() => void | Promise<void>)[] = [];
  const unwind = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const { spec, verifier } = options;
    if (options.p2p?.socks) checkHiddenPorts(options);
    const rules = await openRules({ spec, verifier });
    const lock = lockDirectory(options.dataDir);
    undo.push(() => lock.release());
    const store = openStore(options.dataDir, { chainId: spec.chainId, genesisHash: rules.genesis.hash });
    undo.push(() => store.close());
    const chain = beginChain(store, rules, log);
    const health = openHealth();
    undo.push(health.observer.follow(chain));
    undo.push(
      openReporter({
        chain,
        log,
        needsConsensus: options.engine !== undefined && options.sealer === undefined,
        sinceConsensus: () => health.observer.sinceConsensus(),
      }),
    );
    await checkStore(store, chain);
    const mempool = openMempool(openPoolRules(rules, chain, store), verifier, { ...DEFAULT_POOL, ...options.pool });
    undo.push(() => mempool.close());
    undo.push(followHead(chain, store, mempool));
    const times = { slot: 1_000 * spec.slotSeconds };
    const engine = openEngine(
      chain,
      health.observer.executor(reportInvalid(openExecutor(rules, chain, mempool), log)),
      { times, log },
    );
    undo.push(() => engine.close());
    if (options.keepBlocks !== undefined) {
      const pruner = openPruner(store, chain, options.keepBlocks, log);
      undo.push(() => pruner.stop());
    }
    const sealer = options.sealer && startSealer(engine, chain, mempool, options.sealer, log);
    if (sealer) undo.push(() => sealer.stop());
    const network =
      options.p2p &&
      (await openNetwork(options.p2p, { dataDir: options.dataDir, rules, store, chain, engine, mempool, log }));
    if (network) undo.push(() => network.close());
    const filters = openFilters(chain, mempool, (change, request) => logsOfChange(context, change, request));
    undo.push(() => filters.close());
    const others = (): Promise<void> => turnsOfOthers(() => engine.idle());
    const context: RpcContext = {
      spec,
      genesisHash: rules.genesis.hash,
      clientVersion: clientVersion(),
      store,
      chain,
      subtrees: openSubtrees(store, chain, rules.treeHash),
      mempool,
      submit: (bytes, source) => (network?.relay ?? mempool).submit(bytes, source),
      peers: network?.host,
      sync: network?.sync,
      engine,
      simulator: openSimulator(rules, chain, store, others),
      workbench: openWorkbench(others),
      filters,
      sealer,
      log,
    };
    const servers = await startServers(options, {
      context,
      health,
      dataDir: options.dataDir,
      peers: network?.host,
      needsPeers: options.p2p !== undefined && options.p2p.bootstrap.length > 0,
      onClose: (close) => undo.push(close),
    });
    log({
      level: "info",
      event: "node/started",
      message: "The node runs.",
      values: {
        head: chain.head().number.toString(),
        rpc: servers.rpcUrl,
        engine: servers.engineUrl ?? null,
        metrics: servers.metricsUrl ?? null,
        light: servers.lightUrl ?? null,
        peers: network !== undefined,
      },
    });
    let stopping: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await unwind();
      log({ level: "info", event: "node/stopped", message: "The node has stopped; everything is on disk." });
    };
    return { ...servers, context, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await unwind();
    throw error;
  }
}

function beginChain(store: Store, rules: Rules, log: Log): Chain {
  if (!store.pointers()) {
    const { genesis } = rules;
    const { hash, header, diff, compact, state } = genesis;
    store.begin(
      storedBlock(
        { hash, header, diff, compact, transactions: [], withdrawals: [], receipts: [], details: [], txids: [] },
        treeRecordOf(state, undefined),
      ),
    );
  }
  return openChain(store, log);
}
