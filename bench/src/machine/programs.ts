import { concatBytes, bigIntToBytes, keccak256, POOL_ADDRESS, utf8 } from "@sero/protocol";
import { assemble, loop } from "./assembler.js";

/** Code that does one thing until its gas is used up. */
export interface Program {
  readonly name: string;
  readonly code: Uint8Array;
  readonly data?: Uint8Array;
  /** Code at the address that programs call `OTHER`. */
  readonly other?: Uint8Array;
}

/** The address of a second contract, and one that nobody has used. */
const OTHER = "0x7777";
const NOBODY = "0x8888888888888888888888888888888888888888";
const ONES = `0x${"ff".repeat(32)}`;
const ODD = `0x${"9b".repeat(32)}`;
/** EIP-170. */
const LARGEST_CODE = 24_576;

const binary = (name: string): Program => ({ name, code: loop(`${ODD} ${ONES}`, `DUP2 DUP2 ${name} POP`, 200) });
const ternary = (name: string): Program => ({
  name,
  code: loop(`${ODD} ${ONES} ${ONES}`, `DUP3 DUP3 DUP3 ${name} POP`, 200),
});
const nullary = (name: string): Program => ({ name, code: loop("", `${name} POP`, 400) });
/** An opcode on an address that is another one each time: cold (EIP-2929). */
const cold = (name: string): Program => ({
  name: `${name} cold`,
  code: loop("0x10000", `1 ADD DUP1 ${name} POP`, 100),
});
const called = (name: string, arguments_: string, other?: Uint8Array): Program => ({
  name,
  code: loop("", arguments_, 50),
  ...(other === undefined ? {} : { other }),
});

/** Calls a precompile with `input` over and over. */
export const precompileLoop = (name: string, address: bigint, input: Uint8Array): Program => ({
  name: `precompile ${name}`,
  code: loop("CALLDATASIZE 0 0 CALLDATACOPY", `0 0 CALLDATASIZE 0 0x${address.toString(16)} GAS STATICCALL POP`, 20),
  data: input,
});

/**
 * A token without storage: whatever has one argument (balanceOf, supportsInterface) answers with a number that grows as gas is used, so that the
 * Pool finds itself richer each time; everything else succeeds.
 */
const LEAST_TOKEN = assemble(
  "CALLDATASIZE 36 SUB 25 JUMPI GAS NOT 0xffffffffffffffff AND 0 MSTORE 32 0 RETURN JUMPDEST STOP",
);

/** One program for each family of opcodes, in the ways that cost most for their gas. */
export const PROGRAMS: readonly Program[] = [
  { name: "JUMPDEST", code: loop("", "", 1000) },
  { name: "JUMP", code: loop("", "", 1) },
  ...["ADD", "MUL", "SUB", "DIV", "SDIV", "MOD", "SMOD", "SIGNEXTEND", "LT", "SLT", "AND"].map(binary),
  ...["ADDMOD", "MULMOD"].map(ternary),
  { name: "BYTE", code: loop(ONES, "DUP1 3 BYTE POP", 200) },
  { name: "SHL", code: loop(ONES, "DUP1 3 SHL POP", 200) },
  { name: "SAR", code: loop(ONES, "DUP1 3 SAR POP", 200) },
  { name: "NOT", code: loop(ONES, "NOT", 400) },
  { name: "EXP", code: loop(`${ONES} ${ODD}`, "DUP2 DUP2 EXP POP", 100) },
  { name: "SWAP1", code: loop("1 2", "SWAP1", 1000) },
  { name: "PUSH32", code: loop("", `${ODD} POP`, 200) },
  ...[
    "PC",
    "GAS",
    "MSIZE",
    "ADDRESS",
    "ORIGIN",
    "CALLER",
    "CALLVALUE",
    "CALLDATASIZE",
    "CODESIZE",
    "GASPRICE",
    "RETURNDATASIZE",
    "COINBASE",
    "NUMBER",
    "CHAINID",
    "BASEFEE",
    "SELFBALANCE",
  ].map(nullary),
  { name: "BLOCKHASH", code: loop("", "0 BLOCKHASH POP", 200) },
  { name: "CALLDATALOAD", code: loop("", "0 CALLDATALOAD POP", 200), data: new Uint8Array(64).fill(7) },
  { name: "MLOAD", code: loop("", "0 MLOAD POP", 200) },
  { name: "MSTORE", code: loop(ODD, "DUP1 0 MSTORE", 200) },
  { name: "MSTORE8", code: loop("", "1 0 MSTORE8", 200) },
  { name: "memory growing", code: loop("0", "32 ADD DUP1 MLOAD POP", 200) },
  { name: "KECCAK256 of nothing", code: loop("", "0 0 KECCAK256 POP", 200) },
  { name: "KECCAK256 of 136 bytes", code: loop("", "136 0 KECCAK256 POP", 200) },
  { name: "KECCAK256 of 32 kB", code: loop("", "32768 0 KECCAK256 POP", 50) },
  { name: "MCOPY of 32 kB", code: loop("", "32768 0 1 MCOPY", 50) },
  { name: "MCOPY of a word", code: loop("", "32 0 1 MCOPY", 200) },
  { name: "CODECOPY of 32 kB", code: loop("", "32768 0 0 CODECOPY", 50) },
  {
    name: "EXTCODECOPY of 32 kB",
    code: loop("", `32768 0 0 ${OTHER} EXTCODECOPY`, 50),
    other: new Uint8Array(LARGEST_CODE),
  },
  { name: "CALLDATACOPY of nothing, to 32 kB", code: loop("", "32768 0 0 CALLDATACOPY", 50) },
  { name: "CALLDATACOPY of 32 kB", code: loop("", "32768 0 0 CALLDATACOPY", 50), data: new Uint8Array(32768).fill(5) },
  { name: "SLOAD warm", code: loop("", "0 SLOAD POP", 200) },
  { name: "SLOAD cold", code: loop("0", "1 ADD DUP1 SLOAD POP", 200) },
  { name: "SSTORE new", code: loop("0", "1 ADD DUP1 DUP1 SSTORE", 100) },
  { name: "SSTORE again", code: loop("1", "1 ADD DUP1 0 SSTORE", 200) },
  { name: "TLOAD", code: loop("", "0 TLOAD POP", 200) },
  { name: "TSTORE", code: loop("1", "1 ADD DUP1 DUP1 TSTORE", 200) },
  ...["BALANCE", "EXTCODESIZE", "EXTCODEHASH"].map(cold),
  { name: "BALANCE warm", code: loop("", "ADDRESS BALANCE POP", 200) },
  { name: "EXTCODEHASH warm", code: loop("", `${OTHER} EXTCODEHASH POP`, 200), other: assemble("STOP") },
  {
    name: "EXTCODESIZE warm, of the largest code",
    code: loop("", `${OTHER} EXTCODESIZE POP`, 200),
    other: new Uint8Array(LARGEST_CODE),
  },
  {
    name: "EXTCODECOPY of nothing of the largest code",
    code: loop("", `0 0 0 ${OTHER} EXTCODECOPY`, 200),
    other: new Uint8Array(LARGEST_CODE),
  },
  { name: "LOG0", code: loop("", "0 0 LOG0", 100) },
  { name: "LOG4 of 1 kB", code: loop("", "1 2 3 4 1024 0 LOG4", 100) },
  called("CALL of a contract that stops", `0 0 0 0 0 ${OTHER} GAS CALL POP`, assemble("STOP")),
  called(
    "STATICCALL of a contract of the largest code",
    `0 0 0 0 ${OTHER} GAS STATICCALL POP`,
    new Uint8Array(LARGEST_CODE),
  ),
  called(
    "STATICCALL of a contract of PUSHes without JUMPs, of the largest code",
    `0 0 0 0 ${OTHER} GAS STATICCALL POP`,
    Uint8Array.from({ length: LARGEST_CODE }, (_, i) => (i === 0 ? 0 : 0x5b)),
  ),
  called("STATICCALL of a contract that jumps, of the largest code", `0 0 0 0 ${OTHER} GAS STATICCALL POP`, jumping()),
  called("DELEGATECALL", `0 0 0 0 ${OTHER} GAS DELEGATECALL POP`, assemble("STOP")),
  called("CALL of nobody", `0 0 0 0 0 ${NOBODY} GAS CALL POP`),
  called("CALL with value", `0 0 0 0 1 ${OTHER} GAS CALL POP`, assemble("STOP")),
  called("CALL that fails", `0 0 0 0 0 ${OTHER} 0 CALL POP`, assemble("0 SLOAD")),
  called("CALL that reverts with 32 kB", `0 0 0 0 0 ${OTHER} GAS CALL POP`, assemble("32768 0 REVERT")),
  { name: "CALL cold", code: loop("0x10000", "1 ADD 0 0 0 0 0 0x40 MLOAD POP DUP3 POP 0x30000 GAS CALL POP", 50) },
  { name: "CREATE of nothing", code: loop("", "0 0 0 CREATE POP", 50) },
  { name: "CREATE of 48 kB of init code", code: loop("", "49152 0 0 CREATE POP", 20) },
  { name: "CREATE2 of 48 kB of init code", code: loop("1", "1 ADD DUP1 49152 0 0 CREATE2 POP", 20) },
  {
    name: "CREATE of 24 kB of code",
    code: loop("0x6160005ff3 216 SHL 0 MSTORE", "5 0 0 CREATE POP", 20),
  },
  poolLoop("Pool: shieldCoin", "shieldCoin(uint256,bytes)", [5n, 0x40n, 0n], 1n),
  poolLoop(
    "Pool: shieldToken of the least token there is",
    "shieldToken(uint256,address,uint256,bytes)",
    [5n, BigInt(OTHER), 1n, 0x80n, 0n],
    0n,
    LEAST_TOKEN,
  ),
  { name: "CREATE that destroys itself", code: loop("0x33ff 240 SHL 0 MSTORE", "2 0 0 CREATE POP", 20) },
  { name: "calls into itself, to the bottom", code: assemble("0 0 0 0 0 ADDRESS GAS CALL STOP") },
];

/** Calls a function of the Pool over and over. */
function poolLoop(
  name: string,
  signature: string,
  words: readonly bigint[],
  value: bigint,
  other?: Uint8Array,
): Program {
  const data = concatBytes(keccak256(utf8(signature)).subarray(0, 4), ...words.map((word) => bigIntToBytes(word, 32)));
  const pool = `0x${Buffer.from(POOL_ADDRESS).toString("hex")}`;
  const code = loop("CALLDATASIZE 0 0 CALLDATACOPY", `0 0 CALLDATASIZE 0 ${value} ${pool} GAS CALL POP`, 20);
  return { name, code, data, ...(other === undefined ? {} : { other }) };
}

/** Jumps to the last byte, so that the whole code must be searched for JUMPDESTs. */
function jumping(): Uint8Array {
  const code = new Uint8Array(LARGEST_CODE).fill(0x5b);
  code.set(assemble(`${LARGEST_CODE - 1} JUMP`));
  return code;
}
