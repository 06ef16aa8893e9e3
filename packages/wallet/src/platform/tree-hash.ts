import { DOMAINS, type TreeHash } from "@sero/protocol";
import { openPoseidon } from "@sero/protocol/wasm";

/** The note tree's hash in WebAssembly: in Node and browsers. */
export async function openFastTreeHash(): Promise<TreeHash> {
  const poseidon = openPoseidon();
  return {
    node: (c0, c1, c2, c3) => poseidon.hash([DOMAINS.D_NODE, c0, c1, c2, c3]),
    nodes: (children) => poseidon.hashNodes(children),
  };
}
