import { openBn254, REPACK_DEVELOPMENT_KEY, verifyingKeyBytes, type VerifyingKey } from "@sero/circuits";
import { MAX_PUBLIC_INPUTS } from "@sero/execution";
import { bigIntToBytes, concatBytes, fromHex } from "@sero/protocol";

/** An input of a precompile that costs much for its gas. */
export interface PrecompileInput {
  /** The precompile's name in docs/precompiles.md, and what is special. */
  readonly name: string;
  readonly variant: string;
  readonly address: bigint;
  readonly input: Uint8Array;
}

const word = (x: bigint): Uint8Array => bigIntToBytes(x, 32);
const hex = (text: string): Uint8Array => fromHex(`0x${text}`);
const filled = (length: number, byte = 0x9b): Uint8Array => new Uint8Array(length).fill(byte);

/** A signature over the hash in Ethereum's own tests. */
const SIGNATURE = hex(
  "18c547e4f7b0f325ad1e56f57e26c745b09a3e503d86e00e5255ff7f715d3d1c" +
    "000000000000000000000000000000000000000000000000000000000000001c" +
    "73b1693892219d736caba55bdb67216e485557ea6b6af75f37096c9aa6a5a75f" +
    "eeb940b1d03b21e36b0e47e79769f095fe2ab855bd91e3a38756b7d75a9c4549",
);
const G1 = concatBytes(word(1n), word(2n));
/** EIP-197's generator. */
const G2 = hex(
  "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2" +
    "1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed" +
    "090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b" +
    "12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa",
);
const PAIR = concatBytes(G1, G2);

/** All ones, as the price counts bits and not ones; the modulus odd, or even. */
function modexp(base: number, exponent: number, modulus: number, last = 0xfd): Uint8Array {
  const lengths = [base, exponent, modulus];
  const numbers = concatBytes(...lengths.map((length) => filled(length, 0xff)));
  numbers[numbers.length - 1] = last;
  return concatBytes(...lengths.map((length) => word(BigInt(length))), numbers);
}

function blake2f(rounds: number): Uint8Array {
  const input = filled(213);
  new DataView(input.buffer).setUint32(0, rounds);
  input[212] = 1;
  return input;
}

/** The worst inputs that we know of every precompile. */
export async function precompileInputs(): Promise<readonly PrecompileInput[]> {
  const { multiply } = await openBn254();
  const point = (k: bigint): Uint8Array => multiply(concatBytes(G1, word(k))) ?? G1;
  const of = (name: string, address: bigint) => (variant: string, input: Uint8Array) => ({
    ...{ name, variant, address, input },
  });
  const [ecrecover, sha256, ripemd160, identity] = [
    of("ecrecover", 1n),
    of("sha256", 2n),
    of("ripemd160", 3n),
    of("identity", 4n),
  ];
  const [power, ecAdd, ecMul, ecPairing, blake] = [
    of("modexp", 5n),
    of("ecAdd", 6n),
    of("ecMul", 7n),
    of("ecPairing", 8n),
    of("blake2f", 9n),
  ];
  const [poseidon, groth16, keyCheck] = [of("poseidon", 0x5e51n), of("groth16", 0x5e52n), of("keyCheck", 0x5e53n)];
  const widest: VerifyingKey = {
    ...REPACK_DEVELOPMENT_KEY,
    ic: Array.from({ length: MAX_PUBLIC_INPUTS + 1 }, (_, i) => coordinates(point(BigInt(i + 1000)))),
  };
  const keys = [REPACK_DEVELOPMENT_KEY, widest];
  return [
    ecrecover("a signature", SIGNATURE),
    ...[0, 64, 10_000].map((length) => sha256(`${length} bytes`, filled(length))),
    ...[0, 64, 10_000].map((length) => ripemd160(`${length} bytes`, filled(length))),
    ...[0, 32, 1024].map((length) => identity(`${length} bytes`, filled(length))),
    ...(
      [
        [1, 1, 1],
        [8, 32, 8],
        [16, 32, 16],
        [32, 3, 32],
        [32, 32, 32],
        [64, 64, 64],
        [1, 1024, 1],
        [8, 1024, 8],
        [32, 1024, 32],
        [256, 3, 256],
        [1024, 0, 1024],
        [1024, 32, 1024],
      ] as const
    ).map((lengths) => power(`lengths ${lengths.join(", ")}`, modexp(lengths[0], lengths[1], lengths[2]))),
    power("lengths 32, 3, 32, even", modexp(32, 3, 32, 0xf0)),
    power("lengths 24, 24, 24, even", modexp(24, 24, 24, 0xfe)),
    power("a power of two", concatBytes(modexp(31, 32, 32).subarray(0, 159), word(1n << 255n))),
    ecAdd("two points", concatBytes(point(3n), point(5n))),
    ecAdd("a point twice", concatBytes(point(3n), point(3n))),
    ecMul("a point and ones", concatBytes(point(7n), filled(32, 0xff))),
    ...[1, 2, 8].map((pairs) => ecPairing(`${pairs} pairs`, concatBytes(...Array.from({ length: pairs }, () => PAIR)))),
    ...[12, 1000, 100_000].map((rounds) => blake(`${rounds} rounds`, blake2f(rounds))),
    ...[1, 2, 3, 4, 5].map((count) =>
      poseidon(`${count} inputs`, concatBytes(...Array.from({ length: count }, () => filled(32, 0x13)))),
    ),
    ...keys.map((key) => groth16(`${key.ic.length - 1} inputs`, falseProof(key))),
    ...keys.map((key) => keyCheck(`${key.ic.length - 1} inputs`, keyWithDelta(key))),
  ];
}

function coordinates(bytes: Uint8Array): { readonly x: bigint; readonly y: bigint } {
  const at = (offset: number): bigint =>
    BigInt(`0x${Buffer.from(bytes.subarray(offset, offset + 32)).toString("hex")}`);
  return { x: at(0), y: at(32) };
}

const pointBytes = ({ x, y }: { readonly x: bigint; readonly y: bigint }): Uint8Array => concatBytes(word(x), word(y));

/** Points that are points, and inputs as large as they may be: everything is computed before the answer is no. */
function falseProof(key: VerifyingKey): Uint8Array {
  const bytes = verifyingKeyBytes(key);
  const inputs = key.ic.slice(1).map(() => filled(32, 0x2f));
  return concatBytes(bytes, bytes.subarray(0, 192), pointBytes(key.alpha1), ...inputs);
}

const keyWithDelta = (key: VerifyingKey): Uint8Array =>
  concatBytes(verifyingKeyBytes(key), pointBytes(key.delta1 ?? key.alpha1));
