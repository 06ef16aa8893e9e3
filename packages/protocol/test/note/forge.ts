import { x25519 } from "@noble/curves/ed25519.js";
import * as p from "../../src/index.js";

/** What a dishonest sender may choose freely. */
export interface Forgery {
  readonly d: Uint8Array;
  readonly pd: Uint8Array;
  readonly ownerTag: bigint;
  readonly asset: bigint;
  readonly value: bigint;
  readonly seed: Uint8Array;
  readonly memoKey: Uint8Array;
  readonly ovk: p.OutgoingKey;
  readonly rk: Uint8Array;
  /** The commitment that the ciphertext is published with. */
  readonly cm: p.Commitment;
  readonly version?: number;
  /** Ephemeral scalar; the one of the seed unless given. */
  readonly esk?: Uint8Array;
  /** Published in place of X25519(esk, G_d). */
  readonly epk?: Uint8Array;
  /** In the sender's part, in place of the receiver's. */
  readonly senderSeed?: Uint8Array;
}

/** A ciphertext with correct keys and tags whose contents need not fit together: sealNote written a second time, without its care. */
export function forgeCiphertext(f: Forgery): Uint8Array {
  const esk = f.esk ?? p.expandSeed(f.seed).esk;
  const epk = f.epk ?? x25519.scalarMult(esk, p.diversifiedBase(f.d));
  const cm = p.fieldToBytes(f.cm);
  const { viewTag, key } = p.noteKey(x25519.scalarMult(esk, f.pd), epk, cm);
  const receiver = p.concatBytes(
    Uint8Array.of(f.version ?? p.NOTE_VERSION),
    f.d,
    p.bigIntToBytes(f.asset, 32),
    p.bigIntToBytes(f.value, 16),
    f.seed,
    f.memoKey,
  );
  const sender = p.concatBytes(f.pd, p.bigIntToBytes(f.ownerTag, 32), f.senderSeed ?? f.seed);
  return p.concatBytes(
    epk,
    Uint8Array.of(viewTag),
    p.sealOnce(key, receiver),
    p.sealOnce(p.senderKey(f.ovk, cm, epk, f.rk), sender),
  );
}
