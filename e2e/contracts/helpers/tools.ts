import { Contract, ContractFactory, JsonRpcProvider, type InterfaceAbi } from "ethers";
import { toFunctionSelector } from "viem";
import { expect } from "vitest";
import type { Hex } from "./machine.js";
import { sample } from "./compile.js";
import type { Person, World } from "./world.js";

/** A library that scripts are written with. Nothing in an implementation knows of SERO. */
export interface Tool {
  /** Deploys one of the samples and waits. */
  readonly deploy: (person: Person, name: string, args?: readonly unknown[]) => Promise<Hex>;
  /** Calls a sample's function and waits until it is mined. `as`: another of the person's addresses. */
  readonly write: (
    person: Person,
    name: string,
    at: Hex,
    method: string,
    args?: readonly unknown[],
    more?: { readonly value?: bigint; readonly as?: Hex },
  ) => Promise<void>;
  /** Reads as the person's first address. */
  readonly read: (person: Person, name: string, at: Hex, method: string, args?: readonly unknown[]) => Promise<unknown>;
  readonly close: () => void;
}

/** viem: a wallet client at an address, reads by a public client over the same transport. */
export const viemTool = (world: World): Tool => {
  const mined = async (hash: Hex): Promise<Hex | undefined> => {
    const receipt = await world.outside.waitForTransactionReceipt({ hash, timeout: 120_000 });
    expect(receipt.status).toBe("success");
    return receipt.contractAddress ?? undefined;
  };
  return {
    deploy: async ({ viem, me }, name, args = []) => {
      const { abi, bytecode } = sample(name);
      const at = await mined(await viem.deployContract({ abi, bytecode, args, account: me, chain: world.chain }));
      if (at === undefined) throw new Error(`${name} has no address`);
      return at;
    },
    write: async ({ viem, me }, name, address, functionName, args = [], { value, as = me } = {}) => {
      const call = { address, abi: sample(name).abi, functionName, args, account: as, chain: world.chain };
      await mined(await viem.writeContract(value === undefined ? call : { ...call, value }));
    },
    read: ({ reads, me }, name, address, functionName, args = []) =>
      reads.readContract({ address, abi: sample(name).abi, functionName, args, account: me }),
    close: () => undefined,
  };
};

/** ethers: a provider with the wallet's address, signers by number. */
export const ethersTool = (): Tool => {
  const providers = new Map<string, JsonRpcProvider>();
  const providerOf = ({ url }: Person): JsonRpcProvider => {
    const provider = providers.get(url) ?? new JsonRpcProvider(url, undefined, { polling: true, pollingInterval: 100 });
    providers.set(url, provider);
    return provider;
  };
  const contractAt = async (person: Person, name: string, at: Hex, as: Hex): Promise<Contract> =>
    new Contract(at, sample(name).abi as InterfaceAbi, await providerOf(person).getSigner(as));
  return {
    deploy: async (person, name, args = []) => {
      const { abi, bytecode } = sample(name);
      const factory = new ContractFactory(abi as InterfaceAbi, bytecode, await providerOf(person).getSigner());
      const contract = await factory.deploy(...args);
      await contract.waitForDeployment();
      return (await contract.getAddress()).toLowerCase() as Hex;
    },
    write: async (person, name, at, method, args = [], { value, as = person.me } = {}) => {
      const contract = await contractAt(person, name, at, as);
      const sent = (await contract.getFunction(method)(...args, ...(value === undefined ? [] : [{ value }]))) as {
        wait: () => Promise<{ status: number }>;
      };
      expect((await sent.wait()).status).toBe(1);
    },
    read: async (person, name, at, method, args = []) =>
      (await contractAt(person, name, at, person.me)).getFunction(method)(...args) as Promise<unknown>,
    close: () => {
      for (const provider of providers.values()) provider.destroy();
    },
  };
};

/** A contract's own error: viem names it, ethers leaves it at its data when it estimates gas. */
export const refusal = (signature: string): RegExp =>
  new RegExp(`${signature.slice(0, signature.indexOf("("))}|data\\W+${toFunctionSelector(signature)}`);
