import { deriveAccount, phraseToSeed, receiveSlot, type ChainSpec, type GenesisNote } from "@sero/protocol";
import {
  createWalletAt,
  inlineTrialEngine,
  memoryFiles,
  nativeKdf,
  nativeSharedSecret,
  openWalletAt,
  restoreWalletAt,
  type NodeClient,
  type Platform,
  type Proving,
  type RestoreSource,
  type Wallet,
  type WalletFiles,
  type WalletPlace,
} from "../../src/index.js";
import { openFastTreeHash } from "../../src/platform/tree-hash.js";
import { fakeChain, type FakeChain } from "./chain.js";
import { checkingProving } from "./proving.js";

export const ALICE = "test test test test test test test test test test test junk";
export const BOB = "legal winner thank year wave sausage worth useful legal winner thank yellow";
export const CAROL = "letter advice cage absurd amount doctor acoustic avoid letter advice cage above";

export const COIN_UNIT = 10n ** 18n;
export const QUICK_KDF = { logN: 10, r: 8, p: 1 };
export const PASSPHRASE = "correct horse battery staple";

export const keysOf = (phrase: string, network = "sero-dev", account = 0) =>
  deriveAccount(phraseToSeed(phrase), network, account);

/** A platform for tests: native X25519 in this thread, a stand-in for the prover. */
export function testPlatform(proving: Proving = checkingProving()): Platform {
  const hash = openFastTreeHash();
  return {
    kdf: nativeKdf,
    makeSharedSecret: nativeSharedSecret,
    openTrialEngine: (keys) => inlineTrialEngine(keys, nativeSharedSecret),
    openTreeHash: () => hash,
    openProving: async () => proving,
    now: Date.now,
  };
}

/** Genesis notes in the wallets' receive slots: `values` for each phrase, in coins. */
export function fundedNotes(
  funds: readonly { readonly phrase: string; readonly values: readonly bigint[] }[],
): GenesisNote[] {
  return funds.flatMap(({ phrase, values }) =>
    values.map((value, i) => ({ inner: receiveSlot(keysOf(phrase), BigInt(i)).inner, value })),
  );
}

export async function testChain(
  funds: readonly { readonly phrase: string; readonly values: readonly bigint[] }[],
  overrides: Partial<ChainSpec> = {},
): Promise<FakeChain> {
  return fakeChain(fundedNotes(funds), await openFastTreeHash(), overrides);
}

export interface TestWalletOptions {
  readonly files?: WalletFiles;
  readonly client?: NodeClient;
  readonly proving?: Proving;
  readonly witnesses?: readonly NodeClient[];
}

export const placeFor = (chain: FakeChain, options: TestWalletOptions = {}): WalletPlace => ({
  files: options.files ?? memoryFiles(),
  client: options.client ?? chain.client(),
  witnesses: options.witnesses ?? [],
  platform: testPlatform(options.proving),
  passphrase: PASSPHRASE,
  kdf: QUICK_KDF,
});

export const restored = (
  chain: FakeChain,
  from: RestoreSource["from"],
  options: TestWalletOptions & { readonly birthday?: bigint; readonly accounts?: number } = {},
): Promise<Wallet> =>
  restoreWalletAt(placeFor(chain, options), {
    from,
    ...(options.birthday === undefined ? {} : { birthday: options.birthday }),
    ...(options.accounts === undefined ? {} : { accounts: options.accounts }),
  });

export { createWalletAt, openWalletAt };

/** Prepares and sends one payment. */
export async function pay(wallet: Wallet, address: string, amount: bigint, memo?: string) {
  const prepared = await wallet.prepareSend({
    payments: [memo === undefined ? { address, amount } : { address, amount, memo }],
  });
  return wallet.send(prepared);
}

export const spendable = (wallet: Wallet): bigint => wallet.balances()[0]?.spendable ?? 0n;
export const total = (wallet: Wallet): bigint => wallet.balances()[0]?.total ?? 0n;
