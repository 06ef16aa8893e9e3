import { openMcl } from "../verify/mcl.js";
import { type Bn254, bn254On } from "./ethereum.js";

export type { Bn254 };

/** Opens Ethereum's arithmetic on BN254, with memory of its own, which calls do not add to. Throws verify/engine. */
export async function openBn254(): Promise<Bn254> {
  return bn254On(await openMcl());
}
