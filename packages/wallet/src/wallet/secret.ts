import { randomBytes } from "@noble/hashes/utils.js";
import {
  SeroError,
  decodeViewKey,
  deriveAccount,
  fromUtf8,
  phraseToSeed,
  specFromJson,
  specToJson,
  utf8,
  type AccountKeys,
  type BlockHash,
  type ChainSpec,
} from "@sero/protocol";
import type { ScanAccount } from "../scan/index.js";
import { decodeRecord, encodeRecord } from "../store/codec.js";
import type { ChainInfo } from "../rpc/index.js";
import type { WalletKind } from "../types.js";

/** The chain that a wallet belongs to. */
export interface WalletChain {
  readonly spec: ChainSpec;
  readonly genesisHash: BlockHash;
}

/** What the key file holds. Secret. */
export interface WalletSecret {
  /** A BIP-39 phrase, or the text of a view key. */
  readonly root:
    { readonly type: "phrase"; readonly phrase: string } | { readonly type: "view-key"; readonly text: string };
  readonly chain: WalletChain;
  /** First block that may hold anything for this wallet. */
  readonly birthday: bigint;
  /** 32 bytes: the key of the state files. */
  readonly dataKey: Uint8Array;
  /** 16 bytes: ties the state files to this key file. */
  readonly storeId: Uint8Array;
}

/** A fresh secret for these keys. */
export const newSecret = (
  root: WalletSecret["root"],
  chain: ChainInfo | WalletChain,
  birthday: bigint,
): WalletSecret => ({
  root,
  chain: { spec: chain.spec, genesisHash: chain.genesisHash },
  birthday,
  dataKey: randomBytes(32),
  storeId: randomBytes(16),
});

/** Bytes for the key file. */
export function encodeSecret(secret: WalletSecret): Uint8Array {
  return utf8(encodeRecord({ ...secret, chain: { ...secret.chain, spec: specToJson(secret.chain.spec) } }));
}

/** Reverses `encodeSecret`. Throws store/damaged. */
export function decodeSecret(bytes: Uint8Array): WalletSecret {
  const raw = decodeRecord<Omit<WalletSecret, "chain"> & { chain: { spec: unknown; genesisHash: BlockHash } }>(
    fromUtf8(bytes),
  );
  return { ...raw, chain: { ...raw.chain, spec: specFromJson(raw.chain.spec) } };
}

/** The keys that a wallet works with. */
export interface WalletKeys {
  readonly kind: WalletKind;
  /** Throws wallet/watch-only when there is only a view key. */
  spending(account: number): AccountKeys;
  /** What the scanner needs of the first `count` accounts. A view key has one. */
  scanAccounts(count: number): ScanAccount[];
}

/** Derives the keys. Throws phrase/*, view-key/*. */
export function openKeys(root: WalletSecret["root"], network: string): WalletKeys {
  if (root.type === "phrase") {
    const seed = phraseToSeed(root.phrase);
    const spending = (account: number): AccountKeys => deriveAccount(seed, network, account);
    return {
      kind: "spending",
      spending,
      scanAccounts: (count) =>
        Array.from({ length: count }, (_, account) => {
          const keys = spending(account);
          return { account, incoming: { network, ivk: keys.ivk, acct: keys.acct }, full: keys };
        }),
    };
  }
  const view = decodeViewKey(root.text, network);
  return {
    kind: view.kind === "full" ? "full-view" : "incoming-view",
    spending: () => {
      throw new SeroError(
        "wallet/watch-only",
        "This wallet only watches: it has a view key, which cannot spend. Open the wallet that has the phrase.",
      );
    },
    scanAccounts: () => [{ account: 0, incoming: view.key, full: view.kind === "full" ? view.key : undefined }],
  };
}
