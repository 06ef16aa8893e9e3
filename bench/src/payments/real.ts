import type { SpendInput, SpendOutput, SpendWitness } from "@sero/circuits";
import {
  addressAt,
  addressForChange,
  bindOf,
  bytesToBigInt,
  CIPHERTEXT_BYTES,
  COIN,
  commitmentOf,
  completedNote,
  denseTree,
  FIELD_ORDER,
  intrinsicGas,
  noteInner,
  noteCommitment,
  noteSeed,
  nullifierOf,
  ownerTagOf,
  pseudonymDigest,
  randomAddress,
  randomBytes,
  randomizedKey,
  randomizedPoint,
  randomScalar,
  receiveSlot,
  sealMemo,
  sealNote,
  sign,
  signDigest,
  treeHashOf,
  TREE_DEPTH,
  type AccountKeys,
  type Address,
  type BindContext,
  type Bundle,
  type Call,
  type CallPhase,
  type ChainSpec,
  type DenseTree,
  type MerklePath,
  type Pseudonym,
  type Transaction,
} from "@sero/protocol";
import { openPoseidon } from "@sero/protocol/wasm";
import { NOTE_VALUE } from "./chain.js";

/** What payments are made on. */
export interface PaymentChain {
  readonly spec: ChainSpec;
  readonly context: BindContext;
  readonly payer: AccountKeys;
  readonly payee: AccountKeys;
  /** The note tree after genesis. */
  readonly tree: DenseTree;
}

/** The call phase of a transaction, as the bench needs it: what is brought is coin for gas, and what is left of it comes back. */
export interface BenchPhase {
  readonly pseudonym: Pseudonym;
  readonly calls: readonly Call[];
  readonly gasLimit: bigint;
}

/** A payment that lacks nothing but its proof, and what the proof is made from. */
export interface Unproved {
  readonly tx: Transaction;
  readonly witness: SpendWitness;
}

/** The note tree that genesis makes. */
export function genesisTree(spec: ChainSpec): DenseTree {
  const leaves = spec.genesisNotes.map(({ inner, value }) => noteCommitment(inner, COIN, value, 0n));
  return denseTree(leaves, treeHashOf(openPoseidon().hashNodes));
}

const element = (): bigint => bytesToBigInt(randomBytes(64)) % FIELD_ORDER;

const dummyPath = (leafIndex: bigint): MerklePath => ({
  leafIndex,
  siblings: Array.from({ length: TREE_DEPTH }, () => [0n, 0n, 0n] as const),
});

interface Input {
  readonly spend: SpendInput;
  readonly nullifier: Bundle["nullifiers"][0];
}

/** The payer's genesis note number `index`. */
function realInput({ payer, tree }: PaymentChain, index: bigint): Input {
  const note = completedNote(receiveSlot(payer, index), COIN, NOTE_VALUE);
  const { asset, value, d, rho, blind } = note;
  return {
    spend: { asset, value, d, rho, blind, path: tree.path(index) },
    nullifier: nullifierOf(payer.nk, commitmentOf(note), index),
  };
}

function dummyInput({ payer }: PaymentChain): Input {
  const d = randomBytes(16);
  const [rho, blind] = [element(), element()];
  const leafIndex = bytesToBigInt(randomBytes(4));
  const commitment = noteCommitment(noteInner(ownerTagOf(payer.acct, d), rho), COIN, 0n, blind);
  return {
    spend: { asset: COIN, value: 0n, d, rho, blind, path: dummyPath(leafIndex) },
    nullifier: nullifierOf(payer.nk, commitment, leafIndex),
  };
}

/**
 * A payment of one bundle with a memo as a wallet makes it: one note and a dummy in; payment, change and a dummy out. `index`: which of
 * the payer's genesis notes it spends. With a phase its calls are made besides, by a pseudonym that sends for the first time.
 */
export function unprovedPayment(chain: PaymentChain, index: number, phase?: BenchPhase): Unproved {
  const { spec, context, payer, payee, tree } = chain;
  const inputs = [realInput(chain, BigInt(index)), dummyInput(chain)] as const;
  const alpha = randomScalar();
  const rk = randomizedKey(payer.A, alpha);
  const memoKey = randomBytes(32);
  const amount = NOTE_VALUE / 10n;
  const call = phase && draftPhase(chain, index, phase);
  const memos = sealMemo(memoKey, "for the bench");
  const deposit =
    phase === undefined ? 0n : phase.gasLimit * price(spec) + phase.calls.reduce((sum, { value }) => sum + value, 0n);
  const gas = intrinsicGas(blank({ spec, tree, memos, call }), spec);
  const fee = gas * price(spec) + deposit;
  const plans: readonly { address: Address; value: bigint; memoKey: Uint8Array; own: boolean }[] = [
    { address: addressAt(payee, BigInt(index)), value: amount, memoKey, own: true },
    { address: addressForChange(payer, 0n), value: NOTE_VALUE - amount - fee, memoKey: randomBytes(32), own: true },
    { address: randomAddress(), value: 0n, memoKey: randomBytes(32), own: false },
  ];
  const sealed = plans.map((plan, output) =>
    sealNote({
      address: plan.address,
      asset: COIN,
      value: plan.value,
      seed: noteSeed(randomBytes(32), payer.nk, inputs[0].nullifier, output),
      memoKey: plan.memoKey,
      ovk: plan.own ? payer.ovk : undefined,
      rk,
    }),
  );
  const unsigned: Bundle = {
    circuit: 0,
    nullifiers: [inputs[0].nullifier, inputs[1].nullifier],
    commitments: sealed.map(({ commitment }) => commitment) as unknown as Bundle["commitments"],
    pubCoin: fee,
    pubAsset: COIN,
    pubAmount: 0n,
    rk,
    signature: new Uint8Array(64),
    proof: new Uint8Array(256),
  };
  const tx: Transaction = {
    ...blank({ spec, tree, memos, call }),
    bundles: [unsigned],
    outputs: sealed.map(({ ciphertext }) => ciphertext),
  };
  const { bind, txid } = bindOf(tx, context);
  const { nullifiers, commitments, pubCoin, pubAsset, pubAmount } = unsigned;
  return {
    tx: {
      ...tx,
      bundles: [{ ...unsigned, signature: sign(payer.ask, alpha, txid) }],
      call: call && phase && { ...call, signature: signDigest(phase.pseudonym.secretKey, pseudonymDigest(bind)) },
    },
    witness: {
      A: payer.A,
      nk: payer.nk,
      alpha,
      asset: COIN,
      inputs: [inputs[0].spend, inputs[1].spend],
      outputs: sealed.map(({ inner, note }): SpendOutput => ({
        inner,
        asset: note.asset,
        value: note.value,
        blind: note.blind,
      })) as unknown as SpendWitness["outputs"],
      statement: {
        anchor: tx.anchor,
        nullifiers,
        commitments,
        pubCoin,
        pubAsset,
        pubAmount,
        rk: randomizedPoint(payer.A, alpha),
      },
    },
  };
}

/** A transaction of one bundle whose bundle is not yet known: enough to say what gas it costs. */
function blank(known: {
  readonly spec: ChainSpec;
  readonly tree: DenseTree;
  readonly memos: readonly Uint8Array[];
  readonly call: CallPhase | undefined;
}): Transaction {
  const { spec, tree, memos, call } = known;
  const bundle = { pubCoin: 0n, pubAsset: COIN, pubAmount: 0n } as Bundle;
  return {
    chainId: spec.chainId,
    expiry: 256n,
    priceStep: 0,
    anchor: tree.root,
    bundles: [bundle],
    outputs: Array.from({ length: 3 }, () => new Uint8Array(CIPHERTEXT_BYTES)),
    memos,
    call,
    packages: [],
  };
}

/** The phase without the pseudonym's signature; coin comes back to a slot of the payer's. */
function draftPhase({ payer }: PaymentChain, index: number, phase: BenchPhase): CallPhase {
  const { inner } = receiveSlot(payer, RETURN_SLOTS + BigInt(index));
  return {
    pseudonym: phase.pseudonym.address,
    nonce: 0n,
    signature: new Uint8Array(65),
    gasLimit: phase.gasLimit,
    calls: phase.calls,
    returns: [{ kind: "coin", token: undefined, id: 0n, leave: false, inners: [inner] }],
  };
}

/** Slots from here on take what calls leave. */
const RETURN_SLOTS = 1_000_000n;

/** Gas of a payment of one bundle with one memo chunk. */
export const paymentGas = (spec: ChainSpec): bigint => spec.gas.bundle + spec.gas.memoChunk;

const price = (spec: ChainSpec): bigint => spec.priceLadder[0] ?? 0n;
