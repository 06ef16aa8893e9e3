import { createPublicClient, createWalletClient, defineChain, http, type PublicClient, type WalletClient } from "viem";
import { createTestChain, type TestChain, type TestChainOptions, type TestUser } from "@sero/sdk/testing";
import type { Hex } from "./machine.js";

/** Somebody with a wallet, and how a script of theirs reaches it. */
export interface Person extends TestUser {
  readonly accounts: readonly Hex[];
  /** The first of them. */
  readonly me: Hex;
  /** Over HTTP with the token, as a script has it. */
  readonly viem: WalletClient;
  /** Reads over the same. */
  readonly reads: PublicClient;
}

/** A node, and people whose wallets serve providers. */
export interface World extends Omit<TestChain, "users"> {
  readonly chain: ReturnType<typeof defineChain>;
  readonly people: readonly Person[];
  /** Reads of nobody, from the node itself. */
  readonly outside: PublicClient;
}

/**
 * A chain with people. It makes a block every second unless told otherwise: ethers looks for a receipt once when it begins to wait and then at every new
 * block, so that a chain which stands still may keep it waiting.
 */
export const openWorld = async (options: TestChainOptions): Promise<World> => {
  const { users, ...rest } = await createTestChain({ accounts: 2, ...options });
  const chain = defineChain({
    id: Number(rest.spec.chainId),
    name: "SERO",
    nativeCurrency: { name: "SERO", symbol: "SERO", decimals: 18 },
    rpcUrls: { default: { http: [rest.node.rpcUrl] } },
  });
  const readsAt = (url: string): PublicClient =>
    createPublicClient({ chain, transport: http(url), pollingInterval: 100 }) as PublicClient;
  const people = users.map((user): Person => ({
    ...user,
    accounts: user.provider.accounts(),
    me: user.address,
    viem: createWalletClient({ account: user.address, chain, transport: http(user.url), pollingInterval: 100 }),
    reads: readsAt(user.url),
  }));
  return { ...rest, chain, people, outside: readsAt(rest.node.rpcUrl) };
};
