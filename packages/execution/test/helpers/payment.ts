import {
  addressAt,
  addressForChange,
  bindOf,
  CIPHERTEXT_BYTES,
  COIN,
  encodeTransaction,
  expandSeed,
  feeOf,
  noteCommitment,
  noteInner,
  nullifierOf,
  ownerTagOf,
  publicCoinOf,
  randomAddress,
  randomBytes,
  randomChunk,
  randomizedKey,
  randomScalar,
  sign,
  type AccountKeys,
  type Address,
  type Anchor,
  type BindContext,
  type Bundle,
  type ChainSpec,
  type Commitment,
  type Note,
  type Nullifier,
  type Transaction,
} from "@sero/protocol";

/** A note in the tree that a test wallet can spend. */
export interface OwnNote {
  readonly note: Note;
  readonly commitment: Commitment;
  readonly leafIndex: bigint;
}

/** An output of a test payment, with the wallet that gets it. */
export interface MadeNote {
  readonly note: Note;
  readonly commitment: Commitment;
  /** Undefined for dummies. */
  readonly owner: AccountKeys | undefined;
}

export interface PaymentInput {
  readonly spec: ChainSpec;
  readonly context: BindContext;
  readonly anchor: Anchor;
  readonly expiry: bigint;
  readonly from: AccountKeys;
  readonly to: AccountKeys;
  /** Real inputs, two a bundle; missing ones become dummies. */
  readonly inputs: readonly OwnNote[];
  readonly amount: bigint;
  readonly priceStep?: number;
  readonly memoChunks?: number;
  readonly packages?: Transaction["packages"];
  /** Changes the unsigned transaction; signatures are made over the result. */
  readonly change?: (tx: Transaction) => Transaction;
  /** Changes the signed transaction. */
  readonly tamper?: (tx: Transaction) => Transaction;
}

/** What a bundle's proof is made from, besides the keys and the tree. */
export interface BundleSecrets {
  readonly alpha: bigint;
  /** Real notes and dummies. */
  readonly inputs: readonly OwnNote[];
  readonly outputs: readonly MadeNote[];
}

export interface TestPayment {
  readonly secrets: readonly BundleSecrets[];
  readonly tx: Transaction;
  readonly bytes: Uint8Array;
  readonly spent: readonly OwnNote[];
  readonly made: readonly MadeNote[];
}

export function makeNote(address: Address, value: bigint, owner: AccountKeys | undefined, asset = COIN): MadeNote {
  const { rho, blind } = expandSeed(randomBytes(32));
  const note: Note = { d: address.d, ownerTag: address.ownerTag, asset, value, rho, blind };
  return { note, owner, commitment: noteCommitment(noteInner(address.ownerTag, rho), asset, value, blind) };
}

/** A note of value 0 that was never in the tree; its nullifier is as real as any (attack A4). */
export function dummyNote(keys: AccountKeys): OwnNote {
  const { note, commitment } = makeNote({ ...randomAddress(), ...dummyOwner(keys) }, 0n, undefined);
  return { note, commitment, leafIndex: BigInt(new DataView(randomBytes(4).buffer).getUint32(0)) };
}

function dummyOwner(keys: AccountKeys): Pick<Address, "d" | "ownerTag"> {
  const d = randomBytes(16);
  return { d, ownerTag: ownerTagOf(keys.acct, d) };
}

/** Random bytes with an ephemeral key that nodes accept. Nobody in these tests decrypts. */
export function fakeCiphertext(): Uint8Array {
  const bytes = randomBytes(CIPHERTEXT_BYTES);
  bytes[31] = 0x11;
  return bytes;
}

/** A payment that is true in everything but its proofs, which are random bytes: 2 notes in, 3 out a bundle, signed. */
export function makePayment(input: PaymentInput): TestPayment {
  const { spec, from, to, inputs } = input;
  const count = Math.max(1, Math.ceil(inputs.length / 2));
  const memos = Array.from({ length: input.memoChunks ?? 1 }, () => randomChunk());
  const draft: Transaction = {
    chainId: spec.chainId,
    expiry: input.expiry,
    priceStep: input.priceStep ?? 0,
    anchor: input.anchor,
    bundles: Array.from({ length: count }, () => blankBundle()),
    outputs: Array.from({ length: 3 * count }, fakeCiphertext),
    memos,
    call: undefined,
    packages: input.packages ?? [],
  };
  let feeLeft = feeOf(draft, spec);
  let amountLeft = input.amount;
  const made: MadeNote[] = [];
  const secrets: BundleSecrets[] = [];
  const bundles = draft.bundles.map((_, b): Bundle => {
    const spent = inputs.slice(2 * b, 2 * b + 2);
    let left = spent.reduce((sum, { note }) => sum + note.value, 0n);
    const take = (wanted: bigint): bigint => {
      const taken = wanted < left ? wanted : left;
      left -= taken;
      return taken;
    };
    const pubCoin = take(feeLeft);
    feeLeft -= pubCoin;
    const paid = take(amountLeft);
    amountLeft -= paid;
    const notes = [
      makeNote(addressAt(to, 0n), paid, to),
      makeNote(addressForChange(from, 0n), left, from),
      makeNote(randomAddress(), 0n, undefined),
    ];
    made.push(...notes);
    const alpha = randomScalar();
    const used = [0, 1].map((i) => spent[i] ?? dummyNote(from));
    secrets.push({ alpha, inputs: used, outputs: notes });
    const nullifiers = used.map(({ commitment, leafIndex }) => nullifierOf(from.nk, commitment, leafIndex));
    return {
      ...blankBundle(),
      nullifiers: nullifiers as unknown as Bundle["nullifiers"],
      commitments: notes.map(({ commitment }) => commitment) as unknown as Bundle["commitments"],
      pubCoin,
      rk: randomizedKey(from.A, alpha),
    };
  });
  if (feeLeft > 0n || amountLeft > 0n) throw new Error("test payment: inputs do not suffice");
  const unsigned = (input.change ?? ((tx) => tx))({ ...draft, bundles });
  const { txid } = bindOf(unsigned, input.context);
  const signed: Transaction = {
    ...unsigned,
    bundles: unsigned.bundles.map((bundle, b) => ({ ...bundle, signature: sign(from.ask, secrets[b]!.alpha, txid) })),
  };
  const tx = (input.tamper ?? ((x) => x))(signed);
  return { tx, secrets, bytes: encodeTransaction(tx), spent: inputs, made };
}

export function blankBundle(): Bundle {
  return {
    circuit: 0,
    nullifiers: [1n as Nullifier, 2n as Nullifier],
    commitments: [1n as Commitment, 2n as Commitment, 3n as Commitment],
    pubCoin: 0n,
    pubAsset: COIN,
    pubAmount: 0n,
    rk: new Uint8Array(32),
    signature: new Uint8Array(64),
    proof: randomBytes(256),
  };
}

/** The public coin that a transaction lets out. */
export const coinOut = (tx: Transaction): bigint => publicCoinOf(tx);
