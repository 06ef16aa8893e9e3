import { ProviderRpcError } from "@sero/sdk";
import { POOL_ADDRESS, toHex } from "@sero/protocol";
import { rpc } from "../../helpers/rpc.js";
import { until } from "../../helpers/command.js";
import type { Account, Hex, Log, Outcome, Place, Step } from "./machine.js";
import type { Person, World } from "./world.js";

interface Receipt {
  readonly status: Hex;
  readonly gasUsed: Hex;
  readonly blockNumber: Hex;
  readonly contractAddress: Hex | null;
  readonly logs: readonly Log[];
  readonly sero: { readonly calls: readonly { readonly gasUsed: Hex }[] };
}
interface Sent {
  readonly gas: Hex;
  readonly sero: { readonly call: { readonly gasLimit: Hex } };
}

/** SERO as a script has it: the provider of a wallet on a real node. */
export interface OverNode {
  /** Undefined: the wallet did not send it, since it would fail. */
  readonly run: (step: Step) => Promise<{ readonly outcome: Outcome; readonly place: Place } | undefined>;
  readonly account: (address: string) => Promise<Account>;
}

/** Steps by a person's addresses. What comes to an address has to stay there (`keep`), as on a reference EVM. */
export const overNode = (world: World, person: Person): OverNode => {
  const ask = <T>(method: string, ...params: readonly unknown[]): Promise<T> =>
    rpc<T>(world.node.rpcUrl, method, params);
  const pool = toHex(POOL_ADDRESS);
  return {
    run: async ({ name, from, to, value = 0n, data }) => {
      const tx = { from, ...(to === undefined ? {} : { to }), value: `0x${value.toString(16)}`, data };
      let hash: Hex;
      try {
        hash = (await person.provider.request({ method: "eth_sendTransaction", params: [tx] })) as Hex;
      } catch (error) {
        if (error instanceof ProviderRpcError && error.code === 3) return undefined;
        throw error;
      }
      const receipt = await until(`"${name}" is mined`, async () => {
        return (await ask<Receipt | null>("eth_getTransactionReceipt", hash)) ?? undefined;
      });
      if (receipt.status !== "0x1") throw new Error(`"${name}" failed on the chain: ${JSON.stringify(receipt.sero)}`);
      const sent = await ask<Sent>("eth_getTransactionByHash", hash);
      const block = await ask<{ timestamp: Hex; miner: Hex }>("eth_getBlockByNumber", receipt.blockNumber, false);
      const intrinsic = BigInt(sent.gas) - BigInt(sent.sero.call.gasLimit);
      return {
        place: { number: BigInt(receipt.blockNumber), timestamp: BigInt(block.timestamp), proposer: block.miner },
        outcome: {
          ok: receipt.status === "0x1",
          gas: BigInt(receipt.sero.calls[0]?.gasUsed ?? "0x0"),
          charged: BigInt(receipt.gasUsed) - intrinsic,
          created: receipt.contractAddress ?? undefined,
          logs: receipt.logs
            .filter(({ address }) => address !== pool)
            .map(({ address, topics, data: bytes }) => ({ address, topics, data: bytes })),
        },
      };
    },
    account: async (address) => {
      const proof = await ask<Record<"nonce" | "balance" | "codeHash" | "storageHash", Hex>>(
        "eth_getProof",
        address,
        [],
        "latest",
      );
      const { nonce, balance, codeHash, storageHash } = proof;
      return { nonce: BigInt(nonce), balance: BigInt(balance), codeHash, storageHash };
    },
  };
};
