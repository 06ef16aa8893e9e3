import { entropyToMnemonic, mnemonicToEntropy, mnemonicToSeedSync } from "@scure/bip39";
import { wordlist } from "@scure/bip39/wordlists/english.js";
import type { RandomSource } from "../bytes/index.js";
import { randomBytes } from "../bytes/index.js";
import { SeroError } from "../errors.js";

const WORDS = new Set(wordlist);

/** A new BIP-39 phrase in English: 12 words of 128 random bits or 24 of 256. */
export function newPhrase(words: 12 | 24 = 24, random: RandomSource = randomBytes): string {
  return entropyToMnemonic(random(words === 12 ? 16 : 32), wordlist);
}

/** Lower case, single spaces, NFKD: what a phrase is checked and hashed as. */
export function normalizePhrase(phrase: string): string {
  return phrase.normalize("NFKD").toLowerCase().trim().split(/\s+/u).join(" ");
}

/**
 * Throws phrase/length (not 12, 15, 18, 21 or 24 words), phrase/word (with `position`, counted from 1, of the first word that is not in
 * the BIP-39 English list; never the word itself, as errors may be logged), phrase/checksum (all words known, but not together).
 */
export function checkPhrase(phrase: string): void {
  const words = normalizePhrase(phrase).split(" ");
  const position = words.findIndex((word) => !WORDS.has(word)) + 1;
  if (![12, 15, 18, 21, 24].includes(words.length)) {
    throw new SeroError("phrase/length", `A phrase has 12, 15, 18, 21 or 24 words; this one has ${words.length}.`, {
      words: words.length,
    });
  }
  if (position > 0) {
    throw new SeroError("phrase/word", `Word ${position} of ${words.length} is not in the BIP-39 English word list.`, {
      position,
      words: words.length,
    });
  }
  try {
    mnemonicToEntropy(words.join(" "), wordlist);
  } catch {
    throw new SeroError("phrase/checksum", "Check the words and their order: their check bits do not fit together.", {
      words: words.length,
    });
  }
}

/**
 * The 64-byte BIP-39 seed (PBKDF2-HMAC-SHA512, 2048 rounds). Phrase and passphrase are NFKD-normalised as BIP-39 says; the phrase's case
 * and spacing do not matter, the passphrase's do. Throws as checkPhrase.
 */
export function phraseToSeed(phrase: string, passphrase = ""): Uint8Array {
  checkPhrase(phrase);
  return mnemonicToSeedSync(normalizePhrase(phrase), passphrase.normalize("NFKD"));
}
