import {
  equalBytes,
  packageControllerSlot,
  packageIdOf,
  packageSlot,
  POOL_ADDRESS,
  type Commitment,
  type EthAddress,
  type PackageEntry,
  type PackageId,
  type PoolEntry,
  type Transaction,
} from "@sero/protocol";
import type { Log } from "../block/index.js";
import { wordOf, wordToBigInt, ZERO_WORD, type Journal } from "../state/index.js";
import { packageCreatedLog, packageReleasedLog } from "./pool-logs.js";

/** A package that a transaction makes. */
export interface NewPackage {
  readonly id: PackageId;
  readonly commitment: Commitment;
  readonly controller: EthAddress;
  readonly onFailure: PackageEntry["onFailure"];
}

/** The packages of a transaction, in the order of their outputs. With a call phase they start under its pseudonym. */
export function packagesOf(tx: Transaction): NewPackage[] {
  return tx.packages.map(({ outputIndex, controller, onFailure }) => {
    const { nullifiers, commitments } = tx.bundles[Math.floor(outputIndex / 3)]!;
    const commitment = commitments[outputIndex % 3]!;
    const first = controller ?? tx.call?.pseudonym;
    if (first === undefined) throw new TypeError("checkTransaction lets no package through without a controller");
    return { id: packageIdOf(nullifiers[0], outputIndex, commitment), commitment, controller: first, onFailure };
  });
}

/** Step 4: registers them, unconditionally. @returns the log of each, as if the Pool's code had written it */
export function registerPackages(journal: Journal, packages: readonly NewPackage[]): Log[] {
  return packages.map(({ id, commitment, controller }) => {
    journal.setStorage(POOL_ADDRESS, packageSlot(id), wordOf(commitment));
    journal.setStorage(POOL_ADDRESS, packageControllerSlot(id), addressWord(controller));
    return packageCreatedLog(id, commitment, controller);
  });
}

/**
 * After the phase, whether it failed or not: packages that are still under the pseudonym and are to be released then become leaves; all others
 * stay where they are.
 */
export function releasePackages(
  journal: Journal,
  packages: readonly NewPackage[],
  transaction: number,
): { readonly entries: PoolEntry[]; readonly logs: Log[] } {
  const left = packages.filter(({ id, controller, onFailure }) => {
    if (onFailure !== "release") return false;
    // Repacked or released by the calls, it is no longer there; handed on, it is another's.
    const there = wordToBigInt(journal.storage(POOL_ADDRESS, packageSlot(id))) !== 0n;
    return there && equalBytes(journal.storage(POOL_ADDRESS, packageControllerSlot(id)), addressWord(controller));
  });
  for (const { id } of left) {
    journal.setStorage(POOL_ADDRESS, packageSlot(id), ZERO_WORD);
    journal.setStorage(POOL_ADDRESS, packageControllerSlot(id), ZERO_WORD);
  }
  return {
    entries: left.map(({ id, commitment }) => ({ kind: "released", transaction, id, commitment })),
    logs: left.map(({ id, commitment }) => packageReleasedLog(id, commitment)),
  };
}

function addressWord(address: EthAddress): Uint8Array {
  const word = new Uint8Array(32);
  word.set(address, 12);
  return word;
}
