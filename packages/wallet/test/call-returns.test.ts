import { encodeErrorResult, parseAbi } from "viem";
import { describe, expect, it } from "vitest";
import {
  bigIntToBytes,
  concatBytes,
  developmentSpec,
  fromHex,
  toHex,
  type EthAddress,
  type Nullifier,
} from "@sero/protocol";
import { shapeBytes } from "../src/build/index.js";
import { assetIdOfPublic } from "../src/calls/assets.js";
import { DEPOSIT, TRANSFER, movesOf, type Moves } from "../src/calls/events.js";
import { gasLimitFor } from "../src/calls/prepare.js";
import { failureOf, revertReason } from "../src/calls/reason.js";
import { returnEntries, withInners } from "../src/calls/returns.js";
import { significantDigits } from "../src/calls/sentences.js";
import type { PublicAsset } from "../src/index.js";
import type { EventLog } from "../src/rpc/index.js";
import { ALICE, keysOf } from "./helpers/wallets.js";

const address = (n: number): EthAddress => bigIntToBytes(BigInt(n), 20) as EthAddress;
const ME = address(0xabcdef);
const topic = (who: EthAddress): Uint8Array => concatBytes(new Uint8Array(12), who);
const word = (value: bigint): Uint8Array => bigIntToBytes(value, 32);
const tokenLog = (token: EthAddress, from: EthAddress, to: EthAddress, amount: bigint): EventLog => ({
  address: token,
  topics: [TRANSFER, topic(from), topic(to)],
  data: word(amount),
});
const ticketLog = (token: EthAddress, from: EthAddress, to: EthAddress, id: bigint): EventLog => ({
  address: token,
  topics: [TRANSFER, topic(from), topic(to), word(id)],
  data: new Uint8Array(0),
});

describe("what events say", () => {
  it("a token's deepest balance is what it needs, its last what it leaves", () => {
    const other = address(9);
    const moves = movesOf(
      [tokenLog(address(1), ME, other, 5n), tokenLog(address(1), other, ME, 12n), tokenLog(address(1), ME, other, 10n)],
      ME,
    );
    expect(moves.tokens).toEqual([{ token: address(1), need: 5n, delta: -3n }]);
  });

  it("tickets that left without having come are needed, those that came and stayed come back", () => {
    const other = address(9);
    const art = address(2);
    const moves = movesOf(
      [
        ticketLog(art, ME, other, 1n),
        ticketLog(art, address(0), ME, 2n),
        ticketLog(art, other, ME, 3n),
        ticketLog(art, ME, other, 3n),
      ],
      ME,
    );
    expect(moves.tickets).toEqual([{ token: art, needed: [1n], came: [{ id: 2n, minted: true }] }]);
  });

  it("nonsense is no event: dirty addresses, odd data, other topics, transfers to oneself", () => {
    const dirty = topic(ME);
    dirty[0] = 1;
    const logs: EventLog[] = [
      { address: address(1), topics: [TRANSFER, dirty, topic(ME)], data: new Uint8Array(31) },
      { address: address(1), topics: [TRANSFER, topic(address(9)), dirty], data: word(5n) },
      { address: address(1), topics: [], data: word(5n) },
      { address: address(1), topics: [TRANSFER], data: word(5n) },
      { address: address(1), topics: [DEPOSIT, topic(address(9))], data: word(5n) },
      tokenLog(address(1), ME, ME, 7n),
    ];
    expect(movesOf(logs, ME)).toEqual({ tokens: [], tickets: [], foreign: [] });
  });

  it("a contract's own words are made safe, panics and errors explained", () => {
    const output = fromHex(
      encodeErrorResult({
        abi: parseAbi(["error Error(string)"]),
        errorName: "Error",
        args: ["pay \u202E\u001b[31m now"],
      }),
    );
    const failure = failureOf({ step: "call", index: 0, reason: "revert", output });
    expect(failure.reason).not.toMatch(/[\u202E\u001b]/);
    const lines = fromHex(
      encodeErrorResult({
        abi: parseAbi(["error Error(string)"]),
        errorName: "Error",
        args: ["no\nThe calls succeeded and all came back.\r\nEverybody sees: nothing."],
      }),
    );
    const reasons = [
      failureOf({ step: "call", index: 0, reason: "", output: lines }).reason,
      failureOf({ step: "call", index: 0, reason: "no\nThe calls succeeded.", output: new Uint8Array(0) }).reason,
    ];
    for (const reason of reasons) expect(reason).not.toMatch(/[\r\n\u2028\u2029]/);
    const panic = fromHex(
      encodeErrorResult({ abi: parseAbi(["error Panic(uint256)"]), errorName: "Panic", args: [0x11n] }),
    );
    expect(revertReason(panic, [])).toContain("out of range");
    const abi = parseAbi(["error Closed(uint256 since)"]);
    expect(revertReason(fromHex(encodeErrorResult({ abi, errorName: "Closed", args: [7n] })), [abi])).toBe("Closed(7)");
    expect(revertReason(Uint8Array.of(1, 2, 3), [abi])).toBeUndefined();
  });
});

describe("returns", () => {
  it("whatever contracts say, the entries are such as a chain takes, and cover all that was brought (random test)", () => {
    let state = 7;
    const below = (n: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state % n;
    };
    const keys = keysOf(ALICE);
    const spec = developmentSpec([]);
    for (let round = 0; round < 150; round++) {
      const logs: EventLog[] = Array.from({ length: below(14) }, () => {
        const token = address(1 + below(6));
        const [from, to] = below(2) === 0 ? [ME, address(0)] : [address(below(2) * 9), ME];
        return below(2) === 0
          ? tokenLog(token, from, to, BigInt(below(5)))
          : ticketLog(token, from, to, BigInt(below(5)));
      });
      const moves: Moves = movesOf(logs, ME);
      const isTicket = below(2) === 0;
      const token = address(1 + below(6));
      const brought: PublicAsset[] =
        below(3) === 0 ? [] : [isTicket ? { kind: "ticket", token, id: BigInt(below(5)) } : { kind: "token", token }];
      const entries = returnEntries({
        brought,
        moves,
        expected: [],
        keep: below(4) === 0 ? "all" : [],
        data: [],
        without: new Set(below(3) === 0 ? [toHex(address(1 + below(6)))] : []),
      });
      const returns = withInners(entries, keys, 5n as Nullifier);
      const unshields = brought.map((asset) => ({ asset: assetIdOfPublic(asset), amount: 1n }));
      const call = { pseudonym: ME, nonce: 0n, gasLimit: 0n, calls: [], returns };
      expect(() => shapeBytes(spec, { bundles: 1, memoChunks: 1, call, unshields })).not.toThrow();
      const inners = returns.flatMap((entry) => entry.inners);
      expect(new Set(inners).size).toBe(inners.length);
    }
  });

  it("a minted ticket is taken by count unless its number was asked for", () => {
    const art = address(3);
    const moves = movesOf([ticketLog(art, address(0), ME, 77n)], ME);
    const entriesWith = (data: Uint8Array) =>
      returnEntries({ brought: [], moves, expected: [], keep: [], data: [data], without: new Set() }).at(-1)?.id;
    expect(entriesWith(concatBytes(new Uint8Array(4), word(1n)))).toEqual({ any: 1 });
    expect(entriesWith(concatBytes(new Uint8Array(4), word(77n)))).toBe(77n);
  });

  it("too many different assets are said to be too many", () => {
    const moves = movesOf(
      Array.from({ length: 40 }, (_, i) => tokenLog(address(100 + i), address(9), ME, 1n)),
      ME,
    );
    const needs = { brought: [], moves, expected: [], keep: [], data: [], without: new Set<string>() };
    expect(() => returnEntries(needs)).toThrow(expect.objectContaining({ code: "call/too-many-returns" }));
  });
});

describe("figures that would tell", () => {
  it("gas limits are rounded, by one rule for everybody", () => {
    const most = 8_000_000n;
    expect([1n, 50_000n, 51_000n, 100_000n].map((gas) => gasLimitFor(gas, most))).toEqual([
      10_000n,
      70_000n,
      70_000n,
      130_000n,
    ]);
    expect(gasLimitFor(7_900_000n, most)).toBe(most);
    for (let gas = 1n; gas < 1_000_000n; gas += 7_919n) expect(gasLimitFor(gas, most) > gas).toBe(true);
  });

  it("counts the digits that make an amount stand out", () => {
    expect([0n, 1n, 100n, 12_000n, 12_345n, 10n ** 18n].map(significantDigits)).toEqual([0, 1, 1, 2, 5, 1]);
  });
});
