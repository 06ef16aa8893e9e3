import { ensureSpendArtifacts, openProver, openVerifierPool, type BundleVerifier, type Prover } from "@sero/circuits";
import {
  bindOf,
  decodeCompactBlock,
  denseTree,
  encodeTransaction,
  leavesOf,
  sign,
  type Bundle,
  type Transaction,
} from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildBlock, decodeAndCheckStateless, importBlock, layered, verifyBundles } from "../../src/index.js";
import { COINS, openTestChain, type TestChain } from "../helpers/chain.js";
import type { TestPayment } from "../helpers/payment.js";
import { prove } from "../helpers/proofs.js";

describe("payments with real proofs", () => {
  let prover: Prover;
  let verifier: BundleVerifier;
  let chain: TestChain;
  let payment: TestPayment;

  beforeAll(async () => {
    const artifacts = await ensureSpendArtifacts();
    prover = await openProver({ artifacts });
    verifier = await openVerifierPool({ artifacts, chainId: 24158n, threads: 1 });
    chain = await openTestChain({ verifier });
    payment = chain.pay(0, 1, COINS);
    payment = await prove(payment, chain.wallets[0]!.keys, treeOf(chain), prover);
  }, 180_000);
  afterAll(async () => {
    await prover?.close();
    await verifier?.close();
  });

  it("are accepted by the mempool's check and by import, and re-proved under a newer anchor keep their txid", async () => {
    const checked = chain.check(payment.bytes);
    expect((await verifyBundles(chain.rules, checked)).ok).toBe(true);
    const parent = chain.head();
    const built = await buildBlock(chain.rules, parent, chain.attributes(), [checked], { verified: true });
    const imported = await importBlock(chain.rules, parent, built);
    expect(imported.ok && imported.value.diff.root).toEqual(built.diff.root);

    // Somebody else's payment moves the tree; the proof is made anew, the signature stays.
    const other = await openTestChain({ verifier });
    await seal(other, await prove(other.pay(1, 0, COINS), other.wallets[1]!.keys, treeOf(other), prover));
    const tree = treeOf(other);
    const fresh = { ...payment, tx: { ...payment.tx, anchor: tree.root } };
    const again = await prove(fresh, other.wallets[0]!.keys, tree, prover);
    const recheck = other.check(again.bytes);
    expect(recheck.txid).toEqual(checked.txid);
    expect((await verifyBundles(other.rules, recheck)).ok).toBe(true);
  });

  it("A8: any public field that is changed after proving voids the proof, even when its maker signs again", async () => {
    const { keys } = chain.wallets[0]!;
    const { alpha } = payment.secrets[0]!;
    const resign = (tx: Transaction): Transaction => {
      const { txid } = bindOf(tx, chain.rules.at(chain.rules.spec.genesisTime).bindContext);
      return { ...tx, bundles: tx.bundles.map((bundle) => ({ ...bundle, signature: sign(keys.ask, alpha, txid) })) };
    };
    const bundle = payment.tx.bundles[0]!;
    const change = (fields: Partial<Bundle>): Transaction =>
      resign({ ...payment.tx, bundles: [{ ...bundle, ...fields }] });
    const [nf0, nf1] = bundle.nullifiers;
    const [cm0, cm1, cm2] = bundle.commitments;
    const changed: Transaction[] = [
      resign({ ...payment.tx, anchor: 5n as never }),
      change({ nullifiers: [nf1, nf0] }),
      change({ nullifiers: [nf0, 77n as never] }),
      change({ commitments: [cm1, cm0, cm2] }),
      change({ commitments: [cm0, cm1, 77n as never] }),
    ];
    for (const tx of changed) {
      const checked = decodeAndCheckStateless(chain.rules, encodeTransaction(tx), chain.rules.spec.genesisTime);
      expect(checked.ok).toBe(true);
      if (!checked.ok) continue;
      const verdict = await verifyBundles(chain.rules, checked.value);
      expect(verdict.ok ? "ok" : verdict.error.code).toBe("tx/proof");
    }
    // Signed again without a change it is fine: it was the proof that failed above.
    const same = chain.check(encodeTransaction(resign(payment.tx)));
    expect((await verifyBundles(chain.rules, same)).ok).toBe(true);
  });
});

const treeOf = (chain: TestChain) =>
  denseTree([chain.rules.genesis.compact, ...chain.compacts].flatMap((bytes) => leavesOf(decodeCompactBlock(bytes))));

async function seal(chain: TestChain, payment: TestPayment): Promise<void> {
  const block = await chain.seal([payment]);
  expect(layered(chain.parents[0]!.state, block.diff).root).toEqual(chain.head().state.root);
}
