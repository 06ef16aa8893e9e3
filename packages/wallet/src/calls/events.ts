import { bytesToBigInt, equalBytes, fromHex, isZeroBytes, toHex, type EthAddress } from "@sero/protocol";
import type { EventLog } from "../rpc/index.js";

/** keccak256("Transfer(address,address,uint256)"): of ERC-20 with two indexed arguments, of ERC-721 with three. */
export const TRANSFER = fromHex("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
/** keccak256("Deposit(address,uint256)"): wrapped coins (WETH9) appear without a Transfer. */
export const DEPOSIT = fromHex("0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c");
/** keccak256("Withdrawal(address,uint256)"): and vanish without one. */
const WITHDRAWAL = fromHex("0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65");
/** keccak256("TransferSingle(...)") and keccak256("TransferBatch(...)"): ERC-1155, which the Pool does not take. */
export const ERC1155: readonly Uint8Array[] = [
  fromHex("0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62"),
  fromHex("0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb"),
];

/** What calls did to one token on the pseudonym. */
export interface TokenMoves {
  readonly token: EthAddress;
  /** What has to be there before the calls, base units: the deepest that its balance goes below where it began. */
  readonly need: bigint;
  /** What the calls leave there more (or less) than before. */
  readonly delta: bigint;
}

/** What calls did to one ticket contract's tickets on the pseudonym. */
export interface TicketMoves {
  readonly token: EthAddress;
  /** Left without having come before. */
  readonly needed: readonly bigint[];
  /** Came and are still there. */
  readonly came: readonly { readonly id: bigint; readonly minted: boolean }[];
}

/** What calls did to the pseudonym's assets, read off their events. */
export interface Moves {
  readonly tokens: readonly TokenMoves[];
  readonly tickets: readonly TicketMoves[];
  /** Contracts that sent things of a standard that the Pool does not take (ERC-1155). */
  readonly foreign: readonly EthAddress[];
}

/** The address that a topic holds, 12 zero bytes and 20 of the address; undefined for any other word. */
export const addressIn = (topic: Uint8Array | undefined): EthAddress | undefined =>
  topic?.length === 32 && isZeroBytes(topic.subarray(0, 12)) ? (topic.subarray(12) as EthAddress) : undefined;

/** Whether a topic holds this address. */
export const isAddress = (topic: Uint8Array | undefined, address: EthAddress): boolean => {
  const found = addressIn(topic);
  return found !== undefined && equalBytes(found, address);
};

/** Reads what happened to `pseudonym`. Events are a contract's word: what they say is tried out before it is relied on. */
export function movesOf(logs: readonly EventLog[], pseudonym: EthAddress): Moves {
  const tokens = new Map<string, { token: EthAddress; balance: bigint; need: bigint }>();
  const tickets = new Map<string, { token: EthAddress; needed: Set<bigint>; held: Map<bigint, boolean> }>();
  const foreign = new Map<string, EthAddress>();
  const move = (token: EthAddress, delta: bigint): void => {
    const entry = tokens.get(toHex(token)) ?? { token, balance: 0n, need: 0n };
    entry.balance += delta;
    if (-entry.balance > entry.need) entry.need = -entry.balance;
    tokens.set(toHex(token), entry);
  };
  for (const { address, topics, data } of logs) {
    const [kind, first, second, third] = topics;
    if (kind === undefined) continue;
    const amount = data.length === 32 ? bytesToBigInt(data) : undefined;
    if (equalBytes(kind, TRANSFER) && topics.length === 3 && amount !== undefined) {
      const isOut = isAddress(first, pseudonym);
      const isIn = isAddress(second, pseudonym);
      if (isOut !== isIn) move(address, isIn ? amount : -amount);
    } else if (equalBytes(kind, TRANSFER) && third !== undefined && data.length === 0) {
      const entry = tickets.get(toHex(address)) ?? { token: address, needed: new Set(), held: new Map() };
      const id = bytesToBigInt(third);
      if (isAddress(first, pseudonym) && !entry.held.delete(id)) entry.needed.add(id);
      if (isAddress(second, pseudonym)) entry.held.set(id, isZeroBytes(first ?? new Uint8Array(0)));
      tickets.set(toHex(address), entry);
    } else if (topics.length === 2 && amount !== undefined && isAddress(first, pseudonym)) {
      if (equalBytes(kind, DEPOSIT)) move(address, amount);
      if (equalBytes(kind, WITHDRAWAL)) move(address, -amount);
    } else if (ERC1155.some((topic) => equalBytes(topic, kind)) && isAddress(third, pseudonym)) {
      foreign.set(toHex(address), address);
    }
  }
  return {
    tokens: [...tokens.values()].map(({ token, balance, need }) => ({ token, need, delta: balance })),
    tickets: [...tickets.values()]
      .map(({ token, needed, held }) => ({
        token,
        needed: [...needed],
        came: [...held].map(([id, minted]) => ({ id, minted })),
      }))
      .filter(({ needed, came }) => needed.length > 0 || came.length > 0),
    foreign: [...foreign.values()],
  };
}
