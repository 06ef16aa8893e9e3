/** What is used of circomlibjs, which has no types of its own. */
declare module "circomlibjs" {
  /** Poseidon in WebAssembly; answers in the field's own form. */
  export function buildPoseidon(): Promise<(inputs: readonly bigint[]) => Uint8Array>;
}
