import { bigIntToBytesLE, FIELD_ORDER } from "@sero/protocol";

/** A witness as a .wtns file in memory, the way snarkjs takes it. */
export function snarkjsWitness(witness: Uint8Array): { readonly type: "mem"; readonly data: Uint8Array } {
  const u32 = (x: number): Uint8Array => bigIntToBytesLE(BigInt(x), 4);
  const u64 = (x: number): Uint8Array => bigIntToBytesLE(BigInt(x), 8);
  const parts = [
    new TextEncoder().encode("wtns"),
    u32(2),
    u32(2),
    u32(1),
    u64(40),
    u32(32),
    bigIntToBytesLE(FIELD_ORDER, 32),
    u32(witness.length / 32),
    u32(2),
    u64(witness.length),
    witness,
  ];
  return { type: "mem", data: new Uint8Array(Buffer.concat(parts)) };
}
