import { TEST_TOKEN } from "@sero/contracts/test-contracts";
import { MAX_RETURN_INNERS, type EthAddress } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { holdings, simulatePhase, type Log } from "../../src/index.js";
import { TRANSFER_TOPIC } from "../../src/phase/abi.js";
import { randomPseudonym } from "../helpers/call.js";
import { openTestChain } from "../helpers/chain.js";
import { callData, deploy, deployCode } from "../helpers/contracts.js";

const word = (value: bigint | Uint8Array): Uint8Array => {
  const bytes = typeof value === "bigint" ? Buffer.from(value.toString(16).padStart(64, "0"), "hex") : value;
  const out = new Uint8Array(32);
  out.set(bytes, 32 - bytes.length);
  return out;
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/**
 * Asked with one word n: n Transfer events of tickets n to 1 from 0 to its caller. Asked anything else, such as ownerOf: burns all gas.
 * CALLDATASIZE, PUSH1 32, EQ, PUSH1 emit, JUMPI; JUMPDEST, PUSH1 7, JUMP; emit: n = CALLDATALOAD 0; LOG4 until n is 0.
 */
const FLOODING =
  `36602014600b575b6007565b6000355b80336000${`7f${hex(TRANSFER_TOPIC)}`}60006000a460019003` + `80600f5700`;

const transfer = (token: EthAddress, to: Uint8Array, id: bigint): Log => ({
  address: token,
  topics: [TRANSFER_TOPIC, word(0n), word(to), word(id)],
  data: new Uint8Array(0),
});
const addressOf = (n: number): EthAddress => new Uint8Array(20).fill(n) as EthAddress;

describe("what a simulation asks contracts about", () => {
  it("G50: thousands of tickets of a contract that burns all gas when asked cost a block's gas, with turns for others", async () => {
    const chain = await openTestChain({ notes: 6 });
    const flooding = await deployCode(chain, FLOODING);
    const token = await deploy(chain, TEST_TOKEN, ["T", "T", 0]);
    const pseudonym = randomPseudonym();
    const { state, header } = chain.head();
    let turns = 0;
    let isTimeUp = false;
    const timer = setTimeout(() => (isTimeUp = true), 1);
    const pause = async (): Promise<void> => {
      turns++;
      await new Promise((resolve) => setImmediate(resolve));
    };
    const report = await simulatePhase(
      { rules: chain.rules, state, header, pause },
      {
        pseudonym: pseudonym.address,
        coin: 0n,
        assets: [],
        calls: [
          { to: flooding, value: 0n, data: word(3_000n) },
          { to: token, value: 0n, data: callData(TEST_TOKEN, "mint", [pseudonym.address, 50n]) },
        ],
        returns: "infer",
        gasLimit: 7_000_000n,
        price: 1n,
        find: "least-gas",
      },
    );
    clearTimeout(timer);
    expect(report.ok).toBe(true);
    // The honest token came last and is brought back all the same.
    expect(report.suggested.map(({ kind, token: of }) => [kind, of])).toEqual([
      ["coin", undefined],
      ["token", token],
    ]);
    expect(report.unasked).toBe(3_001 - MAX_RETURN_INNERS);
    expect(turns).toBeGreaterThan(2 * MAX_RETURN_INNERS);
    expect(isTimeUp).toBe(true);
  }, 60_000);

  it("G50: every answer has an equal part of what is left of one budget, and each contract has its turn", async () => {
    const me = randomPseudonym().address;
    const [burning, honest] = [addressOf(1), addressOf(2)];
    const logs = [
      ...Array.from({ length: 1_000 }, (_, id) => transfer(burning, me, BigInt(id))),
      ...Array.from({ length: 3 }, (_, id) => transfer(honest, me, BigInt(id))),
    ];
    const gas = 1_280_000n;
    let used = 0n;
    const parts: bigint[] = [];
    const looked = await holdings(
      {
        ask(to, _data, most) {
          parts.push(most);
          const isHonest = to === honest;
          const gasUsed = isHonest ? 0n : most;
          used += gasUsed;
          return Promise.resolve({ output: isHonest ? word(me) : undefined, gasUsed });
        },
      },
      logs,
      me,
      [],
      { gas },
    );
    expect(parts).toHaveLength(MAX_RETURN_INNERS);
    expect(parts.every((part) => part >= gas / BigInt(MAX_RETURN_INNERS))).toBe(true);
    expect(used).toBeLessThanOrEqual(gas);
    expect(looked.unasked).toBe(1_003 - MAX_RETURN_INNERS);
    expect(looked.held.map(({ token, id }) => [token, id])).toEqual([0n, 1n, 2n].map((id) => [honest, id]));
  });
});
