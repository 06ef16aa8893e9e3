import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import type { RpcContext } from "../../src/rpc/context.js";
import { peersForOperator } from "../../src/rpc/sero/operator.js";
import { isForwarded } from "../../src/server/origin.js";

const request = (headers: Readonly<Record<string, string>>): IncomingMessage => ({ headers }) as never;

describe("methods of the operator", () => {
  it("G47: answer a program on this machine, no web page and nobody behind a proxy on this machine", () => {
    const context = { peers: {} } as unknown as RpcContext;
    const ask = (source: string, headers: Readonly<Record<string, string>>) => () =>
      peersForOperator(context, { source, isForwarded: isForwarded(request(headers)) });
    const host = "127.0.0.1:8545";
    expect(ask("rpc:127.0.0.1", { host })).not.toThrow();
    expect(ask("rpc:::1", { host: "[::1]:8545" })).not.toThrow();
    // What fetch of a program sends.
    expect(ask("rpc:127.0.0.1", { host: "localhost:8545", "sec-fetch-mode": "cors" })).not.toThrow();
    for (const headers of [
      { host, origin: "http://localhost:5173" },
      { host, "sec-fetch-site": "same-origin" },
      { host, "x-forwarded-for": "203.0.113.9" },
      { host, forwarded: "for=203.0.113.9" },
      { host: "rpc.example.org" },
    ]) {
      expect(ask("rpc:127.0.0.1", headers)).toThrow("own machine only");
    }
    expect(ask("rpc:203.0.113.9", { host })).toThrow("own machine only");
  });
});
