import type { Common } from "@ethereumjs/common";
import type { BundleVerifier } from "@sero/circuits";
import {
  checkSpec,
  rulesId,
  SeroError,
  treeHashOf,
  type BindContext,
  type ChainSpec,
  type TreeHash,
} from "@sero/protocol";
import { decodePoints, openPoseidon } from "@sero/protocol/wasm";
import { evmCommon } from "../evm/index.js";
import { makeGenesis, type Genesis } from "../genesis.js";
import type { PointDecoder } from "../validity/points.js";

/** Everything that decides whether a block is valid, besides the block and its parent. */
export interface Rules {
  readonly spec: ChainSpec;
  readonly rulesId: Uint8Array;
  readonly genesis: Genesis;
  readonly bindContext: BindContext;
  readonly common: Common;
  readonly verifier: BundleVerifier;
  readonly treeHash: TreeHash;
  readonly decodePoints: PointDecoder;
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
 * @throws SeroError `spec/*` for a spec that makes no chain, `rules/not-supported` for one that needs a newer version of this program
 */
export async function openRules(options: RulesOptions): Promise<Rules> {
  const { spec, verifier, treeHash = fastTreeHash() } = options;
  checkSpec(spec);
  if (spec.callPhaseTime !== undefined || spec.packagesTime !== undefined) {
    throw new SeroError("rules/not-supported", "This version runs payments only; update it to follow this chain.");
  }
  const genesis = makeGenesis(spec, treeHash);
  const id = rulesId(spec);
  return {
    spec,
    rulesId: id,
    genesis,
    bindContext: { genesisHash: genesis.hash, rulesId: id },
    common: evmCommon(spec.chainId),
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
