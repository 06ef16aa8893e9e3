import { DEPOSIT_CONTRACT_ADDRESS } from "@sero/contracts";
import { Address } from "@ethereumjs/util";
import {
  bigIntToBytes,
  concatBytes,
  developmentSpec,
  fromHex,
  SYSTEM_ADDRESS,
  toHex,
  type EthAddress,
} from "@sero/protocol";
import { describe, expect, it } from "vitest";
import {
  BEACON_ROOTS,
  beginForkBlock,
  BLOCK_HASHES,
  CONSOLIDATION_REQUESTS,
  decodeHeader,
  emptyState,
  encodeHeader,
  evmBlock,
  evmCommon,
  headerHash,
  importBlock,
  makeGenesis,
  openBlock,
  openEvm,
  openJournal,
  requestsHashOf,
  takeRequests,
  WITHDRAWAL_REQUESTS,
  wordOf,
  wordToBigInt,
  type Block,
  type Journal,
  type SystemContract,
} from "../../src/index.js";
import { COINS, openTestChain } from "../helpers/chain.js";

const ROOT = new Uint8Array(32).fill(0xb0);
const header = {
  number: 5n,
  feeRecipient: new Uint8Array(20) as EthAddress,
  timestamp: 1_800_000_000n,
  prevRandao: new Uint8Array(32),
  gasLimit: 30_000_000n,
  baseFee: 1n,
  difficulty: 0n,
};
const start = {
  number: header.number,
  timestamp: header.timestamp,
  parentHash: new Uint8Array(32).fill(0xaa),
  parentBeaconRoot: ROOT,
};

/** Runs a contract's own code. */
async function call(journal: Journal, from: Uint8Array, to: SystemContract, data: Uint8Array, value = 0n) {
  const evm = await openEvm({ common: evmCommon(24158n), precompiles: [] }, journal, () => undefined);
  const { execResult } = await evm.runCall({
    caller: new Address(from),
    to: new Address(to.address),
    data,
    value,
    gasLimit: 30_000_000n,
    skipBalance: true,
    block: evmBlock(header),
  });
  return { ok: execResult.exceptionError === undefined, output: execResult.returnValue };
}

function slotsOf(journal: Journal, { address }: SystemContract, slots: readonly bigint[]): bigint[] {
  return slots.map((slot) => wordToBigInt(journal.storage(address, wordOf(slot))));
}

describe("Cancun, Prague and Osaka", () => {
  it("beacon roots and block hashes are written as the contracts' code writes them, and read by it (EIP-4788, EIP-2935)", async () => {
    const ours = openJournal(emptyState());
    beginForkBlock(ours, { ...start, fork: "prague" });
    const theirs = openJournal(emptyState());
    beginForkBlock(theirs, {
      ...start,
      fork: "prague",
      parentBeaconRoot: new Uint8Array(32),
      parentHash: new Uint8Array(32),
    });
    expect((await call(theirs, SYSTEM_ADDRESS, BEACON_ROOTS, ROOT)).ok).toBe(true);
    expect((await call(theirs, SYSTEM_ADDRESS, BLOCK_HASHES, start.parentHash)).ok).toBe(true);
    const place = header.timestamp % 8_191n;
    for (const [contract, slots] of [
      [BEACON_ROOTS, [place, place + 8_191n]],
      [BLOCK_HASHES, [(header.number - 1n) % 8_191n]],
    ] as const) {
      expect(slotsOf(ours, contract, slots)).toEqual(slotsOf(theirs, contract, slots));
      expect(slotsOf(ours, contract, slots)).not.toContain(0n);
    }
    const someone = new Uint8Array(20).fill(1);
    expect(await call(ours, someone, BEACON_ROOTS, wordOf(header.timestamp))).toEqual({ ok: true, output: ROOT });
    expect(await call(ours, someone, BEACON_ROOTS, wordOf(header.timestamp - 1n))).toMatchObject({ ok: false });
    expect(await call(ours, someone, BLOCK_HASHES, wordOf(4n))).toEqual({ ok: true, output: start.parentHash });
  });

  for (const [name, contract, inputBytes, most] of [
    ["EIP-7002", WITHDRAWAL_REQUESTS, 56, 16],
    ["EIP-7251", CONSOLIDATION_REQUESTS, 96, 2],
  ] as const) {
    it(`${name}: requests are taken out of the queue as the contract's code does it when the system address calls`, async () => {
      const journals = [openJournal(emptyState()), openJournal(emptyState())] as const;
      for (const journal of journals) beginForkBlock(journal, { ...start, fork: "prague" });
      const [ours, theirs] = journals;
      const type = contract === WITHDRAWAL_REQUESTS ? 1 : 2;
      let seen = 0;
      for (const count of [1, 0, 40, 3, 0, 1, 0, 0, 0, 0]) {
        for (let i = 0; i < count; i++) {
          const sender = new Uint8Array(20).fill(i + 1);
          const input = Uint8Array.from({ length: inputBytes }, (_, j) => (i * 7 + j * 3 + count) & 0xff);
          for (const journal of journals) {
            const fee = await call(journal, sender, contract, new Uint8Array(0));
            // Before the first block's end nothing can be asked for.
            const value = fee.ok ? wordToBigInt(fee.output) : 0n;
            expect((await call(journal, sender, contract, input, value)).ok).toBe(fee.ok);
          }
        }
        const expected = await call(theirs, SYSTEM_ADDRESS, contract, new Uint8Array(0));
        expect(expected.ok).toBe(true);
        const requests = takeRequests(ours, []);
        expect(requests).toEqual(
          expected.output.length === 0 ? [] : [concatBytes(Uint8Array.of(type), expected.output)],
        );
        seen += expected.output.length / (inputBytes === 56 ? 76 : 116);
        const slots = Array.from({ length: 200 }, (_, i) => BigInt(i));
        expect(slotsOf(ours, contract, slots)).toEqual(slotsOf(theirs, contract, slots));
      }
      expect(seen).toBeGreaterThan(most);
    });
  }

  it("EIP-6110: deposits are read from the deposit contract's logs, and no others", () => {
    const journal = openJournal(emptyState());
    const part = (length: number, byte: number): Uint8Array => {
      const padded = new Uint8Array(32 * Math.ceil(length / 32));
      padded.fill(byte, 0, length);
      return concatBytes(bigIntToBytes(BigInt(length), 32), padded);
    };
    const offsets = [160n, 256n, 320n, 384n, 512n].map((offset) => bigIntToBytes(offset, 32));
    const data = concatBytes(...offsets, part(48, 1), part(32, 2), part(8, 3), part(96, 4), part(8, 5));
    const topic = fromHex("0x649bbc62d0e31342afea4e5cd82d4049e7e1ee912fc0889aa790803be39038c5");
    const log = { address: DEPOSIT_CONTRACT_ADDRESS, topics: [topic], data };
    const others = [
      { ...log, address: new Uint8Array(20).fill(9) as EthAddress },
      { ...log, topics: [new Uint8Array(32)] },
      { ...log, topics: [] },
    ];
    const deposit = toHex(data.slice(192, 240)) + "02".repeat(32) + "03".repeat(8) + "04".repeat(96) + "05".repeat(8);
    expect(takeRequests(journal, [...others, log, log]).map(toHex)).toEqual([`0x00${deposit.slice(2).repeat(2)}`]);
    expect(takeRequests(journal, others)).toEqual([]);
    expect(() => takeRequests(journal, [{ ...log, data: data.slice(0, 544) }])).toThrow(/layout/);
  });

  it("EIP-7685: the commitment leaves out what has no data", () => {
    const empty = "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    expect(toHex(requestsHashOf([]))).toBe(empty);
    expect(toHex(requestsHashOf([Uint8Array.of(0), Uint8Array.of(1)]))).toBe(empty);
    expect(toHex(requestsHashOf([Uint8Array.of(1, 2)]))).not.toBe(empty);
  });

  it("headers of every fork are read back, and nothing between them", () => {
    const base = makeGenesis(developmentSpec([], { cancunTime: 0n, pragueTime: 0n })).header;
    expect(base).toMatchObject({ cancun: { blobGasUsed: 0n, parentBeaconRoot: new Uint8Array(32) } });
    expect(base.requestsHash).toEqual(requestsHashOf([]));
    for (const each of [
      base,
      { ...base, requestsHash: undefined },
      { ...base, requestsHash: undefined, cancun: undefined },
    ]) {
      expect(decodeHeader(encodeHeader(each))).toEqual(each);
    }
    expect(new Set([base, { ...base, requestsHash: undefined }].map((each) => toHex(headerHash(each)))).size).toBe(2);
  });

  it("a chain goes through all forks; each block has the fields of its time, and no others pass", async () => {
    const first = (await openTestChain()).rules.spec.genesisTime;
    const chain = await openTestChain({
      overrides: { cancunTime: first + 8n, pragueTime: first + 12n, osakaTime: first + 16n },
    });
    const shapes: unknown[] = [];
    const zero = new Uint8Array(32);
    for (let block = 1; block <= 5; block++) {
      const parent = chain.head();
      const built = await chain.seal([chain.pay(0, 1, COINS)], { parentBeaconRoot: ROOT });
      expect(built.transactions).toHaveLength(1);
      shapes.push([built.header.cancun?.parentBeaconRoot !== undefined, built.header.requestsHash !== undefined]);
      const whole: Block = { header: built.header, transactions: built.transactions, withdrawals: [] };
      const { cancun, requestsHash } = built.header;
      const wrong: Partial<Block["header"]>[] = [
        cancun
          ? { cancun: undefined, requestsHash: undefined }
          : { cancun: { blobGasUsed: 0n, excessBlobGas: 0n, parentBeaconRoot: ROOT } },
        ...(cancun
          ? [{ cancun: { ...cancun, excessBlobGas: 1n } }, { cancun: { ...cancun, blobGasUsed: 131_072n } }]
          : []),
        ...(cancun ? [{ cancun: { ...cancun, parentBeaconRoot: zero } }] : []),
        ...(cancun ? [{ requestsHash: requestsHash ? undefined : requestsHashOf([]) }] : []),
        ...(requestsHash ? [{ requestsHash: new Uint8Array(32) }] : []),
      ];
      for (const change of wrong) {
        const verdict = await importBlock(chain.rules, parent, { ...whole, header: { ...built.header, ...change } });
        expect([block, change, verdict.ok]).toEqual([block, change, false]);
        // A beacon root and requests only execution can judge; the rest is refused before it.
        const isEarly = "requestsHash" in change || change.cancun?.parentBeaconRoot !== zero;
        const field = verdict.ok ? undefined : verdict.error.values["field"];
        const early = ["fields", "requestsHash", "blobGasUsed", "excessBlobGas"];
        if (isEarly && change.requestsHash?.[0] !== 0) expect(early).toContain(field);
      }
      expect(await importBlock(chain.rules, parent, whole)).toMatchObject({ ok: true });
    }
    expect(shapes).toEqual([
      [false, false],
      [true, false],
      [true, true],
      [true, true],
      [true, true],
    ]);
  });

  it("EIP-7934: an Osaka block of more than its bytes is refused before anything of it is decoded", async () => {
    const chain = await openTestChain({ overrides: { cancunTime: 0n, pragueTime: 0n, osakaTime: 0n } });
    const parent = chain.head();
    const built = await chain.seal([], { parentBeaconRoot: ROOT });
    const big = Array.from({ length: 9 }, () => new Uint8Array(1024 * 1024));
    const verdict = await importBlock(chain.rules, parent, {
      header: built.header,
      transactions: big,
      withdrawals: [],
    });
    expect(verdict).toMatchObject({ ok: false, error: { code: "block/size" } });
  });

  it("a block can be ended at any time and gone on with: the same blocks come out as without", async () => {
    const chain = await openTestChain({ overrides: { cancunTime: 0n, pragueTime: 0n, osakaTime: 0n } });
    const candidates = [chain.pay(0, 1, COINS), chain.pay(1, 0, COINS)].map(({ bytes }) => chain.check(bytes));
    const plain = openBlock(chain.rules, chain.head(), chain.attributes());
    const often = openBlock(chain.rules, chain.head(), chain.attributes());
    const roots: string[] = [];
    for (const candidate of candidates) {
      expect((await plain.apply(candidate)).ok).toBe(true);
      often.seal();
      expect((await often.apply(candidate)).ok).toBe(true);
      roots.push(toHex(often.seal().hash));
      expect(toHex(often.seal().hash)).toBe(roots.at(-1));
    }
    expect(toHex(plain.seal().hash)).toBe(roots.at(-1));
    expect(new Set(roots).size).toBe(candidates.length);
  });
});
