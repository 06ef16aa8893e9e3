import fc from "fast-check";
import { FIELD_ORDER } from "../../src/field/index.js";
import type { AssetId, Commitment, EthAddress, Inner, Nullifier } from "../../src/types.js";
import type { Bundle, Call, CallPhase, PackageEntry, ReturnEntry, Transaction } from "../../src/transaction/index.js";
import { sampleSignature } from "./sample.js";

const fixedBytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

/** Long bytes are filled with one random byte and a random counter: their contents are nobody's concern here. */
const longBytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.tuple(fc.nat(255), fc.nat(255)).map(([fill, first]) => {
    const bytes = new Uint8Array(length).fill(fill);
    bytes[0] = first;
    return bytes;
  });

const field = fc.oneof(fc.bigInt(1n, FIELD_ORDER - 1n), fc.constantFrom(1n, FIELD_ORDER - 1n));
const amount = fc.oneof(fc.bigInt(0n, (1n << 128n) - 1n), fc.constantFrom(0n, 1n, 127n, 128n, (1n << 128n) - 1n));
const uint64 = fc.oneof(fc.bigInt(1n, (1n << 64n) - 2n), fc.constantFrom(1n, (1n << 64n) - 2n));
const address = fixedBytes(20) as fc.Arbitrary<EthAddress>;
const optionalAddress = fc.option(address, { nil: undefined });

const bundle = (nullifiers: readonly bigint[]): fc.Arbitrary<Bundle> =>
  fc.record({
    circuit: fc.nat(255),
    nullifiers: fc.constant([nullifiers[0], nullifiers[1]] as [Nullifier, Nullifier]),
    commitments: fc.tuple(field, field, field) as fc.Arbitrary<[Commitment, Commitment, Commitment]>,
    pubCoin: amount,
    pubAsset: fc.constant(0n as AssetId),
    pubAmount: fc.constant(0n),
    rk: fixedBytes(32),
    signature: longBytes(64),
    proof: longBytes(256),
  });

const call: fc.Arbitrary<Call> = fc.record({
  to: optionalAddress,
  value: amount,
  data: fc.uint8Array({ maxLength: 80 }),
});

const ticketId = fc.bigInt(0n, (1n << 256n) - 1n);

/** Returns in order: the coin, tokens, tickets by id, then perhaps ANY. */
const returns: fc.Arbitrary<ReturnEntry[]> = fc
  .tuple(
    field,
    fc.array(fc.tuple(fixedBytes(19), fc.boolean(), field), { maxLength: 3 }),
    fc.array(fc.tuple(fixedBytes(19), ticketId, fc.boolean(), fc.array(field, { minLength: 1, maxLength: 4 })), {
      maxLength: 3,
    }),
  )
  .map(([coin, tokens, tickets]) => {
    // The first byte keeps tokens and tickets apart and puts them in order.
    const prefixed = (first: number, rest: Uint8Array): EthAddress => Uint8Array.of(first, ...rest) as EthAddress;
    return [
      { kind: "coin", token: undefined, id: 0n, leave: false, inners: [coin as Inner] },
      ...tokens.map(([rest, leave, inner], i): ReturnEntry => ({
        kind: "token",
        token: prefixed(i, rest),
        id: 0n,
        leave,
        inners: [inner as Inner],
      })),
      ...tickets.flatMap(([rest, id, leave, inners], i): ReturnEntry[] => [
        { kind: "ticket", token: prefixed(9 + i, rest), id, leave, inners: [inners[0] as Inner] },
        { kind: "ticket", token: prefixed(9 + i, rest), id: { any: inners.length }, leave, inners: inners as Inner[] },
      ]),
    ] as ReturnEntry[];
  });

const callPhase: fc.Arbitrary<CallPhase> = fc.record({
  pseudonym: address,
  nonce: uint64,
  signature: fc.constant(sampleSignature()),
  gasLimit: uint64,
  calls: fc.array(call, { maxLength: 3 }),
  returns,
});

const packagesOf = (outputs: number, hasCall: boolean): fc.Arbitrary<PackageEntry[]> =>
  fc.uniqueArray(fc.nat(outputs - 1), { maxLength: 3 }).chain((indexes) =>
    fc.tuple(
      ...[...indexes]
        .sort((a, b) => a - b)
        .map((outputIndex) =>
          fc.record({
            outputIndex: fc.constant(outputIndex),
            controller: hasCall ? fc.constant(undefined) : address,
            onFailure: hasCall ? fc.constantFrom("hold" as const, "release" as const) : fc.constant("hold" as const),
          }),
        ),
    ),
  );

/** Any well-formed transaction of up to three bundles, without public assets (their entries are tested one by one). */
export const transaction: fc.Arbitrary<Transaction> = fc
  .tuple(fc.uniqueArray(field, { minLength: 2, maxLength: 6 }), fc.option(callPhase, { nil: undefined }))
  .chain(([fields, phase]) => {
    const count = Math.floor(fields.length / 2);
    return fc.record({
      chainId: uint64,
      expiry: fc.oneof(uint64, fc.constant(0n)),
      priceStep: fc.nat(255),
      anchor: fc.oneof(field, fc.constant(0n)) as fc.Arbitrary<Transaction["anchor"]>,
      bundles: fc.tuple(...Array.from({ length: count }, (_, i) => bundle(fields.slice(2 * i, 2 * i + 2)))),
      outputs: fc.array(longBytes(290), { minLength: 3 * count, maxLength: 3 * count }),
      memos: fc.array(longBytes(256), { minLength: 1, maxLength: 4 }),
      call: fc.constant(phase),
      packages: packagesOf(3 * count, phase !== undefined),
    });
  });
