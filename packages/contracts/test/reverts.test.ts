import { POOL_ADDRESS } from "@sero/protocol";
import { encodeFunctionData, type Abi } from "viem";
import { describe, expect, it } from "vitest";
import { MULTICALL3, POOL_ABI } from "../src/index.js";
import { REENTERING_TOKEN, TEST_TOKEN } from "../src/test-contracts.js";
import { balanceOf, ERC20, shieldToken, tokenAsset, tokenFor, turnstile } from "./helpers/assets.js";
import { hex, openChain, person, POOL_HEX, type Outcome, type TestChain } from "./helpers/chain.js";
import { plantPackage } from "./helpers/packages.js";

const MULTI = MULTICALL3.abi as Abi;
const ID = `0x${"11".repeat(32)}` as const;

interface Step {
  readonly target: `0x${string}`;
  readonly allowFailure: boolean;
  readonly callData: `0x${string}`;
}

const pool = (name: string, args: readonly unknown[]): Step => ({
  target: POOL_HEX,
  allowFailure: false,
  callData: encodeFunctionData({ abi: POOL_ABI as Abi, functionName: name, args }),
});

/** Fails always: nobody but the system may. */
const FAILS = pool("closeReturn", [1n, POOL_HEX]);

const aggregate = (target: Uint8Array, steps: readonly Step[], allowFailure: boolean): Step => ({
  target: hex(target),
  allowFailure,
  callData: encodeFunctionData({ abi: MULTI, functionName: "aggregate3", args: [steps] }),
});

/** `steps` succeed at `depth` frames below a frame that fails and is caught; then `after` runs in the same transaction. */
function caught(chain: TestChain, multi: Uint8Array, depth: number, steps: Step[], after: Step[]): Promise<Outcome> {
  let nested: Step[] = steps;
  for (let i = 0; i < depth; i++) nested = [aggregate(multi, nested, false)];
  return chain.call(MULTI, multi, "aggregate3", [[aggregate(multi, [...nested, FAILS], true), ...after]]);
}

describe.each([0, 1, 4])("F43: a revert, %i frames above what the Pool did", (depth) => {
  it("takes back notes, turnstile, assets, kinds and packages, and leaves the Pool open", async () => {
    const chain = await openChain();
    const multi = await chain.deploy(MULTICALL3);
    const token = await tokenFor(chain, TEST_TOKEN, undefined, multi);
    const unseen = await tokenFor(chain, TEST_TOKEN, undefined, multi);
    await shieldToken(chain, token, 100n, multi);
    await plantPackage(chain, ID, 5n, multi);
    const steps = [
      pool("shieldToken", [7n, hex(token), 300n, "0x"]),
      pool("shieldToken", [7n, hex(unseen), 300n, "0x"]),
      pool("transferPackage", [ID, hex(person(1))]),
    ];
    const outcome = await caught(chain, multi, depth, steps, [pool("shieldToken", [8n, hex(token), 50n, "0x"])]);
    expect(outcome.error).toBeUndefined();
    expect(outcome.logs.filter(({ address }) => address === POOL_HEX)).toMatchObject([
      { name: "NoteCompleted", args: { inner: 8n, value: 50n } },
    ]);
    expect(await turnstile(chain, tokenAsset(token))).toBe(150n);
    expect(await balanceOf(chain, token, POOL_ADDRESS)).toBe(150n);
    expect(await turnstile(chain, tokenAsset(unseen))).toBe(0n);
    expect((await chain.pool("kindOf", [hex(unseen)])).value).toBe(0n);
    expect((await chain.pool("assetOf", [tokenAsset(unseen)])).value).toMatchObject([0, expect.anything(), 0n]);
    expect((await chain.pool("packageOf", [ID])).value).toMatchObject([
      5n,
      expect.stringMatching(new RegExp(hex(multi), "i")),
    ]);
    const released = await caught(chain, multi, depth, [pool("releasePackage", [ID])], [pool("releasePackage", [ID])]);
    expect(released.logs.filter(({ name }) => name === "PackageReleased")).toHaveLength(1);
  });

  it("coins come back too", async () => {
    const chain = await openChain();
    const multi = await chain.deploy(MULTICALL3);
    const inside = encodeFunctionData({
      abi: MULTI,
      functionName: "aggregate3Value",
      args: [
        [
          { ...pool("shieldCoin", [7n, "0x"]), value: 40n },
          { ...FAILS, value: 0n },
        ],
      ],
    });
    const outer = [
      { target: hex(multi), allowFailure: true, value: 40n, callData: inside },
      { ...pool("shieldCoin", [8n, "0x"]), value: 2n },
    ];
    const outcome = await chain.call(MULTI, multi, "aggregate3Value", [outer], { value: 42n });
    expect(outcome.error).toBeUndefined();
    expect(outcome.logs).toMatchObject([{ args: { inner: 8n, value: 2n } }]);
    expect([await chain.balance(POOL_ADDRESS), await turnstile(chain, 0n as never)]).toEqual([2n, 2n]);
  });
});

describe("F43: the lock", () => {
  it("is not left taken by a token whose shielding was undone", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, REENTERING_TOKEN);
    await chain.together(async () => {
      expect((await shieldToken(chain, token, 5000n)).error).toBe("TokenCallFailed");
      expect((await shieldToken(chain, token, 50n)).error).toBeUndefined();
    });
  });

  it("is taken between the opening and the closing of a return, whatever is called; and only the right closing ends it", async () => {
    const chain = await openChain();
    const token = await tokenFor(chain, TEST_TOKEN);
    const other = await tokenFor(chain, TEST_TOKEN);
    await chain.together(async () => {
      expect((await chain.system("openReturn", [hex(token), hex(person(0))])).value).toBe(1000n);
      expect((await shieldToken(chain, other, 5n)).error).toBe("PoolLocked");
      expect((await chain.system("openReturn", [hex(token), hex(person(0))])).error).toBe("PoolLocked");
      expect((await chain.system("unshieldTo", [hex(person(1)), 1n, 1n])).error).toBe("PoolLocked");
      expect((await chain.system("closeReturn", [1n, hex(other)])).error).toBe("NoOpenReturn");
      expect((await chain.system("closeReturnTicket", [1n, hex(token), 0n])).error).toBe("NoOpenReturn");
      await chain.must(ERC20, token, "transfer", [POOL_HEX, 10n]);
      expect((await chain.system("closeReturn", [1n, hex(token)])).value).toBe(10n);
      expect((await chain.system("closeReturn", [1n, hex(token)])).error).toBe("NoOpenReturn");
      expect((await shieldToken(chain, other, 5n)).error).toBeUndefined();
    });
  });

  it("F44: system functions obey the system address alone", async () => {
    const chain = await openChain();
    for (const [name, args] of [
      ["unshieldTo", [hex(person(1)), 1n, 1n]],
      ["openReturn", [POOL_HEX, POOL_HEX]],
      ["closeReturn", [1n, POOL_HEX]],
      ["openReturnTicket", [POOL_HEX, 1n, POOL_HEX]],
      ["closeReturnTicket", [1n, POOL_HEX, 1n]],
    ] as const)
      for (const from of [person(0), POOL_ADDRESS, new Uint8Array(20), new Uint8Array(20).fill(0xff)])
        expect((await chain.pool(name, args, { from })).error, name).toBe("NotSystem");
  });
});
