import { openRules } from "@sero/execution";
import { precompileInputs } from "../machine/precompile-inputs.js";
import { PROGRAMS, precompileLoop, type Program } from "../machine/programs.js";
import { runProgram } from "../machine/run.js";
import { timedOnOneCore, type Figures, type Group } from "../measure.js";
import { benchSpec } from "../payments/chain.js";
import { proofsOff } from "../payments/verifiers.js";

/** Every program is tried with this much gas; the ones that came out worst then fill a whole block. */
const TRIAL_GAS = 2_000_000n;
const TRIALS = 3;
const FINALISTS = 6;
/** The rule of protocol, section 7. */
const LEAST_GAS_PER_MS = 6_000;

/**
 * What a program of few opcodes in a deep or odd shape uses of its gas is too little to say anything: it is left out below this share.
 */
const LEAST_SHARE = 10n;

/** Figures' names have no blanks. */
const figureName = (name: string): string => `worst.${name.replaceAll(/[^A-Za-z0-9]+/g, "-")}.gasPerMs`;

/**
 * Contracts that do nothing but the one thing that costs a node most for its gas: every family of opcodes and every precompile in a loop,
 * on the EVM of blocks, with the hashing of the state they leave. `block.worst` is the share of a slot that the worst of them takes when it
 * fills a block; a third is what the rule allows.
 */
export const worst: Group = async ({ progress }) => {
  const spec = benchSpec();
  const rules = await openRules({ spec, verifier: proofsOff() });
  const run = async (program: Program, gas: bigint): Promise<{ gas: number; ms: number }> => {
    const { ms, result } = await timedOnOneCore(() => runProgram(rules, program, gas));
    return { ms: Math.min(ms, result.ms), gas: Number(result.gas) };
  };
  const inputs = await precompileInputs();
  const programs = [
    ...PROGRAMS,
    ...inputs.map(({ name, variant, address, input }) => precompileLoop(`${name} ${variant}`, address, input)),
  ];
  const tried: { readonly program: Program; readonly gasPerMs: number }[] = [];
  for (const [i, program] of programs.entries()) {
    progress((0.8 * i) / programs.length, program.name);
    let gasPerMs = 0;
    for (let k = 0; k < TRIALS; k++) {
      const { gas, ms } = await run(program, TRIAL_GAS);
      if (BigInt(gas) * LEAST_SHARE >= TRIAL_GAS) gasPerMs = Math.max(gasPerMs, gas / ms);
    }
    if (gasPerMs > 0) tried.push({ program, gasPerMs });
  }
  tried.sort((a, b) => a.gasPerMs - b.gasPerMs);
  let worstMs = 0;
  for (const [i, { program }] of tried.slice(0, FINALISTS).entries()) {
    progress(0.8 + (0.2 * i) / FINALISTS, `a block of ${program.name}`);
    let ms = Infinity;
    for (let k = 0; k < 2; k++) ms = Math.min(ms, (await run(program, spec.gasLimit)).ms);
    worstMs = Math.max(worstMs, ms);
  }
  const each: Figures = Object.fromEntries(tried.map(({ program, gasPerMs }) => [figureName(program.name), gasPerMs]));
  return {
    ...each,
    "block.worstMs": worstMs,
    "block.worst": worstMs / (1000 * spec.slotSeconds),
    "worst.least.gasPerMs": tried[0]?.gasPerMs ?? 0,
    "worst.below6000": tried.filter(({ gasPerMs }) => gasPerMs < LEAST_GAS_PER_MS).length,
  };
};
