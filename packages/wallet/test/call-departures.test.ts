import { describe, expect, it } from "vitest";
import { bigIntToBytes, concatBytes, keccak256, toHex, type EthAddress } from "@sero/protocol";
import { departureSentences, grantSentence, grantsOf } from "../src/calls/departures.js";
import { ERC1155, movesOf } from "../src/calls/events.js";
import type { EventLog } from "../src/rpc/index.js";

const address = (n: number): EthAddress => bigIntToBytes(BigInt(n), 20) as EthAddress;
const ME = address(0xabcdef);
const THIEF = address(0x7e);
const TOKEN = address(1);
const NOBODY = address(0);
const topic = (who: EthAddress): Uint8Array => concatBytes(new Uint8Array(12), who);
const word = (value: bigint): Uint8Array => bigIntToBytes(value, 32);
const log = (event: string, topics: readonly Uint8Array[], data: Uint8Array, from = TOKEN): EventLog => ({
  address: from,
  topics: [keccak256(new TextEncoder().encode(event)), ...topics],
  data,
});
const approval = (owner: EthAddress, spender: EthAddress, amount: bigint): EventLog =>
  log("Approval(address,address,uint256)", [topic(owner), topic(spender)], word(amount));
const forTicket = (spender: EthAddress, id: bigint): EventLog =>
  log("Approval(address,address,uint256)", [topic(ME), topic(spender), word(id)], new Uint8Array(0));
const forAll = (spender: EthAddress, isGiven: boolean): EventLog =>
  log("ApprovalForAll(address,address,bool)", [topic(ME), topic(spender)], word(isGiven ? 1n : 0n));
const permit2 = (event: string, words: readonly bigint[]): EventLog =>
  log(event, [topic(ME), topic(TOKEN), topic(THIEF)], concatBytes(...words.map(word)), address(9));

const told = (...logs: EventLog[]): string[] => grantsOf(logs, ME).map(grantSentence);

describe("G47: whom calls let take things from the pseudonym", () => {
  it("names allowances of tokens, tickets, whole collections and of Permit2", () => {
    expect(told(approval(ME, THIEF, 30n))).toEqual([
      `These calls let ${toHex(THIEF)} take up to 30 base units of ${toHex(TOKEN)} from the pseudonym, now and later.`,
    ]);
    expect(told(approval(ME, THIEF, (1n << 256n) - 1n))[0]).toContain("take any amount, without limit, of");
    expect(told(forTicket(THIEF, 7n))[0]).toContain("take ticket 7 of");
    expect(told(forAll(THIEF, true))[0]).toContain("take everything of");
    expect(told(permit2("Approval(address,address,address,uint160,uint48)", [5n, 9n]))[0]).toContain(
      `let ${toHex(THIEF)} take up to 5 base units of ${toHex(TOKEN)}`,
    );
    expect(told(permit2("Permit(address,address,address,uint160,uint48,uint48)", [5n, 9n, 0n]))).toHaveLength(1);
  });

  it("the last word counts, and other people's allowances are theirs", () => {
    expect(told(approval(ME, THIEF, 30n), approval(ME, THIEF, 0n))).toEqual([]);
    expect(told(forTicket(THIEF, 7n), forTicket(NOBODY, 7n))).toEqual([]);
    expect(told(forAll(THIEF, true), forAll(THIEF, false))).toEqual([]);
    expect(told(approval(THIEF, ME, 30n))).toEqual([]);
    expect(told(approval(ME, THIEF, 0n), approval(ME, THIEF, 4n), approval(ME, address(8), 5n))).toHaveLength(2);
  });
});

describe("G47: what leaves the pseudonym without having been brought", () => {
  const transfer = (amount: bigint): EventLog =>
    log("Transfer(address,address,uint256)", [topic(ME), topic(THIEF)], word(amount));
  const ticket = log("Transfer(address,address,uint256)", [topic(ME), topic(THIEF), word(7n)], new Uint8Array(0));
  const pseudonym = { address: ME, kind: "kept" as const, label: undefined, usedBefore: 1 };
  const said = (logs: readonly EventLog[], brought: bigint): string[] =>
    departureSentences(movesOf(logs, ME), logs, {
      pseudonym,
      brings: [{ asset: 5n as never, kind: "token", token: TOKEN, id: undefined, amount: brought }],
    });

  it("names what goes beyond what is brought, and nothing else", () => {
    expect(said([transfer(30n)], 0n)[0]).toContain("30 base units");
    expect(said([transfer(30n)], 10n)[0]).toContain("20 base units");
    expect(said([transfer(30n)], 30n)).toEqual([]);
    expect(said([ticket], 0n)[0]).toContain("Ticket 7");
    const foreign: EventLog = {
      address: TOKEN,
      topics: [ERC1155[0] as Uint8Array, topic(THIEF), topic(ME), topic(THIEF)],
      data: concatBytes(word(1n), word(2n)),
    };
    expect(said([foreign], 0n)[0]).toContain("ERC-1155");
  });
});
