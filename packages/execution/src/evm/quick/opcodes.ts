import { Address } from "@ethereumjs/util";
import { bigIntToBytes } from "@sero/protocol";
import type { OpcodeEntry, RunState } from "./library.js";

const CALLDATALOAD = 0x35;
const CALLDATACOPY = 0x37;
const CODECOPY = 0x39;
const EXTCODECOPY = 0x3c;

const ADDRESS_MASK = 2n ** 160n - 1n;
/** What code of the EVM object format (EIP-3540) looks like from outside; nobody can deploy such code here (EIP-3541). */
const OBJECT_FORMAT = Uint8Array.of(0xef, 0x00);

type Handler = (state: RunState) => void | Promise<void>;

/**
 * The library's opcodes, but for those that read bytes behind the end of something, which it pads by spreading arrays: a millisecond for
 * 32 kB. Their prices stay the library's, and so does everything else.
 */
export const quickOpcodes = (library: readonly OpcodeEntry[]): readonly OpcodeEntry[] =>
  library.map((entry, opcode) => {
    const opHandler = HANDLERS[opcode];
    return opHandler === undefined ? entry : { ...entry, opHandler };
  });

const HANDLERS: Readonly<Record<number, Handler>> = {
  [CALLDATALOAD](state) {
    const from = state.stack.pop();
    const data = state.env.callData;
    if (from >= BigInt(data.length)) return state.stack.push(0n);
    const word = new Uint8Array(32);
    word.set(data.subarray(Number(from), Number(from) + 32));
    const view = new DataView(word.buffer);
    let value = 0n;
    for (let i = 0; i < 4; i++) value = (value << 64n) | view.getBigUint64(8 * i);
    state.stack.push(value);
  },
  [CALLDATACOPY]: (state) => copyPadded(state, state.env.callData),
  [CODECOPY]: (state) => copyPadded(state, state.env.code),
  async [EXTCODECOPY](state) {
    const address = new Address(bigIntToBytes(state.stack.pop() & ADDRESS_MASK, 20));
    const code = await state.stateManager.getCode(address);
    copyPadded(state, code[0] === OBJECT_FORMAT[0] && code[1] === OBJECT_FORMAT[1] ? OBJECT_FORMAT : code);
  },
};

/** Takes the place in memory, the place in `source` and a length from the stack and copies, with zeros for what is behind the source's end. */
function copyPadded({ stack, memory }: RunState, source: Uint8Array): void {
  const [to, from, length] = stack.popN(3);
  if (to === undefined || from === undefined || length === undefined || length === 0n) return;
  const size = Number(length);
  const start = from < BigInt(source.length) ? Number(from) : source.length;
  const there = source.subarray(start, start + size);
  memory.extend(Number(to), size);
  memory._store.set(there, Number(to));
  memory._store.fill(0, Number(to) + there.length, Number(to) + size);
}
