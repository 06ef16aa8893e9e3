import { isAtLeast, type Fork } from "@sero/protocol";
import { wordOf, type AccountFields, type Journal } from "../state/index.js";
import { EMPTY_CODE_HASH } from "../state/views.js";
import { BEACON_ROOTS, BLOCK_HASHES, SYSTEM_CONTRACTS, type SystemContract } from "./system-contracts.js";

/** EIP-4788, EIP-2935: places in either ring. */
const RING = 8_191n;

/** What a block's beginning depends on besides the state. */
export interface BlockStart {
  readonly fork: Fork;
  readonly number: bigint;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  readonly parentHash: Uint8Array;
  /** 32 bytes. */
  readonly parentBeaconRoot: Uint8Array;
}

/**
 * What happens before a block's first transaction: contracts of its fork that are not there yet are installed, and the rings of beacon roots
 * (EIP-4788) and block hashes (EIP-2935) get their entries. The writes are those that the contracts' own code makes when the system address calls it.
 */
export function beginForkBlock(journal: Journal, start: BlockStart): void {
  const { fork, number, timestamp, parentHash, parentBeaconRoot } = start;
  for (const contract of SYSTEM_CONTRACTS) if (isAtLeast(fork, contract.fork)) install(journal, contract);
  if (isAtLeast(fork, BEACON_ROOTS.fork)) {
    const place = timestamp % RING;
    journal.setStorage(BEACON_ROOTS.address, wordOf(place), wordOf(timestamp));
    journal.setStorage(BEACON_ROOTS.address, wordOf(place + RING), parentBeaconRoot);
  }
  if (isAtLeast(fork, BLOCK_HASHES.fork)) {
    journal.setStorage(BLOCK_HASHES.address, wordOf((number - 1n) % RING), parentHash);
  }
}

const NEW_ACCOUNT: AccountFields = { nonce: 0n, balance: 0n, codeHash: EMPTY_CODE_HASH };

/** Once: nobody else can put code at these addresses. Coin that somebody sent there before stays. */
function install(journal: Journal, { address, code, storage }: SystemContract): void {
  if (journal.code(address).length > 0) return;
  const { balance } = journal.account(address) ?? NEW_ACCOUNT;
  journal.setCode(address, code);
  journal.setAccount(address, { ...journal.account(address)!, nonce: 1n, balance });
  for (const [slot, value] of storage) journal.setStorage(address, wordOf(slot), wordOf(value));
}
