import { deriveAccount } from "../keys/account.js";
import { phraseToSeed } from "../keys/phrase.js";
import { receiveSlot } from "../note/slot.js";
import { developmentSpec } from "../chain/development.js";
import type { ChainSpec, GenesisNote } from "../chain/types.js";

/** A funded wallet of every development chain. Its phrase is public: never use it elsewhere. */
export interface DevelopmentWallet {
  readonly name: string;
  readonly phrase: string;
}

/**
 * The funded wallets of development chains. Each phrase is the BIP-39 encoding of the first 16 bytes of
 * SHA-256("SERO development wallet " + name), so that nobody has to wonder where it comes from.
 */
export const DEVELOPMENT_WALLETS: readonly DevelopmentWallet[] = [
  { name: "alice", phrase: "future lift author replace grace apple icon copper private kit unit boat" },
  { name: "bob", phrase: "tobacco region weapon approve version wheat lonely image oxygen struggle hope bread" },
  { name: "carol", phrase: "suit proud icon drill pupil armed payment twin combine naive anxiety party" },
];

/** Coins in each genesis note. */
const COINS = 10n ** 18n;
const NOTES_PER_WALLET = 4;

/**
 * Genesis notes of phrases: receive slots 0 to `notes` - 1 of each phrase's account 0, each of `value` base units. A wallet restored
 * from such a phrase finds them like any note that the chain completed.
 */
export const genesisNotesFor = (
  phrases: readonly string[],
  network: string,
  notes = NOTES_PER_WALLET,
  value = 250_000n * COINS,
): readonly GenesisNote[] =>
  phrases.flatMap((phrase) => {
    const keys = deriveAccount(phraseToSeed(phrase), network, 0);
    return Array.from({ length: notes }, (_, i) => ({ inner: receiveSlot(keys, BigInt(i)).inner, value }));
  });

/** The spec of the chain that `npm start` runs: the development spec with three funded wallets of a million coins each. */
export const fundedDevelopmentSpec = (overrides: Partial<ChainSpec> = {}): ChainSpec =>
  developmentSpec(
    genesisNotesFor(
      DEVELOPMENT_WALLETS.map((wallet) => wallet.phrase),
      overrides.network ?? "sero-dev",
    ),
    overrides,
  );
