import { afterEach, describe, expect, it, vi } from "vitest";
import type { Command } from "commander";
import { buildProgram, run } from "../../src/main.js";

const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];

const output = (): { readonly stdout: () => string; readonly stderr: () => string } => {
  let [stdout, stderr] = ["", ""];
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => ((stdout += String(chunk)), true));
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => ((stderr += String(chunk)), true));
  return { stdout: () => stdout, stderr: () => stderr };
};

afterEach(() => vi.restoreAllMocks());

const fullName = (command: Command): string[] =>
  command.parent === null ? [] : [...fullName(command.parent), command.name()];

describe("the command line", () => {
  it("has the commands of the documentation, each with a sentence about it", () => {
    const names = all(buildProgram()).map((command) => fullName(command).join(" "));
    const wanted =
      "dev node status tx audit setup send link disclose verify-disclosure balance history address wallet " +
      "wallet/create wallet/restore wallet/list wallet/address wallet/balance wallet/history wallet/sync " +
      "wallet/view-key wallet/export wallet/erase";
    for (const name of wanted.split(" ")) expect(names).toContain(name.replace("/", " "));
    for (const command of all(buildProgram())) expect(command.description(), fullName(command).join(" ")).not.toBe("");
  });

  it("every command shows its help without a node, a wallet or a home, and takes --json", async () => {
    for (const command of all(buildProgram())) {
      const { stdout, stderr } = output();
      expect(await run([...fullName(command), "--help"])).toBe(0);
      expect(stdout()).toContain("Usage: sero");
      expect(stdout()).toContain("--json");
      expect(stderr()).toBe("");
      vi.restoreAllMocks();
    }
  });

  it.each([
    { args: ["sned"], says: /unknown command 'sned'/ },
    { args: ["send", "--too", "x"], says: /unknown option '--too'/ },
    { args: ["tx"], says: /missing required argument 'txid'/ },
    { args: ["send", "--to"], says: /argument missing/ },
    { args: ["balance", "alice"], says: /too many arguments/ },
  ])("a mistake in it is exit code 2: $args", async ({ args, says }) => {
    const plain = output();
    expect(await run(args)).toBe(2);
    expect(plain.stderr()).toMatch(says);
    expect(plain.stdout()).toBe("");
    vi.restoreAllMocks();
    const machine = output();
    expect(await run([...args, "--json"])).toBe(2);
    const { error } = JSON.parse(machine.stdout()) as { error: { code: string; message: string } };
    expect(error.code).toBe("cli/usage");
    expect(error.message).toMatch(args.includes("--to") ? /./ : says);
    expect(machine.stderr()).toBe("");
  });

  it("without a command it shows what there is", async () => {
    const { stderr, stdout } = output();
    expect(await run([])).toBe(2);
    expect(stderr() + stdout()).toContain("Usage: sero");
  });
});
