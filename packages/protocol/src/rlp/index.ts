export { encodeRlp, rlpUint, type RlpItem } from "./encode.js";
export { decodeRlp, type RlpLimits } from "./decode.js";
export { rlpReader, type RlpReader } from "./reader.js";
