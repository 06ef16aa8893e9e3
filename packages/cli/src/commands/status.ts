import { SeroError } from "@sero/protocol";
import { safeUrl } from "@sero/wallet";
import type { Context } from "../context.js";
import { jsonRpc } from "../io/json-rpc.js";
import { coins } from "./amounts.js";

interface BlockMark {
  readonly number: string;
  readonly hash: string;
  readonly timestamp: string;
}

interface Head {
  readonly head: BlockMark;
  readonly safe: BlockMark;
  readonly finalized: BlockMark;
  readonly leafCount: string;
  readonly syncing: boolean;
}

interface ChainJson {
  readonly spec: { readonly network: string; readonly chainId: string | number };
  readonly genesisHash: string;
  readonly clientVersion: string;
}

interface Totals {
  readonly genesisSupply: string;
  readonly balance: string;
  readonly surplus: string;
}

/** `sero status`: the node, its chain and the pool. */
export const status = async (context: Context): Promise<void> => {
  try {
    await showStatus(context);
  } catch (cause) {
    if (cause instanceof SeroError) throw cause;
    throw new SeroError(
      "rpc/bad-answer",
      `The node at ${safeUrl(context.nodeUrl)} gave an answer that cannot be read. It may not be a SERO node, or be damaged; name another one.`,
      { url: safeUrl(context.nodeUrl) },
      { cause },
    );
  }
};

const showStatus = async ({ output, nodeUrl }: Context): Promise<void> => {
  const rpc = jsonRpc(nodeUrl);
  const chain = await rpc.call<ChainJson>("sero_chain", []);
  const head = await rpc.call<Head>("sero_head", []);
  const totals = await rpc.call<Totals>("sero_poolTotals", []);
  const age = Math.max(0, Math.round(Date.now() / 1000 - Number(head.head.timestamp)));
  const mark = (block: BlockMark): string => `block ${BigInt(block.number)}  ${block.hash}`;
  output.result(
    { node: safeUrl(nodeUrl), chain, head, totals },
    [
      `Node ${safeUrl(nodeUrl)}, ${chain.clientVersion}${head.syncing ? ", still catching up with its chain" : ""}`,
      `Chain ${chain.spec.network}, id ${BigInt(chain.spec.chainId)}, genesis ${chain.genesisHash}`,
      "",
      `  head       ${mark(head.head)}  (${age} s old)`,
      `  safe       ${mark(head.safe)}`,
      `  finalized  ${mark(head.finalized)}`,
      "",
      `  notes made ${BigInt(head.leafCount)}`,
      `  shielded   ${coins(BigInt(totals.balance) - BigInt(totals.surplus))}`,
      "",
      "This is what the node tells. Wallets check it against the state root of the newest header; that header itself rests on this node: run your own.",
    ].join("\n"),
  );
};
