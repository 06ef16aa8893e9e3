import { encodeRlp, fromHex, keccak256, rlpUint, toHex, type EthAddress, type Pseudonym } from "@sero/protocol";
import { encodeDeployData, encodeFunctionData, type Abi } from "viem";
import type { Artifact } from "@sero/contracts";
import { randomPseudonym } from "./call.js";
import type { TestChain } from "./chain.js";

/** Address of what an account creates with this nonce. */
export const createdBy = (creator: EthAddress, nonce: bigint): EthAddress =>
  keccak256(encodeRlp([creator, rlpUint(nonce)])).slice(12) as EthAddress;

/** Creation code with constructor arguments. */
export const deployData = (artifact: Artifact, args: readonly unknown[]): Uint8Array =>
  fromHex(encodeDeployData({ abi: artifact.abi as Abi, bytecode: artifact.bytecode, args }));

/** Call data of a function. Addresses may be given as bytes. */
export const callData = (
  artifact: Pick<Artifact, "abi">,
  functionName: string,
  args: readonly unknown[] = [],
): Uint8Array =>
  fromHex(
    encodeFunctionData({
      abi: artifact.abi as Abi,
      functionName,
      args: args.map((arg) => (arg instanceof Uint8Array ? toHex(arg) : arg)),
    }),
  );

/** Deploys a contract in a block of its own, by wallet 0. */
export async function deploy(chain: TestChain, artifact: Artifact, args: readonly unknown[] = []): Promise<EthAddress> {
  const pseudonym: Pseudonym = randomPseudonym();
  const data = deployData(artifact, args);
  const built = await chain.seal([chain.call(0, { pseudonym, calls: [{ data }], gasLimit: 5_000_000n })]);
  if (built.details[0]?.failure !== undefined) throw new Error(`deploy: ${built.details[0].failure.reason}`);
  return createdBy(pseudonym.address, 0n);
}

/** Deploys runtime code of a few bytes. */
export async function deployCode(chain: TestChain, runtime: string): Promise<EthAddress> {
  const size = (runtime.length / 2).toString(16).padStart(2, "0");
  const creation = `60${size}600c60003960${size}6000f3${runtime}`;
  return deploy(chain, { abi: [], bytecode: `0x${creation}` } as unknown as Artifact);
}
