import type { Journal } from "../../state/index.js";
import { hexKey } from "../../bytes/hex.js";

/** Code with what is known of it once it was read. */
export interface ReadCode {
  readonly bytes: Uint8Array;
  /** 1 where a JUMPDEST stands that is not in a PUSH's data. Made when the code first jumps. */
  jumps: Uint8Array | undefined;
  /** The PUSHes' values by their places, as far as they were executed. */
  readonly pushes: (bigint | undefined)[];
}

/** Bytes of code as something to be executed. */
export const readCode = (bytes: Uint8Array): ReadCode => ({ bytes, jumps: undefined, pushes: [] });

/** Keeps what was read of the codes of a block's contracts: by hash, so that nothing that happens can make it wrong. */
export function codeReader(state: Journal): (address: Uint8Array) => ReadCode {
  const known = new Map<string, ReadCode>();
  return (address) => {
    const account = state.account(address);
    if (account === undefined) return NO_CODE;
    const key = hexKey(account.codeHash);
    const found = known.get(key);
    if (found !== undefined) return found;
    const code = readCode(state.code(address));
    known.set(key, code);
    return code;
  };
}

const NO_CODE = readCode(new Uint8Array(0));

const PUSH1 = 0x60;
const PUSH32 = 0x7f;
const JUMPDEST = 0x5b;

/** The valid destinations of jumps. */
export function jumpsOf(code: ReadCode): Uint8Array {
  if (code.jumps !== undefined) return code.jumps;
  const { bytes } = code;
  const jumps = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) {
    const opcode = bytes[at] as number;
    if (opcode === JUMPDEST) jumps[at] = 1;
    else if (opcode >= PUSH1 && opcode <= PUSH32) at += opcode - PUSH1 + 1;
  }
  return (code.jumps = jumps);
}

/** The number that the PUSH with `size` bytes of data at `at` pushes; bytes behind the code's end are zeros. */
export function pushedAt(code: ReadCode, at: number, size: number): bigint {
  const known = code.pushes[at];
  if (known !== undefined) return known;
  const { bytes } = code;
  let value = 0n;
  for (let i = 0; i < size; i++) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  code.pushes[at] = value;
  return value;
}
