/** 0x and hex digits. */
export type Hex = `0x${string}`;

/** One call by one pseudonym: an ordinary transaction on a reference EVM, a transaction with one inner call on SERO. */
export interface Step {
  readonly name: string;
  readonly from: Hex;
  /** Undefined: creates a contract. */
  readonly to?: Hex | undefined;
  readonly value?: bigint;
  readonly data: Hex;
  /** For the call alone, without what a transaction costs by itself. Default 7,000,000. */
  readonly gas?: bigint;
}

/** A log as a receipt has it. */
export interface Log {
  readonly address: string;
  readonly topics: readonly string[];
  readonly data: string;
}

/** What one step did. */
export interface Outcome {
  readonly ok: boolean;
  /** Gas of the call itself, before any refund. */
  readonly gas: bigint;
  /** What is paid for: gas less what clearing storage earned, at most a fifth of it (EIP-3529, for the call alone). */
  readonly charged: bigint;
  readonly created: string | undefined;
  readonly logs: readonly Log[];
}

/** An account as a state proof shows it: its storage root stands for all of its storage. */
export interface Account {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: string;
  readonly storageHash: string;
}

/** The block that a step was in. */
export interface Place {
  readonly number: bigint;
  readonly timestamp: bigint;
  readonly proposer: Hex;
}

/** Something that runs steps, one block each, in blocks of the same number, time, price and chain id as the other one's. */
export interface Machine {
  /** `place`: where the other one ran it. Default: the next block as the setting has it. */
  readonly run: (step: Step, place?: Place) => Promise<Outcome>;
  readonly account: (address: string) => Promise<Account>;
}

/** What both machines agree on beforehand. */
export interface Setting {
  readonly chainId: bigint;
  readonly gasLimit: bigint;
  /** Gas price and base fee. */
  readonly price: bigint;
  /** Timestamp of the block of this number. */
  readonly timeOf: (block: bigint) => bigint;
  readonly proposer: Hex;
}

/** Gas of a call when a step names none. */
export const STEP_GAS = 7_000_000n;

/** The setting of in-process comparisons. */
export const SETTING: Setting = {
  chainId: 24158n,
  gasLimit: 8_000_000n,
  price: 1_000_000_000n,
  timeOf: (block) => 1_767_225_600n + 4n * block,
  proposer: "0x00000000000000000000000000000000c0ffee00",
};
