import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ensureSpendArtifacts, openVerifierPool, type BundleVerifier } from "@sero/circuits";
import { issueToken, startNode, type RunningNode } from "@sero/node";
import { developmentSpec, toHex, type ChainSpec, type Inner } from "@sero/protocol";
import { withFolder } from "../chain-store.js";
import { openForge } from "../forge/index.js";
import { median, timed, type Group } from "../measure.js";
import { paymentGas } from "../payments/real.js";

const RUNS = 5;
const THREADS = 2;
/** Payments handed to a pool at a time. */
const AT_ONCE = 32;
/** From forkchoiceUpdated to getPayload, as a consensus client leaves it in slots of 4 s. */
const LEAD_MS = 1_500;

/** A node as its consensus client sees it: over HTTP, with a token. */
interface Client {
  readonly node: RunningNode;
  call(method: string, ...params: unknown[]): Promise<unknown>;
}

/**
 * Full blocks of payments between two nodes: one has all payments in its pool, builds and executes; the other sees them first in the block and
 * checks every proof. HTTP, JSON, execution and the flush to disk are in the figures, as a consensus client waits for them.
 */
export const engine: Group = async ({ progress }) => {
  const artifacts = await ensureSpendArtifacts();
  const spec = developmentSpec([{ inner: 5n as Inner, value: 10n ** 24n }]);
  const forge = await openForge(artifacts, spec);
  const verifier = await openVerifierPool({ artifacts, chainId: spec.chainId, threads: THREADS });
  const full = Number(spec.gasLimit / paymentGas(spec));
  const times = { get: [] as number[], atOnce: [] as number[], unknown: [] as number[], known: [] as number[] };
  try {
    await withFolder(async (folder) => {
      const [proposer, other] = [
        await open(folder, "proposer", spec, verifier),
        await open(folder, "other", spec, verifier),
      ];
      try {
        for (let run = -1; run < RUNS; run++) {
          progress((run + 1) / (RUNS + 1), `full block ${run + 2} of ${RUNS + 1}`);
          const payments = forge.payments(full, { expiry: 256n }).map(({ bytes }) => bytes);
          for (let from = 0; from < full; from += AT_ONCE) {
            const some = payments.slice(from, from + AT_ONCE);
            await Promise.all(some.map((bytes) => proposer.node.context.mempool.submit(bytes, "bench")));
          }
          const once = await oneBlock(proposer, other, full);
          // The first round compiles and fills caches.
          if (run < 0) continue;
          for (const name of ["get", "atOnce", "unknown", "known"] as const) times[name].push(once[name]);
        }
      } finally {
        await proposer.node.stop();
        await other.node.stop();
      }
    });
  } finally {
    await verifier.close();
  }
  return {
    "engine.blockPayments": full,
    "engine.newPayload.ms": median(times.unknown),
    "engine.newPayload.known.ms": median(times.known),
    "engine.getPayload.ms": median(times.get),
    "engine.getPayload.atOnce.ms": median(times.atOnce),
  };
};

type Once = Readonly<Record<"get" | "atOnce" | "unknown" | "known", number>>;

async function oneBlock(proposer: Client, other: Client, full: number): Promise<Once> {
  const head = proposer.node.context.chain.head();
  const timestamp = head.header.timestamp + 4n;
  const early = await begin(proposer, toHex(head.hash), timestamp + 1n);
  const atOnce = await timed(() => proposer.call("engine_getPayloadV2", early));
  const id = await begin(proposer, toHex(head.hash), timestamp);
  await new Promise((resolve) => setTimeout(resolve, LEAD_MS));
  const get = await timed(() => proposer.call("engine_getPayloadV2", id));
  const { executionPayload } = get.result as { executionPayload: { blockHash: string; transactions: string[] } };
  if (executionPayload.transactions.length !== full) throw new Error("The payload does not hold all of the payments.");
  const unknown = await timed(() => other.call("engine_newPayloadV2", executionPayload));
  const known = await timed(() => proposer.call("engine_newPayloadV2", executionPayload));
  for (const { result } of [unknown, known]) {
    if ((result as { status: string }).status !== "VALID")
      throw new Error(`The block is not VALID: ${JSON.stringify(result)}`);
  }
  for (const client of [proposer, other])
    await client.call("engine_forkchoiceUpdatedV2", state(executionPayload.blockHash), null);
  return { get: get.ms, atOnce: atOnce.ms, unknown: unknown.ms, known: known.ms };
}

async function begin({ call }: Client, head: string, timestamp: bigint): Promise<string> {
  const answer = await call("engine_forkchoiceUpdatedV2", state(head), {
    timestamp: `0x${timestamp.toString(16)}`,
    prevRandao: `0x${"07".repeat(32)}`,
    suggestedFeeRecipient: `0x${"fe".repeat(20)}`,
    withdrawals: [],
  });
  return (answer as { payloadId: string }).payloadId;
}

const state = (head: string): object => ({
  headBlockHash: head,
  safeBlockHash: `0x${"00".repeat(32)}`,
  finalizedBlockHash: `0x${"00".repeat(32)}`,
});

async function open(folder: string, name: string, spec: ChainSpec, verifier: BundleVerifier): Promise<Client> {
  const dataDir = join(folder, name);
  mkdirSync(dataDir);
  const node = await startNode({ spec, dataDir, verifier, rpcPort: 0, engine: { port: 0 } });
  const secret = Uint8Array.from(Buffer.from(readFileSync(join(dataDir, "jwt.hex"), "utf8").trim().slice(2), "hex"));
  return {
    node,
    async call(method, ...params) {
      const response = await fetch(node.engineUrl ?? "", {
        method: "POST",
        headers: {
          "content-type": "application/json",
          authorization: `Bearer ${issueToken(secret, Math.floor(Date.now() / 1000))}`,
        },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
      });
      const { result, error } = (await response.json()) as { result?: unknown; error?: { message: string } };
      if (error) throw new Error(`${method}: ${error.message}`);
      return result;
    },
  };
}
