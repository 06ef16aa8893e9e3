import { readFileSync } from "node:fs";
import { SeroError } from "@sero/protocol";
import { identityOfText, temporaryIdentity, writeIdentity } from "./identity.js";
import type { PeerId } from "./types.js";

/**
 * Makes an identity for a node to come, so that others can be told of it beforehand.
 *
 * @param path of the file, `<data directory>/peer.key`; readable by its owner only
 * @throws SeroError `p2p/identity-exists`
 */
export async function makePeerKey(path: string): Promise<PeerId> {
  const identity = await temporaryIdentity();
  if (writeIdentity(path, identity)) return identity.id;
  throw new SeroError("p2p/identity-exists", "There is a peer identity already. It is not overwritten.", { path });
}

/** The peer id of an identity file. @throws SeroError `p2p/identity` */
export async function peerIdOfFile(path: string): Promise<PeerId> {
  return identityOfText(readFileSync(path, "utf8"), path).id;
}
