import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createPublicClient,
  createWalletClient,
  custom,
  defineChain,
  http,
  type PublicClient,
  type WalletClient,
} from "viem";
import { ensureSpendArtifacts, openVerifierPool } from "@sero/circuits";
import { startNode, type RunningNode } from "@sero/node";
import { developmentSpec, genesisNotesFor, keyExpectations, newPhrase, type ChainSpec } from "@sero/protocol";
import {
  newToken,
  nodeAccess,
  openProvider,
  serveProvider,
  type ConsentRequest,
  type SeroProvider,
  type SessionOptions,
} from "@sero/sdk";
import { nodePlatform, restoreWallet, type Platform, type Wallet } from "@sero/wallet";
import { prooflessPlatform, prooflessVerifier } from "../../helpers/proofless.js";
import type { Hex } from "./machine.js";

/** Somebody with a wallet, and the addresses as which a script of theirs acts. */
export interface Person {
  readonly wallet: Wallet;
  readonly provider: SeroProvider;
  /** Where a script reaches the wallet, token and all. */
  readonly url: string;
  readonly accounts: readonly Hex[];
  /** The first of them. */
  readonly me: Hex;
  /** Over HTTP with the token, as a script has it. */
  readonly viem: WalletClient;
  /** Reads over the same. */
  readonly reads: PublicClient;
  /** What the user was asked. */
  readonly questions: ConsentRequest[];
}

/** A node, and people whose wallets serve providers. */
export interface World {
  readonly spec: ChainSpec;
  readonly node: RunningNode;
  readonly chain: ReturnType<typeof defineChain>;
  readonly people: readonly Person[];
  /** Reads of nobody, from the node itself. */
  readonly outside: PublicClient;
  /** Failures that nobody was told of. */
  readonly problems: unknown[];
  readonly close: () => Promise<void>;
}

/** Settings of a world. */
export interface WorldOptions {
  readonly people: number;
  /** Pseudonyms of each session. Default 2. */
  readonly accounts?: number;
  readonly keep?: SessionOptions["keep"];
  /** Between blocks without transactions, 0 for none. Default 1,000. */
  readonly intervalMs?: number;
  /** Default false: everything but the proof itself is made and checked. */
  readonly realProofs?: boolean;
}

const COINS = 10n ** 18n;
const KDF = { logN: 10, r: 8, p: 1 } as const;

/** Starts a chain that makes a block every second and as soon as there is a transaction, and opens everybody's wallet and provider. */
export const openWorld = async (options: WorldOptions): Promise<World> => {
  const { realProofs = false, accounts = 2, keep, intervalMs = 1_000 } = options;
  const folder = await mkdtemp(join(tmpdir(), "sero-contracts-"));
  const phrases = Array.from({ length: options.people }, () => newPhrase(12));
  const spec = developmentSpec(genesisNotesFor(phrases, "sero-dev", 4, 25_000n * COINS));
  const artifacts = await ensureSpendArtifacts();
  const verifier = realProofs ? await openVerifierPool({ artifacts, ...keyExpectations(spec) }) : prooflessVerifier();
  const platform: Platform = realProofs ? nodePlatform() : prooflessPlatform(artifacts);
  // ethers looks for a receipt once when it begins to wait and then at every new block: a chain that stands still may keep it waiting.
  const sealer = { intervalMs, onDemand: true, debounceMs: 20 };
  const node = await startNode({ spec, dataDir: join(folder, "chain"), rpcPort: 0, sealer, verifier });
  const chain = defineChain({
    id: Number(spec.chainId),
    name: "SERO",
    nativeCurrency: { name: "SERO", symbol: "SERO", decimals: 18 },
    rpcUrls: { default: { http: [node.rpcUrl] } },
  });
  const problems: unknown[] = [];
  const closers: (() => Promise<void>)[] = [];
  const join1 = async (phrase: string, name: string): Promise<Person> => {
    const place = { directory: join(folder, name), node: node.rpcUrl, passphrase: "contracts", platform, kdf: KDF };
    const wallet = await restoreWallet({ ...place, from: { phrase } });
    await wallet.sync();
    const questions: ConsentRequest[] = [];
    const access = nodeAccess(node.rpcUrl);
    const provider = await openProvider({
      wallet,
      node: access,
      session: { site: name, accounts, ...(keep === undefined ? {} : { keep }) },
      consent: async (question) => questions.push(question) > 0,
      onProblem: ({ error }) => problems.push(error),
      pollMs: 500,
    });
    const session = { provider, token: newToken() };
    const server = await serveProvider({ sessions: [session], onProblem: (error) => problems.push(error) });
    closers.push(async () => {
      await server.close();
      await provider.close();
      access.close?.();
      await wallet.close();
    });
    const url = server.url(session);
    const [me = "0x"] = provider.accounts();
    const viem = createWalletClient({ account: me, chain, transport: http(url), pollingInterval: 100 });
    const reads = createPublicClient({ chain, transport: http(url), pollingInterval: 100 }) as PublicClient;
    return { wallet, provider, url, accounts: provider.accounts(), me, viem, reads, questions };
  };
  const people: Person[] = [];
  for (const [i, phrase] of phrases.entries()) people.push(await join1(phrase, `person-${i}`));
  return {
    spec,
    node,
    chain,
    people,
    outside: createPublicClient({ chain, transport: http(node.rpcUrl), pollingInterval: 100 }) as PublicClient,
    problems,
    close: async () => {
      for (const end of closers) await end();
      await node.stop();
      await verifier.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** A viem client over the provider object itself, as a page has it (EIP-1193). */
export const inPage = (person: Person, chain: World["chain"]): WalletClient =>
  createWalletClient({
    account: person.me,
    chain,
    transport: custom({
      request: ({ method, params }) => person.provider.request({ method, params: params as unknown[] }),
    }),
  });
