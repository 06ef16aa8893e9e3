import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COIN, FIELD_ORDER, addressAt, encodeAddress, randomAddress, type AssetId, SeroError } from "@sero/protocol";
import { formatLink, parseLink, type LinkPayment } from "../src/index.js";
import { ALICE, keysOf } from "./helpers/wallets.js";

const HRP = "serodev";
const address = encodeAddress(addressAt(keysOf(ALICE), 0n), HRP);
const other = encodeAddress(randomAddress(), HRP);

function failure(link: string): { code: string; position: unknown } {
  try {
    parseLink(link, HRP);
  } catch (error) {
    if (error instanceof SeroError) return { code: error.code, position: error.values["position"] };
  }
  return { code: "none", position: undefined };
}

const payment = fc
  .record({
    address: fc.constantFrom(address, other),
    asset: fc.oneof(
      fc.constant(COIN),
      fc.bigInt({ min: 1n, max: FIELD_ORDER - 1n }).map((value) => value as AssetId),
    ),
    amount: fc.option(fc.bigInt({ min: 1n, max: 2n ** 128n - 1n }), { nil: undefined }),
    memo: fc.option(fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }), { nil: undefined }),
    label: fc.option(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), { nil: undefined }),
    message: fc.option(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), { nil: undefined }),
  })
  .map((value): LinkPayment => value);

describe("payment links", () => {
  it("round-trip with any number of recipients", () => {
    fc.assert(
      fc.property(fc.array(payment, { minLength: 1, maxLength: 4 }), (payments) => {
        const link = formatLink({ payments });
        expect(parseLink(link, HRP)).toEqual({ payments });
        expect(formatLink(parseLink(link, HRP))).toBe(link);
      }),
      { numRuns: 60 },
    );
  });

  it("reads what people write: amounts in coins, several recipients, parameters it doesn't know", () => {
    const { payments } = parseLink(
      `sero:${address}?amount=1.5&label=The%20shop&x-colour=red&address.1=${other}&amount.1=2`,
      HRP,
    );
    expect(payments).toMatchObject([
      { amount: 1_500_000_000_000_000_000n, label: "The shop" },
      { address: other, amount: 2n * 10n ** 18n },
    ]);
    expect(parseLink(`SERO:?address=${address}`, HRP).payments).toHaveLength(1);
  });

  it("says what is wrong and where", () => {
    const start = `sero:${address}?`;
    expect(failure(`bitcoin:${address}`)).toEqual({ code: "link/scheme", position: 0 });
    expect(failure("sero:")).toMatchObject({ code: "link/empty" });
    expect(failure(`${start}amount=1&amount=2`)).toEqual({ code: "link/duplicate", position: start.length + 9 });
    expect(failure(`${start}amount=1e3`)).toEqual({ code: "link/amount", position: start.length + 7 });
    expect(failure(`${start}amount=-1`)).toEqual({ code: "link/amount", position: start.length + 7 });
    expect(failure(`${start}amount=0`)).toEqual({ code: "link/amount", position: start.length + 7 });
    expect(failure(`${start}amount=0.0000000000000000001`)).toEqual({
      code: "amount/too-precise",
      position: start.length + 7,
    });
    expect(failure(`${start}amount=${"9".repeat(40)}`)).toEqual({
      code: "amount/too-large",
      position: start.length + 7,
    });
    expect(failure(`${start}memo=a*b`)).toEqual({ code: "link/memo", position: start.length + 5 });
    expect(failure(`${start}memo=_w`)).toEqual({ code: "link/memo", position: start.length + 5 });
    expect(failure(`${start}label=50%`)).toEqual({ code: "link/text", position: start.length + 8 });
    expect(failure(`${start}req-escrow=1`)).toEqual({ code: "link/required", position: start.length });
    expect(failure(`${start}amount.1=3`)).toEqual({ code: "link/address-missing", position: start.length + 9 });
    expect(failure(`${start}amount.01=3`)).toMatchObject({ code: "link/index" });
    expect(failure(`${start}amount.0=3`)).toMatchObject({ code: "link/index" });
    expect(failure(`${start}amount=`)).toMatchObject({ code: "link/parameter" });
    expect(failure(`${start}&`)).toMatchObject({ code: "link/parameter" });
    expect(failure(`${start}asset=0x12`)).toMatchObject({ code: "link/asset" });
    expect(failure(`${start}label=a b`)).toEqual({ code: "link/character", position: start.length + 7 });
    expect(failure(`sero:${encodeAddress(randomAddress(), "sero")}`)).toMatchObject({
      code: "address/network",
      position: 5,
    });
  });

  it("points at the mistyped letter of an address", () => {
    const at = 40;
    const mistyped = address.slice(0, at) + (address[at] === "q" ? "p" : "q") + address.slice(at + 1);
    const { code, position } = failure(`sero:${mistyped}?amount=1`);
    expect(code).toBe("address/checksum");
    if (position !== 5) expect(position).toBe(5 + at);
    const bad = address.slice(0, at) + "b" + address.slice(at + 1);
    expect(failure(`sero:${bad}`)).toEqual({ code: "address/character", position: 5 + at });
  });

  it("D28: terminal escapes and control characters cannot be in a link; what is percent-encoded is only shown made safe", () => {
    expect(failure(`sero:${address}?label=\u001b[2J`)).toMatchObject({ code: "link/character" });
    expect(failure(`sero:${address}?label=\u202eevil`)).toMatchObject({ code: "link/character" });
  });

  it("never throws anything but a SeroError", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (tail) => {
        expect(failure(`sero:${address}?${tail}`).code).not.toBe(undefined);
        try {
          parseLink(`sero:${tail}`, HRP);
        } catch (error) {
          expect(error).toBeInstanceOf(SeroError);
        }
      }),
      { numRuns: 300 },
    );
  });
});
