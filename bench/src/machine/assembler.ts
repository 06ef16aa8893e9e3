/** Opcodes that the programs use, by name (Yellow Paper, appendix H; EIPs 1153 and 5656). */
const OPCODES: Readonly<Record<string, number>> = {
  STOP: 0x00,
  ADD: 0x01,
  MUL: 0x02,
  SUB: 0x03,
  DIV: 0x04,
  SDIV: 0x05,
  MOD: 0x06,
  SMOD: 0x07,
  ADDMOD: 0x08,
  MULMOD: 0x09,
  EXP: 0x0a,
  SIGNEXTEND: 0x0b,
  LT: 0x10,
  SLT: 0x12,
  ISZERO: 0x15,
  AND: 0x16,
  NOT: 0x19,
  BYTE: 0x1a,
  SHL: 0x1b,
  SHR: 0x1c,
  SAR: 0x1d,
  KECCAK256: 0x20,
  ADDRESS: 0x30,
  BALANCE: 0x31,
  ORIGIN: 0x32,
  CALLER: 0x33,
  CALLVALUE: 0x34,
  CALLDATALOAD: 0x35,
  CALLDATASIZE: 0x36,
  CALLDATACOPY: 0x37,
  CODESIZE: 0x38,
  CODECOPY: 0x39,
  GASPRICE: 0x3a,
  EXTCODESIZE: 0x3b,
  EXTCODECOPY: 0x3c,
  RETURNDATASIZE: 0x3d,
  RETURNDATACOPY: 0x3e,
  EXTCODEHASH: 0x3f,
  BLOCKHASH: 0x40,
  COINBASE: 0x41,
  NUMBER: 0x43,
  CHAINID: 0x46,
  SELFBALANCE: 0x47,
  BASEFEE: 0x48,
  POP: 0x50,
  MLOAD: 0x51,
  MSTORE: 0x52,
  MSTORE8: 0x53,
  SLOAD: 0x54,
  SSTORE: 0x55,
  JUMP: 0x56,
  JUMPI: 0x57,
  PC: 0x58,
  MSIZE: 0x59,
  GAS: 0x5a,
  JUMPDEST: 0x5b,
  TLOAD: 0x5c,
  TSTORE: 0x5d,
  MCOPY: 0x5e,
  PUSH0: 0x5f,
  DUP1: 0x80,
  DUP2: 0x81,
  DUP3: 0x82,
  SWAP1: 0x90,
  LOG0: 0xa0,
  LOG4: 0xa4,
  CREATE: 0xf0,
  CALL: 0xf1,
  RETURN: 0xf3,
  DELEGATECALL: 0xf4,
  CREATE2: 0xf5,
  STATICCALL: 0xfa,
  REVERT: 0xfd,
};

/**
 * Code from words separated by spaces: names of opcodes, and numbers (0x..., or decimal), which are pushed with as few bytes as they need.
 */
export function assemble(source: string): Uint8Array {
  const bytes = source
    .trim()
    .split(/\s+/)
    .flatMap((word) => {
      const opcode = OPCODES[word];
      return opcode === undefined ? push(BigInt(word)) : [opcode];
    });
  return Uint8Array.from(bytes);
}

function push(value: bigint): number[] {
  if (value === 0n) return [0x5f];
  const hex = value.toString(16);
  const data = [...Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, "hex")];
  return [0x5f + data.length, ...data];
}

/** Code that runs `setup` once, then `body`, which must leave the stack as it found it, for ever. */
export function loop(setup: string, body: string, unrolled: number): Uint8Array {
  const before = assemble(setup === "" ? "JUMPDEST" : `${setup} JUMPDEST`);
  const times = assemble(body === "" ? "JUMPDEST" : body);
  const code = new Uint8Array(before.length + times.length * unrolled);
  code.set(before);
  for (let i = 0; i < unrolled; i++) code.set(times, before.length + i * times.length);
  const back = assemble(`${before.length - 1} JUMP`);
  const whole = new Uint8Array(code.length + back.length);
  whole.set(code);
  whole.set(back, code.length);
  return whole;
}
