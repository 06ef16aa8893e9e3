import { decodeFunctionResult, encodeFunctionData, parseAbi } from "viem/utils";
import { SeroError, bytesToBigInt, equalBytes, fromHex, toHex, type EthAddress } from "@sero/protocol";
import type { WalletContext } from "../wallet/context.js";
import type { PublicAsset } from "./types.js";

const HOLDINGS = parseAbi([
  "function balanceOf(address owner) view returns (uint256)",
  "function ownerOf(uint256 id) view returns (address)",
]);
const READ_GAS = 200_000n;

/** Balance of a token on a pseudonym, 1 for a ticket that it owns; 0 for whatever does not answer as such. Throws rpc/*. */
export async function amountOn(context: WalletContext, pseudonym: EthAddress, asset: PublicAsset): Promise<bigint> {
  const { token: to } = asset;
  const owner = toHex(pseudonym) as `0x${string}`;
  try {
    if (asset.kind === "token") {
      const data = fromHex(encodeFunctionData({ abi: HOLDINGS, functionName: "balanceOf", args: [owner] }));
      const answer = await context.client.call({ to, data, gas: READ_GAS });
      return answer.length === 32 ? bytesToBigInt(answer) : 0n;
    }
    const data = fromHex(encodeFunctionData({ abi: HOLDINGS, functionName: "ownerOf", args: [asset.id] }));
    const answer = await context.client.call({ to, data, gas: READ_GAS });
    const is = decodeFunctionResult({
      abi: HOLDINGS,
      functionName: "ownerOf",
      data: toHex(answer) as `0x${string}`,
    });
    return equalBytes(fromHex(is.toLowerCase()), pseudonym) ? 1n : 0n;
  } catch (error) {
    // A contract that does not answer holds nothing of ours; a node that does not (too busy, a port that answers no such question) is another matter.
    if (error instanceof SeroError && error.code !== "rpc/refused" && !error.code.startsWith("evm/")) throw error;
    return 0n;
  }
}
