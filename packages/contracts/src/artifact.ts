/** Bytes as viem and JSON-RPC write them. */
export type Hex = `0x${string}`;

/** A compiled contract. */
export interface Artifact<Abi extends readonly unknown[] = readonly unknown[]> {
  /** For viem: names, types and mutability, known to the type checker. */
  readonly abi: Abi;
  /** Creation code, to which constructor arguments are appended; as viem's `encodeDeployData` takes it. */
  readonly bytecode: Hex;
  /** The same as bytes. */
  readonly creation: Uint8Array;
  /** Runtime code, what an account at genesis gets. Lacks the values of immutables, where a contract has some. */
  readonly runtime: Uint8Array;
}

/** What the generated files hold. */
export interface CompilerOutput<Abi extends readonly unknown[]> {
  readonly abi: Abi;
  readonly bytecode: Hex;
  readonly runtime: Hex;
}

/** Bytes of a 0x string of whole bytes, as the compiler writes them. */
function bytesOf(hex: Hex): Uint8Array {
  const bytes = new Uint8Array((hex.length - 2) / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(hex.slice(2 + 2 * i, 4 + 2 * i), 16);
  return bytes;
}

/** An artifact from what the compiler wrote; bytes are made at first use. */
export function artifact<const Abi extends readonly unknown[]>(output: CompilerOutput<Abi>): Artifact<Abi> {
  let creation: Uint8Array | undefined;
  let runtime: Uint8Array | undefined;
  return {
    abi: output.abi,
    bytecode: output.bytecode,
    get creation() {
      return (creation ??= bytesOf(output.bytecode));
    },
    get runtime() {
      return (runtime ??= bytesOf(output.runtime));
    },
  };
}
