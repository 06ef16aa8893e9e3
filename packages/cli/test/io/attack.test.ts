import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { encodeAddress, randomAddress } from "@sero/protocol";
import { COIN_INFO } from "@sero/wallet";
import { paymentLines } from "../../src/commands/send.js";
import { reportFailure } from "../../src/io/failure.js";
import { openOutput, toJson } from "../../src/io/output.js";
import { run } from "../../src/main.js";

const open: Server[] = [];
afterEach(() => {
  vi.restoreAllMocks();
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

const capture = (): (() => string) => {
  let text = "";
  for (const stream of ["stdout", "stderr"] as const)
    vi.spyOn(process[stream], "write").mockImplementation((chunk) => ((text += String(chunk)), true));
  return () => text;
};

async function nodeThatSays(answer: unknown): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.end(JSON.stringify(answer));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

// Clears the screen, sets the window's title, hides text, turns reading direction around, and a C1 control that some terminals obey.
const ESCAPES = "\u001b[2J\u001b]0;owned\u0007\u001b[8m\u202e\u009b31m";
const DANGEROUS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

describe("what reaches the terminal", () => {
  it("D28: nothing that a node says, in answers or errors, can command it", async () => {
    const header = { number: "0x1", hash: `0xab${ESCAPES}`, timestamp: "0x1" };
    const everything = {
      spec: { network: `dev${ESCAPES}`, chainId: "0x1" },
      genesisHash: ESCAPES,
      clientVersion: ESCAPES,
      head: header,
      safe: header,
      finalized: header,
      leafCount: "0x1",
      syncing: false,
      balance: "0x0",
      surplus: "0x0",
    };
    const answers = [
      { result: everything },
      { error: { code: 1, message: `no${ESCAPES}` } },
      { result: { ...everything, leafCount: ESCAPES } },
    ];
    for (const answer of answers) {
      const url = await nodeThatSays(answer);
      for (const args of [["status"], ["status", "--json"], ["tx", `0x${"ab".repeat(32)}`], ["audit"]]) {
        const written = capture();
        await run([...args, "--node", url]);
        vi.restoreAllMocks();
        expect(written(), `${args.join(" ")}: ${JSON.stringify(answer).slice(0, 60)}`).not.toMatch(DANGEROUS);
      }
    }
  });

  it("D28: neither can results, remarks and errors of any kind", () => {
    const written = capture();
    const output = openOutput(false);
    output.line(ESCAPES);
    output.note(ESCAPES);
    output.result({}, ESCAPES);
    reportFailure(new Error(ESCAPES), false);
    process.stdout.write(toJson({ memo: `a${ESCAPES}b` }));
    vi.restoreAllMocks();
    expect(written()).not.toMatch(DANGEROUS);
    expect(JSON.parse(toJson({ memo: `a${ESCAPES}\u{e0001}b` }))).toEqual({ memo: `a${ESCAPES}\u{e0001}b` });
  });

  it("D32: no password of the node's address", async () => {
    const written = capture();
    await run(["status", "--node", "http://me:hunter2@127.0.0.1:9/"]);
    await run(["status", "--json", "--node", "http://me:hunter2@127.0.0.1:9/"]);
    vi.restoreAllMocks();
    expect(written()).not.toMatch(/hunter2/);
    expect(written()).toMatch(/127\.0\.0\.1:9/);
  });

  it("D28: a link says whom it pays how much before anybody agrees, in one line each", () => {
    const address = encodeAddress(randomAddress(), "serodev");
    const lines = paymentLines(
      { assets: () => [COIN_INFO] },
      [{ address, amount: 12n * 10n ** 18n, memo: `rent\n${ESCAPES}` }],
      [{ label: `Shop\nYou pay 0 SERO ${ESCAPES}`, message: undefined }],
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/12 SERO/);
    expect(lines[0]).toContain(address);
    expect(lines[0]).toMatch(/says it is/);
    expect(lines[0]).not.toMatch(/\n/);
    expect(lines[0]).not.toMatch(DANGEROUS);
  });
});
