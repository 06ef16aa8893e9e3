import { createEVM, type EVM } from "@ethereumjs/evm";
import { Address } from "@ethereumjs/util";
import { bigIntToBytes, keccak256, toHex, type EthAddress } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { evmBlock, evmCommon, evmStateManager } from "../../src/evm/index.js";
import { quicken } from "../../src/evm/quick/index.js";
import { emptyState, openJournal } from "../../src/state/index.js";

/** Numbers that look random and are the same in every run. */
function dice(seed: number): (below: number) => number {
  let state = keccak256(bigIntToBytes(BigInt(seed), 8));
  let at = 0;
  return (below) => {
    if (at + 4 > state.length) [state, at] = [keccak256(state), 0];
    const value = new DataView(state.buffer, state.byteOffset + at, 4).getUint32(0);
    at += 4;
    return value % below;
  };
}

const CONTRACTS = [0x1001n, 0x1002n, 0x1003n];
const CALLER = bigIntToBytes(0x5555n, 20);
const BLOCK = evmBlock({
  number: 5n,
  feeRecipient: bigIntToBytes(0x7777n, 20) as EthAddress,
  timestamp: 1000n,
  prevRandao: new Uint8Array(32),
  gasLimit: 8_000_000n,
  baseFee: 7n,
  difficulty: 0n,
});
/** Precompiles, nobody, a plain account and the contracts. */
const TARGETS = [...CONTRACTS, ...CONTRACTS, 1n, 2n, 4n, 5n, 0x9999n, 0x5555n];

const push = (value: bigint): number[] => {
  if (value === 0n) return [0x5f];
  const hex = value.toString(16);
  const bytes = [...Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, "hex")];
  return [0x5f + bytes.length, ...bytes];
};

/** Opcodes with how many arguments they take and whether they leave something. */
const PURE: readonly (readonly [opcode: number, takes: number, leaves: number])[] = [
  ...[0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0b, 0x10, 0x12, 0x14, 0x16, 0x1a, 0x1b, 0x1c, 0x1d].map(
    (opcode) => [opcode, 2, 1] as const,
  ),
  ...[0x15, 0x19, 0x35, 0x40].map((opcode) => [opcode, 1, 1] as const),
  ...[0x08, 0x09].map((opcode) => [opcode, 3, 1] as const),
];
const WORLD = [0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x43, 0x46, 0x47, 0x48, 0x58, 0x59, 0x5a];
const [LOG0, SSTORE, SLOAD, TSTORE, TLOAD, MSTORE, MLOAD, POP] = [0xa0, 0x55, 0x54, 0x5d, 0x5c, 0x52, 0x51, 0x50];
/** Rarely, what is so large that a frame ends of it. */
const RARE = 150;

/** Code that is mostly sensible: what it reads and computes goes into storage and logs, calls have some gas; now and then it fails. */
function randomCode(roll: (below: number) => number, length: number): number[] {
  const pick = <T>(from: readonly T[]): T => from[roll(from.length)] as T;
  const small = (): number[] =>
    push(roll(RARE) === 0 ? BigInt(roll(2 ** 30)) ** 8n : BigInt(pick([0, 0, 1, 2, 31, 32, 33, 64, 100])));
  const large = (): number[] => push(BigInt(roll(2 ** 30)) ** BigInt(1 + roll(8)));
  const slot = (): number[] => push(BigInt(roll(3)));
  const target = (): number[] => push(pick(TARGETS));
  /** Does something with the value on top of the stack that the outside can see. */
  const use = (): number[] => {
    const kind = roll(10);
    if (kind < 4) return [...slot(), SSTORE];
    if (kind < 6) return [...slot(), TSTORE];
    if (kind < 9) return [...push(BigInt(32 * roll(3))), MSTORE];
    return [POP];
  };
  const code: number[] = [];
  const body = (): void => {
    const kind = roll(100);
    if (kind < 18) {
      const [opcode, takes] = pick(PURE);
      for (let i = 0; i < takes; i++) code.push(...(roll(2) === 0 ? large() : small()));
      code.push(opcode, ...use());
    } else if (kind < 26) code.push(pick(WORLD), ...use());
    else if (kind < 38) code.push(...slot(), pick([SLOAD, TLOAD, TLOAD]), ...use());
    else if (kind < 41) code.push(...push(BigInt(roll(96))), MLOAD, ...use());
    else if (kind < 45) code.push(...push(0n), ...slot(), SSTORE);
    else if (kind < 49) code.push(...push(96n), ...push(0n), LOG0);
    else if (kind < 52) code.push(...small(), ...small(), 0x20, ...use());
    else if (kind < 57) code.push(...small(), ...small(), ...small(), pick([0x37, 0x39, 0x5e]));
    else if (kind < 59) code.push(0x3d, 0x5f, 0x5f, 0x3e);
    else if (kind < 60) code.push(...small(), ...small(), ...small(), ...target(), 0x3c);
    else if (kind < 63) code.push(...target(), pick([0x31, 0x3b, 0x3f]), ...use());
    else if (kind < 82) {
      // Out: 64 bytes at 0; in: the same. CALL and CALLCODE with a value now and then.
      const opcode = pick([0xf1, 0xf1, 0xf1, 0xf2, 0xf4, 0xf4, 0xf4, 0xfa]);
      const value = opcode < 0xf4 ? push(roll(3) === 0 ? 7n : 0n) : [];
      const gas = roll(5) === 0 ? [0x5a] : push(BigInt(3_000 + roll(60_000)));
      code.push(0x60, 0x40, 0x5f, 0x60, 0x40, 0x5f, ...value, ...target(), ...gas, opcode, ...use());
    } else if (kind < 86) {
      const init = randomCode(roll, 24).slice(0, 32);
      code.push(0x60 + init.length - 1, ...init, 0x5f, MSTORE);
      const [size, from] = [push(BigInt(init.length)), push(BigInt(32 - init.length))];
      if (roll(2) === 0) code.push(...size, ...from, ...push(BigInt(roll(2))), 0xf0, ...use());
      else code.push(...slot(), ...size, ...from, 0x5f, 0xf5, ...use());
    } else if (kind < 93) {
      // A jump ahead over some bytes, sometimes onto none of the JUMPDESTs.
      const skipped = Array.from({ length: roll(6) }, () => roll(256));
      const to = code.length + 4 + skipped.length + (roll(25) === 0 ? 1 : 0);
      // A PUSH among the skipped bytes would swallow the JUMPDEST.
      const harmless = roll(10) === 0 ? skipped : skipped.map((byte) => (byte >= 0x60 && byte < 0x80 ? 0 : byte));
      code.push(0x61, to >> 8, to & 255, 0x56, ...harmless, 0x5b);
    } else if (kind < 95) code.push(...push(64n), ...push(0n), pick([0xf3, 0xfd]));
    else if (kind === 95 && roll(3) === 0) code.push(...target(), 0xff);
    else if (kind === 96 && roll(6) === 0) code.push(pick([0x00, 0xfe, 0x0c, POP]));
  };
  while (code.length < length) body();
  // Sometimes the code ends within the data of a PUSH.
  if (roll(4) === 0) code.push(...slot(), SSTORE, 0x63, roll(256));
  else if (roll(3) === 0) code.push(...push(64n), ...push(0n), pick([0xf3, 0xfd]));
  return code;
}

/** What three messages do, one after the other: everything that consensus sees. */
async function play(seed: number, quick: boolean): Promise<unknown> {
  const roll = dice(seed);
  const journal = openJournal(emptyState());
  for (const address of CONTRACTS) {
    journal.setCode(bigIntToBytes(address, 20), Uint8Array.from(randomCode(roll, 30 + roll(200))));
    journal.credit(bigIntToBytes(address, 20), BigInt(roll(1000)));
  }
  journal.credit(CALLER, 10n ** 18n);
  const library = await createEVM({ common: evmCommon(24158n), stateManager: evmStateManager(journal) });
  const evm: EVM = quick ? quicken(library, journal) : library;
  for (const address of evm.precompiles.keys()) evm.journal.addAlwaysWarmAddress(address);
  const results: unknown[] = [];
  const caller = new Address(CALLER);
  for (let message = 0; message < 3; message++) {
    const to = new Address(bigIntToBytes(CONTRACTS[message] ?? 0n, 20));
    const create = roll(8) === 0;
    const outcome = await evm.runCall({
      caller,
      origin: caller,
      ...(create
        ? { data: Uint8Array.from(randomCode(roll, 200)) }
        : { to, data: Uint8Array.from(randomCode(roll, 60)) }),
      value: BigInt(roll(3)),
      gasLimit: BigInt(100_000 + roll(600_000)),
      gasPrice: 3n,
      block: BLOCK,
    });
    const { execResult, createdAddress } = outcome;
    results.push({
      created: createdAddress?.toString(),
      error: execResult.exceptionError?.error,
      gas: execResult.executionGasUsed,
      refund: execResult.gasRefund,
      output: toHex(execResult.returnValue),
      logs: execResult.logs?.map(([address, topics, data]) => [
        toHex(address),
        topics.map((x) => toHex(x)),
        toHex(data),
      ]),
      selfdestruct: [...(execResult.selfdestruct ?? [])],
      createdAddresses: [...(execResult.createdAddresses ?? [])],
      warm: CONTRACTS.map((address) => evm.journal.isWarmedAddress(bigIntToBytes(address, 20))),
    });
  }
  await evm.journal.cleanup();
  return { results, root: toHex(journal.finish().root) };
}

describe("quick frames", () => {
  it("do what the library's own do: results, gas, refunds, logs, warm accounts and state of 100 random transactions", async () => {
    let calls = 0;
    for (let seed = 0; seed < 100; seed++) {
      const [ours, theirs] = [await play(seed, true), await play(seed, false)];
      expect(ours, `seed ${seed}`).toEqual(theirs);
      // Nothing here waits for anything: the test runner must get a word in.
      await new Promise((resolve) => setImmediate(resolve));
      if (JSON.stringify(ours, (_, x) => (typeof x === "bigint" ? String(x) : x)).includes('"logs":[[')) calls++;
    }
    // The programs get somewhere.
    expect(calls).toBeGreaterThan(5);
  });
});
