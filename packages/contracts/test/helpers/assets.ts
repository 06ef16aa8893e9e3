import { assetIdOf, COIN, type AssetId } from "@sero/protocol";
import type { Abi } from "viem";
import { ERC20_ABI, ERC721_ABI, type Artifact } from "../../src/index.js";
import { TEST_TICKET, TEST_TOKEN } from "../../src/test-contracts.js";
import { hex, person, POOL_HEX, type Outcome, type TestChain } from "./chain.js";

export const ERC20 = ERC20_ABI as Abi;
export const ERC721 = ERC721_ABI as Abi;

export const tokenAsset = (token: Uint8Array): AssetId => assetIdOf(1, token, 0n);
export const ticketAsset = (token: Uint8Array, id: bigint): AssetId => assetIdOf(2, token, id);
export { COIN, POOL_HEX };

/** Deploys a token with an open `mint(to, value)`, and gives `holder` some, with the Pool approved for all of it. */
export async function tokenFor(
  chain: TestChain,
  contract: Artifact = TEST_TOKEN,
  args: readonly unknown[] = contract === TEST_TOKEN ? ["Test", "TST", 18] : [],
  holder: Uint8Array = person(0),
  value = 1000n,
): Promise<Uint8Array> {
  const token = await chain.deploy(contract, args);
  await chain.must(contract.abi as Abi, token, "mint", [hex(holder), value]);
  await chain.must(ERC20, token, "approve", [POOL_HEX, value], { from: holder });
  return token;
}

/** Deploys items with an open `mint(to, id)`, and gives `holder` one, with the Pool approved. */
export async function ticketFor(
  chain: TestChain,
  id: bigint,
  contract: Artifact = TEST_TICKET,
  args: readonly unknown[] = contract === TEST_TICKET ? ["Test", "TST"] : [],
  holder: Uint8Array = person(0),
): Promise<Uint8Array> {
  const token = await chain.deploy(contract, args);
  await chain.must(contract.abi as Abi, token, "mint", [hex(holder), id]);
  await chain.must(ERC721, token, "approve", [POOL_HEX, id], { from: holder });
  return token;
}

export const balanceOf = (chain: TestChain, token: Uint8Array, owner: Uint8Array): Promise<unknown> =>
  chain.must(ERC20, token, "balanceOf", [hex(owner)]);

export const ownerOf = async (chain: TestChain, token: Uint8Array, id: bigint): Promise<string> =>
  String(await chain.must(ERC721, token, "ownerOf", [id])).toLowerCase();

export const turnstile = async (chain: TestChain, asset: AssetId): Promise<unknown> =>
  (await chain.pool("turnstile", [asset])).value;

export const shieldToken = (chain: TestChain, token: Uint8Array, amount: bigint, from = person(0)): Promise<Outcome> =>
  chain.pool("shieldToken", [7n, hex(token), amount, "0x"], { from });

export const shieldTicket = (chain: TestChain, token: Uint8Array, id: bigint, from = person(0)): Promise<Outcome> =>
  chain.pool("shieldTicket", [7n, hex(token), id, "0x"], { from });

export const unshield = (chain: TestChain, to: Uint8Array, asset: AssetId, amount: bigint): Promise<Outcome> =>
  chain.system("unshieldTo", [hex(to), asset, amount]);

/** What the state transition does for one entry of `returns`: open, the pseudonym's own transfer, close. All three outcomes. */
export async function sweep(
  chain: TestChain,
  token: Uint8Array,
  pseudonym: Uint8Array,
  inner = 9n,
): Promise<{ opened: Outcome; moved: Outcome | undefined; closed: Outcome | undefined }> {
  return chain.together(async () => {
    const opened = await chain.system("openReturn", [hex(token), hex(pseudonym)]);
    if (!opened.ok || opened.value === 0n) return { opened, moved: undefined, closed: undefined };
    const moved = await chain.call(ERC20, token, "transfer", [POOL_HEX, opened.value], { from: pseudonym });
    return { opened, moved, closed: await chain.system("closeReturn", [inner, hex(token)]) };
  });
}

/** The same for a ticket. */
export async function sweepTicket(
  chain: TestChain,
  token: Uint8Array,
  id: bigint,
  pseudonym: Uint8Array,
  inner = 9n,
): Promise<{ opened: Outcome; moved: Outcome | undefined; closed: Outcome | undefined }> {
  return chain.together(async () => {
    const opened = await chain.system("openReturnTicket", [hex(token), id, hex(pseudonym)]);
    if (!opened.ok || opened.value !== true) return { opened, moved: undefined, closed: undefined };
    const moved = await chain.call(ERC721, token, "transferFrom", [hex(pseudonym), POOL_HEX, id], { from: pseudonym });
    return { opened, moved, closed: await chain.system("closeReturnTicket", [inner, hex(token), id]) };
  });
}
