import { createServer, type Server } from "node:http";
import { readFileSync } from "node:fs";
import { decodeTransaction, developmentSpec, feeOf, fromHex, priceOf, publicCoinOf, specToJson } from "@sero/protocol";
import { afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../../src/main.js";

const servers: Server[] = [];

afterEach(() => {
  vi.restoreAllMocks();
  for (const server of servers.splice(0)) server.close();
});

/** Transactions whose bytes are the protocol's own examples. */
const VECTORS = JSON.parse(
  readFileSync(new URL("../../../protocol/vectors/transaction.json", import.meta.url), "utf8"),
) as { readonly valid: readonly { readonly name: string; readonly bytes: string }[] };
const bytesOf = (name: string): string => VECTORS.valid.find((vector) => vector.name === name)!.bytes;

const SPEC = developmentSpec([]);
const TXID = `0x${"ab".repeat(32)}`;

/** What `sero tx` says of a transaction that a node has, in text and as JSON. */
async function shown(name: string, receipt: unknown): Promise<{ text: string; json: Record<string, unknown> }> {
  const answers: Readonly<Record<string, unknown>> = {
    eth_getRawTransactionByHash: bytesOf(name),
    eth_getTransactionReceipt: receipt,
    sero_chain: { spec: specToJson(SPEC) },
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      const { id, method } = JSON.parse(body) as { id: number; method: string };
      response.end(JSON.stringify({ jsonrpc: "2.0", id, result: answers[method] }));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  let stdout = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => ((stdout += String(chunk)), true));
  vi.spyOn(process.stderr, "write").mockImplementation(() => true);
  expect(await run(["tx", TXID, "--node", url])).toBe(0);
  const text = stdout;
  stdout = "";
  expect(await run(["tx", TXID, "--node", url, "--json"])).toBe(0);
  return { text, json: JSON.parse(stdout) as Record<string, unknown> };
}

const mined = (status: number, failure: unknown): unknown => ({
  blockNumber: "0x7",
  blockHash: `0x${"cd".repeat(32)}`,
  status: `0x${status}`,
  gasUsed: "0x186a0",
  sero: { fee: "0x0", calls: [], failure },
});
const PAYMENT_HIDES = "who paid, who was paid, what, how much";

describe("sero tx", () => {
  it("of a payment: nobody sees who, whom, what, how much", async () => {
    const { text, json } = await shown("payment of one bundle", mined(1, null));
    expect(text).toContain(PAYMENT_HIDES);
    expect(text).not.toContain("pseudonym");
    expect(json).toMatchObject({ block: "7", call: null, packages: [] });
  });

  it("of a call: everything that its phase shows, and no promise that it is hidden", async () => {
    const { text, json } = await shown("call with every field", mined(1, null));
    const { call, ...tx } = decodeTransaction(fromHex(bytesOf("call with every field")));
    const coin = publicCoinOf(tx) - feeOf({ ...tx, call }, SPEC);
    const cost = 100_000n * priceOf(tx, SPEC);
    expect(text).not.toContain(PAYMENT_HIDES);
    for (const seen of [
      "0xbd7281ee5fcd2e5c2c863a245f33224052341626",
      "0xa83c5214f9664d5c56517b3ea0488482268faa46, function 0x81c5cf93, 68 bytes of calldata, with 0.000000000000000005",
      "creates a contract from 33 bytes",
      "1000 smallest units of token 0x2afa1c96c1e3bdb2157c15da20bd0e8671342a07",
      "ticket 7 of 0x9a7b8789fcaaa6860a51592a17b32badf8a8551e",
      "up to 2 tickets of 0x9a7b8789fcaaa6860a51592a17b32badf8a8551e",
      "4 entries",
      "succeeded",
      "gas limit      500000",
      "100000 in all",
      "What nobody sees: who is behind the pseudonym",
    ])
      expect(text).toContain(seen);
    expect(json["call"]).toMatchObject({
      pseudonym: "0xbd7281ee5fcd2e5c2c863a245f33224052341626",
      gasLimit: "500000",
      coin: coin.toString(),
      pseudonymPays: false,
      assets: [
        { kind: "token", amount: "1000" },
        { kind: "ticket", id: "7", amount: "1" },
      ],
      calls: [
        { to: "0xa83c5214f9664d5c56517b3ea0488482268faa46", selector: "0x81c5cf93", value: "5" },
        { to: null, selector: null, value: "0" },
      ],
      status: "succeeded",
      gasUsed: "100000",
      cost: cost.toString(),
      failure: null,
    });
    expect((json["call"] as { returns: unknown[] }).returns).toHaveLength(4);
    expect(json["packages"]).toMatchObject([{ outputIndex: 0 }, { outputIndex: 4 }]);
  });

  it("D28: of a call that failed: where and why, in one line that the contract's words can't leave", async () => {
    const message = "too\nlate\u001b[2J";
    const failure = { step: "call", index: 1, reason: "revert", output: "0x", message };
    const { text, json } = await shown("call with every field", mined(0, failure));
    const line = text.split("\n").find((each) => each.includes("  status "));
    expect(line).toMatch(/failed at call 2 \("too.late.*"\): all that the calls did was taken back/);
    expect(text).not.toContain("\u001b");
    expect(json["call"]).toMatchObject({ status: "failed", failure: { step: "call", index: 1 } });
    const waiting = await shown("call with every field", null);
    expect(waiting.text).toContain("not known before it is in a block");
    expect(waiting.json["call"]).toMatchObject({ status: null, gasUsed: null, cost: null });
  });

  it("of a package without calls: its first controller", async () => {
    const { text, json } = await shown("package without a call phase", null);
    expect(text).toContain("output 2, controlled by 0xbfc77cb0285d34111b8784a9ac4fe33c78f6c253 at first");
    expect(json["packages"]).toMatchObject([{ controller: "0xbfc77cb0285d34111b8784a9ac4fe33c78f6c253" }]);
  });
});
