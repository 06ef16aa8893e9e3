import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from "@libp2p/crypto/keys";
import type { PrivateKey } from "@libp2p/interface";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";
import { fromHex, SeroError, toHex } from "@sero/protocol";
import type { PeerHostOptions, PeerId } from "./types.js";

/** Name of the file that holds a node's identity, in its data directory. */
export const IDENTITY_FILE = "peer.key";
/** The same for an onion service: an identity of its own, so that a node's runs with and without a proxy are not linked by it. */
export const ONION_IDENTITY_FILE = "peer-onion.key";

/** A node's key among peers. It signs nothing of the chain and spends nothing. */
export interface Identity {
  readonly id: PeerId;
  readonly key: PrivateKey;
}

/** A new identity that is kept nowhere. */
export async function temporaryIdentity(): Promise<Identity> {
  return identityOf(await generateKeyPair("Ed25519"));
}

/**
 * The identity in a file of `dataDir`, peer.key unless said otherwise (0x and the hex of libp2p's private key protobuf, readable by its owner only); made if missing.
 *
 * @throws SeroError `p2p/identity` when the file is damaged: it is not overwritten
 */
export async function loadIdentity(dataDir: string, file = IDENTITY_FILE): Promise<Identity> {
  const path = join(dataDir, file);
  mkdirSync(dataDir, { recursive: true });
  const made = await temporaryIdentity();
  return writeIdentity(path, made) ? made : identityOfText(readFileSync(path, "utf8"), path);
}

/** Writes an identity to a file that is not there yet. @returns false when it is there */
export function writeIdentity(path: string, { key }: Identity): boolean {
  return writeOnce(path, `${toHex(privateKeyToProtobuf(key))}\n`);
}

/** Reads what `writeIdentity` wrote. @throws SeroError `p2p/identity` */
export function identityOfText(text: string, path: string): Identity {
  try {
    return identityOf(privateKeyFromProtobuf(fromHex(text.trim())));
  } catch {
    // The cause may quote the file, so it is left out.
    throw new SeroError(
      "p2p/identity",
      "The node's peer identity can't be read. Restore the file from a backup, or delete it to get a new identity.",
      { path },
    );
  }
}

function identityOf(key: PrivateKey): Identity {
  return { id: peerIdFromPrivateKey(key).toString() as PeerId, key };
}

/** Writes a file unless it is there. */
function writeOnce(path: string, text: string): boolean {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return true;
}

/**
 * The identity that a node uses. Behind a proxy it is a new one at each start, kept nowhere; unless the node announces an onion address,
 * which shows that it is the same node anyway, and is of no use to others without a lasting peer id.
 *
 * @throws SeroError `p2p/identity`
 */
export function identityFor({ dataDir, socks, announce = [] }: PeerHostOptions): Promise<Identity> {
  if (!socks) return loadIdentity(dataDir);
  return announce.length > 0 ? loadIdentity(dataDir, ONION_IDENTITY_FILE) : temporaryIdentity();
}
