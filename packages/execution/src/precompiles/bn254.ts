import { openBn254 } from "@sero/circuits";
import type { Bn254 } from "@sero/circuits";
import { boolWord, padded } from "./bytes.js";
import { EC_ADD_GAS, EC_MUL_GAS, EC_PAIRING_GAS } from "./gas.js";
import type { Precompile } from "./precompile.js";

// Depends on nothing; opened by the first call.
let opened: Promise<Bn254> | undefined;
const bn254 = (): Promise<Bn254> => (opened ??= openBn254());

/** 0x06 (EIP-196, EIP-1108). */
export const ecAddPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000000006",
  name: "ecAdd",
  price: () => EC_ADD_GAS,
  run: async (input) => (await bn254()).add(padded(input, 128)),
};

/** 0x07 (EIP-196, EIP-1108). */
export const ecMulPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000000007",
  name: "ecMul",
  price: () => EC_MUL_GAS,
  run: async (input) => (await bn254()).multiply(padded(input, 96)),
};

const PAIR_BYTES = 192;

/** 0x08 (EIP-197, EIP-1108). */
export const ecPairingPrecompile: Precompile = {
  address: "0x0000000000000000000000000000000000000008",
  name: "ecPairing",
  price: ({ length }) => EC_PAIRING_GAS.base + EC_PAIRING_GAS.pair * BigInt(Math.floor(length / PAIR_BYTES)),
  async run(input) {
    if (input.length % PAIR_BYTES !== 0) return undefined;
    const holds = (await bn254()).pairing(input);
    return holds === undefined ? undefined : boolWord(holds);
  },
};
