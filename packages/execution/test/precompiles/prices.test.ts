import { readFileSync } from "node:fs";
import { getActivePrecompiles } from "@ethereumjs/evm";
import { describe, expect, it } from "vitest";
import { precompileInputs } from "../../../../bench/src/machine/precompile-inputs.js";
import { evmCommon } from "../../src/evm/index.js";
import { seroPrecompiles } from "../../src/precompiles/index.js";
import { openEvm } from "../helpers/precompiles.js";

/** Gas that a millisecond of the reference machine costs at least (protocol, section 7), and how far our own prices stay from it. */
const LEAST_GAS_PER_MS = 6_000;
const MARGIN = 1.3;

interface Measured {
  readonly name: string;
  readonly variant: string;
  readonly gas: bigint;
  readonly microseconds: number;
}

/** The table of measurements in docs/precompiles.md. */
function measurements(): Measured[] {
  const text = readFileSync(new URL("../../../../docs/precompiles.md", import.meta.url), "utf8");
  const table = text.slice(text.indexOf("<!-- measured:"), text.indexOf("<!-- end of measured -->"));
  return [...table.matchAll(/^\| ([a-zA-Z0-9]+) +\| (.+?) +\| +(\d+) \| +([\d.]+) \| +\d+ \|$/gm)].map((row) => ({
    name: row[1]!,
    variant: row[2]!,
    gas: BigInt(row[3]!),
    microseconds: Number(row[4]),
  }));
}

const hexOf = (address: bigint): string => address.toString(16).padStart(40, "0");

describe("prices of precompiles", () => {
  it("E40: every precompile costs 1.3 times 6,000 gas a millisecond on its worst measured input", async () => {
    const measured = measurements();
    const inputs = await precompileInputs();
    const evm = await openEvm();
    // Every input is measured, at the price that the code has now.
    expect(measured.map(({ name, variant }) => `${name}: ${variant}`)).toEqual(
      inputs.map(({ name, variant }) => `${name}: ${variant}`),
    );
    const measuredAddresses = new Set(inputs.map(({ address }) => hexOf(address)));
    expect([...evm.precompiles.keys()].sort()).toEqual([...measuredAddresses].sort());
    for (const [i, { name, variant, gas, microseconds }] of measured.entries()) {
      const { address, input } = inputs[i]!;
      const options = { data: input, gasLimit: 1n << 60n, common: evm.common, _EVM: evm };
      const { executionGasUsed, exceptionError } = await evm.precompiles.get(hexOf(address))!(options);
      expect(exceptionError, `${name}: ${variant}`).toBeUndefined();
      expect(executionGasUsed, `${name}: ${variant}: measure again, the price has changed`).toBe(gas);
      const asked = (MARGIN * LEAST_GAS_PER_MS * microseconds) / 1000;
      expect(Number(gas), `${name}: ${variant} is too cheap`).toBeGreaterThanOrEqual(asked);
    }
  });

  it("E40: no standard precompile is cheaper or dearer than Ethereum's", async () => {
    const evm = await openEvm({ standard: true });
    const standard = getActivePrecompiles(evm.common);
    const ours = await openEvm();
    for (const { name, variant, address, input } of await precompileInputs()) {
      const theirs = standard.get(hexOf(address));
      if (theirs === undefined) continue;
      const options = { data: input, gasLimit: 1n << 60n, common: evm.common, _EVM: evm };
      // The library's modexp of a kilobyte takes seconds; its price is known beforehand.
      if (name === "modexp" && input.length > 2000) continue;
      const [a, b] = [await ours.precompiles.get(hexOf(address))!(options), await theirs(options)];
      expect(a.executionGasUsed, `${name}: ${variant}`).toBe(b.executionGasUsed);
      expect(a.returnValue, `${name}: ${variant}`).toEqual(b.returnValue);
    }
  });

  it("F44: precompiles depend on their input alone, whoever calls and whatever was called before", async () => {
    const inputs = (await precompileInputs()).filter(({ input }) => input.length < 3000);
    const chain = { development: true, chainId: 24158n };
    const common = evmCommon(chain.chainId);
    const evm = await openEvm();
    const results: (Uint8Array | undefined)[][] = [];
    for (const order of [inputs, [...inputs].reverse()]) {
      const list = new Map(seroPrecompiles(chain).map((entry) => [BigInt(String(entry.address)), entry]));
      const outputs = new Map<Uint8Array, Uint8Array>();
      for (const { address, input } of order) {
        const entry = list.get(address);
        if (entry === undefined || !("function" in entry)) continue;
        const before = Uint8Array.from(input);
        // No state manager, no caller, no block: there is nothing else to depend on.
        const { returnValue } = await entry.function({ data: input, gasLimit: 1n << 60n, common, _EVM: evm });
        expect(input).toEqual(before);
        outputs.set(input, returnValue);
      }
      results.push(inputs.map(({ input }) => outputs.get(input)));
    }
    expect(results[0]).toEqual(results[1]);
  });
});
