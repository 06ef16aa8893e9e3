import { afterEach, describe, expect, it, vi } from "vitest";
import type { Context } from "../../src/context.js";
import { call } from "../../src/commands/call.js";
import { noteForeignNode } from "../../src/commands/own-node.js";
import { checkCanAgree } from "../../src/commands/prepared-call.js";
import { sweep } from "../../src/commands/sweep.js";
import { exitCodeOf } from "../../src/io/failure.js";

const CONTRACT = `0x${"60".repeat(20)}`;

const contextOf = (json: boolean, nodeUrl = "http://127.0.0.1:1"): { context: Context; notes: string[] } => {
  const notes: string[] = [];
  const output = {
    json,
    interactive: false,
    line: () => {},
    note: (text: string) => notes.push(text),
    result: () => {},
  };
  return { context: { output, home: "/nowhere", nodeUrl, walletName: "none", passphraseFile: undefined }, notes };
};

const onTerminal = (is: boolean): void => {
  vi.spyOn(process, "stdin", "get").mockReturnValue({ ...process.stdin, isTTY: is } as typeof process.stdin);
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe("calls and sweeps where nobody can be asked", () => {
  it("G47: are refused before a wallet is opened or a node asked, unless --yes or --dry-run says so", async () => {
    const refused = { code: "cli/agree" };
    onTerminal(false);
    await expect(call(contextOf(false).context, CONTRACT, "f()", [], {})).rejects.toMatchObject(refused);
    await expect(sweep(contextOf(false).context, undefined, {})).rejects.toMatchObject(refused);
    onTerminal(true);
    const error: unknown = await call(contextOf(true).context, CONTRACT, "f()", [], {}).catch(
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject(refused);
    expect(exitCodeOf(error)).toBe(2);
    const asked = (json: boolean, options: object) => () => checkCanAgree(contextOf(json).context, options);
    expect(asked(false, {})).not.toThrow();
    expect(asked(true, { yes: true })).not.toThrow();
    expect(asked(true, { dryRun: true })).not.toThrow();
  });
});

describe("somebody else's node", () => {
  it("G47: is told of once, without the secrets of its address; one's own is not", async () => {
    onTerminal(false);
    const { context, notes } = contextOf(false, "https://me:secret@node.example:8545/key?token=secret");
    await call(context, CONTRACT, "f()", [], { yes: true }).catch(() => undefined);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain("node.example");
    expect(notes[0]).toContain("which pseudonyms are yours");
    expect(notes[0]).not.toContain("secret");
    await sweep(context, undefined, { yes: true }).catch(() => undefined);
    expect(notes).toHaveLength(2);
    const own = contextOf(false);
    noteForeignNode(own.context);
    expect(own.notes).toEqual([]);
  });
});
