export { openCircuitProver, openProver, openRepackProver, type ProverOptions, type Statement } from "./prover.js";
