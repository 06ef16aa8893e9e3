import { i32 } from "../emitter/index.js";
import type { Func, I32, ModuleBuilder } from "../emitter/index.js";

/** What the bucket method needs of a group. */
export interface BucketGroup {
  /** Bytes of a point as it is given, and of a sum. */
  readonly pointBytes: number;
  readonly sumBytes: number;
  /** (sum): the neutral element. */
  readonly clear: Func<readonly ["i32"], "void">;
  /** (sum, point): sum += point; and sum -= point. */
  readonly addPoint: Func<readonly ["i32", "i32"], "void">;
  readonly subPoint: Func<readonly ["i32", "i32"], "void">;
  /** (sum, other): sum += other. */
  readonly add: Func<readonly ["i32", "i32"], "void">;
  /** (sum): sum += sum. */
  readonly double: Func<readonly ["i32"], "void">;
}

/**
 * Adds (sum, points, digits, count, c, windows, buckets): sum = sum of scalar * point, where digits come from `createRecoding` and
 * `buckets` is room for 2^(c-1) sums. Pippenger's bucket method with signed digits, window by window from the top.
 */
export function createBucketMethod(
  module: ModuleBuilder,
  group: BucketGroup,
  name?: string,
): Func<readonly ["i32", "i32", "i32", "i32", "i32", "i32", "i32"], "void"> {
  const running = i32.const(module.reserve(group.sumBytes));
  const bucketAt = (buckets: I32, index: I32): I32 => i32.add(buckets, i32.mul(index, i32.const(group.sumBytes)));
  const params = ["i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
  return module.func(name, params, "void", (f, sum, points, digits, count, c, windows, buckets) => {
    const [i, k, digit] = [f.local("i32"), f.local("i32"), f.local("i32")];
    const bucketCount = f.let(i32.shlBy(i32.const(1), i32.sub(c.get, i32.const(1))));
    const row = f.let(i32.add(digits.get, i32.shl(i32.mul(windows.get, count.get), 1)));
    f.run(group.clear.call(sum.get));
    f.while(i32.gtU(row.get, digits.get), () => {
      f.set(row, i32.sub(row.get, i32.shl(count.get, 1)));
      f.loop(i, i32.const(0), c.get, 1, () => f.run(group.double.call(sum.get)));
      f.loop(i, i32.const(0), bucketCount.get, 1, () => f.run(group.clear.call(bucketAt(buckets.get, i.get))));
      f.loop(i, i32.const(0), count.get, 1, () => {
        f.set(digit, i32.load16s(i32.add(row.get, i32.shl(i.get, 1))));
        const point = i32.add(points.get, i32.mul(i.get, i32.const(group.pointBytes)));
        const bucket = (index: I32): I32 => bucketAt(buckets.get, i32.sub(index, i32.const(1)));
        f.if(i32.ltS(i32.const(0), digit.get), () => f.run(group.addPoint.call(bucket(digit.get), point)));
        f.if(i32.ltS(digit.get, i32.const(0)), () => {
          f.run(group.subPoint.call(bucket(i32.sub(i32.const(0), digit.get)), point));
        });
      });
      // sum of k * bucket_k, as the sum of the running sums from the top
      f.run(group.clear.call(running));
      f.set(k, bucketCount.get);
      f.while(k.get, () => {
        f.set(k, i32.sub(k.get, i32.const(1)));
        f.run(group.add.call(running, bucketAt(buckets.get, k.get)), group.add.call(sum.get, running));
      });
    });
  });
}

/** The digit size with the least additions for `count` points and scalars of `bits` bits. */
export function bestWindow(count: number, bits: number, most = 15): number {
  const cost = (c: number): number => Math.ceil((bits + 1) / c) * (count + 2 ** c);
  let best = 2;
  for (let c = 3; c <= most; c++) if (cost(c) < cost(best)) best = c;
  return best;
}
