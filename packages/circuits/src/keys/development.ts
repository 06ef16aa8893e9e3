import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { SeroError } from "@sero/protocol";
import { compiledModule } from "../build/index.js";
import type { R1cs } from "../r1cs/index.js";
import { DEVELOPMENT_SECRETS } from "./constants.js";
import type { FixedBaseReport, FixedBaseTask } from "./fixed-base-process.js";
import type { Group } from "./group.js";
import { AFFINE_BYTES, packScalars } from "./group.js";
import { keyScalars } from "./queries.js";
import { encodeZkey } from "./zkey.js";

/** Changes when the same R1CS would give another key file. */
export const DEVELOPMENT_KEY_VERSION = 1;

/**
 * The development key of a circuit, a zkey file: deterministic, made from DEVELOPMENT_SECRETS in seconds by two processes. Never for a real
 * chain: everybody can forge proofs against it. `onProgress` gets fractions from 0 to 1.
 */
export async function makeDevelopmentKey(
  r1cs: R1cs,
  onProgress: (fraction: number) => void = () => undefined,
): Promise<Uint8Array> {
  const secrets = DEVELOPMENT_SECRETS;
  const { power, a, b, ic, c, h } = keyScalars(r1cs, secrets);

  // One task a group: G2's points are a quarter in number and cost about three times as much.
  const singles1 = [secrets.alpha, secrets.beta, secrets.delta];
  const singles2 = [secrets.beta, 1n, secrets.delta];
  const done = { g1: 0, g2: 0 };
  const multiply = (group: Group, scalars: readonly bigint[]): Promise<Uint8Array> =>
    multiplyInProcess({ group, scalars: packScalars(scalars) }, (fraction) => {
      done[group] = fraction;
      onProgress((done.g1 + done.g2) / 2);
    });
  const [points1, points2] = await Promise.all([
    multiply("g1", [...singles1, ...ic, ...a, ...b, ...c, ...h]),
    multiply("g2", [...singles2, ...b]),
  ]);

  const take1 = taker("g1", points1);
  const take2 = taker("g2", points2);
  return encodeZkey(r1cs, power, {
    alpha1: take1(1),
    beta1: take1(1),
    delta1: take1(1),
    beta2: take2(1),
    gamma2: take2(1),
    delta2: take2(1),
    ic: take1(ic.length),
    a: take1(a.length),
    b1: take1(b.length),
    b2: take2(b.length),
    c: take1(c.length),
    h: take1(h.length),
  });
}

/** Cuts points off the front, in order. */
function taker(group: Group, points: Uint8Array): (count: number) => Uint8Array {
  let at = 0;
  return (count) => points.subarray(at, (at += count * AFFINE_BYTES[group]));
}

function multiplyInProcess(task: FixedBaseTask, onProgress: (fraction: number) => void): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void =>
      reject(
        new SeroError("circuits/key", "The process that makes the development key failed; try again.", {}, { cause }),
      );
    const module = compiledModule(new URL("./fixed-base-process.js", import.meta.url).href);
    const child = fork(fileURLToPath(module), [], { serialization: "advanced", execArgv: [], stdio: "inherit" });
    child.on("message", (report: FixedBaseReport) => {
      if ("fraction" in report) onProgress(report.fraction);
      else resolve(report.points);
    });
    child.on("error", fail);
    // After the points came, this changes nothing.
    child.on("exit", (code) => fail(new Error(`exit code ${code}`)));
    child.send(task);
  });
}
