import {
  deriveAccount,
  DEVELOPMENT_WALLETS,
  developmentSpec,
  genesisNotesFor,
  phraseToSeed,
  type AccountKeys,
  type ChainSpec,
} from "@sero/protocol";

/** Genesis notes of the payer: as many payments can be made under the genesis root, more than the gas of one block allows. */
export const PAYER_NOTES = 320;

/** Value of each, base units. */
export const NOTE_VALUE = 10n ** 18n;

const phraseOf = (name: string): string => {
  const wallet = DEVELOPMENT_WALLETS.find((candidate) => candidate.name === name);
  if (wallet === undefined) throw new Error(`There is no development wallet called ${name}.`);
  return wallet.phrase;
};

/** The account that pays, and the one that is paid. */
export const payer = (): AccountKeys => deriveAccount(phraseToSeed(phraseOf("alice")), "sero-dev", 0);
export const payee = (): AccountKeys => deriveAccount(phraseToSeed(phraseOf("bob")), "sero-dev", 0);

/** A wallet that gets nothing but its genesis notes. */
export const watcherPhrase = (): string => phraseOf("carol");

/** A development chain on which the payer has many notes and the watcher four. */
export function benchSpec(): ChainSpec {
  return developmentSpec([
    ...genesisNotesFor([phraseOf("alice")], "sero-dev", PAYER_NOTES, NOTE_VALUE),
    ...genesisNotesFor([watcherPhrase()], "sero-dev", 4, NOTE_VALUE),
  ]);
}

/** Timestamp of the block after genesis, seconds since 1970: the one that the payments are made for. */
export const firstBlockTime = ({ genesisTime, slotSeconds }: ChainSpec): bigint => genesisTime + BigInt(slotSeconds);
