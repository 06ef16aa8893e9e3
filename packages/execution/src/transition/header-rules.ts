import { equalBytes, invalid, isAtLeast, toHex, valid, type Fork, type Validity } from "@sero/protocol";
import { EMPTY_OMMERS_HASH, headerHash, type Block, type Header, type Withdrawal } from "../block/index.js";
import type { Rules } from "./rules.js";

const MAX_EXTRA_DATA = 32;
/** Most withdrawals of a block; consensus clients put 16 into one. Bounds what a block costs that pays no gas. */
export const MAX_WITHDRAWALS = 1_024;

/** What fits the 8 bytes that times, indexes and amounts have in a block's RLP: a block that holds more could not be read again. */
const isUint64 = (value: bigint): boolean => value >= 0n && value >> 64n === 0n;

const refuse = (field: string, needs: string): Validity<never> =>
  invalid("block/header", `The header's ${field} must be ${needs}; this block is invalid.`, { field });

/** What a header must satisfy by itself and against its parent, before anything is executed. */
export function checkHeader(rules: Rules, parent: Header, header: Header): Validity {
  const { spec } = rules;
  if (!equalBytes(header.parentHash, headerHash(parent))) return refuse("parentHash", "that of the parent");
  if (header.number !== parent.number + 1n) return refuse("number", "one more than its parent's");
  if (header.timestamp <= parent.timestamp) return refuse("timestamp", "later than its parent's");
  if (!isUint64(header.timestamp)) return refuse("timestamp", "below 2^64");
  if (header.gasLimit !== spec.gasLimit) return refuse("gasLimit", `${spec.gasLimit}, as the chain spec pins it`);
  if (header.gasUsed > header.gasLimit) return refuse("gasUsed", "at most the gas limit");
  if (header.baseFee !== spec.baseFee) return refuse("baseFeePerGas", `${spec.baseFee}, constant on this chain`);
  if (header.difficulty !== 0n) return refuse("difficulty", "0");
  if (header.nonce.some((byte) => byte !== 0)) return refuse("nonce", "8 zero bytes");
  if (!equalBytes(header.ommersHash, EMPTY_OMMERS_HASH)) return refuse("sha3Uncles", "that of no uncles");
  if (header.extraData.length > MAX_EXTRA_DATA) return refuse("extraData", `at most ${MAX_EXTRA_DATA} bytes`);
  return checkForkFields(rules.at(header.timestamp).fork, header);
}

/** The fields that the forks added: there from their time on, and not before. */
function checkForkFields(fork: Fork, { cancun, requestsHash }: Header): Validity {
  if ((cancun !== undefined) !== isAtLeast(fork, "cancun")) {
    return refuse("fields", "those of its fork: Cancun's from the chain spec's cancunTime on, and not before");
  }
  if ((requestsHash !== undefined) !== isAtLeast(fork, "prague")) {
    return refuse("requestsHash", "there from the chain spec's pragueTime on, and not before");
  }
  // There are no blobs, so that there is never an excess of them either.
  if (cancun?.blobGasUsed) return refuse("blobGasUsed", "0: this chain has no blobs");
  if (cancun?.excessBlobGas) return refuse("excessBlobGas", "0: this chain has no blobs");
  return valid(undefined);
}

/**
 * Bytes that all transactions of an Osaka block may have together. The RLP of a block is then below 8 MiB (EIP-7934) with any header and the most
 * withdrawals that a block can have.
 */
export const MAX_OSAKA_BYTES = 8 * 1024 * 1024 - 256 * 1024;

/** What a block's size must satisfy, before anything of it is decoded. */
export function checkSize(rules: Rules, block: Block): Validity {
  const bytes = block.transactions.reduce((sum, transaction) => sum + transaction.length, 0);
  if (!isAtLeast(rules.at(block.header.timestamp).fork, "osaka") || bytes <= MAX_OSAKA_BYTES) return valid(undefined);
  return invalid("block/size", `A block's transactions must have at most ${MAX_OSAKA_BYTES} bytes in all.`, { bytes });
}

/** What a block's withdrawals must satisfy: they pay no gas, and have to be readable again. */
export function checkWithdrawals(withdrawals: readonly Withdrawal[]): Validity {
  const refuseAll = (needs: string): Validity<never> =>
    invalid("block/withdrawals", `A block's withdrawals must be ${needs}; this block is invalid.`, {
      count: withdrawals.length,
    });
  if (withdrawals.length > MAX_WITHDRAWALS) return refuseAll(`at most ${MAX_WITHDRAWALS}`);
  const fits = withdrawals.every(({ index, validatorIndex, amount }) =>
    [index, validatorIndex, amount].every(isUint64),
  );
  return fits ? valid(undefined) : refuseAll("numbers below 2^64");
}

/** Compares what a block claims with what its execution gave. */
export function compareHeaders(claimed: Header, executed: Header): Validity {
  if (claimed.gasUsed !== executed.gasUsed) {
    return invalid("block/gas-used", "The header's gasUsed is not what the block uses.", {
      claimed: claimed.gasUsed.toString(),
      executed: executed.gasUsed.toString(),
    });
  }
  for (const field of ["transactionsRoot", "withdrawalsRoot", "receiptsRoot", "logsBloom", "stateRoot"] as const) {
    if (!equalBytes(claimed[field], executed[field])) {
      return invalid("block/root", `The header's ${field} is not what executing the block gives.`, {
        field,
        claimed: toHex(claimed[field]),
        executed: toHex(executed[field]),
      });
    }
  }
  const [requested, asked] = [claimed.requestsHash, executed.requestsHash];
  if (requested && asked && !equalBytes(requested, asked)) {
    return invalid("block/requests", "The header's requestsHash is not that of what executing the block asks for.", {
      claimed: toHex(requested),
      executed: toHex(asked),
    });
  }
  return equalBytes(headerHash(claimed), headerHash(executed))
    ? valid(undefined)
    : invalid("block/header", "The header is not the one that this block makes.", {});
}
