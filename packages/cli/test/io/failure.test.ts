import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SeroError } from "@sero/protocol";
import { EXIT, exitCodeOf, reportFailure } from "../../src/io/failure.js";

const packages = fileURLToPath(new URL("../../..", import.meta.url));

/** Every error code that stands in the sources of the packages that the command runs. */
const codesIn = (names: readonly string[]): string[] => {
  const codes = names.flatMap((name) =>
    readdirSync(`${packages}/${name}/src`, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const text = readFileSync(`${packages}/${name}/src/${file}`, "utf8");
        return [...text.matchAll(/SeroError\(\s*"([a-z-]+\/[a-z0-9-]+)"/g)].map(([, code]) => code ?? "");
      }),
  );
  return [...new Set(codes)];
};

const written = (stream: "stdout" | "stderr"): { readonly text: () => string } => {
  let text = "";
  vi.spyOn(process[stream], "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  return { text: () => text };
};

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("exit codes", () => {
  it("every error of the wallet and of the command says by its exit code what has to be done", () => {
    // What remains is a fault of SERO's own, and no mistake of the person at the machine.
    const faults = ["build/", "scan/"];
    const codes = codesIn(["wallet", "cli"]).filter((code) => !faults.some((area) => code.startsWith(area)));
    expect(codes.length).toBeGreaterThan(40);
    for (const code of codes) expect(exitCodeOf(new SeroError(code, "x")), code).not.toBe(EXIT.unexpected);
  });

  it("are those of the help text", () => {
    const of = (code: string): number => exitCodeOf(new SeroError(code, "x"));
    expect(of("store/wrong-passphrase")).toBe(EXIT.wallet);
    expect(of("address/checksum")).toBe(EXIT.usage);
    expect(of("rpc/lying")).toBe(EXIT.node);
    expect(of("server/port-taken")).toBe(EXIT.node);
    expect(of("send/not-delivered")).toBe(EXIT.node);
    expect(of("send/double-spend")).toBe(EXIT.funds);
    expect(of("funds/insufficient")).toBe(EXIT.funds);
    expect(of("audit/supply")).toBe(EXIT.check);
    expect(of("sync/interrupted")).toBe(EXIT.interrupted);
    expect(of("wallet/cancelled")).toBe(EXIT.interrupted);
    expect(exitCodeOf(new Error("x"))).toBe(EXIT.unexpected);
    expect(exitCodeOf("x")).toBe(EXIT.unexpected);
  });
});

describe("a failure is written", () => {
  it("D32: as one sentence without a stack trace", () => {
    const [out, err] = [written("stdout"), written("stderr")];
    reportFailure(new SeroError("store/none", "There is no wallet here.", { place: "/x" }), false);
    expect(err.text()).toBe("There is no wallet here.\n");
    expect(out.text()).toBe("");
  });

  it("as one JSON document on standard output under --json", () => {
    const [out, err] = [written("stdout"), written("stderr")];
    reportFailure(new SeroError("address/checksum", "Character 7 is wrong.", { position: 7 }), true);
    expect(JSON.parse(out.text())).toEqual({
      error: { code: "address/checksum", message: "Character 7 is wrong.", values: { position: 7 } },
    });
    expect(err.text()).toBe("");
  });

  it("with the place in a payment link, counted from 1", () => {
    const err = written("stderr");
    reportFailure(new SeroError("link/amount", "The amount is zero.", { position: 9 }), false);
    expect(err.text()).toBe("The amount is zero. (character 10 of the link)\n");
  });

  it("as a fault of SERO's where nobody foresaw it, with the trace only when asked for", () => {
    const err = written("stderr");
    expect(reportFailure(new TypeError("x is undefined"), false)).toBe(EXIT.unexpected);
    expect(err.text()).toContain("x is undefined");
    expect(err.text()).not.toMatch(/^\s+at /m);
    vi.stubEnv("SERO_DEBUG", "1");
    reportFailure(new TypeError("x is undefined"), false);
    expect(err.text()).toMatch(/^\s+at /m);
  });
});
