import {
  DEVELOPMENT_WALLETS,
  genesisNotesFor,
  isField,
  newPhrase,
  parseAmount,
  SeroError,
  type GenesisNote,
  type Inner,
} from "@sero/protocol";

/** A wallet that was made with its network. */
export interface FreshWallet {
  readonly name: string;
  readonly phrase: string;
}

/** What exists at genesis, and the phrases that somebody has to be given. */
export interface Funds {
  readonly notes: readonly GenesisNote[];
  readonly wallets: readonly FreshWallet[];
  /** Whether the wallets alice, bob and carol, whose phrases are public, hold some of it. */
  readonly publicWallets: boolean;
}

const badAlloc = (text: string): SeroError =>
  new SeroError(
    "network/alloc",
    "An --alloc is SLOT=AMOUNT: 0x and 64 hex digits as `sero network slots` prints them, and coins, like 0x12…ef=1000.",
    { alloc: text.slice(0, 90) },
  );

/** `SLOT=AMOUNT` as a genesis note. @throws SeroError `network/alloc`, `amount/*` */
export const noteOf = (text: string): GenesisNote => {
  const [slot = "", amount = "", ...rest] = text.split("=");
  if (!/^0x[0-9a-f]{64}$/.test(slot) || rest.length > 0) throw badAlloc(text);
  const inner = BigInt(slot);
  if (!isField(inner)) throw badAlloc(text);
  return { inner: inner as Inner, value: parseAmount(amount) };
};

/**
 * The notes of a new chain: those of `allocs`, four of 250,000 coins for each of `freshWallets` new phrases, and as many for alice, bob and
 * carol if there would be nothing else.
 *
 * @throws SeroError `network/alloc`, `amount/*`
 */
export const fundsOf = (network: string, allocs: readonly string[], freshWallets: number): Funds => {
  const wallets = Array.from({ length: freshWallets }, (_, i) => ({ name: `wallet-${i + 1}`, phrase: newPhrase(24) }));
  const publicWallets = allocs.length === 0 && freshWallets === 0;
  const phrases = (publicWallets ? DEVELOPMENT_WALLETS : wallets).map(({ phrase }) => phrase);
  return { notes: [...allocs.map(noteOf), ...genesisNotesFor(phrases, network)], wallets, publicWallets };
};
