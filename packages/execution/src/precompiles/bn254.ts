import { openBn254 } from "@sero/circuits";
import { boolWord, padded } from "./bytes.js";
import { EC_ADD_GAS, EC_MUL_GAS, EC_PAIRING_GAS } from "./gas.js";
import { openedOnce, type Precompile } from "./precompile.js";

const withBn254 = openedOnce(openBn254);

/** 0x06 (EIP-196, EIP-1108). */
export const ecAddPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000000006",
  name: "ecAdd",
  price: () => EC_ADD_GAS,
  run: (input) => withBn254((bn254) => bn254.add(padded(input, 128))),
};

/** 0x07 (EIP-196, EIP-1108). */
export const ecMulPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000000007",
  name: "ecMul",
  price: () => EC_MUL_GAS,
  run: (input) => withBn254((bn254) => bn254.multiply(padded(input, 96))),
};

const PAIR_BYTES = 192;

/** 0x08 (EIP-197, EIP-1108). */
export const ecPairingPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000000008",
  name: "ecPairing",
  price: ({ length }) => EC_PAIRING_GAS.base + EC_PAIRING_GAS.pair * BigInt(Math.floor(length / PAIR_BYTES)),
  run(input) {
    if (input.length % PAIR_BYTES !== 0) return undefined;
    return withBn254((bn254) => {
      const holds = bn254.pairing(input);
      return holds === undefined ? undefined : boolWord(holds);
    });
  },
};
