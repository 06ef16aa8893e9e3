import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNode, type RunningNode } from "@sero/node";
import {
  developmentSpec,
  encodeRlp,
  keccak256,
  toHex,
  verifySignature,
  type ChainSpec,
  type EthAddress,
} from "@sero/protocol";
import {
  httpClient,
  memoryFiles,
  nodeRepackProving,
  restoreWalletAt,
  type NodeClient,
  type RestoreSource,
  type Wallet,
} from "../../src/index.js";
import { fundedNotes, PASSPHRASE, QUICK_KDF, testPlatform, type TestWalletOptions } from "./wallets.js";

/** viem's hex. */
export const hexOf = (bytes: Uint8Array): `0x${string}` => toHex(bytes) as `0x${string}`;

/** Address of what an account creates with a nonce below 128. */
export const createdBy = (account: Uint8Array, nonce: number): EthAddress =>
  keccak256(encodeRlp([account, nonce === 0 ? new Uint8Array(0) : Uint8Array.of(nonce)])).slice(12) as EthAddress;

/** A real node that checks everything but the proofs, and wallets on it. */
export interface LiveChain {
  readonly node: RunningNode;
  readonly spec: ChainSpec;
  readonly client: NodeClient;
  mine(count?: number): Promise<void>;
  rpc<T>(method: string, params?: readonly unknown[]): Promise<T>;
  wallet(phrase: string, options?: TestWalletOptions): Promise<Wallet>;
  watch(viewKey: string): Promise<Wallet>;
  stop(): Promise<void>;
}

export async function liveChain(
  funds: readonly { readonly phrase: string; readonly values: readonly bigint[] }[],
  overrides: Partial<ChainSpec> = {},
  keepBlocks?: number,
): Promise<LiveChain> {
  const spec = developmentSpec(fundedNotes(funds), {
    callPhaseTime: 0n,
    packagesTime: 0n,
    anchorStep: 1,
    ...overrides,
  });
  const dataDir = mkdtempSync(join(tmpdir(), "sero-live-"));
  const node = await startNode({
    sealer: { intervalMs: 0, onDemand: false },
    verifier: {
      check: async (items) => items.map(({ rk, message, signature }) => verifySignature(rk, message, signature)),
      close: async () => undefined,
    },
    rpcPort: 0,
    spec,
    dataDir,
    ...(keepBlocks !== undefined && { keepBlocks }),
  });
  const client = httpClient(node.rpcUrl);
  const rpc = async <T>(method: string, params: readonly unknown[] = []): Promise<T> => {
    const response = await fetch(node.rpcUrl, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const reply = (await response.json()) as { result?: T; error?: { message: string } };
    if (reply.error !== undefined) throw new Error(`${method}: ${JSON.stringify(reply.error)}`);
    return reply.result as T;
  };
  const restore = async (from: RestoreSource["from"], options: TestWalletOptions): Promise<Wallet> => {
    const wallet = await restoreWalletAt(
      {
        files: options.files ?? memoryFiles(),
        client: options.client ?? client,
        witnesses: [],
        platform: { ...testPlatform(options.proving), openRepackProving: nodeRepackProving() },
        passphrase: PASSPHRASE,
        kdf: QUICK_KDF,
      },
      { from },
    );
    await wallet.sync();
    return wallet;
  };
  return {
    node,
    spec,
    client,
    rpc,
    mine: async (count = 1) => {
      for (let i = 0; i < count; i++) await rpc("sero_sealBlock", []);
    },
    wallet: (phrase, options = {}) => restore({ phrase }, options),
    watch: (viewKey) => restore({ viewKey }, {}),
    stop: async () => {
      await node.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
