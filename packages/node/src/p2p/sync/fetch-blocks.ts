import type { Block } from "@sero/execution";
import type { PeerHost } from "../host/types.js";
import { askBodies, PeerFault, type KnownHeader, type Patience } from "./ask.js";
import { pause, type SyncPeers } from "./peers.js";

/** What fetching needs. */
export interface BlockSource {
  readonly host: PeerHost;
  readonly peers: SyncPeers;
  readonly patience: Patience;
  /** Milliseconds until peers are asked again when nobody could help. */
  readonly retryMs: number;
}

/**
 * The blocks of these headers, in order. Asks one peer after another until all are here: what a slow or false one gave before it failed is
 * kept, the rest is asked of the next.
 *
 * @param onStuck called each time nobody could help, with the number of the first block that is missing
 * @throws SeroError `p2p/aborted`
 */
export async function fetchBlocks(
  source: BlockSource,
  headers: readonly KnownHeader[],
  signal: AbortSignal,
  onStuck: (number: bigint) => void,
): Promise<Block[]> {
  const blocks = new Array<Block | undefined>(headers.length).fill(undefined);
  const missing = (): number[] => blocks.flatMap((block, i) => (block ? [] : [i]));
  for (let places = missing(); places.length > 0; places = missing()) {
    const first = headers[places[0]!]!;
    const got = await source.peers.ask({ body: first.header.number }, async (peer) => {
      const wanted = missing();
      if (wanted.length === 0) return true;
      let came = 0;
      const asked = wanted.map((place) => headers[place]!);
      try {
        await askBodies(source.host, peer, asked, source.patience, signal, (at, block) => {
          blocks[wanted[at]!] = block;
          came++;
        });
      } catch (error) {
        // A slow peer that brought something is worth being asked again.
        if (error instanceof PeerFault && error.code === "sync/slow" && came > 0) return true;
        throw error;
      }
      return came > 0 ? true : undefined;
    });
    if (got) continue;
    onStuck(first.header.number);
    await pause(source.retryMs, signal);
  }
  return blocks.filter((block) => block !== undefined);
}
