import {
  assetIdOf,
  bigIntToBytes,
  COIN,
  decodeCompactBlock,
  decodeTransaction,
  keccak256,
  POOL_ADDRESS,
  SYSTEM_ADDRESS,
  toHex,
  type AssetId,
  type EthAddress,
} from "@sero/protocol";
import { POOL } from "@sero/contracts";
import { REENTERING_TOKEN, TEST_TOKEN } from "@sero/contracts/test-contracts";
import { expect, it } from "vitest";
import { checkPoolState, poolView, turnstileChanges } from "../src/index.js";
import { randomPseudonym, type CallRequest } from "./helpers/call.js";
import { balanceOf, COINS, FEE_RECIPIENT, openTestChain, type TestChain } from "./helpers/chain.js";
import { callData, createdBy, deploy } from "./helpers/contracts.js";

type Roll = (below: number) => number;

/** Numbers that look random and are the same in every run. */
function dice(seed: number): Roll {
  let state = keccak256(bigIntToBytes(BigInt(seed), 8));
  let at = 0;
  return (below) => {
    if (at + 4 > state.length) [state, at] = [keccak256(state), 0];
    const value = new DataView(state.buffer, state.byteOffset + at, 4).getUint32(0);
    at += 4;
    return value % below;
  };
}

const pickBy =
  (roll: Roll) =>
  <T>(from: readonly T[]): T =>
    from[roll(from.length)] as T;

const push = (value: bigint): number[] => {
  if (value === 0n) return [0x5f];
  const hex = value.toString(16);
  const bytes = [...Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, "hex")];
  return [0x5f + bytes.length, ...bytes];
};

/** CALL of the Pool with the call data and some coin. */
const forward = (value: bigint): number[] => [
  ...[0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f],
  ...push(value),
  ...[0x61, 0x5e, 0x50, 0x5a, 0xf1, 0x50],
];

/** Code that calls, forwards to the Pool, stores, creates, reverts and destroys itself. */
function randomCode(roll: Roll, length: number, targets: readonly bigint[]): number[] {
  const pick = pickBy(roll);
  const small = (): number[] => push(BigInt(pick([0, 1, 2, 31, 32, 64, 100])));
  const code: number[] = [];
  while (code.length < length) {
    const kind = roll(100);
    if (kind < 30) code.push(...small(), ...small(), pick([0x52, 0x55, 0x5d, 0xa0]));
    else if (kind < 58) {
      const opcode = pick([0xf1, 0xf1, 0xf2, 0xf4, 0xfa]);
      const value = opcode < 0xf4 ? push(roll(3) === 0 ? 7n : 0n) : [];
      const gas = roll(4) === 0 ? push(BigInt(roll(60_000))) : [0x5a];
      code.push(...small(), ...small(), ...small(), ...small(), ...value, ...push(pick(targets)), ...gas, opcode, 0x50);
    } else if (kind < 72) code.push(...forward(BigInt(roll(4))));
    else if (kind < 84) {
      const init = randomCode(roll, 24, targets).slice(0, 32);
      const place = [...push(BigInt(init.length)), ...push(BigInt(32 - init.length)), ...push(BigInt(roll(3)))];
      code.push(0x5f + init.length, ...init, 0x5f, 0x52);
      code.push(...(roll(2) === 0 ? [...place, 0xf0] : [0x5f, ...place, 0xf5]), 0x50);
    } else if (kind < 87) code.push(...small(), ...small(), pick([0xf3, 0xfd]));
    else if (kind < 93) code.push(...push(pick(targets)), 0xff);
    else if (kind < 95) code.push(pick([0x30, 0x32, 0x41]), 0xff);
    else if (kind === 99) code.push(0xfe);
  }
  return code;
}

/** Init code that becomes `runtime`. */
const creation = (runtime: readonly number[]): Uint8Array =>
  Uint8Array.from([
    0x61,
    runtime.length >> 8,
    runtime.length & 255,
    0x80,
    0x60,
    10,
    0x5f,
    0x39,
    0x5f,
    0xf3,
    ...runtime,
  ]);

const numberOf = (address: Uint8Array): bigint => BigInt(toHex(address));

/** A transaction of anything: creations that work or not, calls of what there is, of the Pool, of nobody; tokens that come and go. */
function randomCall(chain: TestChain, roll: Roll, contracts: EthAddress[], tokens: readonly EthAddress[]) {
  const pick = pickBy(roll);
  const pseudonym = randomPseudonym();
  const others = [pseudonym.address, POOL_ADDRESS, FEE_RECIPIENT, SYSTEM_ADDRESS, ...contracts, ...tokens].map(
    numberOf,
  );
  const targets = [...others, 1n, 4n, 0x5e51n, 0x5e60n];
  const shieldCoin = (): Uint8Array => callData(POOL, "shieldCoin", [chain.slot(0), "0x"]);
  const calls: CallRequest["calls"][number][] = [];
  for (let i = roll(5); i > 0; i--) {
    const kind = roll(10);
    if (kind < 3) {
      const code = randomCode(roll, 60 + roll(200), targets);
      calls.push({ data: roll(4) === 0 ? Uint8Array.from(code) : creation(code), value: BigInt(roll(20)) });
      if (calls.length === 1) contracts.push(createdBy(pseudonym.address, 0n));
    } else if (kind < 7 && contracts.length > 0) {
      const shieldToken = callData(POOL, "shieldToken", [chain.slot(0), pick(tokens), 5n, "0x"]);
      calls.push({ to: pick(contracts), value: BigInt(roll(30)), data: roll(2) === 0 ? shieldCoin() : shieldToken });
    } else if (kind === 7) {
      const to = pick([pseudonym.address, pseudonym.address, POOL_ADDRESS, ...contracts]);
      calls.push({ to: pick(tokens), data: callData(TEST_TOKEN, "mint", [to, BigInt(roll(100))]) });
    } else if (kind === 8) calls.push({ to: POOL_ADDRESS, value: BigInt(roll(9) + 1), data: shieldCoin() });
    else calls.push({ to: bigIntToBytes(pick(targets), 20) as EthAddress, value: BigInt(roll(2)) });
  }
  const token = tokens[0]!;
  const isHeld = balanceOf(chain.wallets[0]!, assetIdOf(1, token, 0n)) > 0n;
  const call = chain.call(0, {
    pseudonym,
    calls,
    returns: tokens.filter(() => roll(2) === 0).map((each) => ({ kind: "token", token: each })),
    bring: isHeld && roll(2) === 0 ? [{ kind: "token", token, amount: 1n }] : [],
    gasLimit: BigInt(pick([200_000, 1_000_000, 2_500_000])),
    extra: BigInt(roll(3)),
    packages: roll(4) === 0 ? [{ value: 3n, onFailure: pick(["hold", "release"] as const) }] : [],
  });
  const nobody = new Uint8Array(20) as EthAddress;
  const feeRecipient = pick([FEE_RECIPIENT, pseudonym.address, POOL_ADDRESS, SYSTEM_ADDRESS, nobody, ...contracts]);
  return { call, feeRecipient };
}

/** All coin of all accounts that the chain ever wrote. */
function allCoin(chain: TestChain): bigint {
  const accounts = new Set(chain.diffs.flatMap((diff) => [...diff.accounts.keys()]));
  const { state } = chain.head();
  return [...accounts].reduce((sum, key) => sum + (state.account(Buffer.from(key, "hex"))?.balance ?? 0n), 0n);
}

it("F43, E36, E39: random programs in calls: blocks are the same built and imported, no coin is made, counters are what the blocks say", async () => {
  const roll = dice(Number(process.env["SERO_SEED"] ?? 7));
  const chain = await openTestChain({ wallets: 1, notes: 40, value: COINS });
  const tokens = [await deploy(chain, TEST_TOKEN, ["T", "T", 0]), await deploy(chain, REENTERING_TOKEN)];
  const contracts: EthAddress[] = [];
  const outcomes = { good: 0, failed: 0 };
  let coin = allCoin(chain);
  for (let block = 0; block < 24; block++) {
    const { call, feeRecipient } = randomCall(chain, roll, contracts, tokens);
    const built = await chain.seal([call], { feeRecipient });
    expect(built.skipped, `block ${block}`).toEqual([]);
    outcomes[built.details[0]!.failure === undefined ? "good" : "failed"]++;
    const { header, state } = chain.head();
    expect(checkPoolState(state, header.number).ok, `block ${block}`).toBe(true);
    const now = allCoin(chain);
    expect(now <= coin, `block ${block}`).toBe(true);
    coin = now;
  }
  expect(outcomes.good).toBeGreaterThan(5);
  expect(outcomes.failed).toBeGreaterThan(1);

  const counters = new Map<AssetId, bigint>([[COIN, 40n * COINS]]);
  chain.blocks.forEach(({ transactions }, i) => {
    const decoded = transactions.map((bytes) => decodeTransaction(bytes));
    for (const [asset, by] of turnstileChanges(decoded, decodeCompactBlock(chain.compacts[i]!)))
      counters.set(asset, (counters.get(asset) ?? 0n) + by);
  });
  const view = poolView(chain.head().state);
  for (const [asset, counter] of counters) expect(view.turnstile(asset)).toBe(counter);
});
