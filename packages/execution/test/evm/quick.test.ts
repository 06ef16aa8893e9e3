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
  ...[0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0a, 0x0b, 0x10, 0x12, 0x14, 0x16, 0x1a, 0x1b, 0x1c, 0x1d].map(
    (opcode) => [opcode, 2, 1] as const,
  ),
  ...[0x15, 0x19, 0x35, 0x40, 0x51, 0x54, 0x5c].map((opcode) => [opcode, 1, 1] as const),
  ...[0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x43, 0x46, 0x47, 0x48, 0x58, 0x59, 0x5a].map(
    (opcode) => [opcode, 0, 1] as const,
  ),
  ...[0x52, 0x53, 0x55, 0x5d, 0xa0].map((opcode) => [opcode, 2, 0] as const),
  ...[0x37, 0x39, 0x3e, 0x5e, 0xa1].map((opcode) => [opcode, 3, 0] as const),
  ...[0x08, 0x09].map((opcode) => [opcode, 3, 1] as const),
  [0x20, 2, 1],
];

/** Code that is mostly sensible: arguments are small, calls go to accounts that are there, now and then it fails. */
function randomCode(roll: (below: number) => number, length: number): number[] {
  const pick = <T>(from: readonly T[]): T => from[roll(from.length)] as T;
  const small = (): number[] => push(BigInt(pick([0, 1, 2, 31, 32, 33, 64, 100, 0x1ff])));
  const target = (): number[] => push(pick(TARGETS));
  const gas = (): number[] => (roll(4) === 0 ? push(BigInt(roll(30_000))) : [0x5a]);
  const code: number[] = [];
  while (code.length < length) {
    const kind = roll(100);
    if (kind < 62) {
      const [opcode, takes, leaves] = pick(PURE);
      for (let i = 0; i < takes; i++) code.push(...(roll(6) === 0 ? push(BigInt(roll(2 ** 30)) ** 8n) : small()));
      code.push(opcode, ...(leaves === 1 && roll(5) > 0 ? [0x50] : []));
    } else if (kind < 78) {
      // CALL, CALLCODE with a value now and then; DELEGATECALL and STATICCALL without.
      const opcode = pick([0xf1, 0xf1, 0xf2, 0xf4, 0xf4, 0xfa]);
      const value = opcode < 0xf4 ? push(roll(3) === 0 ? 7n : 0n) : [];
      code.push(...small(), ...small(), ...small(), ...small(), ...value, ...target(), ...gas(), opcode, 0x50);
    } else if (kind < 82) code.push(...target(), pick([0x31, 0x3b, 0x3f]), 0x50);
    else if (kind < 84) code.push(...small(), ...small(), ...small(), ...target(), 0x3c);
    else if (kind < 88) {
      // Init code from calldata or memory: created, mostly of nothing sensible.
      const init = randomCode(roll, 24).slice(0, 32);
      code.push(0x60 + init.length - 1, ...init, 0x5f, 0x52);
      if (roll(2) === 0)
        code.push(...push(BigInt(init.length)), ...push(BigInt(32 - init.length)), ...small(), 0xf0, 0x50);
      else code.push(...small(), ...push(BigInt(init.length)), ...push(BigInt(32 - init.length)), 0x5f, 0xf5, 0x50);
    } else if (kind < 94) {
      // A jump ahead over some bytes, one of them a JUMPDEST.
      const skipped = Array.from({ length: roll(6) }, () => roll(256));
      const to = code.length + 4 + skipped.length + (roll(12) === 0 ? 1 : 0);
      code.push(0x61, to >> 8, to & 255, 0x56, ...skipped, 0x5b);
    } else if (kind < 96) code.push(...small(), ...small(), pick([0xf3, 0xfd, 0xfd]));
    else if (kind === 96 && roll(3) === 0) code.push(...target(), 0xff);
    else if (kind === 97 && roll(3) === 0) code.push(pick([0x00, 0xfe, 0x0c, 0x5b, 0x50]));
  }
  return code;
}

/** What two messages of one transaction do: everything that consensus sees. */
async function play(seed: number, quick: boolean): Promise<unknown> {
  const roll = dice(seed);
  const journal = openJournal(emptyState());
  for (const address of CONTRACTS) {
    journal.setCode(bigIntToBytes(address, 20), Uint8Array.from(randomCode(roll, 40 + roll(400))));
    journal.credit(bigIntToBytes(address, 20), BigInt(roll(1000)));
  }
  journal.credit(CALLER, 10n ** 18n);
  const library = await createEVM({ common: evmCommon(24158n), stateManager: evmStateManager(journal) });
  const evm: EVM = quick ? quicken(library, journal) : library;
  for (const address of evm.precompiles.keys()) evm.journal.addAlwaysWarmAddress(address);
  const results: unknown[] = [];
  const caller = new Address(CALLER);
  for (let message = 0; message < 2; message++) {
    const to = new Address(bigIntToBytes(CONTRACTS[message] ?? 0n, 20));
    const create = roll(8) === 0;
    const outcome = await evm.runCall({
      caller,
      origin: caller,
      ...(create
        ? { data: Uint8Array.from(randomCode(roll, 200)) }
        : { to, data: Uint8Array.from(randomCode(roll, 60)) }),
      value: BigInt(roll(3)),
      gasLimit: BigInt(50_000 + roll(400_000)),
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
      if (JSON.stringify(ours, (_, x) => (typeof x === "bigint" ? String(x) : x)).includes('"logs":[[')) calls++;
    }
    // The programs get somewhere.
    expect(calls).toBeGreaterThan(5);
  });
});
