export * from "./types.js";
export * from "./limits.js";
export { checkTransaction } from "./check.js";
export { encodeTransaction } from "./encode.js";
export { decodeTransaction } from "./decode.js";
export { BIND_PARTS, bindOf, bindParts, pseudonymDigest, type Bind, type BindParts } from "./bind.js";
export { feeOf, intrinsicGas, priceOf, publicCoinOf } from "./gas.js";
export * from "./expiry.js";
export { SPEND_INPUTS, bindOfTxid, publicInputsBytes, publicInputsOf, transactionBytesHash } from "./inputs.js";
