import { SeroError, toHex } from "@sero/protocol";
import { byRanges, type AssetAnswer, type NodeClient, type RequestOptions } from "../rpc/index.js";
import { readMetadata } from "./metadata.js";
import type { AssetRegistry } from "./registry.js";
import type { RegisteredAsset } from "./types.js";

/**
 * Brings the registry up to block `head`: whole ranges, the same for every wallet, smaller ones where a node has too much to say. `scanned`: the last block known to be on the node's chain,
 * behind which everything is asked again. A node that does not know the method names no assets. Throws rpc/*.
 */
export async function syncRegistry(
  registry: AssetRegistry,
  client: NodeClient,
  scanned: bigint,
  head: bigint,
  options: RequestOptions = {},
): Promise<void> {
  registry.rewind(scanned < registry.until ? scanned : registry.until);
  const ask = (from: bigint, to: bigint): Promise<readonly AssetAnswer[]> => client.assets(from, to, options);
  try {
    for await (const { answer, to } of byRanges(registry.until + 1n, head, ask)) registry.add(answer, to);
  } catch (error) {
    if (!(error instanceof SeroError && isUnknownMethod(error))) throw error;
  }
}

const isUnknownMethod = (error: SeroError): boolean =>
  error.code === "rpc/method" || error.values["rpcCode"] === -32601;

/**
 * Asks the node for names and decimals of the contracts of these assets: of those not asked about before, or of all (`again`). Tells the node which
 * contracts they are. Returns how many were asked. Throws rpc/*.
 */
export async function syncMetadata(
  registry: AssetRegistry,
  client: NodeClient,
  assets: Iterable<RegisteredAsset>,
  again: boolean,
  options: RequestOptions = {},
): Promise<number> {
  const contracts = new Map([...assets].map((entry) => [toHex(entry.token), entry]));
  let asked = 0;
  for (const { token, kind } of contracts.values()) {
    const before = registry.metadataOf(token);
    if (before !== undefined && !again) continue;
    const read = await readMetadata(client, token, kind, options);
    const isChanged = before?.decimals !== undefined && before.decimals !== read.decimals;
    const wasChanged = before?.faults.includes("decimals-changed") === true;
    // Amounts that were read under other decimals would now mean something else: it is not believed any more.
    registry.setMetadata(
      token,
      isChanged || wasChanged ? { ...read, faults: [...read.faults, "decimals-changed"] } : read,
    );
    asked++;
  }
  return asked;
}
