import { SeroError, toHex, type EthAddress, type Transaction } from "@sero/protocol";
import type { CallOutcome, CallRequest, PreparedCall, Wallet } from "@sero/wallet";
import type { Abi } from "viem";
import { getAddress } from "viem/utils";
import { calldataOf } from "../abi/index.js";
import { jsonRpc } from "../io/json-rpc.js";
import { publicTransaction } from "./public-view.js";
import type { Stage } from "./stage.js";

/** A transaction of the story's that is in a block. */
export interface Done {
  readonly txid: string;
  readonly outcome: CallOutcome;
  /** What the chain shows of it. */
  readonly seen: Transaction;
}

const MINED_WITHIN_MS = 60_000;

/** Sends a prepared transaction and waits until it is in a block. @throws SeroError `node/not-mined` after a minute */
export const perform = async (stage: Stage, wallet: Wallet, prepared: PreparedCall): Promise<Done> => {
  const { txid } = await wallet.sendCall(prepared);
  const end = Date.now() + MINED_WITHIN_MS;
  for (;;) {
    await wallet.sync();
    const outcome = await wallet.callOutcome(txid);
    if (outcome.status !== "pending")
      return { txid, outcome, seen: await publicTransaction(jsonRpc(stage.node.rpcUrl), txid) };
    if (Date.now() > end)
      throw new SeroError("node/not-mined", "A transaction is in no block after a minute.", { txid });
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
};

/** Calls contracts from a wallet and waits until that is in a block. */
export const act = async (stage: Stage, wallet: Wallet, request: CallRequest): Promise<Done> => {
  await wallet.sync();
  return perform(stage, wallet, await wallet.prepareCall(request));
};

/** An address as viem wants it. */
export const hexAddress = (address: EthAddress): `0x${string}` => getAddress(toHex(address));

/** The one contract that a transaction made. */
export const madeBy = ({ outcome }: Done): EthAddress => {
  const [created] = outcome.created;
  if (created === undefined) throw new SeroError("demo/nothing-made", `No contract was made: ${outcome.sentence}`);
  return created;
};

/** What is public on an address: the coin that it holds. */
export const publicCoin = async (stage: Stage, address: EthAddress): Promise<bigint> =>
  BigInt(await jsonRpc(stage.node.rpcUrl).call<string>("eth_getBalance", [toHex(address), "latest"]));

/** What a contract answers, as one number. */
export const askNumber = async (
  stage: Stage,
  to: EthAddress,
  abi: Abi,
  name: string,
  args: readonly unknown[],
): Promise<bigint> =>
  BigInt(
    await jsonRpc(stage.node.rpcUrl).call<string>("eth_call", [
      { to: toHex(to), data: toHex(calldataOf(abi, name, args)) },
      "latest",
    ]),
  );
