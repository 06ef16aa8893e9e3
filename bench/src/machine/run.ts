import { Address } from "@ethereumjs/util";
import {
  bloomOfReceipts,
  endPoolBlock,
  entriesOfLogs,
  evmBlock,
  openEvm,
  openJournal,
  receiptsRoot,
  type Log,
  type Rules,
} from "@sero/execution";
import { bigIntToBytes, type EthAddress } from "@sero/protocol";
import type { Program } from "./programs.js";

const PROGRAM = bigIntToBytes(0x6666n, 20);
const OTHER = bigIntToBytes(0x7777n, 20);
const CALLER = bigIntToBytes(0x5555n, 20);
const COIN = 10n ** 24n;

/** What running a program took. */
export interface ProgramRun {
  readonly ms: number;
  readonly gas: bigint;
}

/** Runs a program with that much gas on the genesis state, with what a block does at its end: logs, the Pool's tree, the state's hash. */
export async function runProgram(rules: Rules, program: Program, gasLimit: bigint): Promise<ProgramRun> {
  const { genesis } = rules;
  const journal = openJournal(genesis.state);
  journal.setCode(PROGRAM, program.code);
  if (program.other !== undefined) journal.setCode(OTHER, program.other);
  for (const address of [PROGRAM, CALLER]) journal.credit(address, COIN);
  const evm = await openEvm(rules, journal, () => undefined);
  const caller = new Address(CALLER);
  for (const address of [caller.toString(), new Address(PROGRAM).toString(), ...evm.precompiles.keys()])
    evm.journal.addAlwaysWarmAddress(address);
  const started = performance.now();
  const { execResult } = await evm.runCall({
    caller,
    origin: caller,
    to: new Address(PROGRAM),
    data: program.data ?? new Uint8Array(0),
    value: 0n,
    gasLimit,
    gasPrice: 1n,
    block: evmBlock(genesis.header),
  });
  await evm.journal.cleanup();
  const logs = (execResult.logs ?? []).map(([address, topics, data]): Log => ({
    address: address as EthAddress,
    topics,
    data,
  }));
  const receipts = [{ status: 1 as const, cumulativeGasUsed: execResult.executionGasUsed, logs }];
  bloomOfReceipts(receipts);
  receiptsRoot(receipts);
  const entries = entriesOfLogs(logs, 0);
  endPoolBlock(
    journal,
    { number: genesis.header.number + 1n, transactions: [], entries, credited: [] },
    rules.treeHash,
  );
  journal.finish();
  return { ms: performance.now() - started, gas: execResult.executionGasUsed };
}
