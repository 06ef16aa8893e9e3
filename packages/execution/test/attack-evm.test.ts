import { keccak256, toHex, type EthAddress } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { openTestChain } from "./helpers/chain.js";
import { deployCode } from "./helpers/contracts.js";

const ZERO_WORD = new Uint8Array(32);
/** Init code of a contract that destroys itself when it is called. */
const DOOMED = "6130ff5f526002601ef3";
/** CREATE2 of DOOMED with salt 0; with call data it then calls what it made, and reverts. */
const FACTORY = `69${DOOMED}5f525f600a60165ff536156025575f5f5f5f5f855af1505f5ffd5b00`;

const create2 = (from: EthAddress, init: string): EthAddress =>
  keccak256(Uint8Array.of(0xff), from, ZERO_WORD, keccak256(Buffer.from(init, "hex"))).slice(12) as EthAddress;

describe("accounts that a frame made and destroyed", () => {
  it("F43: those of a frame that failed count for nothing: made again afterwards, they stay", async () => {
    const chain = await openTestChain({ notes: 6 });
    const factory = await deployCode(chain, FACTORY);
    const call = (size: string): string => `5f5f${size}5f5f73${toHex(factory).slice(2)}5af150`;
    const fickle = await deployCode(chain, `${call("6001")}${call("5f")}00`);
    const doomed = create2(factory, DOOMED);
    const built = await chain.seal([chain.call(0, { calls: [{ to: fickle }] })]);
    expect(built.details[0]!.failure).toBeUndefined();
    expect(chain.head().state.account(doomed)?.nonce).toBe(1n);
    // Called in a later transaction it stays as well (EIP-6780).
    await chain.seal([chain.call(0, { calls: [{ to: doomed }] })]);
    expect(chain.head().state.account(doomed)?.nonce).toBe(1n);
  });

  it("F43: those of a frame that did not fail are gone, however deep it was", async () => {
    const chain = await openTestChain({ notes: 6 });
    const factory = await deployCode(chain, FACTORY);
    const doomed = create2(factory, DOOMED);
    const call = (to: EthAddress): string => `5f5f5f5f5f73${toHex(to).slice(2)}5af150`;
    const inner = await deployCode(chain, `${call(factory)}${call(doomed)}00`);
    const outer = await deployCode(chain, `${call(inner)}00`);
    const built = await chain.seal([chain.call(0, { calls: [{ to: outer }] })]);
    expect(built.details[0]!.failure).toBeUndefined();
    expect(chain.head().state.account(doomed)).toBeUndefined();
    expect(chain.head().state.account(factory)?.nonce).toBe(2n);
  });
});

describe("much of something", () => {
  it("E40: a phase may write as many logs as its gas pays for, whatever a chain's gas limit", async () => {
    const chain = await openTestChain({ notes: 4, overrides: { gasLimit: 100_000_000n } });
    // LOG0 of nothing, 40 at a time, as long as 0x5000 gas are left.
    const logger = await deployCode(chain, `5b${"5f5fa0".repeat(40)}6150005a115f5700`);
    const built = await chain.seal([chain.call(0, { calls: [{ to: logger }], gasLimit: 80_000_000n })]);
    expect(built.skipped).toEqual([]);
    expect(built.receipts[0]!.logs.length).toBeGreaterThan(200_000);
  });
});
