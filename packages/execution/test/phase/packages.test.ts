import {
  decodeCompactBlock,
  fieldToBytes,
  packageIdOf,
  POOL_ADDRESS,
  toHex,
  type Commitment,
  type EthAddress,
  type PackageId,
  type Transaction,
} from "@sero/protocol";
import { POOL } from "@sero/contracts";
import { describe, expect, it } from "vitest";
import { simulateCall, type BuiltBlock } from "../../src/index.js";
import { balanceOf, COINS, openTestChain, type TestChain } from "../helpers/chain.js";
import { callData, deployCode } from "../helpers/contracts.js";
import { expectAll } from "../helpers/verdicts.js";
import { decodeFunctionResult } from "viem";

const HOLDER = new Uint8Array(20).fill(0x77) as EthAddress;
const idOf = (tx: Transaction, output: number): PackageId => {
  const { nullifiers, commitments } = tx.bundles[Math.floor(output / 3)]!;
  return packageIdOf(nullifiers[0], output, commitments[output % 3]!);
};

async function packageOf(chain: TestChain, id: PackageId): Promise<readonly [Commitment, EthAddress]> {
  const { state, header } = chain.head();
  const data = callData(POOL, "packageOf", [toHex(id)]);
  const outcome = await simulateCall({ rules: chain.rules, state, header }, { to: POOL_ADDRESS, data, gas: 100_000n });
  if (!outcome.ok) throw new Error(outcome.reason);
  const [commitment, controller] = decodeFunctionResult({
    abi: POOL.abi,
    functionName: "packageOf",
    data: toHex(outcome.output) as `0x${string}`,
  });
  return [commitment as Commitment, Uint8Array.from(Buffer.from(controller.slice(2), "hex")) as EthAddress];
}

const entriesOf = ({ compact }: BuiltBlock) => decodeCompactBlock(compact).entries;
const firstLog = ({ receipts }: BuiltBlock) => receipts[0]!.logs[0]!;

describe("packages", () => {
  it("without a call phase are registered under the named controller, are no leaves, and have a log", async () => {
    const chain = await openTestChain();
    const packages = [{ outputIndex: 0, controller: HOLDER, onFailure: "hold" as const }];
    const payment = chain.pay(0, 1, COINS, { packages });
    const before = balanceOf(chain.wallets[1]!);
    const built = await chain.seal([payment]);
    const id = idOf(payment.tx, 0);
    expect(await packageOf(chain, id)).toEqual([payment.tx.bundles[0]!.commitments[0], HOLDER]);
    expect(balanceOf(chain.wallets[1]!)).toBe(before);
    expect(decodeCompactBlock(built.compact).transactions[0]!.packages).toEqual([0]);
    expect(firstLog(built)).toMatchObject({
      address: POOL_ADDRESS,
      data: fieldToBytes(payment.tx.bundles[0]!.commitments[0]),
    });
    expect(firstLog(built).topics[1]).toEqual(id);
    expect(firstLog(built).topics[2]!.slice(12)).toEqual(HOLDER);
  });

  it("with a call phase start under the pseudonym: what the calls don't hand on is held or released, as the entry says", async () => {
    const chain = await openTestChain({ notes: 6 });
    const packages = [
      { value: COINS, onFailure: "release" as const },
      { value: 2n * COINS, onFailure: "hold" as const },
    ];
    const before = balanceOf(chain.wallets[0]!);
    const call = chain.call(0, { packages, calls: [] });
    const built = await chain.seal([call]);
    const [one, two] = [idOf(call.tx, 0), idOf(call.tx, 1)];
    const commitment = call.tx.bundles[0]!.commitments[0];
    expect(entriesOf(built)[0]).toEqual({ kind: "released", transaction: 0, id: one, commitment });
    expect((await packageOf(chain, one))[0]).toBe(0n);
    expect(await packageOf(chain, two)).toEqual([call.tx.bundles[0]!.commitments[1], call.pseudonym.address]);
    expect(built.receipts[0]!.logs.map(({ topics }) => topics[1])).toEqual([one, two, one]);
    expect(balanceOf(chain.wallets[0]!)).toBe(before - built.details[0]!.gasUsed * 1_000_000_000n - 2n * COINS);
    // Later the same pseudonym releases the other by an ordinary call.
    const data = callData(POOL, "releasePackage", [toHex(two)]);
    const release = chain.call(0, { pseudonym: call.pseudonym, calls: [{ to: POOL_ADDRESS, data }] });
    const later = await chain.seal([release]);
    expect(entriesOf(later)[0]).toMatchObject({ kind: "released", id: two });
    expect((await packageOf(chain, two))[0]).toBe(0n);
    // F45: not twice, and not by somebody else.
    const again = await chain.seal([chain.call(0, { pseudonym: call.pseudonym, calls: [{ to: POOL_ADDRESS, data }] })]);
    expect(again.receipts[0]!.status).toBe(0);
  });

  it("F43, F45: calls that fail leave packages with the pseudonym: handed-on ones come back, released ones are no leaves twice", async () => {
    const chain = await openTestChain({ notes: 6 });
    const reverter = await deployCode(chain, "5f5ffd");
    const make = (onFailure: "hold" | "release") =>
      chain.call(0, {
        packages: [{ value: COINS, onFailure }],
        calls: [{ to: POOL_ADDRESS }, { to: POOL_ADDRESS }, { to: reverter }],
        gasLimit: 400_000n,
        // The ids are known only when the notes are: the calls are filled in then.
        change: (tx) => ({
          ...tx,
          call: {
            ...tx.call!,
            calls: [
              {
                to: POOL_ADDRESS,
                value: 0n,
                data: callData(POOL, "transferPackage", [toHex(idOf(tx, 0)), toHex(HOLDER)]),
              },
              { to: reverter, value: 0n, data: new Uint8Array(0) },
            ],
          },
        }),
      });
    // Calldata costs more than the draft knew; it only ever gets shorter of calls.
    const held = make("hold");
    const built = await chain.seal([held]);
    expect(built.details[0]!.failure).toMatchObject({ step: "call", index: 1 });
    expect(await packageOf(chain, idOf(held.tx, 0))).toEqual([
      held.tx.bundles[0]!.commitments[0],
      held.pseudonym.address,
    ]);
    const released = make("release");
    const after = await chain.seal([released]);
    expect(after.receipts[0]!.status).toBe(0);
    expect(entriesOf(after).map(({ kind }) => kind)).toEqual(["released", "completed"]);
    expect((await packageOf(chain, idOf(released.tx, 0)))[0]).toBe(0n);
  });

  it("handed on by the calls, a package is its new controller's, whatever its entry says of failures", async () => {
    const chain = await openTestChain({ notes: 6 });
    const call = chain.call(0, {
      packages: [{ value: COINS, onFailure: "release" }],
      calls: [{ to: POOL_ADDRESS, data: callData(POOL, "transferPackage", [`0x${"11".repeat(32)}`, toHex(HOLDER)]) }],
      change: (tx) => {
        const data = callData(POOL, "transferPackage", [toHex(idOf(tx, 0)), toHex(HOLDER)]);
        return { ...tx, call: { ...tx.call!, calls: [{ to: POOL_ADDRESS, value: 0n, data }] } };
      },
    });
    const built = await chain.seal([call]);
    expect(built.details[0]!.failure).toBeUndefined();
    expect(await packageOf(chain, idOf(call.tx, 0))).toEqual([call.tx.bundles[0]!.commitments[0], HOLDER]);
    expect(entriesOf(built).map(({ kind }) => kind)).toEqual(["completed"]);
  });

  it("F45: the same output can't become a package twice, nor one of another transaction's", async () => {
    const chain = await openTestChain({ notes: 6 });
    const packages = [{ outputIndex: 0, controller: HOLDER, onFailure: "hold" as const }];
    const payment = chain.pay(0, 1, COINS, { packages });
    await chain.seal([payment]);
    await expectAll(chain, payment.bytes, "tx/spent");
  });
});
