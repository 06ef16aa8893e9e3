export { openProver, type ProverOptions } from "./prover.js";
