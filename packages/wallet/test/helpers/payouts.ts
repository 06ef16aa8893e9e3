import {
  assetIdOf,
  bigIntToBytes,
  concatBytes,
  expandSeed,
  fieldToBytes,
  noteKey,
  randomBytes,
  sealCompletedNote,
  sealOnce,
  x25519Noble,
  type Address,
  type AssetId,
  type CallPhase,
  type Commitment,
  type EthAddress,
  type PoolEntry,
  type SealedNote,
} from "@sero/protocol";
import { type Wallet } from "../../src/index.js";
import { type FakeChain } from "./chain.js";
import { BOB, restored } from "./wallets.js";

export const GOLD = bigIntToBytes(0x601dn, 20) as EthAddress;
export const ART = bigIntToBytes(0xa27n, 20) as EthAddress;
export const gold = assetIdOf(1, GOLD, 0n);
export const art = (id: bigint): AssetId => assetIdOf(2, ART, id);
export const registered = [
  { asset: gold, kind: "token" as const, token: GOLD, id: 0n },
  ...[1n, 2n, 3n].map((id) => ({ asset: art(id), kind: "ticket" as const, token: ART, id })),
];

export async function on(chain: FakeChain, phrase = BOB): Promise<Wallet> {
  const wallet = await restored(chain, { phrase });
  await wallet.sync();
  return wallet;
}

/** What a contract does that pays `address`. */
export function payout(address: Address, asset: AssetId, value: bigint, seed = randomBytes(32)) {
  const made = sealCompletedNote({ address, asset, value, seed, memoKey: randomBytes(32), ovk: undefined });
  const entry = (change: Partial<PoolEntry & { kind: "completed" }> = {}): PoolEntry => ({
    kind: "completed",
    transaction: 0,
    inner: made.inner,
    asset,
    value,
    ciphertext: made.ciphertext,
    ...change,
  });
  return { ...made, entry };
}

/** The payout's ciphertext, made anew for the commitment that the chain completes, with every seal in order: a lie told well. */
export function lie(
  made: SealedNote,
  address: Address,
  seed: Uint8Array,
  cm: Commitment,
  version: number,
  value: bigint,
) {
  const { esk } = expandSeed(seed);
  const epk = made.ciphertext.subarray(0, 32);
  const { viewTag, key } = noteKey(x25519Noble(esk)(address.pd), epk, fieldToBytes(cm));
  const plaintext = concatBytes(
    Uint8Array.of(version),
    address.d,
    fieldToBytes(made.note.asset),
    bigIntToBytes(value, 16),
    seed,
    randomBytes(32),
  );
  return concatBytes(epk, Uint8Array.of(viewTag), sealOnce(key, plaintext), made.ciphertext.subarray(178));
}

export const someCall = (pseudonym: EthAddress): CallPhase => ({
  pseudonym,
  nonce: 0n,
  signature: randomBytes(65),
  gasLimit: 100_000n,
  calls: [{ to: GOLD, value: 0n, data: new Uint8Array(4) }],
  returns: [],
});
