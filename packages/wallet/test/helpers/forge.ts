import {
  bigIntToBytes,
  concatBytes,
  diversifiedBase,
  expandSeed,
  fieldToBytes,
  noteKey,
  sealOnce,
  senderKey,
  x25519Noble,
  COIN,
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
export function sealed(output: ForgedOutput, rk: Uint8Array): SealedNote {
  const seed = output.seed ?? randomBytes(32);
  const { address, value, ovk } = output;
  const made = sealNote({
    address,
    asset: output.asset ?? COIN,
    value,
    seed,
    memoKey: output.memoKey ?? randomBytes(32),
    ovk,
    rk,
  });
  seedOf.set(made, seed);
  return made;
}

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

/** The same commitment under seals, both right, that say another value: a note that isn't there (attack D24). */
export function withPhantomValue(output: SealedNote, made: ForgedOutput, rk: Uint8Array, value: bigint): SealedNote {
  const { note, commitment } = output;
  const seed = seedOf.get(output);
  if (seed === undefined) throw new Error("not made by sealed()");
  const { esk } = expandSeed(seed);
  const cm = fieldToBytes(commitment);
  const epk = output.ciphertext.subarray(0, 32);
  const { viewTag, key } = noteKey(x25519Noble(esk)(made.address.pd), epk, cm);
  const plaintext = concatBytes(
    Uint8Array.of(1),
    note.d,
    fieldToBytes(note.asset),
    bigIntToBytes(value, 16),
    seed,
    randomBytes(32),
  );
  const sender = concatBytes(made.address.pd, fieldToBytes(made.address.ownerTag), seed);
  const outgoing = made.ovk === undefined ? randomBytes(32) : senderKey(made.ovk, cm, epk, rk);
  return {
    ...output,
    ciphertext: concatBytes(epk, Uint8Array.of(viewTag), sealOnce(key, plaintext), sealOnce(outgoing, sender)),
  };
}

/**
 * The same note sealed with an ephemeral key that is not its seed's: a sender could mark a payment with it and recognise it later (attack
 * D25).
 */
export function withFalseEphemeralKey(address: Address, output: SealedNote): SealedNote {
  const { note, commitment, ciphertext } = output;
  const esk = randomBytes(32);
  const epk = x25519Noble(esk)(diversifiedBase(address.d));
  const { viewTag, key } = noteKey(x25519Noble(esk)(address.pd), epk, fieldToBytes(commitment));
  const seed = seedOf.get(output);
  if (seed === undefined) throw new Error("not made by sealed()");
  const plaintext = concatBytes(
    Uint8Array.of(1),
    note.d,
    fieldToBytes(note.asset),
    bigIntToBytes(note.value, 16),
    seed,
    randomBytes(32),
  );
  return {
    ...output,
    ciphertext: concatBytes(epk, Uint8Array.of(viewTag), sealOnce(key, plaintext), ciphertext.subarray(178)),
  };
}

/** Seeds of the outputs made here, which an output itself doesn't show. */
const seedOf = new WeakMap<SealedNote, Uint8Array>();
