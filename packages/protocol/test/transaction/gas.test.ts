import { describe, expect, it } from "vitest";
import { mulBase, encodePoint } from "../../src/curve/index.js";
import { developmentSpec } from "../../src/chain/index.js";
import {
  feeOf,
  intrinsicGas,
  isAnchorInWindow,
  mayExpireAt,
  priceOf,
  publicCoinOf,
  publicInputsBytes,
  publicInputsOf,
  walletAnchorBlock,
  walletExpiry,
} from "../../src/transaction/index.js";
import { codeOf, fieldOf, sampleBundle, sampleCall, sampleCallPhase, samplePayment } from "./sample.js";

const spec = developmentSpec([]);
const { gas } = spec;

describe("gas and fees", () => {
  it("adds up bundles and memo chunks of a payment", () => {
    expect(intrinsicGas(samplePayment(1), spec)).toBe(gas.bundle + gas.memoChunk);
    const memos = [0, 1, 2].map(() => new Uint8Array(256));
    expect(intrinsicGas(samplePayment(4, { memos }), spec)).toBe(4n * gas.bundle + 3n * gas.memoChunk);
  });

  it("adds calls, calldata, creation, packages and one amount per returned note", () => {
    const data = Uint8Array.of(0, 0, 1, 2, 3);
    const calls = [
      { to: sampleCallPhase().pseudonym, value: 0n, data },
      { to: undefined, value: 0n, data: new Uint8Array(33) },
    ];
    const tx = sampleCall({ call: sampleCallPhase({ calls }) });
    const calldata = 2n * gas.calldataZeroByte + 3n * gas.calldataNonZeroByte + 33n * gas.calldataZeroByte;
    expect(intrinsicGas(tx, spec)).toBe(
      2n * gas.bundle +
        gas.memoChunk +
        2n * gas.packageEntry +
        gas.callPhase +
        2n * gas.call +
        calldata +
        gas.create +
        2n * gas.initCodeWord +
        5n * gas.returnEntry,
    );
  });

  it("multiplies by the price of the step, and refuses a step that the ladder lacks", () => {
    const tx = samplePayment(1, { priceStep: 7 });
    expect(priceOf(tx, spec)).toBe(128_000_000_000n);
    expect(feeOf(tx, spec)).toBe(intrinsicGas(tx, spec) * 128_000_000_000n);
    expect(codeOf(() => feeOf(samplePayment(1, { priceStep: 8 }), spec))).toBe("tx/price-step");
  });

  it("A5: public coins add up as integers, never modulo r", () => {
    const max = (1n << 128n) - 1n;
    const tx = samplePayment(2, {
      bundles: [sampleBundle("a", { pubCoin: max }), sampleBundle("b", { pubCoin: max })],
    });
    expect(publicCoinOf(tx)).toBe(2n * max);
  });
});

describe("expiry and anchors", () => {
  it("E35: one rule for all wallets, and the window of a block", () => {
    expect(walletExpiry(0n)).toBe(256n);
    expect(walletExpiry(31n)).toBe(272n);
    expect(mayExpireAt(10n, 10n)).toBe(true);
    expect(mayExpireAt(10n, 11n)).toBe(false);
    expect(mayExpireAt(522n, 10n)).toBe(true);
    expect(mayExpireAt(523n, 10n)).toBe(false);
    for (let head = 0n; head < 40n; head++) expect(mayExpireAt(walletExpiry(head), head + 1n)).toBe(true);
    expect(walletAnchorBlock(37n, 8)).toBe(32n);
    expect(isAnchorInWindow(9n, 10n)).toBe(true);
    expect(isAnchorInWindow(10n, 10n)).toBe(false);
    expect(isAnchorInWindow(0n, 1_024n)).toBe(true);
    expect(isAnchorInWindow(0n, 1_025n)).toBe(false);
  });
});

describe("public inputs", () => {
  it("are the eleven of the spend circuit, in order", () => {
    const rk = mulBase(5n);
    const bundle = sampleBundle("x", { rk: encodePoint(rk) });
    const anchor = fieldOf("anchor") as never;
    const inputs = publicInputsOf(bundle, anchor);
    expect(inputs).toEqual([anchor, ...bundle.nullifiers, ...bundle.commitments, bundle.pubCoin, 0n, 0n, rk.x, rk.y]);
    expect(publicInputsBytes(bundle, anchor).length).toBe(11 * 32);
  });

  it("B14: an rk off the curve has none", () => {
    expect(codeOf(() => publicInputsOf(sampleBundle("x", { rk: new Uint8Array(32).fill(0xff) }), 1n as never))).toMatch(
      /^curve\//,
    );
  });
});
