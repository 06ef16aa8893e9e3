import { inputCountOf, openKeyedVerifier } from "@sero/circuits";
import { boolWord } from "./bytes.js";
import { GROTH16_GAS, KEY_CHECK_GAS } from "./gas.js";
import { openedOnce, type Precompile } from "./precompile.js";

/** Most public inputs: the Pool keeps a key's bytes as a contract's code behind one zero, and EIP-170 ends at 24,576 bytes. */
export const MAX_PUBLIC_INPUTS = 375;
/** Key bytes before the IC points. */
const KEY_HEAD = 448;
const G1_BYTES = 64;
const PROOF_BYTES = 256;
const INPUT_BYTES = 32;

const withVerifier = openedOnce(openKeyedVerifier);

/**
 * 0x…5e52: whether a Groth16 proof over BN254 verifies. Input: verifying key (alpha1 64 | beta2 128 | gamma2 128 | delta2 128 | IC points 64 each) |
 * proof 256 | public inputs 32 each, everything in EIP-197's byte order. Output: a word, 1 or 0; 0 as well when an input is not below r or a point
 * of key or proof is off its curve, outside its subgroup or the identity. A length that no number of inputs (0 to MAX_PUBLIC_INPUTS) gives is
 * a failure. The key is not checked: that is 0x…5e53's, once.
 */
export const groth16Precompile: Precompile = {
  address: "0x0000000000000000000000000000000000005e52",
  name: "groth16",
  price: ({ length }) => GROTH16_GAS.base + GROTH16_GAS.input * BigInt(publicInputs(length) ?? 0),
  run(input) {
    const count = publicInputs(input.length);
    if (count === undefined) return undefined;
    const proof = KEY_HEAD + G1_BYTES * (count + 1);
    const inputs = proof + PROOF_BYTES;
    const parts = [input.subarray(0, proof), input.subarray(proof, inputs), input.subarray(inputs)] as const;
    return withVerifier(({ verify }) => boolWord(verify(...parts)));
  },
};

/** Number of public inputs when key, proof and inputs have this many bytes together. */
function publicInputs(length: number): number | undefined {
  const count = (length - KEY_HEAD - G1_BYTES - PROOF_BYTES) / (G1_BYTES + INPUT_BYTES);
  return Number.isInteger(count) && count >= 0 && count <= MAX_PUBLIC_INPUTS ? count : undefined;
}

/**
 * 0x…5e53: whether a verifying key passes the key check of protocol section 10. Input: the key as above | delta1 64. Output: a word, 1 or 0. A key
 * made from the development constants passes only where `development` says so. A key of no public input does not pass (its proofs could be
 * used anywhere); a length that no number of inputs up to MAX_PUBLIC_INPUTS gives is a failure.
 */
export const keyCheckPrecompile = (development: boolean): Precompile => ({
  address: "0x0000000000000000000000000000000000005e53",
  name: "keyCheck",
  price: ({ length }) => KEY_CHECK_GAS.base + KEY_CHECK_GAS.input * BigInt(inputsOfKey(length) ?? 0),
  run(input) {
    if (inputsOfKey(input.length) === undefined) return undefined;
    const end = input.length - G1_BYTES;
    const [key, delta1] = [input.subarray(0, end), input.subarray(end)];
    return withVerifier(({ keyFault }) => boolWord(keyFault(key, delta1, development) === undefined));
  },
});

function inputsOfKey(length: number): number | undefined {
  const count = inputCountOf(length - G1_BYTES);
  return count !== undefined && count <= MAX_PUBLIC_INPUTS ? count : undefined;
}
