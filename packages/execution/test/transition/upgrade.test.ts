import { genesisId, type ChainSpec } from "@sero/protocol";
import { describe, expect, it } from "vitest";
import { buildBlock, decodeAndCheckStateless, importBlock } from "../../src/index.js";
import { COINS, openTestChain } from "../helpers/chain.js";

const GENESIS_TIME = 1_767_225_600n;
const LATER = GENESIS_TIME + 100n;

const withCircuits = (...circuits: ChainSpec["circuits"]): { overrides: Partial<ChainSpec> } => ({
  overrides: { circuits },
});
const spend = { number: 0, keyHash: undefined, fromTime: 0n, untilTime: undefined };

describe("upgrades", () => {
  it("a retired circuit makes no more transactions, in mempool, builder and import alike", async () => {
    const chain = await openTestChain(withCircuits({ ...spend, untilTime: LATER }));
    const { bytes } = chain.pay(0, 1, COINS);
    const before = decodeAndCheckStateless(chain.rules, bytes, LATER - 1n);
    expect(before.ok).toBe(true);
    const after = decodeAndCheckStateless(chain.rules, bytes, LATER);
    expect(after.ok ? "" : after.error.code).toBe("tx/circuit");
    const early = await buildBlock(chain.rules, chain.head(), chain.attributes(), [chain.check(bytes)], {
      verified: true,
    });
    expect(early.skipped).toEqual([]);
    const late = { ...early, header: { ...early.header, timestamp: LATER } };
    const verdict = await importBlock(chain.rules, chain.head(), late);
    expect(verdict.ok ? "" : verdict.error.code).toBe("tx/circuit");
  });

  it("E34: what was signed before an upgrade is void after it, though it was verified and its circuit still runs", async () => {
    const chain = await openTestChain(withCircuits(spend, { ...spend, number: 1, fromTime: LATER }));
    const candidate = chain.check(chain.pay(0, 1, COINS).bytes);
    const late = chain.attributes({ timestamp: LATER });
    const built = await buildBlock(chain.rules, chain.head(), late, [candidate], { verified: true });
    expect(built.skipped.map(({ error }) => error.code)).toEqual(["tx/old-rules"]);
    const again = decodeAndCheckStateless(chain.rules, candidate.bytes, LATER);
    expect(again.ok && again.value.txid).not.toEqual(candidate.txid);
    // An importer that knows the bytes as verified under the old rules decodes and verifies them anew.
    const early = await buildBlock(chain.rules, chain.head(), chain.attributes(), [candidate], { verified: true });
    const forged = { ...early, header: { ...early.header, timestamp: LATER } };
    const seen: unknown[] = [];
    const verifier = {
      check: async (items: readonly unknown[]) => items.map((item) => seen.push(item) > 1),
      close: async () => undefined,
    };
    const verdict = await importBlock({ ...chain.rules, verifier }, chain.head(), forged, {
      verifiedTransaction: () => candidate,
    });
    expect(verdict.ok).toBe(false);
    expect(seen.length).toBeGreaterThan(0);
  });

  it("scheduling an upgrade leaves the genesis block as it is", async () => {
    const [plain, scheduled] = [
      await openTestChain(),
      await openTestChain(withCircuits(spend, { ...spend, number: 1, fromTime: LATER })),
    ];
    expect(scheduled.rules.genesis.hash).toEqual(plain.rules.genesis.hash);
    expect(plain.rules.genesis.header.extraData).toEqual(genesisId(plain.rules.spec));
  });
});
