import type { Common } from "@ethereumjs/common";
import type { CustomPrecompile } from "@ethereumjs/evm";
import type { BundleVerifier } from "@sero/circuits";
import {
  checkSpec,
  activeRules,
  rulesId,
  treeHashOf,
  type BindContext,
  type ChainSpec,
  type Fork,
  type TreeHash,
} from "@sero/protocol";
import { decodePoints, openPoseidon } from "@sero/protocol/wasm";
import { evmCommon } from "../evm/index.js";
import { seroPrecompiles } from "../precompiles/index.js";
import { makeGenesis, type Genesis } from "../genesis.js";
import type { PointDecoder } from "../validity/points.js";

/** Everything that decides whether a block is valid, besides the block and its parent. */
export interface Rules {
  readonly spec: ChainSpec;
  readonly genesis: Genesis;
  /** What holds in blocks of this timestamp, seconds since 1970. The same object as long as nothing changes. */
  readonly at: (timestamp: bigint) => RulesAt;
  readonly common: Common;
  /** Pure, so that every EVM may share them. */
  readonly precompiles: readonly CustomPrecompile[];
  readonly verifier: BundleVerifier;
  readonly treeHash: TreeHash;
  readonly decodePoints: PointDecoder;
}

/** What holds between two upgrades of a chain. */
export interface RulesAt {
  /** Numbers of the circuits that bundles may use. */
  readonly circuits: ReadonlySet<number>;
  /** Whether a transaction may have a call phase. */
  readonly callPhase: boolean;
  /** Whether a transaction may make packages. */
  readonly packages: boolean;
  /** Which of Ethereum's upgrades decides the form of blocks. */
  readonly fork: Fork;
  readonly bindContext: BindContext;
}

/**
 * What rules are made of. `treeHash` and `decodePoints` are the WebAssembly ones unless others are given, which must agree with them.
 */
export interface RulesOptions {
  readonly spec: ChainSpec;
  readonly verifier: BundleVerifier;
  readonly treeHash?: TreeHash;
  readonly decodePoints?: PointDecoder;
}

/**
 * Makes the rules of a chain from its spec, with its genesis block.
 *
 * @throws SeroError `spec/*` for a spec that makes no chain
 */
export async function openRules(options: RulesOptions): Promise<Rules> {
  const { spec, verifier, treeHash = fastTreeHash() } = options;
  checkSpec(spec);
  const genesis = makeGenesis(spec, treeHash);
  const epochs = new Map<string, RulesAt>();
  return {
    spec,
    genesis,
    at(timestamp) {
      const active = activeRules(spec, timestamp);
      const { callPhase, packages, fork } = active;
      const key = [active.circuits.map(({ number }) => number).join(), callPhase, packages, fork].join(":");
      const known = epochs.get(key);
      if (known !== undefined) return known;
      const epoch: RulesAt = {
        circuits: new Set(active.circuits.map(({ number }) => number)),
        callPhase,
        packages,
        fork,
        bindContext: { genesisHash: genesis.hash, rulesId: rulesId(spec, timestamp) },
      };
      epochs.set(key, epoch);
      return epoch;
    },
    common: evmCommon(spec.chainId),
    precompiles: seroPrecompiles({ development: spec.development, chainId: spec.chainId }),
    verifier,
    treeHash,
    decodePoints: options.decodePoints ?? decodePoints,
  };
}

/** Opened once a thread: compiling the module takes a fifth of a second. */
const fastTreeHash = ((): (() => TreeHash) => {
  const cache: TreeHash[] = [];
  return () => (cache[0] ??= treeHashOf(openPoseidon().hashNodes));
})();
