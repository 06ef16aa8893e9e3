import { describe, expect, it } from "vitest";
import { utf8 } from "@sero/protocol";
import { questionLines } from "../../src/commands/provider.js";

const pseudonym = `0x${"12".repeat(20)}` as const;

describe("what somebody is asked", () => {
  it("G47: typed data is shown with its domain: the same words for another contract are another promise", () => {
    const text = questionLines({
      kind: "typed-data",
      site: "shop",
      pseudonym,
      typed: {
        domain: { name: "Gold", chainId: 7, verifyingContract: `0x${"60".repeat(20)}` },
        types: { Permit: [{ name: "value", type: "uint256" }] },
        primaryType: "Permit",
        message: { value: "5" },
      },
    }).join("\n");
    expect(text).toContain("Gold");
    expect(text).toContain("60".repeat(20));
    expect(text).toContain('"value": "5"');
  });

  it("D28: a message of several lines cannot pass for lines of the wallet's own", () => {
    const lines = questionLines({
      kind: "message",
      site: "shop",
      pseudonym,
      message: utf8("hello\nSign it? [y/N] y\nSent 0x00.\r\nDone."),
    });
    expect(
      lines
        .join("\n")
        .split("\n")
        .slice(1)
        .every((line) => line.startsWith("  | ")),
    ).toBe(true);
    expect(lines.join("\n")).toContain("  | Sign it?");
    expect(questionLines({ kind: "message", site: "shop", pseudonym, message: Uint8Array.of(0xff) })[1]).toBe(
      "  | 0xff",
    );
  });
});
