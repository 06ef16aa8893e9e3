import { encodeDeployData, encodeFunctionData, getContractAddress, type Abi } from "viem";
import type { Artifact } from "./compile.js";
import type { Hex, Step } from "./machine.js";

/** Steps that pseudonyms take, with the nonces counted that their create addresses hang on. */
export interface Script {
  readonly steps: Step[];
  /** Adds a deployment and gives the address that it will have. */
  readonly deploy: (name: string, from: Hex, artifact: Artifact, args?: readonly unknown[], value?: bigint) => Hex;
  readonly call: (
    name: string,
    from: Hex,
    to: Hex,
    abi: Abi,
    functionName: string,
    args?: readonly unknown[],
    more?: { readonly value?: bigint; readonly gas?: bigint },
  ) => void;
}

/** An empty script. */
export const newScript = (): Script => {
  const steps: Step[] = [];
  const nonces = new Map<Hex, bigint>();
  const add = (step: Step): bigint => {
    const nonce = nonces.get(step.from) ?? 0n;
    nonces.set(step.from, nonce + 1n);
    steps.push(step);
    return nonce;
  };
  return {
    steps,
    deploy: (name, from, { abi, bytecode }, args = [], value = 0n) => {
      const data = encodeDeployData({ abi, bytecode, args: [...args] });
      return getContractAddress({ from, nonce: add({ name, from, data, value }) });
    },
    call: (name, from, to, abi, functionName, args = [], more = {}) =>
      void add({ name, from, to, data: encodeFunctionData({ abi, functionName, args: [...args] }), ...more }),
  };
};

/** A pseudonym of tests: nobody has its key. */
export const someone = (n: number): Hex => `0x${n.toString(16).padStart(40, "a11ce0")}`;
