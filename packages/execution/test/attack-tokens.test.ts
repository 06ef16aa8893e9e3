import {
  assetIdOf,
  decodeCompactBlock,
  keccak256,
  POOL_ADDRESS,
  toHex,
  tokenKindSlot,
  type EthAddress,
} from "@sero/protocol";
import { POOL } from "@sero/contracts";
import { TEST_TOKEN } from "@sero/contracts/test-contracts";
import { describe, expect, it } from "vitest";
import { assetTotals, poolView } from "../src/index.js";
import { randomPseudonym } from "./helpers/call.js";
import { balanceOf, openTestChain } from "./helpers/chain.js";
import { callData, deploy, deployCode } from "./helpers/contracts.js";

/** Init code that asks its creator for an address and becomes what stands there. */
const BECOME = "60205f5f5f335afa505f51803b805f5f843c5ff3";
/** With an address as call data: CREATE2 of BECOME with salt 0, which will find that address. */
const FACTORY = `3615602957` + `5f355f55` + `73${BECOME}5f52` + `5f6014600c5ff5` + `5000` + `5b5f545f5260205ff3`;
/** A token that says the Pool holds 1,000 once transferFrom was called, and destroys itself when it is called without a selector. */
const FAKE =
  `5f3560e01c` +
  `806370a0823114602457` +
  `806323b872dd14602d57` +
  `6301ffc9a714603b57` +
  `33ff` +
  `5b5f5c5f5260205ff3` +
  `5b6103e85f5d60015f5260205ff3` +
  `5b5f5f5260205ff3`;

const word = (address: EthAddress): Uint8Array => {
  const bytes = new Uint8Array(32);
  bytes.set(address, 12);
  return bytes;
};

describe("F42: a token that is gone at the end of the transaction that made it", () => {
  it("F42: can't leave notes behind for an honest token at its address, whose holders would pay for them", async () => {
    const chain = await openTestChain({ notes: 12 });
    const [factory, fake] = [await deployCode(chain, FACTORY), await deployCode(chain, FAKE)];
    const honest = await deploy(chain, TEST_TOKEN, ["Honest", "HON", 0]);
    const init = keccak256(Buffer.from(BECOME, "hex"));
    const token = keccak256(Uint8Array.of(0xff), factory, new Uint8Array(32), init).slice(12) as EthAddress;
    const asset = assetIdOf(1, token, 0n);

    const shield = callData(POOL, "shieldToken", [chain.slot(0), token, 1n, "0x"]);
    const counterfeit = [{ to: factory, data: word(fake) }, { to: POOL_ADDRESS, data: shield }, { to: token }];
    const built = await chain.seal([chain.call(0, { calls: counterfeit })]);
    // All three calls succeed by themselves.
    expect(built.details[0]!.calls).toHaveLength(3);
    expect(built.details[0]!.failure).toMatchObject({
      step: "call",
      index: 2,
      reason: expect.stringMatching(/shielded/),
    });
    expect(decodeCompactBlock(built.compact).entries).toHaveLength(1);
    expect(poolView(chain.head().state).turnstile(asset)).toBe(0n);
    expect(balanceOf(chain.wallets[0]!, asset)).toBe(0n);
    expect(chain.head().state.account(token)).toBeUndefined();
    expect(chain.head().state.storage(POOL_ADDRESS, tokenKindSlot(token))).toEqual(new Uint8Array(32));

    // Made and gone without being shielded is nobody's loss.
    const harmless = await chain.seal([chain.call(0, { calls: [{ to: factory, data: word(fake) }, { to: token }] })]);
    expect(harmless.details[0]!.failure).toBeUndefined();

    // The honest one at the same address: as much may leave as came in.
    const pseudonym = randomPseudonym();
    const mint = callData(TEST_TOKEN, "mint", [pseudonym.address, 1000n]);
    const calls = [
      { to: factory, data: word(honest) },
      { to: token, data: mint },
    ];
    const real = await chain.seal([chain.call(1, { pseudonym, calls, returns: [{ kind: "token", token }] })]);
    expect(real.details[0]!.failure).toBeUndefined();
    const context = { rules: chain.rules, state: chain.head().state, header: chain.head().header };
    const [totals] = await assetTotals(context, [{ asset, kind: "token", token, id: 0n }]);
    expect(totals, toHex(token)).toMatchObject({ counter: 1000n, balance: 1000n, surplus: 0n });
  });
});
