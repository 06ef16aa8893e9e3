import type { Zkey } from "../keys/zkey.js";
import { type ProverEngine, QUERIES, type Query } from "../prove/engine.js";
import { assembleProof, loadKeyPoints } from "./assemble.js";
import { type CurveModule, type GroupName, jacobianBytes, loadPoints, openCurve, type PointTable } from "./group.js";
import { openMsm } from "./msm.js";
import { openQuotient } from "./quotient.js";

const SCALAR_BYTES = 32;
const POINT_BYTES: Readonly<Record<GroupName, number>> = { g1: 64, g2: 128 };

/** A query's points without those at infinity, which stand for wires that a matrix doesn't use. */
interface QueryTable {
  readonly table: PointTable;
  /** Which of the scalars each point belongs to. */
  readonly picked: Uint32Array;
}

/** The prover's engine on our own WebAssembly. */
export function openWasmEngine(zkey: Zkey, module: CurveModule): ProverEngine {
  const curve = openCurve(module);
  const groupOf = (query: Query): GroupName => (query === "b2" ? "g2" : "g1");
  const load = (query: Query): QueryTable => {
    const group = groupOf(query);
    const size = POINT_BYTES[group];
    const bytes = zkey[query];
    const picked = Uint32Array.from({ length: bytes.length / size }, (_, i) => i).filter((i) =>
      bytes.subarray(i * size, (i + 1) * size).some((byte) => byte !== 0),
    );
    const points = new Uint8Array(picked.length * size);
    picked.forEach((i, k) => points.set(bytes.subarray(i * size, (i + 1) * size), k * size));
    return { table: loadPoints(curve, group, points), picked };
  };
  const tables = Object.fromEntries(QUERIES.map((query) => [query, load(query)])) as Readonly<
    Record<Query, QueryTable>
  >;
  const key = loadKeyPoints(curve, zkey);
  const capacity = (group: GroupName): number =>
    Math.max(...QUERIES.filter((query) => groupOf(query) === group).map((query) => tables[query].table.count));
  const msm = {
    g1: openMsm(curve, "g1", capacity("g1")),
    g2: openMsm(curve, "g2", capacity("g2")),
  };

  const quotient = openQuotient(zkey);

  return {
    multiply(query, scalars, share, shares) {
      const { table, picked } = tables[query];
      const chosen = new Uint8Array(picked.length * SCALAR_BYTES);
      picked.forEach((i, k) =>
        chosen.set(scalars.subarray(i * SCALAR_BYTES, (i + 1) * SCALAR_BYTES), k * SCALAR_BYTES),
      );
      const sum = msm[groupOf(query)].multiply(table, chosen, share, shares);
      chosen.fill(0);
      return sum;
    },
    add(query, sums) {
      const group = groupOf(query);
      const size = jacobianBytes(group);
      const [total, term] = [curve.allocate(size), curve.allocate(size)];
      curve.bytes(total, size).fill(0);
      for (const sum of sums) {
        curve.bytes(term, size).set(sum);
        curve.call(`${group}_add`, total, total, term);
      }
      const result = curve.bytes(total, size).slice();
      curve.bytes(term, size).fill(0);
      curve.bytes(total, size).fill(0);
      curve.release(total);
      return result;
    },
    quotient: (witness) => quotient.compute(witness),
    assemble: (sums, r, s) => assembleProof(curve, key, sums, r, s),
    wipe() {
      msm.g1.wipe();
      msm.g2.wipe();
      quotient.wipe();
    },
  };
}
