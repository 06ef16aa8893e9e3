import { createMPT } from "@ethereumjs/mpt";
import { RLP } from "@ethereumjs/rlp";
import { describe, expect, it } from "vitest";
import { makeGenesis } from "@sero/execution";
import { developmentSpec, fromHex, fundedDevelopmentSpec, keccak256, toHex } from "@sero/protocol";
import { consensusConfig, epochOf } from "../../src/network/consensus-config.js";
import { executionGenesis, type AllocEntry } from "../../src/network/execution-genesis.js";

const TESTNET = { chainId: 24159n, network: "sero-testnet" };

/** RLP's integers: no leading zeros, nothing for 0. */
const integer = (text: string): Uint8Array => {
  const digits = BigInt(text).toString(16);
  return digits === "0" ? new Uint8Array(0) : fromHex(`0x${digits.length % 2 === 0 ? "" : "0"}${digits}`);
};
const stripped = (word: string): Uint8Array => integer(word);

/** The state root of an alloc by the yellow paper, with a trie that isn't ours. */
const rootOf = async (alloc: Readonly<Record<string, AllocEntry>>): Promise<string> => {
  const accounts = await createMPT();
  for (const [address, { nonce, balance, code = "0x", storage = {} }] of Object.entries(alloc)) {
    const slots = await createMPT();
    for (const [slot, value] of Object.entries(storage)) {
      await slots.put(keccak256(fromHex(slot)), RLP.encode(stripped(value)));
    }
    const account = [integer(nonce), integer(balance), slots.root(), keccak256(fromHex(code))];
    await accounts.put(keccak256(fromHex(address)), RLP.encode(account));
  }
  return toHex(accounts.root());
};

describe("the genesis block for others", () => {
  it("has the state root that another trie computes from its alloc", async () => {
    const spec = fundedDevelopmentSpec(TESTNET);
    const genesis = makeGenesis(spec);
    const written = executionGenesis(spec, genesis);
    expect(await rootOf(written.alloc)).toBe(toHex(genesis.header.stateRoot));
    expect(Object.keys(written.alloc).length).toBeGreaterThan(6);
    expect(written).toMatchObject({
      timestamp: `0x${spec.genesisTime.toString(16)}`,
      extraData: toHex(genesis.header.extraData),
      config: { chainId: 24159, shanghaiTime: 0, terminalTotalDifficulty: 0 },
    });
    expect(written.config).not.toHaveProperty("cancunTime");
  });

  it("names the forks that are scheduled, for which go-ethereum adds header fields", () => {
    const spec = developmentSpec([], { ...TESTNET, cancunTime: 0n, pragueTime: 0n });
    const { config } = executionGenesis(spec, makeGenesis(spec));
    expect(config).toMatchObject({ cancunTime: 0, pragueTime: 0 });
    expect(config).not.toHaveProperty("osakaTime");
  });
});

describe("config.yaml", () => {
  const spec = developmentSpec([], { ...TESTNET, slotSeconds: 4, genesisTime: 1_800_000_000n });
  const valueOf = (yaml: string, name: string): string | undefined =>
    new RegExp(`^${name}: (.*)$`, "m").exec(yaml)?.[1];

  it("is of this chain, and of no other", () => {
    const yaml = consensusConfig(spec, "mainnet", 16);
    expect(valueOf(yaml, "MIN_GENESIS_TIME")).toBe("1800000000");
    expect(valueOf(yaml, "DEPOSIT_CHAIN_ID")).toBe("24159");
    expect(valueOf(yaml, "SECONDS_PER_SLOT")).toBe("4");
    expect(valueOf(yaml, "GENESIS_FORK_VERSION")).toBe("0x10005e5f");
    expect(valueOf(yaml, "CAPELLA_FORK_EPOCH")).toBe("0");
    expect(valueOf(yaml, "DENEB_FORK_EPOCH")).toBe("18446744073709551615");
    const versions = [...yaml.matchAll(/_FORK_VERSION: (0x[0-9a-f]{8})$/gm)].map(([, version]) => version);
    expect(new Set(versions).size).toBe(7);
    const names = [...yaml.matchAll(/^([A-Z0-9_]+):/gm)].map(([, name]) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it("begins a fork in the epoch that begins at its time, and refuses a time within one", () => {
    const at = (seconds: bigint): bigint => spec.genesisTime + seconds;
    expect(epochOf(spec, "mainnet", 0n)).toBe(0n);
    expect(epochOf(spec, "mainnet", at(0n))).toBe(0n);
    expect(epochOf(spec, "mainnet", at(128n * 10n))).toBe(10n);
    expect(epochOf(spec, "minimal", at(32n))).toBe(1n);
    for (const seconds of [1n, 127n, 129n]) {
      expect(() => epochOf(spec, "mainnet", at(seconds))).toThrowError(
        expect.objectContaining({ code: "network/fork-time" }),
      );
    }
  });
});
