import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { openProver, sha256Hex, type SpendArtifacts } from "@sero/circuits";
import type { Rules } from "@sero/execution";
import { concatBytes, encodeTransaction, type Bundle } from "@sero/protocol";
import { benchFolder } from "../folders.js";
import { firstBlockTime, payee, payer, PAYER_NOTES } from "./chain.js";
import { genesisTree, unprovedPayment, type PaymentChain, type Unproved } from "./real.js";

/** Raise it when payments or calls are made differently. */
const VERSION = 2;

/** The chain that payments are made on, from its rules. */
export function paymentChain({ spec, at }: Pick<Rules, "spec" | "at">): PaymentChain {
  const context = at(firstBlockTime(spec)).bindContext;
  return { spec, context, payer: payer(), payee: payee(), tree: genesisTree(spec) };
}

/**
 * `count` different valid payments with real proofs, each spending another genesis note. They are kept under the hash of circuit, key and
 * chain, each as soon as it is made, so that only what is missing is proved.
 */
export const realPayments = (
  artifacts: SpendArtifacts,
  rules: Pick<Rules, "spec" | "at">,
  count: number,
  onProof: (made: number, count: number) => void,
): Promise<readonly Uint8Array[]> => proved("payments", artifacts, rules, count, unprovedPayment, onProof);

/** Valid transactions with real proofs of a kind, kept as payments are. `make` makes the one with this number. */
export async function proved(
  kind: string,
  artifacts: SpendArtifacts,
  rules: Pick<Rules, "spec" | "at">,
  count: number,
  make: (chain: PaymentChain, index: number) => Unproved,
  onProof: (made: number, count: number) => void,
): Promise<readonly Uint8Array[]> {
  if (count > PAYER_NOTES) throw new RangeError(`There are notes for ${PAYER_NOTES} transactions only.`);
  const { genesisHash, rulesId } = rules.at(firstBlockTime(rules.spec)).bindContext;
  const { r1cs, key } = artifacts.hashes;
  const name = sha256Hex(concatBytes(new TextEncoder().encode(`${VERSION} ${r1cs} ${key}`), genesisHash, rulesId));
  mkdirSync(benchFolder(), { recursive: true });
  const path = join(benchFolder(), `${kind}-${name.slice(0, 16)}`);
  const made = existsSync(path) ? readFrames(path) : [];
  if (made.length >= count) return made.slice(0, count);
  const chain = paymentChain(rules);
  const prover = await openProver({ artifacts });
  try {
    for (let index = made.length; index < count; index++) {
      onProof(index, count);
      const { tx, witness } = make(chain, index);
      const proof = await prover.prove(witness);
      const bytes = encodeTransaction({ ...tx, bundles: tx.bundles.map((bundle): Bundle => ({ ...bundle, proof })) });
      appendFileSync(path, concatBytes(lengthOf(bytes), bytes));
      made.push(bytes);
    }
  } finally {
    await prover.close();
  }
  return made;
}

function lengthOf(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, bytes.length);
  return out;
}

/** The whole frames of a file; a last one that was cut off is cut from the file too. */
function readFrames(path: string): Uint8Array[] {
  const file = new Uint8Array(readFileSync(path));
  const view = new DataView(file.buffer);
  const frames: Uint8Array[] = [];
  let at = 0;
  while (at + 4 <= file.length) {
    const end = at + 4 + view.getUint32(at);
    if (end > file.length) break;
    frames.push(file.slice(at + 4, end));
    at = end;
  }
  if (at < file.length) truncateSync(path, at);
  return frames;
}
