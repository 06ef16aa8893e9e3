import {
  COIN,
  noteCommitment,
  randomAddress,
  randomBytes,
  randomChunk,
  sealNote,
  type Address,
  type Anchor,
  type AssetId,
  type Commitment,
  type Nullifier,
  type OutgoingKey,
  type SealedNote,
  type Transaction,
  feeOf,
  bytesToBigInt,
  FIELD_ORDER,
} from "@sero/protocol";
import type { FakeChain } from "./chain.js";

export const randomField = (): bigint => bytesToBigInt(randomBytes(40)) % FIELD_ORDER;

export interface ForgedOutput {
  readonly address: Address;
  readonly value: bigint;
  readonly asset?: AssetId;
  readonly seed?: Uint8Array;
  readonly memoKey?: Uint8Array;
  readonly ovk?: OutgoingKey;
}

/** An output made as the protocol says. */
export const sealed = (output: ForgedOutput, rk: Uint8Array): SealedNote =>
  sealNote({
    address: output.address,
    asset: output.asset ?? COIN,
    value: output.value,
    seed: output.seed ?? randomBytes(32),
    memoKey: output.memoKey ?? randomBytes(32),
    ovk: output.ovk,
    rk,
  });

/** A transaction of anybody's that pays these outputs: proofs and signatures are not looked at by the fake chain. */
export function foreignTransaction(
  chain: FakeChain,
  outputs: readonly SealedNote[],
  options: {
    readonly rk?: Uint8Array;
    readonly nullifiers?: readonly Nullifier[];
    readonly memos?: readonly Uint8Array[];
  } = {},
): Transaction {
  const rk = options.rk ?? randomBytes(32);
  const three = [...outputs];
  while (three.length < 3) three.push(sealed({ address: randomAddress(), value: 0n }, rk));
  const draft: Transaction = {
    chainId: chain.spec.chainId,
    expiry: BigInt(chain.blocks.length) + 100n,
    priceStep: 0,
    anchor: (chain.blocks.at(-1)?.root ?? 0n) as Anchor,
    bundles: [
      {
        circuit: 0,
        nullifiers: [
          options.nullifiers?.[0] ?? (randomField() as Nullifier),
          options.nullifiers?.[1] ?? (randomField() as Nullifier),
        ],
        commitments: three.map((output) => output.commitment) as unknown as [Commitment, Commitment, Commitment],
        pubCoin: 0n,
        pubAsset: COIN,
        pubAmount: 0n,
        rk,
        signature: new Uint8Array(64),
        proof: new Uint8Array(256),
      },
    ],
    outputs: three.map((output) => output.ciphertext),
    memos: options.memos ?? [randomChunk()],
    call: undefined,
    packages: [],
  };
  const [bundle] = draft.bundles;
  return bundle === undefined ? draft : { ...draft, bundles: [{ ...bundle, pubCoin: feeOf(draft, chain.spec) }] };
}

/** The same output with a commitment to another value: a note that isn't there (attack D24). */
export function withFalseCommitment(output: SealedNote, value: bigint): SealedNote {
  return { ...output, commitment: noteCommitment(output.inner, output.note.asset, value, output.note.blind) };
}
