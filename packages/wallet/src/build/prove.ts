import { SeroError, encodeTransaction, publicInputsOf, type Transaction } from "@sero/protocol";
import type { SpendInput, SpendWitness } from "@sero/circuits";
import type { AnchorView, BuiltTransaction, Draft, Proving } from "./types.js";

/** Progress of the proofs of one transaction. */
export interface ProveProgress {
  readonly bundle: number;
  readonly bundles: number;
  readonly step: "proving" | "checking";
  readonly fraction: number;
}

/**
 * Proves a draft under an anchor, checks every proof and signature as a node would (attack D22: a wallet never sends what it has not
 * verified), and encodes it. Throws build/bad-proof, and what `Proving` throws.
 */
export async function proveDraft(
  draft: Draft,
  anchor: AnchorView,
  proving: Proving,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: ProveProgress) => void } = {},
): Promise<BuiltTransaction> {
  const proofs: Uint8Array[] = [];
  const bundles = draft.witnesses.length;
  for (const [bundle, witness] of draft.witnesses.entries()) {
    const onProgress = (fraction: number): void => options.onProgress?.({ bundle, bundles, step: "proving", fraction });
    onProgress(0);
    proofs.push(
      await proving.prove(
        underAnchor(draft, witness, bundle, anchor),
        options.signal === undefined ? { onProgress } : { signal: options.signal, onProgress },
      ),
    );
  }
  const tx: Transaction = {
    ...draft.tx,
    anchor: anchor.root,
    bundles: draft.tx.bundles.map((bundle, i) => ({ ...bundle, proof: proofs[i] ?? bundle.proof })),
  };
  options.onProgress?.({ bundle: bundles - 1, bundles, step: "checking", fraction: 0 });
  const verdicts = await proving.check(
    tx.bundles.map((bundle) => ({
      circuit: bundle.circuit,
      inputs: publicInputsOf(bundle, tx.anchor),
      proof: bundle.proof,
      rk: bundle.rk,
      signature: bundle.signature,
      message: draft.txid,
    })),
  );
  if (verdicts.length !== bundles || verdicts.includes(false))
    throw new SeroError(
      "build/bad-proof",
      "A proof made here does not verify, so nothing was sent. Check that the proving keys belong to this chain (sero setup).",
      { bundle: verdicts.indexOf(false) },
    );
  return {
    tx,
    txid: draft.txid,
    bytes: encodeTransaction(tx),
    commitments: tx.bundles.flatMap((bundle) => bundle.commitments),
  };
}

/** The witness with its anchor, and the paths of its real inputs under it. */
function underAnchor(draft: Draft, witness: SpendWitness, bundle: number, anchor: AnchorView): SpendWitness {
  const real = new Map(
    draft.inputs.filter((entry) => entry.bundle === bundle).map((entry) => [entry.input, entry.note.leafIndex]),
  );
  const withPath = (input: SpendInput, index: number): SpendInput => {
    const leafIndex = real.get(index);
    return leafIndex === undefined ? input : { ...input, path: anchor.path(leafIndex) };
  };
  const [first, second] = witness.inputs;
  return {
    ...witness,
    inputs: [withPath(first, 0), withPath(second, 1)],
    statement: { ...witness.statement, anchor: anchor.root },
  };
}
