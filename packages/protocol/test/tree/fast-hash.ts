import { FIELD_ORDER } from "../../src/field/index.js";
import type { TreeHash } from "../../src/tree/index.js";

/** A cheap stand-in for Poseidon, so that random tests can afford many trees. Mixes position and value. */
export function fastHash(): TreeHash {
  return {
    node: (a, b, c, d) =>
      (a * 3n + b * 5n + c * 7n + d * 11n + (a * d + b * c + 0x5e5en) * 0x9e3779b97f4a7c15n) % FIELD_ORDER,
  };
}
