import { COIN, decodeCompactBlock, intrinsicGas, POOL_ADDRESS, type EthAddress } from "@sero/protocol";
import { TEST_TICKET, TEST_TOKEN } from "@sero/contracts/test-contracts";
import { describe, expect, it } from "vitest";
import { checkPoolState, poolTotals, poolView } from "../../src/index.js";
import { wordOf, wordToBigInt } from "../../src/state/index.js";
import { randomPseudonym } from "../helpers/call.js";
import { balanceOf, COINS, FEE_RECIPIENT, openTestChain, type TestChain } from "../helpers/chain.js";
import { callData, createdBy, deploy, deployCode } from "../helpers/contracts.js";

const PRICE = 1_000_000_000n;
/** Adds the value sent to slot 0 and logs it. */
const COUNTER = "5f543401805f555f5260205fa0";

const coinOfPool = (chain: TestChain): bigint => poolTotals(chain.head().state).coin;
const balance = (chain: TestChain, address: Uint8Array): bigint => chain.head().state.account(address)?.balance ?? 0n;

describe("a call phase", () => {
  it("calls a contract as an ordinary account would, pays for its gas and brings back the rest", async () => {
    const chain = await openTestChain();
    const counter = await deployCode(chain, COUNTER);
    const before = { wallet: balanceOf(chain.wallets[0]!), proposer: balance(chain, FEE_RECIPIENT) };
    const call = chain.call(0, {
      calls: [
        { to: counter, value: 5n },
        { to: counter, value: 6n },
      ],
    });
    const built = await chain.seal([call]);
    const { state } = chain.head();
    expect(wordToBigInt(state.storage(counter, wordOf(0n)))).toBe(11n);
    expect(balance(chain, counter)).toBe(11n);
    const [receipt] = built.receipts;
    expect(receipt).toMatchObject({ status: 1 });
    expect(receipt!.logs.map(({ address, data }) => [address, wordToBigInt(data)])).toEqual([
      [counter, 5n],
      [counter, 11n],
    ]);
    const used = built.details[0]!.gasUsed;
    expect(receipt!.cumulativeGasUsed).toBe(used);
    expect(built.header.gasUsed).toBe(used);
    // EIP-2929 and EIP-2200 in one scope: slot 0 is cold once (2,100 + 20,000), then warm and dirty (100 + 100).
    const [first, second] = built.details[0]!.calls.map(({ gasUsed }) => gasUsed);
    expect(first! - second!).toBe(2_100n + 20_000n - 100n - 100n);
    expect(used).toBe(intrinsicGas(call.tx, chain.rules.spec) + first! + second!);
    expect(balance(chain, FEE_RECIPIENT) - before.proposer).toBe(used * PRICE);
    expect(balanceOf(chain.wallets[0]!)).toBe(before.wallet - used * PRICE - 11n);
    expect(balance(chain, call.pseudonym.address)).toBe(0n);
    expect(state.account(call.pseudonym.address)?.nonce).toBe(1n);
    expect(coinOfPool(chain)).toBe(balance(chain, POOL_ADDRESS));
    const compact = decodeCompactBlock(built.compact);
    expect(compact.transactions[0]!.call).toMatchObject({ status: 1, gasUsed: first! + second! });
    expect(compact.entries).toHaveLength(1);
    expect(compact.entries[0]).toMatchObject({ kind: "completed", asset: COIN, transaction: 0 });
  });

  it("creates with `nonce` first and with the account's current nonce later, and the next call has the nonce after", async () => {
    const chain = await openTestChain({ value: 100n * COINS });
    const pseudonym = randomPseudonym();
    const creation = Uint8Array.from(Buffer.from("60015f5360015ff3", "hex"));
    const two = chain.call(0, {
      pseudonym,
      calls: [{ data: creation }, { to: POOL_ADDRESS, data: viewData }, { data: creation }],
    });
    const built = await chain.seal([two]);
    expect(built.details[0]!.failure).toBeUndefined();
    expect(built.details[0]!.calls.map(({ created }) => created)).toEqual([
      createdBy(pseudonym.address, 0n),
      undefined,
      createdBy(pseudonym.address, 1n),
    ]);
    expect(chain.head().state.account(pseudonym.address)?.nonce).toBe(2n);
    const later = chain.call(0, { pseudonym, calls: [{ to: POOL_ADDRESS, data: viewData }, { data: creation }] });
    expect(later.tx.call!.nonce).toBe(2n);
    const next = await chain.seal([later]);
    expect(next.details[0]!.calls[1]!.created).toEqual(createdBy(pseudonym.address, 3n));
    expect(chain.head().state.account(pseudonym.address)?.nonce).toBe(4n);
  });

  it("lets payments and calls share a block, each with its own verdict", async () => {
    const chain = await openTestChain({ wallets: 3 });
    const counter = await deployCode(chain, COUNTER);
    const built = await chain.seal([
      chain.pay(1, 2, COINS),
      chain.call(0, { calls: [{ to: counter, value: 1n }] }),
      chain.call(2, { calls: [{ to: POOL_ADDRESS, value: 1n }] }),
    ]);
    expect(built.receipts.map(({ status }) => status)).toEqual([1, 1, 0]);
    expect(built.details[2]!.failure).toMatchObject({ step: "call", index: 0, reason: "revert" });
    expect(checkPoolState(chain.head().state, chain.head().header.number).ok).toBe(true);
  });
});

const viewData = Uint8Array.from([...callSelector("isKnownRoot(uint256)"), ...new Uint8Array(32)]);

function callSelector(signature: string): Uint8Array {
  return callData(
    {
      abi: [
        {
          type: "function",
          name: signature.split("(")[0]!,
          inputs: [{ type: "uint256", name: "x" }],
          outputs: [],
          stateMutability: "view",
        },
      ],
    },
    signature.split("(")[0]!,
    [0n],
  ).slice(0, 4);
}

describe("tokens and tickets", () => {
  it("come as notes, go out as public amounts, and come back: every counter right", async () => {
    const chain = await openTestChain();
    const token = await deploy(chain, TEST_TOKEN, ["Gold", "GLD", 18]);
    const pseudonym = randomPseudonym();
    const mint = callData(TEST_TOKEN, "mint", [pseudonym.address, 1000n]);
    const minted = await chain.seal([
      chain.call(0, { pseudonym, calls: [{ to: token, data: mint }], returns: [{ kind: "token", token }] }),
    ]);
    expect(minted.details[0]!.failure).toBeUndefined();
    const asset = chain.wallets[0]!.notes.find(({ note }) => note.asset !== COIN)!.note.asset;
    expect(balanceOf(chain.wallets[0]!, asset)).toBe(1000n);
    expect(poolView(chain.head().state).turnstile(asset)).toBe(1000n);
    // 300 of them go to somebody by an ordinary transfer; the rest comes back.
    const somebody = new Uint8Array(20).fill(7) as EthAddress;
    const sent = chain.call(0, {
      bring: [{ kind: "token", token, amount: 800n }],
      calls: [{ to: token, data: callData(TEST_TOKEN, "transfer", [somebody, 300n]) }],
    });
    const built = await chain.seal([sent]);
    expect(built.details[0]!.failure).toBeUndefined();
    expect(balanceOf(chain.wallets[0]!, asset)).toBe(700n);
    expect(poolView(chain.head().state).turnstile(asset)).toBe(700n);
    expect(checkPoolState(chain.head().state, chain.head().header.number).ok).toBe(true);
  });

  it("ANY takes what came in log order, `leave` leaves, single ids are taken by themselves", async () => {
    const chain = await openTestChain();
    const ticket = await deploy(chain, TEST_TICKET, ["Seat", "SEAT"]);
    const pseudonym = randomPseudonym();
    const mint = (id: bigint) => ({ to: ticket, data: callData(TEST_TICKET, "mint", [pseudonym.address, id]) });
    const built = await chain.seal([
      chain.call(0, {
        pseudonym,
        calls: [mint(9n), mint(4n), mint(7n), mint(5n)],
        returns: [
          { kind: "ticket", token: ticket, id: 4n },
          { kind: "ticket", token: ticket, id: 5n, leave: true },
          { kind: "ticket", token: ticket, id: { any: 3 } },
        ],
        gasLimit: 3_000_000n,
      }),
    ]);
    expect(built.details[0]!.failure).toBeUndefined();
    const entries = decodeCompactBlock(built.compact).entries;
    expect(entries.map((entry) => entry.kind === "completed" && entry.value)).toMatchObject([
      1n,
      1n,
      1n,
      expect.anything(),
    ]);
    expect(chain.wallets[0]!.notes.filter(({ note }) => note.asset !== COIN)).toHaveLength(3);
    // It goes out again and comes back, though nothing is done with it.
    const again = await chain.seal([
      chain.call(0, { bring: [{ kind: "ticket", token: ticket, id: 9n, amount: 1n }], calls: [] }),
    ]);
    expect(again.details[0]!.failure).toBeUndefined();
    expect(chain.wallets[0]!.notes.filter(({ note }) => note.asset !== COIN)).toHaveLength(3);
  });
});
