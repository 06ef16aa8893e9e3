import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureSpendArtifacts, openVerifierPool } from "@sero/circuits";
import { startNode, type RunningNode } from "@sero/node";
import { developmentSpec, genesisNotesFor, keyExpectations, newPhrase, type ChainSpec } from "@sero/protocol";
import { httpClient, memoryFiles, nodePlatform, restoreWalletAt, type Platform, type Wallet } from "@sero/wallet";
import {
  nodeAccess,
  openProvider,
  type Consent,
  type Hex,
  type SeroProvider,
  type SessionOptions,
} from "../provider/index.js";
import { newToken, serveProvider } from "../server/index.js";
import { prooflessPlatform, prooflessVerifier } from "./proofless.js";

/** Settings of a chain for tests. */
export interface TestChainOptions {
  /** People with a funded wallet and a provider each. Default 2. */
  readonly users?: number;
  /** Base units that each has, in four notes. Default 100,000 coins. */
  readonly funds?: bigint;
  /** Addresses of each user's session. Default 1. */
  readonly accounts?: number;
  /** Assets that sessions leave on their addresses. Default none. */
  readonly keep?: SessionOptions["keep"];
  /** Default: everybody agrees to everything. */
  readonly consent?: Consent;
  /** Makes and checks real proofs: seconds for each transaction. Default false; everything else is as on any chain. */
  readonly proofs?: boolean;
  /** Milliseconds between blocks without transactions, 0 for none. Default 1,000. */
  readonly intervalMs?: number;
  readonly spec?: Partial<ChainSpec>;
}

/** Somebody with a wallet. */
export interface TestUser {
  readonly wallet: Wallet;
  /** EIP-1193. */
  readonly provider: SeroProvider;
  /** JSON-RPC of this wallet's provider, for tools that want an address. */
  readonly url: string;
  /** The first of the session's addresses. */
  readonly address: Hex;
}

/** A chain inside this process. */
export interface TestChain {
  readonly spec: ChainSpec;
  readonly node: RunningNode;
  readonly users: readonly TestUser[];
  /** Failures that came after an answer. */
  readonly problems: readonly unknown[];
  /** Makes so many blocks now. */
  mine(blocks?: number): Promise<void>;
  /** Stops everything and removes the files. */
  close(): Promise<void>;
}

const COINS = 10n ** 18n;
const NOTES = 4;
/** Keys of tests need no work to guess. */
const KDF = { logN: 10, r: 8, p: 1 } as const;

/**
 * Starts a development chain in this process, with wallets and providers, for a dApp's tests: a real node on a free port of this machine that makes a
 * block as soon as there is a transaction. Without proofs, unless asked: the chain then believes everybody, and nothing else is different.
 */
export async function createTestChain(options: TestChainOptions = {}): Promise<TestChain> {
  const { users: count = 2, funds = 100_000n * COINS, accounts = 1, proofs = false, intervalMs = 1_000 } = options;
  const phrases = Array.from({ length: count }, () => newPhrase(12));
  const spec = developmentSpec(genesisNotesFor(phrases, "sero-dev", NOTES, funds / BigInt(NOTES)), options.spec);
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    const dataDir = await mkdtemp(join(tmpdir(), "sero-test-chain-"));
    closers.push(() => rm(dataDir, { recursive: true, force: true }));
    const verifier = proofs
      ? await openVerifierPool({ artifacts: await ensureSpendArtifacts(), ...keyExpectations(spec) })
      : prooflessVerifier();
    closers.push(() => verifier.close());
    const sealer = { intervalMs, onDemand: true, debounceMs: 10 };
    const node = await startNode({ spec, dataDir, rpcPort: 0, sealer, verifier });
    closers.push(() => node.stop());
    const problems: unknown[] = [];
    const platform = proofs ? nodePlatform() : prooflessPlatform();
    const kept = options.keep === undefined ? {} : { keep: options.keep };
    const consent = options.consent ?? (async () => true);
    const users: TestUser[] = [];
    for (const [i, phrase] of phrases.entries()) {
      const { user, end } = await openUser(
        node,
        phrase,
        platform,
        { site: `user-${i}`, accounts, ...kept },
        consent,
        problems,
      );
      users.push(user);
      closers.push(end);
    }
    const access = nodeAccess(node.rpcUrl);
    const mine = async (blocks = 1): Promise<void> => {
      for (let i = 0; i < blocks; i++) await access.request("sero_sealBlock", []);
    };
    return { spec, node, users, problems, mine, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openUser(
  node: RunningNode,
  phrase: string,
  platform: Platform,
  session: SessionOptions,
  consent: Consent,
  problems: unknown[],
): Promise<{ readonly user: TestUser; readonly end: () => Promise<void> }> {
  const place = { files: memoryFiles(), client: httpClient(node.rpcUrl), witnesses: [], platform, kdf: KDF };
  const wallet = await restoreWalletAt({ ...place, passphrase: session.site }, { from: { phrase } });
  await wallet.sync();
  const access = nodeAccess(node.rpcUrl);
  const onProblem = ({ error }: { readonly error: unknown }): void => void problems.push(error);
  const provider = await openProvider({
    wallet,
    node: access,
    session,
    consent,
    onProblem,
    pollMs: 500,
  });
  const served = { provider, token: newToken() };
  const server = await serveProvider({ sessions: [served], onProblem: (error) => problems.push(error) });
  const address = provider.accounts()[0] ?? "0x";
  return {
    user: { wallet, provider, url: server.url(served), address },
    end: async () => {
      await server.close();
      await provider.close();
      access.close?.();
      await wallet.close();
    },
  };
}
