import { gunzipSync } from "node:zlib";
import { bytesToHex, hexToBytes, keccak256 } from "viem";
import { emptyState, openJournal } from "@sero/execution";
import { rpc } from "../../helpers/rpc.js";
import { until } from "../../helpers/command.js";
import { startAnvil } from "./anvil.js";
import {
  STEP_GAS,
  type Account,
  type Hex,
  type Log,
  type Machine,
  type Outcome,
  type Setting,
  type Step,
} from "./machine.js";

interface Receipt {
  readonly status: Hex;
  readonly gasUsed: Hex;
  readonly contractAddress: Hex | null;
  readonly logs: readonly Log[];
}
interface Trace {
  readonly structLogs: readonly { readonly gas: number; readonly gasCost: number; readonly refund?: number }[];
}

interface Dump {
  readonly accounts: Readonly<Record<string, { readonly storage: Readonly<Record<string, Hex>> }>>;
}

/** The root of a storage trie of these slots. */
const storageRoot = (storage: Readonly<Record<string, Hex>>): Hex => {
  const [journal, address] = [openJournal(emptyState()), new Uint8Array(20).fill(1)];
  const word = (text: string): Uint8Array => hexToBytes(`0x${text.slice(2).padStart(64, "0")}`);
  // An account without anything else would be swept away as empty.
  journal.setAccount(address, { nonce: 1n, balance: 0n, codeHash: hexToBytes(keccak256("0x")) });
  for (const [slot, value] of Object.entries(storage)) journal.setStorage(address, word(slot), word(value));
  const root = journal.finish().accounts.get(bytesToHex(address).slice(2))?.storageRoot;
  if (!root) throw new Error("no storage root");
  return bytesToHex(root);
};

const quantity = (value: bigint): Hex => `0x${value.toString(16)}`;

/** What an ordinary transaction costs before its call begins: EIP-2028, EIP-2, EIP-3860. */
export const ordinaryGas = ({ to, data }: Pick<Step, "to" | "data">): bigint => {
  const bytes = hexToBytes(data);
  const zeros = bytes.reduce((count, byte) => (byte === 0 ? count + 1 : count), 0);
  const calldata = 4n * BigInt(zeros) + 16n * BigInt(bytes.length - zeros);
  const creation = to === undefined ? 32_000n + 2n * BigInt(Math.ceil(bytes.length / 32)) : 0n;
  return 21_000n + calldata + creation;
};

/** Coin that a sender has before each step, far above what any spends, so that reading it makes no difference of note. */
const FUNDS = 10n ** 24n;

/** A reference EVM. */
export interface Reference extends Machine {
  /** Whether a step would fail; it is not taken. */
  readonly fails: (step: Step) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** anvil, run by the pseudonyms as ordinary accounts. */
export const openReference = async (setting: Setting): Promise<Reference> => {
  const anvil = await startAnvil(setting.chainId, setting.gasLimit * 4n);
  const ask = <T>(method: string, ...params: readonly unknown[]): Promise<T> => rpc<T>(anvil.url, method, params);

  const gasOf = async (hash: string, step: Step, receipt: Receipt): Promise<Pick<Outcome, "gas" | "charged">> => {
    const whole = BigInt(receipt.gasUsed);
    const spent = whole - ordinaryGas(step);
    if (receipt.status !== "0x1") return { gas: spent, charged: spent };
    const options = { disableStack: true, disableStorage: true, enableMemory: false };
    const { structLogs } = await ask<Trace>("debug_traceTransaction", hash, options);
    const refund = BigInt(structLogs.at(-1)?.refund ?? 0);
    const [first, last] = [structLogs[0], structLogs.at(-1)];
    const created =
      receipt.contractAddress === null ? "0x" : await ask<Hex>("eth_getCode", receipt.contractAddress, "latest");
    const deposit = 200n * BigInt((created.length - 2) / 2);
    const gas = first && last ? BigInt(first.gas - last.gas + last.gasCost) + deposit : 0n;
    // The receipt knows the same, but for the refund's cap (EIP-3529).
    const uncapped = ordinaryGas(step) + gas;
    const kept = uncapped - (refund < uncapped / 5n ? refund : uncapped / 5n);
    if (kept !== whole)
      throw new Error(`anvil's trace of "${step.name}" comes to ${kept} gas, its receipt to ${whole}`);
    return { gas, charged: gas - (refund < gas / 5n ? refund : gas / 5n) };
  };

  let dumped: Promise<Dump["accounts"]> | undefined;
  const dump = async (): Promise<Dump["accounts"]> =>
    (JSON.parse(gunzipSync(hexToBytes(await ask<Hex>("anvil_dumpState"))).toString()) as Dump).accounts;

  return {
    run: async (step, place) => {
      dumped = undefined;
      const next = BigInt(await ask<Hex>("eth_blockNumber")) + 1n;
      const { number, timestamp, proposer } = place ?? { ...setting, number: next, timestamp: setting.timeOf(next) };
      if (number > next) await ask("anvil_mine", quantity(number - next), "0x0");
      await ask("anvil_impersonateAccount", step.from);
      await ask("anvil_setBalance", step.from, quantity(FUNDS));
      await ask("anvil_setCoinbase", proposer);
      await ask("anvil_setNextBlockBaseFeePerGas", quantity(setting.price));
      await ask("evm_setNextBlockTimestamp", Number(timestamp));
      const hash = await ask<Hex>("eth_sendTransaction", {
        from: step.from,
        ...(step.to === undefined ? {} : { to: step.to }),
        data: step.data,
        value: quantity(step.value ?? 0n),
        gas: quantity((step.gas ?? STEP_GAS) + ordinaryGas(step)),
        gasPrice: quantity(setting.price),
      });
      const receipt = await until(`anvil mines "${step.name}"`, async () => {
        return (await ask<Receipt | null>("eth_getTransactionReceipt", hash)) ?? undefined;
      });
      return {
        ok: receipt.status === "0x1",
        created: receipt.status === "0x1" ? (receipt.contractAddress ?? undefined) : undefined,
        logs: receipt.logs.map(({ address, topics, data }) => ({ address: address.toLowerCase(), topics, data })),
        ...(await gasOf(hash, step, receipt)),
      };
    },
    fails: ({ from, to, data, value = 0n, gas = STEP_GAS }) =>
      ask(
        "eth_call",
        { from, ...(to === undefined ? {} : { to }), data, value: quantity(value), gas: quantity(gas) },
        "latest",
      ).then(
        () => false,
        () => true,
      ),
    // anvil's own eth_getProof keeps slots that were set to zero in its storage hash: computed here from what it holds.
    account: async (address): Promise<Account> => {
      const [nonce, balance, code, accounts] = await Promise.all([
        ask<Hex>("eth_getTransactionCount", address, "latest"),
        ask<Hex>("eth_getBalance", address, "latest"),
        ask<Hex>("eth_getCode", address, "latest"),
        (dumped ??= dump()),
      ]);
      const found = Object.entries(accounts).find(([key]) => key.toLowerCase() === address.toLowerCase());
      return {
        nonce: BigInt(nonce),
        balance: BigInt(balance),
        codeHash: keccak256(code),
        storageHash: storageRoot(found?.[1].storage ?? {}),
      };
    },
    close: anvil.stop,
  };
};
