import { SeroError } from "../errors.js";
import { FIELD_ORDER, expectField } from "../field/index.js";
import type { FastParameters } from "./poseidon-parameters.js";
import { FULL_ROUNDS, fastParameters, poseidonParameters } from "./poseidon-parameters.js";

export type { PoseidonParameters, SparseRound, FastParameters } from "./poseidon-parameters.js";
export { FULL_ROUNDS, PARTIAL_ROUNDS, poseidonParameters, fastParameters } from "./poseidon-parameters.js";

// A cache of constants: each width is computed once, in about 20 ms, when it is first used.
const cache = new Map<number, FastParameters>();

function parametersOf(t: number): FastParameters {
  let parameters = cache.get(t);
  if (parameters === undefined) {
    parameters = fastParameters(poseidonParameters(t));
    cache.set(t, parameters);
  }
  return parameters;
}

function power5(x: bigint): bigint {
  const square = (x * x) % FIELD_ORDER;
  return (((square * square) % FIELD_ORDER) * x) % FIELD_ORDER;
}

function mix(matrix: readonly (readonly bigint[])[], state: readonly bigint[]): bigint[] {
  const out = new Array<bigint>(state.length);
  for (let i = 0; i < state.length; i++) out[i] = dot(matrix[i] as readonly bigint[], state);
  return out;
}

function dot(row: readonly bigint[], state: readonly bigint[]): bigint {
  let sum = 0n;
  for (let k = 0; k < state.length; k++) sum += (row[k] as bigint) * (state[k] as bigint);
  return sum % FIELD_ORDER;
}

/**
 * circomlib's Poseidon over F: the state is 0 followed by `inputs` (1 to 5 canonical field elements), the result is element 0 after the
 * permutation. Throws hash/arity, or field/not-canonical for an input that is r or more.
 */
export function poseidon(inputs: readonly bigint[]): bigint {
  if (inputs.length < 1 || inputs.length > 5) {
    throw new SeroError("hash/arity", "Give Poseidon 1 to 5 inputs.", { inputs: inputs.length });
  }
  for (const input of inputs) expectField(input, "an input of Poseidon");
  const { partialRounds, roundConstants, mds, preSparse, preConstants, sparse } = parametersOf(inputs.length + 1);
  const half = FULL_ROUNDS / 2;
  let state: bigint[] = [0n, ...inputs];
  const fullRound = (round: number, matrix: readonly (readonly bigint[])[]): void => {
    const constants = roundConstants[round] as readonly bigint[];
    for (let i = 0; i < state.length; i++) state[i] = power5((state[i] as bigint) + (constants[i] as bigint));
    state = mix(matrix, state);
  };
  for (let round = 0; round < half; round++) fullRound(round, round === half - 1 ? preSparse : mds);
  for (let i = 0; i < state.length; i++) state[i] = (state[i] as bigint) + (preConstants[i] as bigint);
  for (const { constant, row, column } of sparse) {
    const head = power5(state[0] as bigint) + constant;
    state[0] = head;
    const next = dot(row, state);
    for (let i = 1; i < state.length; i++)
      state[i] = ((column[i] as bigint) * head + (state[i] as bigint)) % FIELD_ORDER;
    state[0] = next;
  }
  for (let round = half + partialRounds; round < FULL_ROUNDS + partialRounds; round++) fullRound(round, mds);
  return state[0] as bigint;
}

/** H(domain, x1, ..., xn) = Poseidon of the domain constant (see DOMAINS) and 1 to 4 field elements. */
export function H(domain: bigint, ...xs: readonly bigint[]): bigint {
  return poseidon([domain, ...xs]);
}
