export type * from "./types.js";
export { listPseudonyms, newKeptPseudonym } from "./keep.js";
export { signMessageAs, signTypedDataAs } from "./sign.js";
