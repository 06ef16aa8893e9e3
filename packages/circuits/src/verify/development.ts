import type { VerifyingKey } from "../types.js";

/**
 * x coordinates of alpha*G1, beta*G2 and delta*G2 for DEVELOPMENT_SECRETS in `keys/constants.ts` (a test multiplies them again). Comparing x alone
 * catches the opposite points as well.
 */
const DEVELOPMENT_X = {
  alpha1: 5503729389949972587653018618805108548322371771270732545512182683210285759467n,
  beta2: [
    18866294840492313620217991704570081151611841942784698256085948905851287191366n,
    9506166620125408342146045417807322505477304334768485419483177713263421976740n,
  ],
  delta2: [
    14695979016230065882000958858147069145891296979093088305867980925474307713475n,
    5342798377445288221732904904060563902952557332632773515086809513505763783438n,
  ],
} as const;

/**
 * Whether a key holds any of the development constants, up to sign. Wider than `isDevelopmentKey`, which looks at alpha as protocol section 10
 * says: whoever knows delta alone can forge as well (see `forgery.ts`), and beta has no business in another key either.
 */
export function holdsDevelopmentSecret(vk: VerifyingKey): boolean {
  const same = (x: readonly [bigint, bigint], known: readonly [bigint, bigint]): boolean =>
    x[0] === known[0] && x[1] === known[1];
  return (
    vk.alpha1.x === DEVELOPMENT_X.alpha1 ||
    same(vk.beta2.x, DEVELOPMENT_X.beta2) ||
    same(vk.delta2.x, DEVELOPMENT_X.delta2)
  );
}
