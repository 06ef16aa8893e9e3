import { createEVM } from "@ethereumjs/evm";
import { Address } from "@ethereumjs/util";
import { keccak256, type BlockHash, type EthAddress } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { EMPTY_OMMERS_HASH, type Header } from "../../src/block/index.js";
import { evmCommon, evmStateManager, leastGas, simulateCall } from "../../src/evm/index.js";
import { emptyState, layered, openJournal, wordOf, wordToBigInt } from "../../src/state/index.js";

const common = evmCommon(24158n);
const rules = { common, precompiles: [] };
const at = new Uint8Array(20).fill(0x11) as EthAddress;
const word = new Uint8Array(32);
const header: Header = {
  parentHash: word as BlockHash,
  ommersHash: EMPTY_OMMERS_HASH,
  feeRecipient: new Uint8Array(20) as EthAddress,
  stateRoot: word,
  transactionsRoot: word,
  receiptsRoot: word,
  logsBloom: new Uint8Array(256),
  difficulty: 0n,
  number: 5n,
  gasLimit: 8_000_000n,
  gasUsed: 0n,
  timestamp: 1000n,
  extraData: word,
  prevRandao: word,
  nonce: new Uint8Array(8),
  baseFee: 7n,
  withdrawalsRoot: word,
  cancun: undefined,
  requestsHash: undefined,
};
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

/** A state with `code` at `at`, slot 0 = 41. */
function withCode(code: string) {
  const journal = openJournal(emptyState());
  journal.setCode(at, hex(code));
  journal.setAccount(at, { ...journal.account(at)!, nonce: 1n });
  journal.setStorage(at, wordOf(0n), wordOf(41n));
  return layered(emptyState(), journal.finish());
}

describe("EVM on the journal", () => {
  it("counts in storage, warm and cold as EIP-2929 and EIP-2200 say, and leaves no trace", async () => {
    // SLOAD 0; +1; SSTORE 0; return SLOAD 0
    const state = withCode("600054600101600055600054600052602060" + "00f3");
    const outcome = await simulateCall({ rules, state, header }, { to: at, gas: 100_000n });
    expect(outcome.ok && wordToBigInt(outcome.output)).toBe(42n);
    // 2 pushes and arithmetic: 3*8; SLOAD cold 2100, SSTORE reset 2900, SLOAD warm 100, memory 3.
    expect(outcome.gasUsed).toBe(2100n + 2900n + 100n + 3n * 9n + 3n);
    expect(wordToBigInt(state.storage(at, wordOf(0n)))).toBe(41n);
    const least = await leastGas({ rules, state, header }, { to: at, gas: 100_000n });
    expect(least.gas).toBeGreaterThanOrEqual(outcome.gasUsed);
    const less = await simulateCall({ rules, state, header }, { to: at, gas: least.gas - 1n });
    expect(less.ok).toBe(false);
  });

  it("knows Cancun's opcodes, PUSH0 and the chain id, not blob opcodes", async () => {
    // TSTORE(1, 7); MCOPY(0,0,0); return TLOAD(1) + CHAINID
    const state = withCode("6007" + "6001" + "5d" + "5f5f5f5e" + "60015c" + "46" + "01" + "5f52" + "60205ff3");
    const outcome = await simulateCall({ rules, state, header }, { to: at, gas: 100_000n });
    expect(outcome.ok && wordToBigInt(outcome.output)).toBe(24165n);
    const blob = await simulateCall({ rules, state: withCode("4a"), header }, { to: at, gas: 100_000n });
    expect(blob.ok).toBe(false);
  });

  it("reports a revert with its data, and creates contracts", async () => {
    const revert = await simulateCall(
      { rules, state: withCode("602a5f5260205ffd"), header },
      { to: at, gas: 100_000n },
    );
    expect(revert).toMatchObject({ ok: false, reason: "revert" });
    expect(wordToBigInt(revert.output)).toBe(42n);
    const state = emptyState();
    const created = await simulateCall({ rules, state, header }, { data: hex("60015f526001601ff3"), gas: 100_000n });
    expect(created).toMatchObject({ ok: true });
    expect(created.ok && created.created).toHaveLength(20);
  });

  it("takes back nested frames: a callee's revert leaves the caller's writes, SELFDESTRUCT only in the creating transaction", async () => {
    const journal = openJournal(emptyState());
    const callee = new Uint8Array(20).fill(0x22) as EthAddress;
    journal.setCode(callee, hex("60095f555f5ffd")); // SSTORE(0, 9); revert
    journal.setCode(at, hex("60055f55" + "5f5f5f5f5f73" + "22".repeat(20) + "5af1")); // SSTORE(0,5); CALL callee
    const evm = await createEVM({ common, stateManager: evmStateManager(journal) });
    const result = await evm.runCall({ to: new Address(at), gasLimit: 200_000n });
    expect(result.execResult.exceptionError).toBeUndefined();
    expect(wordToBigInt(journal.storage(at, wordOf(0n)))).toBe(5n);
    expect(wordToBigInt(journal.storage(callee, wordOf(0n)))).toBe(0n);
    await evm.journal.cleanup();
    const diff = journal.finish();
    expect(diff.accounts.get("22".repeat(20))?.codeHash).toEqual(keccak256(hex("60095f555f5ffd")));
  });
});
