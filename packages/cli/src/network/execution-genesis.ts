import type { Genesis } from "@sero/execution";
import { toHex, type ChainSpec } from "@sero/protocol";

/** An account as go-ethereum's genesis format writes it. */
export interface AllocEntry {
  readonly nonce: string;
  /** Decimal, base units. */
  readonly balance: string;
  readonly code?: string;
  readonly storage?: Readonly<Record<string, string>>;
}

/**
 * The first block in go-ethereum's genesis format, with all of its state. A SERO node does not read it (its chain spec makes the block): tools
 * that make a consensus genesis do, and whoever wants to recompute the genesis hash without SERO's code can.
 */
export interface ExecutionGenesis {
  readonly config: Readonly<Record<string, number | boolean>>;
  readonly nonce: string;
  readonly timestamp: string;
  readonly extraData: string;
  readonly gasLimit: string;
  readonly difficulty: string;
  readonly mixHash: string;
  readonly coinbase: string;
  readonly baseFeePerGas: string;
  readonly number: string;
  readonly gasUsed: string;
  readonly parentHash: string;
  readonly alloc: Readonly<Record<string, AllocEntry>>;
}

/** The forks before Shanghai, by number: all of them from the first block on. */
const OLD_FORKS = [
  "homesteadBlock",
  "eip150Block",
  "eip155Block",
  "eip158Block",
  "byzantiumBlock",
  "constantinopleBlock",
  "petersburgBlock",
  "istanbulBlock",
  "berlinBlock",
  "londonBlock",
] as const;

const quantity = (value: bigint): string => `0x${value.toString(16)}`;

/** Writes a chain's genesis block in go-ethereum's format. */
export const executionGenesis = (spec: ChainSpec, { header, diff }: Genesis): ExecutionGenesis => {
  const alloc: Record<string, AllocEntry> = {};
  for (const [address, account] of diff.accounts) {
    if (account === null) continue;
    const code = diff.code.get(toHex(account.codeHash).slice(2));
    const slots = [...(diff.storage.get(address) ?? [])].flatMap(([slot, value]) =>
      value === null ? [] : [[`0x${slot}`, toHex(value)] as const],
    );
    alloc[`0x${address}`] = {
      nonce: quantity(account.nonce),
      balance: String(account.balance),
      ...(code === undefined ? {} : { code: toHex(code) }),
      ...(slots.length === 0 ? {} : { storage: Object.fromEntries(slots) }),
    };
  }
  const later = { cancunTime: spec.cancunTime, pragueTime: spec.pragueTime, osakaTime: spec.osakaTime };
  const times = Object.entries(later).flatMap(([name, time]) =>
    time === undefined ? [] : [[name, Number(time)] as const],
  );
  return {
    config: {
      chainId: Number(spec.chainId),
      ...Object.fromEntries(OLD_FORKS.map((name) => [name, 0])),
      terminalTotalDifficulty: 0,
      terminalTotalDifficultyPassed: true,
      shanghaiTime: 0,
      ...Object.fromEntries(times),
    },
    nonce: toHex(header.nonce),
    timestamp: quantity(header.timestamp),
    extraData: toHex(header.extraData),
    gasLimit: quantity(header.gasLimit),
    difficulty: quantity(header.difficulty),
    mixHash: toHex(header.prevRandao),
    coinbase: toHex(header.feeRecipient),
    baseFeePerGas: quantity(header.baseFee),
    number: quantity(header.number),
    gasUsed: quantity(header.gasUsed),
    parentHash: toHex(header.parentHash),
    alloc,
  };
};
