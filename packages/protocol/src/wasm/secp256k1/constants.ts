/** secp256k1 (SEC 2, 2.4.1): y^2 = x^3 + 7 over the integers modulo P, a group of prime order N. */
export const P = 2n ** 256n - 2n ** 32n - 977n;
export const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** (x, y) -> (BETA x, y) multiplies by LAMBDA (Gallant, Lambert and Vanstone 2001). */
export const BETA = 0x7ae96a2b657c07106e64479eac3434e99cf0497512f58995c1396c28719501een;
export const LAMBDA = 0x5363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72n;

/** Short vectors (A1, -B1), (A2, A1) of the lattice of (a, b) with a + b*LAMBDA = 0 modulo N. */
export const A1 = 0x3086d221a7d46bcde86c90e49284eb15n;
export const B1 = 0xe4437ed6010e88286f547fa90abfe4c3n;
export const A2 = 0x114ca50f7a8e2f3f657c1108d9d44cfd8n;

/** Windows of signed digits: for multiples of the generator, which are constants, and of R. */
export const WINDOW = { generator: 8, point: 5 } as const;
/** Odd multiples in a table. */
export const tableSize = (window: number): number => 1 << (window - 2);
