export { openForge, type Forge, type ForgedPayment, type ForgeOptions } from "./payments.js";
export { openSimulator, type Simulator } from "./simulate.js";
