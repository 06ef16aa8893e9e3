import type { TransactionDetail } from "@sero/execution";
import {
  decodeRlp,
  encodeRlp,
  rlpReader,
  rlpUint,
  SeroError,
  utf8,
  type EthAddress,
  type RlpItem,
} from "@sero/protocol";

/**
 * What is kept of how a transaction's call phase went. What its calls returned is not, and of what a failed one reverted with only the first
 * MOST_OUTPUT bytes: memory that is returned costs far less gas than calldata or logs, and would fill disks. A trace finds it again.
 */
export interface StoredDetail {
  /** Of the calls that ended without failure, in order. */
  readonly calls: readonly { readonly gasUsed: bigint; readonly created: EthAddress | undefined }[];
  readonly failure: StoredFailure | undefined;
}

/** Where and why it failed. */
export type StoredFailure = NonNullable<TransactionDetail["failure"]>;

/** Enough for any error that a person is to read. */
const MOST_OUTPUT = 4_096;
const LIMITS = { maxBytes: 64 * 1024 * 1024, maxItems: 1_000_000, maxDepth: 5 };
const STEPS: readonly StoredFailure["step"][] = ["unshield", "call", "return"];

/** RLP list of [calls, failure] a transaction; a payment is an empty list. */
export function encodeStoredDetails(details: readonly TransactionDetail[]): Uint8Array {
  return encodeRlp(
    details.map(({ calls, failure }): RlpItem => {
      if (calls.length === 0 && failure === undefined) return [];
      const callItems = calls.map(({ gasUsed, created }): RlpItem => [rlpUint(gasUsed), created ?? NOTHING]);
      return [callItems, failure ? failureItem(failure) : []];
    }),
  );
}

/** Inverse of `encodeStoredDetails`. @throws SeroError `details/*` or `rlp/*` when the stored bytes are damaged */
export function decodeStoredDetails(bytes: Uint8Array): StoredDetail[] {
  const read = rlpReader("details");
  return read.list(decodeRlp(bytes, LIMITS), "details").map((item): StoredDetail => {
    const fields = read.list(item, "detail");
    if (fields.length === 0) return { calls: [], failure: undefined };
    const calls = read.list(fields[0], "calls").map((entry) => {
      const [gasUsed, created] = read.list(entry, "call", 2);
      const address = read.bytes(created, "created");
      return {
        gasUsed: read.uint(gasUsed, "gas", 8),
        created: address.length === 20 ? (address as EthAddress) : undefined,
      };
    });
    const failure = read.list(fields[1], "failure");
    if (failure.length === 0) return { calls, failure: undefined };
    const [step, index, reason, output] = failure;
    return {
      calls,
      failure: {
        step: stepOf(read.small(step, "step", STEPS.length - 1)),
        index: read.small(index, "index", 0xffff),
        reason: new TextDecoder().decode(read.bytes(reason, "reason")),
        output: read.bytes(output, "output"),
      },
    };
  });
}

const NOTHING = new Uint8Array(0);

function failureItem({ step, index, reason, output }: StoredFailure): RlpItem {
  return [rlpUint(STEPS.indexOf(step)), rlpUint(index), utf8(reason), output.subarray(0, MOST_OUTPUT)];
}

function stepOf(number: number): StoredFailure["step"] {
  const step = STEPS[number];
  if (step) return step;
  throw new SeroError("store/damaged", "A stored block's details are damaged. Let the node sync again.");
}
