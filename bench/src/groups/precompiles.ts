import type { PrecompileFunc } from "@ethereumjs/evm";
import { ecrecover } from "@ethereumjs/util";
import { emptyState, evmCommon, openEvm, openJournal, seroPrecompiles } from "@sero/execution";
import { DEVELOPMENT_CHAIN_IDS, keccak256, signDigest } from "@sero/protocol";
import { recoverPseudonym } from "@sero/protocol/wasm";
import { precompileInputs, type PrecompileInput } from "../machine/precompile-inputs.js";
import { interleavedMs, timedOnOneCore, type Figures, type Group } from "../measure.js";

/** What one input cost. */
export interface PrecompileCost extends PrecompileInput {
  readonly price: bigint;
  /** Milliseconds of one run. */
  readonly ms: number;
}

/** Milliseconds that one measurement goes on, and how many are made: the least of them counts, as others can only slow it down. */
const LONG_ENOUGH = 10;
const MEASUREMENTS = 25;
const ENOUGH_GAS = 1n << 60n;

/** Runs every precompile on its worst inputs, each directly as the EVM does but without the call around it. */
export async function precompileCosts(onInput: (done: number) => void = () => undefined): Promise<PrecompileCost[]> {
  const chainId = DEVELOPMENT_CHAIN_IDS[0]!;
  const rules = { common: evmCommon(chainId), precompiles: seroPrecompiles({ development: true, chainId }) };
  const evm = await openEvm(rules, openJournal(emptyState()), () => undefined);
  const inputs = await precompileInputs();
  const costs: PrecompileCost[] = [];
  for (const [i, one] of inputs.entries()) {
    onInput(i / inputs.length);
    const precompile = evm.precompiles.get(one.address.toString(16).padStart(40, "0"));
    if (precompile === undefined) throw new Error(`There is no precompile ${one.name}.`);
    const options = { data: one.input, gasLimit: ENOUGH_GAS, common: evm.common, _EVM: evm };
    const { executionGasUsed, exceptionError } = await precompile(options);
    if (exceptionError !== undefined) throw new Error(`${one.name} fails on ${one.variant}.`);
    costs.push({ ...one, price: executionGasUsed, ms: await leastMs(() => precompile(options)) });
  }
  return costs;
}

async function leastMs(run: () => ReturnType<PrecompileFunc>): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < MEASUREMENTS; i++) {
    const times = Math.max(1, Math.ceil(LONG_ENOUGH / (least === Infinity ? LONG_ENOUGH : least)));
    const { ms } = await timedOnOneCore(async () => {
      for (let k = 0; k < times; k++) await run();
    });
    least = Math.min(least, ms / times);
  }
  return least;
}

/** Gas for a millisecond of each precompile on its worst input; docs/precompiles.md says what it must be. */
export const precompiles: Group = async ({ progress }) => {
  const costs = await precompileCosts((done) => progress(done, "precompiles"));
  const worst = new Map<string, number>();
  for (const { name, price, ms } of costs) {
    worst.set(name, Math.min(worst.get(name) ?? Infinity, Number(price) / ms));
  }
  const gasPerMs = Object.fromEntries([...worst].map(([name, value]) => [`precompile.${name}.gasPerMs`, value]));
  return { ...gasPerMs, ...(await recovery()) };
};

const SIGNATURES = 40;
const RUNS = 9;

/** Recovering a pseudonym from its signature, ours and noble's (as @ethereumjs/util calls it) in turn. */
async function recovery(): Promise<Figures> {
  const signed = Array.from({ length: SIGNATURES }, (_, i) => {
    const [secret, digest] = [keccak256(Uint8Array.of(1, i)), keccak256(Uint8Array.of(2, i))];
    const signature = signDigest(secret, digest);

    return { digest, r: signature.slice(0, 32), s: signature.slice(32, 64), parity: signature[64] ?? 0 };
  });
  const times = await interleavedMs(
    RUNS,
    {
      ours: () => signed.map(({ digest, r, s, parity }) => recoverPseudonym(digest, r, s, parity)),
      noble: () => signed.map(({ digest, r, s, parity }) => ecrecover(digest, BigInt(27 + parity), r, s)),
    },
    undefined,
    timedOnOneCore,
  );
  return {
    "recover.usPerSignature": (1000 * times.ours) / SIGNATURES,
    "recover.noble.usPerSignature": (1000 * times.noble) / SIGNATURES,
  };
}
