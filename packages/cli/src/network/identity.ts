import { writeFile } from "node:fs/promises";
import { generateKeyPair, privateKeyToProtobuf } from "@libp2p/crypto/keys";
import { peerIdFromPrivateKey } from "@libp2p/peer-id";

/**
 * Makes a node's lasting identity among its peers, before the node itself runs for the first time, so that others can name it.
 *
 * @param path file to write, readable by its owner only; fails where one is already
 * @returns the peer id
 */
export const makePeerKey = async (path: string): Promise<string> => {
  const key = await generateKeyPair("Ed25519");
  const bytes = Buffer.from(privateKeyToProtobuf(key));
  await writeFile(path, `0x${bytes.toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  return peerIdFromPrivateKey(key).toString();
};
