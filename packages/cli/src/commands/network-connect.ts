import { resolve } from "node:path";
import { SeroError } from "@sero/protocol";
import { z } from "zod";
import type { Context } from "../context.js";
import { readNetwork } from "../network/folder.js";
import type { NetworkNode } from "../network/types.js";

/** Milliseconds until a client that was just started must answer. */
const PATIENCE = 60_000;

const identityAnswer = z.object({ data: z.object({ peer_id: z.string().regex(/^[A-Za-z0-9]{10,128}$/) }) });

const ask = (node: NetworkNode, path: string, method = "GET"): Promise<Response> =>
  fetch(`http://127.0.0.1:${node.ports.rest}${path}`, { method, signal: AbortSignal.timeout(5_000) });

/** libp2p's name of a consensus client, once it answers. @throws SeroError `network/consensus-silent` */
const identityOf = async (node: NetworkNode, end: number): Promise<string> => {
  for (;;) {
    try {
      const answer = await ask(node, "/eth/v1/node/identity");
      return identityAnswer.parse(await answer.json()).data.peer_id;
    } catch (cause) {
      if (Date.now() > end) {
        throw new SeroError(
          "network/consensus-silent",
          `The consensus client of ${node.name} does not answer on port ${node.ports.rest}. See ${node.name}/logs/consensus.log.`,
          { node: node.name, port: node.ports.rest },
          { cause },
        );
      }
      await new Promise((done) => setTimeout(done, 500));
    }
  }
};

/**
 * `sero network connect`: makes the Lodestars of a test network on this machine know each other. They would find each other by themselves, but on
 * loopback that takes more than a minute.
 */
export const networkConnect = async (context: Context, folder: string): Promise<void> => {
  const { nodes, consensus } = await readNetwork(resolve(folder));
  if (consensus !== "lodestar-dev") {
    throw new SeroError(
      "network/connect",
      "Only the Lodestars of lodestar-dev can be told; others find each other by bootnodes.txt.",
      {
        consensus,
      },
    );
  }
  const end = Date.now() + PATIENCE;
  const identities = await Promise.all(nodes.map((node) => identityOf(node, end)));
  let connected = 0;
  for (const [i, from] of nodes.entries()) {
    for (const [j, to] of nodes.entries()) {
      if (j <= i) continue;
      const query = new URLSearchParams({
        peerId: identities[j]!,
        multiaddr: `/ip4/127.0.0.1/tcp/${to.ports.consensus}`,
      });
      const answer = await ask(from, `/eth/v1/lodestar/connect_peer?${query.toString()}`, "POST");
      if (answer.ok) connected++;
    }
  }
  context.output.result(
    { nodes: nodes.length, connected },
    `${connected} connection${connected === 1 ? "" : "s"} between ${nodes.length} consensus clients.`,
  );
};
