import { createHmac } from "node:crypto";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toHex } from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { issueToken } from "../../src/index.js";
import { loadJwtSecret } from "../../src/engine/index.js";
import { temporaryDirectory } from "../helpers/node.js";
import { startEngineNode, valid, ZERO, type EngineNode } from "../helpers/engine.js";

describe("the engine port", () => {
  let node: EngineNode;
  beforeAll(async () => {
    node = await startEngineNode();
  });
  afterAll(() => node.test.stop());
  const now = (): number => Math.floor(Date.now() / 1000);

  it("lets nobody in without a fresh token of the right secret", async () => {
    const secret = node.secret();
    const call = { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] };
    const status = async (token: string | undefined): Promise<number> => (await node.post(token, call)).status;
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const sign = (header: object, claims: object, key: Uint8Array = secret, hash = "sha256"): string => {
      const signed = `${part(header)}.${part(claims)}`;
      return `${signed}.${createHmac(hash, key).update(signed).digest("base64url")}`;
    };
    const hs256 = { alg: "HS256", typ: "JWT" };
    expect(await status(issueToken(secret, now()))).toBe(200);
    // Drift of 60 s either way.
    for (const drift of [-55, 55]) expect(await status(issueToken(secret, now() + drift))).toBe(200);
    for (const drift of [-65, 65, -1e6]) expect(await status(issueToken(secret, now() + drift))).toBe(401);
    // Another secret, a shorter and a longer one.
    for (const length of [32, 20, 64]) {
      expect(await status(sign(hs256, { iat: now() }, new Uint8Array(length).fill(1)))).toBe(401);
    }
    expect(await status(sign(hs256, { iat: now() }, secret.slice(0, 31)))).toBe(401);
    expect(await status(undefined)).toBe(401);
    expect(await status("a.b")).toBe(401);
    expect(await status(`${part({ alg: "none" })}.${part({ iat: now() })}.`)).toBe(401);
    expect(await status(sign({ alg: "none" }, { iat: now() }))).toBe(401);
    expect(await status(sign({ alg: "HS512" }, { iat: now() }, secret, "sha512"))).toBe(401);
    expect(await status(sign({ alg: "HS384" }, { iat: now() }, secret, "sha384"))).toBe(401);
    // Claims: iat is required, exp is held to, others are ignored.
    for (const claims of [{}, { iat: "1" }, { iat: null }, { iat: now(), exp: now() - 5 }]) {
      expect(await status(sign(hs256, claims))).toBe(401);
    }
    expect(await status(sign(hs256, { iat: now(), id: "cl", clv: "x", other: [1] }))).toBe(200);
    const valid = issueToken(secret, now());
    for (const header of [valid, `bearer ${valid}`, `Basic ${valid}`, `Bearer  ${valid}`]) {
      const response = await fetch(node.test.node.engineUrl!, {
        method: "POST",
        headers: { authorization: header },
        body: JSON.stringify(call),
      });
      expect(response.status).toBe(401);
    }
  });

  it("makes a secret that only its owner can read, and takes no file that holds anything else", () => {
    const path = join(temporaryDirectory(), "new", "jwt.hex");
    const made = loadJwtSecret(path);
    expect(made).toHaveLength(32);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(loadJwtSecret(path)).toEqual(made);
    for (const text of [toHex(made).slice(2), ` ${toHex(made)} \n`]) {
      writeFileSync(path, text);
      expect(loadJwtSecret(path)).toEqual(made);
    }
    for (const text of ["", "0x12", toHex(made).slice(0, -1), `${toHex(made)}00`, `${toHex(made).slice(0, -1)}g`]) {
      writeFileSync(path, text);
      expect(() => loadJwtSecret(path)).toThrow(/64 hex digits/);
    }
  });

  it("a token is looked at before the body: a stranger's is not read", async () => {
    const response = await node.post(undefined, "x".repeat(1_000_000));
    expect(response.status).toBe(401);
  });

  it("serves the eth_ methods of common.md, and no others", async () => {
    const head = node.head();
    expect(await node.call("eth_chainId")).toBe("0x5e5e");
    expect(await node.call("eth_syncing")).toBe(false);
    expect(await node.call("eth_blockNumber")).toBe("0x0");
    expect(await node.call("eth_getBlockByNumber", "latest", false)).toMatchObject({ hash: head });
    expect(await node.call("eth_getBlockByHash", head, false)).toMatchObject({ number: "0x0" });
    expect(await node.call("eth_getLogs", { fromBlock: "0x0", toBlock: "latest" })).toEqual([]);
    const deposits = "0x00000000219ab540356cbb839cbe05303d7705fa";
    expect(await node.call("eth_getCode", deposits, "latest")).toMatch(/^0x60/);
    expect(await node.call("eth_call", { to: deposits, data: "0xc5f2892f" }, "latest")).toMatch(/^0x[0-9a-f]{64}$/);
    const payment = node.test.pay(1);
    expect(await node.call("eth_sendRawTransaction", toHex(payment.bytes))).toBe(toHex(payment.txid));
    for (const name of ["sero_sealBlock", "eth_getBalance", "debug_traceTransaction", "engine_made_upV1"]) {
      await expect(node.call(name)).rejects.toMatchObject({ code: -32601 });
    }
    // And the engine_ methods are on no other port.
    await expect(node.test.rpc("engine_exchangeCapabilities", [[]])).rejects.toMatchObject({ code: -32601 });
  });

  it("answers batches in order, and payloads of megabytes", async () => {
    const payload = await node.build(node.genesis, 4n);
    const state = { headBlockHash: payload.blockHash, safeBlockHash: ZERO, finalizedBlockHash: ZERO };
    const calls = [
      ["engine_exchangeCapabilities", [[]]],
      ["engine_newPayloadV2", [payload]],
      ["engine_forkchoiceUpdatedV2", [state, null]],
      ["engine_nothing", []],
    ] as const;
    const batch = calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
    const replies = (await (await node.post(node.token(), batch)).json()) as {
      id: number;
      result?: unknown;
      error?: unknown;
    }[];
    expect(replies.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
    expect(replies[1]!.result).toEqual(valid(payload.blockHash));
    expect(replies[2]!.result).toEqual({ payloadStatus: valid(payload.blockHash), payloadId: null });
    expect(replies[3]!.error).toMatchObject({ code: -32601 });
    const big = { ...payload, transactions: [`0x5e${"00".repeat(6_000_000)}`] };
    expect(await node.newPayload(big)).toMatchObject({ status: "INVALID", latestValidHash: null });
  });

  it("says who it is, and that there was no proof of work", async () => {
    const client = { code: "XX", name: "test", version: "1", commit: "0x00000000" };
    expect(await node.call("engine_getClientVersionV1", client)).toEqual([
      {
        code: "SE",
        name: "SERO",
        version: expect.any(String) as string,
        commit: expect.stringMatching(/^0x[0-9a-f]{8}$/) as string,
      },
    ]);
    const configuration = { terminalTotalDifficulty: "0x0", terminalBlockHash: ZERO, terminalBlockNumber: "0x0" };
    expect(await node.call("engine_exchangeTransitionConfigurationV1", configuration)).toEqual(configuration);
  });
});
