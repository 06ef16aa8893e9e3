import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bytesToBigInt,
  currentRootSlot,
  developmentSpec,
  POOL_ADDRESS,
  rulesId,
  type ChainSpec,
  type Inner,
} from "@sero/protocol";
import { startNode, type NodeOptions, type RunningNode } from "../../src/index.js";
import { fakePayment, type FakePayment, type FakePaymentInput } from "./payment.js";
import { acceptAllVerifier, type TestVerifier } from "./verifier.js";

/** A chain whose genesis notes belong to nobody in particular. */
export function testSpec(overrides: Partial<ChainSpec> = {}): ChainSpec {
  return developmentSpec(
    [1n, 2n, 3n].map((inner) => ({ inner: inner as Inner, value: 10n ** 24n })),
    { callPhaseTime: 0n, packagesTime: 0n, ...overrides },
  );
}

export interface TestNode {
  readonly node: RunningNode;
  readonly dataDir: string;
  readonly verifier: TestVerifier;
  /** A well-formed payment on the head. */
  pay(seed: number, more?: Partial<FakePaymentInput>): FakePayment;
  /** JSON-RPC; throws the error member. */
  rpc(method: string, params?: readonly unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), "sero-node-"));
}

/** Starts a node with proofs off that seals only when told to. */
export async function startTestNode(
  options: Partial<NodeOptions> & { readonly dataDir?: string } = {},
): Promise<TestNode> {
  const dataDir = options.dataDir ?? temporaryDirectory();
  const verifier = acceptAllVerifier();
  const spec = options.spec ?? testSpec();
  const node = await startNode({
    sealer: { intervalMs: 0, onDemand: false },
    verifier,
    rpcPort: 0,
    ...options,
    spec,
    dataDir,
  });
  return {
    node,
    dataDir,
    verifier,
    pay(seed, more = {}) {
      const { chain, genesisHash } = node.context;
      const head = chain.head();
      return fakePayment({
        spec,
        context: { genesisHash: genesisHash as never, rulesId: rulesId(spec, head.header.timestamp + 1n) },
        anchor: bytesToBigInt(chain.state(head.hash).storage(POOL_ADDRESS, currentRootSlot())),
        expiry: head.number + 256n,
        seed,
        ...more,
      });
    },
    rpc: (method, params = []) => rpc(node.rpcUrl, method, params),
    async stop() {
      await node.stop();
      if (!options.dataDir) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface RpcFailure extends Error {
  readonly code: number;
  readonly data: unknown;
}

export async function rpc(url: string, method: string, params: readonly unknown[] = []): Promise<unknown> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const reply = (await response.json()) as { result?: unknown; error?: { message: string } };
  if (reply.error) throw Object.assign(new Error(reply.error.message), reply.error);
  return reply.result;
}
