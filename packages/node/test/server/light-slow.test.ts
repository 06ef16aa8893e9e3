import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { silent } from "../../src/log.js";
import { LIGHT_LIMITS, startLightServer } from "../../src/server/index.js";

describe("readers of the light port that do not read", () => {
  it("G50: keep neither an answer in memory nor a stream from others for ever", async () => {
    let [begun, ended] = [0, 0];
    // What a stream does that waits for its reader.
    const server = await startLightServer({
      host: "127.0.0.1",
      port: 0,
      names: [],
      origins: [],
      behindProxy: false,
      limits: { ...LIGHT_LIMITS, answerMs: 100, maxStreams: 1 },
      call: () => Promise.resolve("a".repeat(16 * 1024 * 1024)),
      streams: async (_url, response) => {
        begun++;
        response.writeHead(200).write("x");
        await new Promise<void>((resolve) => void response.once("close", resolve));
        ended++;
        return true;
      },
      log: silent,
      count: () => undefined,
    });
    const open = (text: string): Promise<void> =>
      new Promise((resolve) => {
        const socket = connect(server.port, "127.0.0.1", () => socket.write(text));
        socket.pause();
        socket.on("error", () => undefined);
        socket.once("close", () => resolve());
        // Reads on at the end of its patience, to hear that the other side is gone.
        setTimeout(() => socket.resume(), 1_000);
      });
    const head = "Host: localhost\r\nContent-Type: application/json\r\n";
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "sero_head", params: [] });
    await open(`GET /sero/compact HTTP/1.1\r\n${head}\r\n`);
    await open(`GET /sero/compact HTTP/1.1\r\n${head}\r\n`);
    expect([begun, ended]).toEqual([2, 2]);
    const started = performance.now();
    await open(`POST / HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    // Before the keep-alive of a finished answer would have ended it.
    expect(performance.now() - started).toBeLessThan(9_000);
    await server.close();
  }, 30_000);
});
