import { SeroError, isZeroBytes, type EthAddress } from "@sero/protocol";
import { bytesToHex, decodeAbiParameters, encodeFunctionData, hexToBytes } from "viem/utils";
import type { NodeClient, RequestOptions } from "../rpc/index.js";
import type { ContractMetadata, MetadataFault } from "./types.js";

/** More digits after the point than any amount below 2^128 has. A contract that says more is not believed. */
export const MAX_DECIMALS = 36;
/** Longest text that is kept of a name or symbol, characters. */
const MAX_TEXT = 256;
/** Gas for one question: far more than an honest contract needs, far less than a node minds. */
const QUESTION_GAS = 500_000n;

const ABI = [
  { type: "function", name: "name", stateMutability: "view", inputs: [], outputs: [{ type: "string" }] },
  { type: "function", name: "symbol", stateMutability: "view", inputs: [], outputs: [{ type: "string" }] },
  { type: "function", name: "decimals", stateMutability: "view", inputs: [], outputs: [{ type: "uint256" }] },
] as const;

const question = (functionName: "name" | "symbol" | "decimals"): Uint8Array =>
  hexToBytes(encodeFunctionData({ abi: ABI, functionName }));

/**
 * What a contract answers to name(), symbol() and, for tokens, decimals() (ERC-20, ERC-721; both optional). Whatever it answers, this
 * gives something that fits in memory: it fails only if the node does. Tells the node which contract is asked about. Throws rpc/*.
 */
export async function readMetadata(
  client: NodeClient,
  contract: EthAddress,
  kind: "token" | "ticket",
  options: RequestOptions = {},
): Promise<ContractMetadata> {
  const ask = (functionName: "name" | "symbol" | "decimals"): Promise<Uint8Array | undefined> =>
    askContract(client, contract, question(functionName), options);
  const [name, symbol, decimals] = await Promise.all([
    ask("name"),
    ask("symbol"),
    kind === "token" ? ask("decimals") : undefined,
  ]);
  const faults: MetadataFault[] = [];
  const shown = { name: textOf(name), symbol: textOf(symbol) };
  if (shown.name === undefined) faults.push("name");
  if (shown.symbol === undefined) faults.push("symbol");
  const digits = kind === "token" ? decimalsOf(decimals) : undefined;
  if (kind === "token" && digits === undefined) faults.push("decimals");
  return { ...shown, decimals: digits, faults };
}

/** Undefined where the contract fails or answers more than the client reads. */
async function askContract(
  client: NodeClient,
  contract: EthAddress,
  data: Uint8Array,
  options: RequestOptions,
): Promise<Uint8Array | undefined> {
  try {
    return await client.call({ to: contract, data, gas: QUESTION_GAS }, options);
  } catch (error) {
    const isNodes = error instanceof SeroError && /^rpc\/(unreachable|timeout|busy|method)$/.test(error.code);
    if (isNodes || !(error instanceof SeroError) || error.code === "wallet/cancelled") throw error;
    return undefined;
  }
}

/** A `string`, or a `bytes32` filled up with zeros as early tokens give (MKR). */
function textOf(answer: Uint8Array | undefined): string | undefined {
  if (answer === undefined) return undefined;
  const text = answer.length === 32 ? textOfBytes32(answer) : textOfString(answer);
  return text === undefined || text === "" ? undefined : Array.from(text).slice(0, MAX_TEXT).join("");
}

function textOfBytes32(bytes: Uint8Array): string | undefined {
  const end = bytes.indexOf(0);
  const isFilled = end === -1 || isZeroBytes(bytes.subarray(end));
  return isFilled ? new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end)) : undefined;
}

function textOfString(bytes: Uint8Array): string | undefined {
  try {
    return decodeAbiParameters([{ type: "string" }], bytesToHex(bytes))[0];
  } catch {
    return undefined;
  }
}

function decimalsOf(answer: Uint8Array | undefined): number | undefined {
  if (answer === undefined || answer.length !== 32 || !isZeroBytes(answer.subarray(0, 31))) return undefined;
  const digits = answer[31] ?? 0;
  return digits <= MAX_DECIMALS ? digits : undefined;
}
