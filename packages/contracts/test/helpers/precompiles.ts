import { Address } from "@ethereumjs/util";
import { EVMError, type CustomPrecompile, type ExecResult } from "@ethereumjs/evm";
import { bigIntToBytes, bytesToBigInt, FIELD_ORDER, keccak256, poseidon } from "@sero/protocol";

/** Stand-in for a proof under a key: 256 bytes that begin with keccak256(key || inputs). Only the test can tell what holds. */
export function standInProof(vk: Uint8Array, inputs: readonly bigint[]): Uint8Array {
  const proof = new Uint8Array(256);
  proof.set(keccak256(vk, ...inputs.map((input) => bigIntToBytes(input, 32))));
  return proof;
}

/** A key of the right length for `inputs` public inputs; `seed` makes it another one. The stand-in check accepts it. */
export function standInKey(inputs: number, seed = 1): Uint8Array {
  return new Uint8Array(448 + 64 * (inputs + 1)).fill(seed);
}

/** Keys filled with this byte are refused by the stand-in for the key check. */
export const REFUSED_KEY = 0xbd;

const answer = (gasLimit: bigint, gas: bigint, work: () => Uint8Array): ExecResult => {
  if (gasLimit < gas) return failure(gasLimit, EVMError.errorMessages.OUT_OF_GAS);
  try {
    return { returnValue: work(), executionGasUsed: gas };
  } catch {
    return failure(gasLimit, EVMError.errorMessages.REVERT);
  }
};

const failure = (
  gasLimit: bigint,
  kind: (typeof EVMError.errorMessages)[keyof typeof EVMError.errorMessages],
): ExecResult => ({
  returnValue: new Uint8Array(0),
  executionGasUsed: gasLimit,
  exceptionError: new EVMError(kind),
});

const words = (data: Uint8Array): bigint[] => {
  if (data.length % 32 !== 0) throw new Error("whole words are needed");
  return Array.from({ length: data.length / 32 }, (_, i) => bytesToBigInt(data.subarray(32 * i, 32 * i + 32)));
};

function poseidonAnswer(data: Uint8Array): Uint8Array {
  const inputs = words(data);
  if (inputs.length === 0 || inputs.length > 5 || inputs.some((x) => x >= FIELD_ORDER)) throw new Error("refused");
  return bigIntToBytes(poseidon(inputs), 32);
}

/** vk | proof 256 | inputs: the number of inputs follows from the whole length, (length - 448 - 64 - 256) / 96. */
function groth16Answer(data: Uint8Array): Uint8Array {
  const count = (data.length - 448 - 64 - 256) / 96;
  if (!Number.isInteger(count) || count < 0) throw new Error("impossible length");
  const vk = data.subarray(0, 448 + 64 * (count + 1));
  const proof = data.subarray(vk.length, vk.length + 256);
  const inputs = words(data.subarray(vk.length + 256));
  const holds = inputs.every((x) => x < FIELD_ORDER) && standInProof(vk, inputs).every((byte, i) => byte === proof[i]);
  return bigIntToBytes(holds ? 1n : 0n, 32);
}

const keyAnswer = (data: Uint8Array): Uint8Array => bigIntToBytes(data[0] === REFUSED_KEY ? 0n : 1n, 32);

const at = (number: bigint): Address => new Address(bigIntToBytes(number, 20));

/** The chain's precompiles for tests of this package, which does not depend on the execution that has the real ones. */
export const STAND_INS: CustomPrecompile[] = [
  { address: at(0x5e51n), function: ({ data, gasLimit }) => answer(gasLimit, 2_000n, () => poseidonAnswer(data)) },
  { address: at(0x5e52n), function: ({ data, gasLimit }) => answer(gasLimit, 100_000n, () => groth16Answer(data)) },
  { address: at(0x5e53n), function: ({ data, gasLimit }) => answer(gasLimit, 100_000n, () => keyAnswer(data)) },
];
