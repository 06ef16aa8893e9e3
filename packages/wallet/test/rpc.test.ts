import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { developmentSpec, encodeRlp, rlpUint, specToJson, type BlockHash } from "@sero/protocol";
import { httpClient, type NodeClient } from "../src/index.js";

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void;
async function serve(handler: Handler): Promise<string> {
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => handler(request, body, response));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const answer =
  (result: unknown): Handler =>
  (_request, _body, response) =>
    void response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, result }));
const QUICK = { timeoutMs: 300, retries: 1, backoffMs: 10 };
const codeOf = async (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );
const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
const frame = (bytes: Uint8Array): Uint8Array =>
  Uint8Array.from([0, 0, bytes.length >> 8, bytes.length & 255, ...bytes]);
const H32 = "0x" + "ab".repeat(32);

describe("the node client", () => {
  it("says which of down, slow, busy, nonsense and refusing a node is", async () => {
    expect(await codeOf(httpClient("http://127.0.0.1:9", QUICK).chain())).toBe("rpc/unreachable");
    expect(await codeOf(httpClient(await serve(() => undefined), QUICK).chain())).toBe("rpc/timeout");
    expect(
      await codeOf(
        httpClient(await serve((_request, _body, response) => void response.writeHead(503).end()), QUICK).chain(),
      ),
    ).toBe("rpc/busy");
    for (const text of ["<html>", "null", "[]", '{"result":{}}', '{"result":null}', ""])
      expect(
        await codeOf(httpClient(await serve((_request, _body, response) => void response.end(text)), QUICK).chain()),
      ).toBe("rpc/bad-answer");
    const refusing = await serve(
      (_request, _body, response) =>
        void response.end(
          JSON.stringify({ error: { code: -32003, message: "Spent.\u001b[31m", data: { code: "tx/spent" } } }),
        ),
    );
    const error = await httpClient(refusing, QUICK)
      .sendTransaction(Uint8Array.of(1))
      .catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: "tx/spent", message: `The node at ${refusing} refused: "Spent.\ufffd[31m"` });
    expect(() => httpClient("file:///etc/passwd")).toThrow(expect.objectContaining({ code: "rpc/url" }));
  });

  it("D32: puts no password or key of the address into an error, wherever in it that is", async () => {
    const error = await httpClient("http://me:hunter2@127.0.0.1:9/v1/hunter2?key=hunter2", QUICK)
      .chain()
      .catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ code: "rpc/unreachable" });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/hunter2/);
    let sent = "";
    const url = await serve((request, body, response) => {
      sent = request.headers.authorization ?? "";
      answer(H32)(request, body, response);
    });
    await httpClient(url.replace("http://", "http://me:hunter2@"), QUICK).sendTransaction(Uint8Array.of(1));
    expect(sent).toBe(`Basic ${Buffer.from("me:hunter2").toString("base64")}`);
  });

  it("tries again when the node was away for a moment, and stops when cancelled", async () => {
    let calls = 0;
    const url = await serve((request, body, response) =>
      ++calls < 2 ? void response.writeHead(503).end() : answer(H32)(request, body, response),
    );
    expect(await codeOf(httpClient(url, QUICK).sendTransaction(Uint8Array.of(1)))).toBe("ok");
    expect(calls).toBe(2);
    const abort = new AbortController();
    const waiting = codeOf(httpClient(await serve(() => undefined), QUICK).chain({ signal: abort.signal }));
    abort.abort();
    expect(await waiting).toBe("wallet/cancelled");
  });

  it("reads the answers as they are specified", async () => {
    const spec = developmentSpec([]);
    const client = async (result: unknown): Promise<NodeClient> => httpClient(await serve(answer(result)), QUICK);
    expect(
      await (
        await client({
          spec: specToJson(spec),
          genesisHash: H32,
          rulesId: H32,
          clientVersion: "x",
          poolAddress: "0x00",
        })
      ).chain(),
    ).toMatchObject({ spec, clientVersion: "x" });
    const head = {
      head: { number: "0x10", hash: H32, timestamp: "0x5", stateRoot: H32 },
      safe: null,
      finalized: null,
      leafCount: "0x3",
      syncing: false,
    };
    expect(await (await client(head)).head()).toMatchObject({
      number: 16n,
      timestamp: 5n,
      leafCount: 3n,
      syncing: false,
    });
    expect(await (await client({ ...head, syncing: { currentBlock: "0x1" } })).head()).toMatchObject({ syncing: true });
    expect(
      await (await client({ count: "0x1", frontier: "0x00", streamDigest: H32, root: H32 })).treeState(3n),
    ).toMatchObject({ leafCount: 1n });
    expect(
      await (
        await client({
          header: "0xc0",
          accountProof: ["0xc0"],
          storageProof: [{ key: "0x1", value: "0x2", proof: [] }],
        })
      ).poolProof(new Uint8Array(32) as BlockHash),
    ).toMatchObject({
      storageProof: [{ proof: [] }],
    });
  });

  it("reads streams of frames however they are cut, and refuses false ones", async () => {
    const frames = [1, 2, 3].map((n) => frame(encodeRlp([Uint8Array.of(n, n), Uint8Array.of(n)])));
    const bytes = Buffer.concat(frames);
    const piecemeal = await serve((request, _body, response) => {
      expect(request.url).toBe("/sero/compact?from=1&to=3");
      let at = 0;
      const next = (): void => {
        if (at >= bytes.length) return void response.end();
        response.write(bytes.subarray(at, ++at), () => setImmediate(next));
      };
      next();
    });
    expect(await collect(httpClient(piecemeal, QUICK).compactBlocks(1n, 3n))).toHaveLength(3);
    const sending = async (body: Uint8Array, status = 200): Promise<string> =>
      codeOf(
        collect(
          httpClient(
            await serve((_request, _body, response) => void response.writeHead(status).end(body)),
            QUICK,
          ).compactBlocks(1n, 3n),
        ),
      );
    expect(await sending(bytes.subarray(0, bytes.length - 1))).toBe("rpc/bad-answer");
    expect(await sending(Uint8Array.of(255, 255, 255, 255, 0))).toBe("rpc/bad-answer");
    expect(await sending(frame(Uint8Array.of(0xc1, 0x80)))).toBe("rpc/bad-answer");
    expect(await sending(bytes, 500)).toBe("rpc/bad-answer");
    expect(await sending(new Uint8Array(0), 404)).toBe("ok");
    const memos = frame(encodeRlp([rlpUint(7), [[new Uint8Array(32), [new Uint8Array(256)]]]]));
    const memoUrl = await serve((_request, _body, response) => void response.end(memos));
    expect(await collect(httpClient(memoUrl, QUICK).memos(7n, 7n))).toMatchObject([
      { number: 7n, transactions: [{ chunks: [new Uint8Array(256)] }] },
    ]);
  });

  it("gives up on a stream that stops in the middle", async () => {
    const stalling = await serve((_request, _body, response) => {
      response.writeHead(200);
      response.write(Uint8Array.of(0, 0));
    });
    expect(await codeOf(collect(httpClient(stalling, QUICK).compactBlocks(1n, 3n)))).toBe("rpc/timeout");
    const breaking = await serve((_request, _body, response) => {
      response.writeHead(200);
      response.write(Uint8Array.of(0, 0), () => response.destroy());
    });
    expect(await codeOf(collect(httpClient(breaking, QUICK).compactBlocks(1n, 3n)))).toBe("rpc/unreachable");
  });
});
