import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { toHex } from "../../src/bytes/index.js";
import { developmentSpec, forkSchedule, type ChainSpec, type ForkId } from "../../src/chain/index.js";

const genesisHash = new Uint8Array(32).fill(9);
const plain: ChainSpec = developmentSpec([]);
const at = (seconds: number): bigint => plain.genesisTime + BigInt(seconds);
const schedule = (changes: Partial<ChainSpec> = {}) => forkSchedule({ ...plain, ...changes }, genesisHash);
const cancun = schedule({ cancunTime: at(100) });
const both = schedule({ cancunTime: at(100), pragueTime: at(200) });

describe("fork ids", () => {
  it("change with the head's time, and name the next change", () => {
    expect(both.at(at(0)).next).toBe(at(100));
    expect(both.at(at(99))).toEqual(both.at(at(0)));
    expect(both.at(at(100)).next).toBe(at(200));
    expect(both.at(at(200)).next).toBe(0n);
    expect(new Set([0, 100, 200].map((seconds) => toHex(both.at(at(seconds)).hash))).size).toBe(3);
  });

  it("commit to the genesis, to what was active from it on, and to what each change brought", () => {
    const hash = (spec: Partial<ChainSpec>, genesis = genesisHash) =>
      toHex(forkSchedule({ ...plain, ...spec }, genesis).at(at(300)).hash);
    const all = [
      hash({}),
      hash({}, new Uint8Array(32)),
      hash({ callPhaseTime: undefined }),
      hash({ callPhaseTime: at(100) }),
      hash({ packagesTime: at(100) }),
      hash({ cancunTime: at(100) }),
      hash({ cancunTime: at(101) }),
      hash({ cancunTime: plain.genesisTime }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it("a change at or before genesis is none", () => {
    const { next } = schedule({ callPhaseTime: plain.genesisTime, packagesTime: 0n }).at(at(0));
    expect(next).toBe(0n);
  });

  // EIP-2124, the table of its test cases: what is local, what is told, whether it fits.
  it.each<[string, ReturnType<typeof schedule>, number, ForkId, boolean]>([
    ["the same, nothing scheduled", schedule(), 50, schedule().at(at(0)), true],
    ["the same, a change that only they know", schedule(), 50, cancun.at(at(0)), true],
    ["the same, a change that only we know", cancun, 50, schedule().at(at(0)), true],
    ["the same, their change was due and we went by it", schedule(), 100, cancun.at(at(0)), false],
    ["they are behind and know what comes", both, 250, both.at(at(150)), true],
    ["they are far behind and know what comes", both, 250, both.at(at(0)), true],
    ["they are behind and know of nothing", both, 250, cancun.at(at(150)), false],
    ["they are behind and know another time", both, 150, schedule({ cancunTime: at(101) }).at(at(0)), false],
    ["they are ahead by changes that we know", both, 50, both.at(at(250)), true],
    ["they are ahead by a change that we do not know", cancun, 150, both.at(at(250)), false],
    ["other rules altogether", both, 50, { hash: new Uint8Array(4), next: 0n }, false],
  ])("%s", (_, ours, head, theirs, fits) => {
    expect(ours.accepts(theirs, at(head))).toBe(fits);
  });

  it("nodes of one schedule fit wherever their heads are", () => {
    const time = fc.integer({ min: 0, max: 400 });
    fc.assert(
      fc.property(time, time, time, time, time, (call, packages, cancunAt, one, other) => {
        const ours = schedule({ callPhaseTime: at(call), packagesTime: at(packages), cancunTime: at(cancunAt) });
        expect(ours.accepts(ours.at(at(one)), at(other))).toBe(true);
      }),
    );
  });

  it("once both heads are past a change that one of them lacks, neither takes the other", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 100, max: 500 }), (change, head) => {
        const upgraded = schedule({ cancunTime: at(change) });
        const old = schedule();
        expect(upgraded.accepts(old.at(at(head)), at(head))).toBe(false);
        expect(old.accepts(upgraded.at(at(head)), at(head))).toBe(false);
      }),
    );
  });
});
