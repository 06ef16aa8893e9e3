import { startNode } from "@sero/node";
import { developmentSpec, type Inner } from "@sero/protocol";
import { proofsOff } from "./payments/verifiers.js";

/** What this process says when others can dial it. */
export interface FromSource {
  readonly addresses: readonly string[];
}

/** The chain that is fetched: a note for all fees. */
export const syncSpec = () => developmentSpec([{ inner: 5n as Inner, value: 10n ** 24n }]);

// A node on a folder, as a peer that has everything. It serves and checks nothing. Imported by the group, it only names the chain.
if (process.send && process.argv[2] === "serve") {
  const node = await startNode({
    spec: syncSpec(),
    dataDir: process.argv[3] ?? "",
    rpcPort: 0,
    verifier: proofsOff(),
    p2p: { listen: ["/ip4/127.0.0.1/tcp/0"], bootstrap: [] },
  });
  process.once("message", () => void node.stop().then(() => process.disconnect()));
  process.send({ addresses: node.context.peers?.addresses() ?? [] } satisfies FromSource);
}
