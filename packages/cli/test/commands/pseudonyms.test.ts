import { toHex, type EthAddress } from "@sero/protocol";
import type { PseudonymInfo, Wallet } from "@sero/wallet";
import { describe, expect, it, vi } from "vitest";
import type { Context } from "../../src/context.js";
import { pseudonymNew } from "../../src/commands/pseudonyms.js";

const MADE: PseudonymInfo = {
  address: new Uint8Array(20).fill(0x5e) as EthAddress,
  kind: "kept",
  account: 0,
  label: "fees",
  site: undefined,
  createdAt: 1,
  uses: 0,
};

vi.mock("../../src/commands/open-wallet.js", () => ({
  withSyncedWallet: (_: Context, use: (wallet: Pick<Wallet, "newPseudonym">) => Promise<void>) =>
    use({ newPseudonym: () => Promise.resolve(MADE) }),
}));

describe("sero pseudonym new", () => {
  it("says that the phrase alone does not bring it back before it was used, to people and to programs", async () => {
    const results: { readonly value: unknown; readonly text: string }[] = [];
    const output = { result: (value: unknown, text: string) => void results.push({ value, text }) };
    await pseudonymNew({ output } as unknown as Context, { label: "fees" });
    const [{ value, text }] = results as [{ readonly value: Record<string, unknown>; readonly text: string }];
    expect(text.split("\n")[0]).toBe(toHex(MADE.address));
    expect(text).toContain("The phrase alone does not bring it back before it was used");
    expect(text).toContain(`--as ${toHex(MADE.address)}`);
    expect(value).toMatchObject({ address: MADE.address, restoredFromPhrase: false });
    expect(text).toContain(value["restore"] as string);
  });
});
