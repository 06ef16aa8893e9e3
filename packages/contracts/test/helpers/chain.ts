import { createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM, type Log } from "@ethereumjs/evm";
import { SimpleStateManager } from "@ethereumjs/statemanager";
import { Account, Address, hexToBytes } from "@ethereumjs/util";
import { bigIntToBytes, bytesToBigInt, POOL_ADDRESS, storageWord, SYSTEM_ADDRESS } from "@sero/protocol";
import {
  bytesToHex,
  decodeErrorResult,
  decodeEventLog,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  type Abi,
} from "viem";
import { POOL_ABI, POOL_RUNTIME, type Artifact } from "../../src/index.js";
import { STAND_INS } from "./precompiles.js";

export const CHAIN_ID = 24158n;
export const POOL_HEX = bytesToHex(POOL_ADDRESS);
export const GENESIS_ID: Uint8Array = new Uint8Array(32).fill(0x67);

/** An account without code: number `n` of the test's people. */
export const person = (n: number): Uint8Array =>
  bigIntToBytes(0xa11ce00000000000000000000000000000000000n + BigInt(n), 20);

/** 0x form, as viem takes and gives addresses (compared in lower case). */
export const hex = (bytes: Uint8Array): `0x${string}` => bytesToHex(bytes);

export interface Decoded {
  readonly name: string;
  readonly address: string;
  readonly args: Record<string, unknown>;
}

export interface Outcome {
  readonly ok: boolean;
  readonly output: Uint8Array;
  /** The decoded return value. */
  readonly value: unknown;
  /** Name of the custom error, or the EVM's word for the failure. */
  readonly error: string | undefined;
  readonly errorArgs: readonly unknown[] | undefined;
  readonly gasUsed: bigint;
  /** Of the Pool and of whatever else has an event the Pool's ABI or the called ABI knows. */
  readonly logs: readonly Decoded[];
}

export interface Options {
  readonly from?: Uint8Array;
  readonly value?: bigint;
  readonly gas?: bigint;
}

/** An EVM with the Pool, and one transaction a call unless `together` groups several. */
export interface TestChain {
  readonly evm: EVM;
  deploy(contract: Artifact, args?: readonly unknown[], options?: Options): Promise<Uint8Array>;
  tryDeploy(
    contract: Artifact,
    args?: readonly unknown[],
    options?: Options,
  ): Promise<Outcome & { created?: Uint8Array }>;
  call(abi: Abi, to: Uint8Array, name: string, args?: readonly unknown[], options?: Options): Promise<Outcome>;
  /** Like `call`, but a failure is an Error; returns the decoded value. */
  must(abi: Abi, to: Uint8Array, name: string, args?: readonly unknown[], options?: Options): Promise<unknown>;
  pool(name: string, args?: readonly unknown[], options?: Options): Promise<Outcome>;
  system(name: string, args?: readonly unknown[]): Promise<Outcome>;
  /** Data that follows no ABI. */
  raw(to: Uint8Array, data: Uint8Array, options?: Options): Promise<Outcome>;
  /** Coins without data. */
  transfer(to: Uint8Array, value: bigint): Promise<Outcome>;
  /** All that `run` does is one transaction: one scope of transient storage and warm addresses. */
  together<T>(run: () => Promise<T>): Promise<T>;
  fund(account: Uint8Array, value: bigint): Promise<void>;
  balance(account: Uint8Array): Promise<bigint>;
  storage(account: Uint8Array, slot: Uint8Array): Promise<bigint>;
  setStorage(account: Uint8Array, slot: Uint8Array, value: bigint): Promise<void>;
  /** Code at a 0x address. */
  code(account: `0x${string}`): Promise<Uint8Array>;
  setCode(account: Uint8Array, code: Uint8Array): Promise<void>;
}

/** `precompiles`: others than the stand-ins, or none at all. */
export async function openChain(precompiles = STAND_INS): Promise<TestChain> {
  const common = createCustomCommon({ name: "test", chainId: Number(CHAIN_ID) }, Mainnet, {
    hardfork: Hardfork.Shanghai,
    eips: [1153, 5656, 6780],
  });
  const stateManager = new SimpleStateManager({ common });
  const evm = await createEVM({ common, stateManager, customPrecompiles: precompiles });
  let grouped = false;

  // EIP-6780: an account that destroys itself is gone at the transaction's end only if the transaction made it.
  const createdAddresses = new Set<`0x${string}`>();
  const destroyed = new Set<`0x${string}`>();

  const endTransaction = async (): Promise<void> => {
    for (const address of [...destroyed].filter((gone) => createdAddresses.has(gone))) {
      // This state manager keeps code apart from the account.
      await stateManager.putCode(new Address(hexToBytes(address)), new Uint8Array(0));
      await stateManager.deleteAccount(new Address(hexToBytes(address)));
    }
    createdAddresses.clear();
    destroyed.clear();
    evm.transientStorage.clear();
    await evm.journal.cleanup();
  };

  const run = async (
    to: Uint8Array | undefined,
    data: Uint8Array,
    options: Options,
    abi: Abi,
  ): Promise<Outcome & { created?: Uint8Array }> => {
    const caller = new Address(options.from ?? person(0));
    const account = (await stateManager.getAccount(caller)) ?? new Account();
    account.nonce += 1n;
    await stateManager.putAccount(caller, account);
    const { execResult, createdAddress } = await evm.runCall({
      caller,
      origin: caller,
      ...(to === undefined ? {} : { to: new Address(to) }),
      data,
      value: options.value ?? 0n,
      gasLimit: options.gas ?? 5_000_000n,
      depth: 1,
      createdAddresses,
    });
    for (const address of (execResult.selfdestruct ?? new Map<`0x${string}`, unknown>()).keys()) destroyed.add(address);
    if (!grouped) await endTransaction();
    const failed = execResult.exceptionError;
    const decoded = failed === undefined ? undefined : decodeError(abi, execResult.returnValue, failed.error);
    return {
      ok: failed === undefined,
      output: execResult.returnValue,
      value: undefined,
      error: decoded?.name,
      errorArgs: decoded?.args,
      gasUsed: execResult.executionGasUsed,
      logs: failed === undefined ? decodeLogs(execResult.logs ?? [], abi) : [],
      ...(createdAddress === undefined ? {} : { created: createdAddress.bytes }),
    };
  };

  const chain: TestChain = {
    evm,
    async tryDeploy(contract, args = [], options = {}) {
      const abi = contract.abi as Abi;
      const data = hexToBytes(encodeDeployData({ abi, bytecode: contract.bytecode, args }));
      return run(undefined, data, options, abi);
    },
    async deploy(contract, args = [], options = {}) {
      const outcome = await chain.tryDeploy(contract, args, options);
      if (!outcome.ok || outcome.created === undefined) throw new Error(`creation failed: ${outcome.error ?? "?"}`);
      return outcome.created;
    },
    async call(abi, to, functionName, args = [], options = {}) {
      const data = hexToBytes(encodeFunctionData({ abi, functionName, args }));
      const outcome = await run(to, data, options, abi);
      if (!outcome.ok) return outcome;
      return { ...outcome, value: decodeResult(abi, functionName, outcome.output) };
    },
    async must(abi, to, name, args = [], options = {}) {
      const outcome = await chain.call(abi, to, name, args, options);
      if (!outcome.ok) throw new Error(`${name} failed: ${outcome.error ?? "?"}(${String(outcome.errorArgs)})`);
      return outcome.value;
    },
    pool: (name, args, options) => chain.call(POOL_ABI as Abi, POOL_ADDRESS, name, args, options),
    system: (name, args) => chain.pool(name, args, { from: SYSTEM_ADDRESS }),
    raw: (to, data, options = {}) => run(to, data, options, POOL_ABI as Abi),
    transfer: (to, value) => run(to, new Uint8Array(0), { value }, POOL_ABI as Abi),
    async together(work) {
      grouped = true;
      try {
        return await work();
      } finally {
        grouped = false;
        await endTransaction();
      }
    },
    async fund(account, value) {
      const found = (await stateManager.getAccount(new Address(account))) ?? new Account();
      found.balance += value;
      await stateManager.putAccount(new Address(account), found);
    },
    balance: async (account) => (await stateManager.getAccount(new Address(account)))?.balance ?? 0n,
    storage: async (account, slot) => bytesToBigInt(await stateManager.getStorage(new Address(account), slot)),
    setStorage: (account, slot, value) => stateManager.putStorage(new Address(account), slot, storageWord(value)),
    code: (account) => stateManager.getCode(new Address(hexToBytes(account))),
    setCode: (account, code) => stateManager.putCode(new Address(account), code),
  };
  const poolAccount = new Account();
  poolAccount.nonce = 1n;
  await stateManager.putAccount(new Address(POOL_ADDRESS), poolAccount);
  await chain.setCode(POOL_ADDRESS, POOL_RUNTIME);
  await chain.setStorage(POOL_ADDRESS, storageWord(12n), bytesToBigInt(GENESIS_ID));
  await chain.fund(person(0), 10n ** 24n);
  return chain;
}

/** Undefined if it can't be decoded: tokens that return nothing, or nonsense. */
function decodeResult(abi: Abi, functionName: string, output: Uint8Array): unknown {
  try {
    return decodeFunctionResult({ abi, functionName, data: hex(output) });
  } catch {
    return undefined;
  }
}

function decodeError(
  abi: Abi,
  data: Uint8Array,
  fallback: string,
): { name: string; args: readonly unknown[] | undefined } {
  for (const known of [abi, POOL_ABI as Abi]) {
    try {
      const { errorName, args } = decodeErrorResult({ abi: known, data: hex(data) });
      return { name: errorName, args: args as readonly unknown[] | undefined };
    } catch {
      continue;
    }
  }
  return { name: fallback, args: undefined };
}

function decodeLogs(logs: readonly Log[], abi: Abi): Decoded[] {
  const decoded: Decoded[] = [];
  for (const [address, topics, data] of logs)
    for (const known of [POOL_ABI as Abi, abi]) {
      try {
        const log = { topics: topics.map(hex) as [`0x${string}`], data: hex(data) };
        const { eventName, args } = decodeEventLog({ abi: known, ...log });
        decoded.push({
          name: eventName!,
          address: hex(address),
          args: (args ?? {}) as unknown as Record<string, unknown>,
        });
        break;
      } catch {
        continue;
      }
    }
  return decoded;
}
