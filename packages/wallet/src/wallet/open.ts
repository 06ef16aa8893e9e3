import { SeroError, checkPhrase, decodeViewKey, newPhrase, normalizePhrase } from "@sero/protocol";
import { openRegistry } from "../assets/index.js";
import type { NodeClient } from "../rpc/index.js";
import { GENESIS_ORIGIN, scannedBlock } from "../scan/index.js";
import { createDatabase, openDatabase, salvageDatabase, type Database } from "../store/database.js";
import type { WalletFiles } from "../store/files.js";
import { DEFAULT_KDF, type KdfParameters } from "../store/kdf.js";
import { openKeyFile, sealKeyFile } from "../store/keyfile.js";
import { commitState, findOrigin, readChain, type WalletContext } from "./context.js";
import { dropScan, isOwnKey, loadMeta, loadOutbox, loadScan } from "./persist.js";
import type { Platform } from "./platform.js";
import { decodeSecret, encodeSecret, newSecret, openKeys, type WalletSecret } from "./secret.js";
import { walletOf, type Wallet } from "./wallet.js";

/** Where a wallet lives and whom it talks to. */
export interface WalletPlace {
  readonly files: WalletFiles;
  readonly client: NodeClient;
  /** Further nodes that must agree on the newest block. */
  readonly witnesses?: readonly NodeClient[];
  readonly platform: Platform;
  readonly passphrase: string;
  /** Work of the passphrase's key derivation. Default: scrypt with 128 MiB. */
  readonly kdf?: KdfParameters;
}

/** Blocks before the newest one that a new wallet begins at, so that no reorganisation reaches its beginning. */
const BIRTHDAY_MARGIN = 160n;

/** A new wallet with a new phrase. The phrase is the only way back to the money: show it once, and have it written down. Throws store/exists, rpc/*. */
export async function createWalletAt(
  place: WalletPlace,
  options: { readonly words?: 12 | 24 } = {},
): Promise<{ wallet: Wallet; phrase: string; birthday: bigint }> {
  const chain = await readChain(place.client);
  const head = await place.client.head();
  const birthday = head.number > BIRTHDAY_MARGIN ? head.number - BIRTHDAY_MARGIN : 0n;
  const phrase = newPhrase(options.words ?? 24);
  const wallet = await writeWallet(place, newSecret({ type: "phrase", phrase }, chain, birthday));
  return { wallet, phrase, birthday };
}

/** What a wallet is restored from. */
export interface RestoreSource {
  /** A BIP-39 phrase, or a full or incoming view key (then the wallet only watches). */
  readonly from: { readonly phrase: string } | { readonly viewKey: string };
  /** First block that may hold anything for it. Default 0, which is always right and takes longest. */
  readonly birthday?: bigint;
  /** Accounts to look for. Default 1. */
  readonly accounts?: number;
}

/** A wallet from its phrase or a view key. Nothing is scanned yet. Throws phrase/*, view-key/*, store/exists, rpc/*. */
export async function restoreWalletAt(place: WalletPlace, source: RestoreSource): Promise<Wallet> {
  const { from } = source;
  if ("phrase" in from) checkPhrase(from.phrase);
  const chain = await readChain(place.client);
  if ("viewKey" in from) decodeViewKey(from.viewKey, chain.spec.network);
  const head = await place.client.head();
  const birthday = source.birthday ?? 0n;
  if (birthday < 0n || birthday > head.number)
    throw new SeroError("wallet/birthday", "The birthday must be a block that the chain already has.", {
      birthday: birthday.toString(),
      head: head.number.toString(),
    });
  const root: WalletSecret["root"] =
    "phrase" in from
      ? { type: "phrase", phrase: normalizePhrase(from.phrase) }
      : { type: "view-key", text: from.viewKey.trim() };
  // A block earlier: the origin is the state after a block, and the birthday's own block is to be scanned.
  return writeWallet(place, newSecret(root, chain, birthday > 0n ? birthday - 1n : 0n), source.accounts ?? 1);
}

async function writeWallet(place: WalletPlace, secret: WalletSecret, accounts = 1): Promise<Wallet> {
  const unlock = await place.files.lock();
  try {
    const existing = await place.files.list();
    if (existing.includes("keys"))
      throw new SeroError("store/exists", "There is a wallet here already. Choose another place, or erase it first.", {
        place: place.files.place,
      });
    const database = await createDatabase(place.files, secret.dataKey, secret.storeId);
    database.put("meta", { accounts, addresses: [] });
    await database.commit();
    const context = await contextOf(place, secret, database, unlock);
    await commitState(context, "now");
    // Last: a place with a key file is a whole wallet. Before that anything may fail, and nobody holds a wallet whose phrase was never shown.
    await place.files.writeAtomic(
      "keys",
      await sealKeyFile(encodeSecret(secret), place.passphrase, place.kdf ?? DEFAULT_KDF, place.platform.kdf),
    );
    return walletOf(context);
  } catch (error) {
    await unlock();
    throw error;
  }
}

/**
 * Opens a wallet. `rebuild`: forgets the scanned state and scans the chain again, for when the state file is damaged (it is kept aside as
 * `damaged-state`, and payments under way, accounts and labels are taken over as far as they can be read). Throws store/none, store/locked, store/wrong-passphrase, store/damaged, store/foreign, store/old-format,
 * store/newer-format; nothing is changed then.
 */
export async function openWalletAt(place: WalletPlace, options: { readonly rebuild?: boolean } = {}): Promise<Wallet> {
  const existing = await place.files.list();
  if (!existing.includes("keys"))
    throw new SeroError("store/none", "There is no wallet here. Create or restore one.", { place: place.files.place });
  const unlock = await place.files.lock();
  try {
    const file = await place.files.read("keys");
    if (file === undefined)
      throw new SeroError("store/none", "There is no wallet here. Create or restore one.", {
        place: place.files.place,
      });
    const secret = decodeSecret(await openKeyFile(file, place.passphrase, place.platform.kdf));
    const database =
      options.rebuild === true
        ? await rebuildDatabase(place, secret)
        : await openDatabase(place.files, secret.dataKey, secret.storeId);
    return walletOf(await contextOf(place, secret, database, unlock));
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function rebuildDatabase(place: WalletPlace, secret: WalletSecret): Promise<Database> {
  try {
    const database = await openDatabase(place.files, secret.dataKey, secret.storeId);
    dropScan(database);
    await database.commit();
    return database;
  } catch (error) {
    const isHopeless = error instanceof SeroError && /^store\/(damaged|old-format)$/.test(error.code);
    if (!isHopeless) throw error;
    // What the chain cannot give back is kept as far as it can be read: payments under way, accounts, labels.
    return salvageDatabase(place.files, secret.dataKey, secret.storeId, isOwnKey);
  }
}

async function contextOf(
  place: WalletPlace,
  secret: WalletSecret,
  database: Database,
  unlock: () => Promise<void>,
): Promise<WalletContext> {
  const { chain } = secret;
  const keys = openKeys(secret.root, chain.spec.network);
  const meta = loadMeta(database);
  const treeHash = await place.platform.openTreeHash();
  const needsOrigin = database.get("scan") === undefined && secret.birthday > 0n;
  const origin = needsOrigin ? await findOrigin(place.client, secret.birthday) : GENESIS_ORIGIN;
  const state = loadScan(database, chain, keys.scanAccounts(meta.accounts), () => origin, treeHash);
  return {
    files: place.files,
    database,
    secret,
    keys,
    client: place.client,
    witnesses: place.witnesses ?? [],
    platform: place.platform,
    unlock,
    registry: openRegistry(database),
    state,
    outbox: loadOutbox(database),
    meta,
    engine: undefined,
    proving: undefined,
    isClosed: false,
    lastCommit: { at: place.platform.now(), took: 0, block: scannedBlock(state) },
  };
}
