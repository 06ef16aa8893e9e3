import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { newToken, serveProvider, type ProviderServer, type SeroProvider, type ServedSession } from "../src/index.js";
import { openFake, type FakeNode, type FakeWallet } from "./helpers/fake.js";

const SITE = "http://localhost:5173";

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

describe("the provider's server", () => {
  let server: ProviderServer;
  let wallet: FakeWallet;
  let node: FakeNode;
  let provider: SeroProvider;
  let session: ServedSession;
  let other: ServedSession;
  let agree: Promise<boolean> = Promise.resolve(true);

  beforeAll(async () => {
    const fake = await openFake({ says: () => agree });
    ({ wallet, node, provider } = fake);
    session = { provider, token: newToken(), origins: [SITE] };
    other = { provider: (await openFake({ session: { site: "other" } })).provider, token: newToken() };
    server = await serveProvider({ sessions: [session, other] });
  });
  afterAll(async () => {
    wallet.pendingOnes.clear();
    await server.close();
    await provider.close();
  });

  const body = (method: string, params: unknown[] = []): string =>
    JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });

  /** A request exactly as told, Host included. */
  const ask = (text: string, path: string, headers: Record<string, string> = {}, method = "POST"): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: server.port,
        path,
        method,
        headers: { "content-type": "application/json", ...headers },
      };
      const sent = httpRequest(options, (response) => {
        let answer = "";
        response.setEncoding("utf8").on("data", (part: string) => (answer += part));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answer }),
        );
      });
      sent.on("error", reject).end(text);
    });
  const accounts = body("eth_accounts");
  const path = (): string => `/${session.token}`;

  it("answers who has the token, in the address or in a header", async () => {
    const expected = { jsonrpc: "2.0", id: 1, result: provider.accounts() };
    expect(JSON.parse((await ask(accounts, path())).text)).toEqual(expected);
    expect(JSON.parse((await ask(accounts, "/", { authorization: `Bearer ${session.token}` })).text)).toEqual(expected);
    expect(server.url(session)).toBe(`http://127.0.0.1:${server.port}/${session.token}`);
    const theirs = JSON.parse((await ask(accounts, `/${other.token}`)).text) as { result: unknown };
    expect(theirs.result).toEqual(other.provider.accounts());
  });

  it("G47: listens on this machine only", async () => {
    const refused = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: "127.0.0.2", port: server.port });
      socket.on("connect", () => resolve(false)).on("error", () => resolve(true));
      setTimeout(() => socket.destroy(), 500);
    });
    expect(refused).toBe(true);
  });

  it("G47: no token, a wrong one, a part of one", async () => {
    for (const wrong of ["/", `/${newToken()}`, path().slice(0, -1), `/x${path()}`, "/?token=1"]) {
      const { status, text } = await ask(accounts, wrong);
      expect([wrong, status]).toEqual([wrong, 401]);
      expect(text).not.toContain(provider.accounts()[0]);
    }
    expect((await ask(accounts, "/", { authorization: "Bearer " + newToken() })).status).toBe(401);
    expect((await ask(accounts, "/", { authorization: `Basic ${session.token}` })).status).toBe(401);
  });

  it("G47: a foreign Host, as a page sends it whose name was re-pointed to this machine (DNS rebinding), even with the token", async () => {
    for (const host of [
      "evil.example",
      `evil.example:${server.port}`,
      "127.0.0.1.evil.example",
      "localhost.evil.example",
    ])
      expect([host, (await ask(accounts, path(), { host })).status]).toEqual([host, 403]);
    for (const host of ["localhost", `localhost:${server.port}`, `[::1]:${server.port}`])
      expect((await ask(accounts, path(), { host })).status).toBe(200);
  });

  it("G47: a foreign Origin gets nothing and may read nothing; the session's own site may", async () => {
    for (const origin of ["https://evil.example", "null", `${SITE}.evil.example`, "http://localhost:51730"]) {
      const { status, headers } = await ask(accounts, path(), { origin });
      expect([origin, status]).toEqual([origin, 403]);
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    }
    const allowed = await ask(accounts, path(), { origin: SITE });
    expect(allowed.status).toBe(200);
    expect(allowed.headers["access-control-allow-origin"]).toBe(SITE);
    // The other session's token does not open it for this site.
    expect((await ask(accounts, `/${other.token}`, { origin: SITE })).status).toBe(403);
    expect((await ask(accounts, path(), { "sec-fetch-site": "cross-site" })).status).toBe(403);
  });

  it("G47: a preflight is answered for the session's site only", async () => {
    const preflight = (origin: string): Promise<Reply> =>
      ask("", "/", { origin, "access-control-request-method": "POST" }, "OPTIONS");
    const allowed = await preflight(SITE);
    expect([allowed.status, allowed.headers["access-control-allow-origin"]]).toEqual([204, SITE]);
    expect(allowed.headers["access-control-allow-headers"]).toContain("authorization");
    const refused = await preflight("https://evil.example");
    expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([403, undefined]);
  });

  it("G47: web forms, other methods and 4 MB of calldata", async () => {
    expect((await ask(accounts, path(), { "content-type": "text/plain" })).status).toBe(415);
    expect((await ask(accounts, path(), { "content-type": "application/x-www-form-urlencoded" })).status).toBe(415);
    expect((await ask("", path(), {}, "GET")).status).toBe(405);
    const tx = { from: provider.accounts()[0], to: provider.accounts()[0], data: `0x${"ab".repeat(4_000_000)}` };
    const { status, text } = await ask(body("eth_sendTransaction", [tx]), path());
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({
      id: null,
      error: { code: -32005, message: expect.stringMatching(/at most/) as string },
    });
    expect(wallet.requests).toEqual([]);
  });

  it("batches are answered in order; too large ones, nonsense and notifications as JSON-RPC says", async () => {
    const batch = `[${accounts},${body("eth_chainId")},{"jsonrpc":"2.0","method":"eth_chainId"},7]`;
    const replies = JSON.parse((await ask(batch, path())).text) as unknown[];
    expect(replies).toMatchObject([{ result: provider.accounts() }, { result: "0x5e5e" }, { error: { code: -32600 } }]);
    const errors = async (text: string): Promise<unknown> => JSON.parse((await ask(text, path())).text);
    expect(await errors(`[${Array(101).fill(accounts).join(",")}]`)).toMatchObject({ error: { code: -32600 } });
    expect(await errors("[]")).toMatchObject({ error: { code: -32600 } });
    expect(await errors("{")).toMatchObject({ error: { code: -32700 } });
    expect(await errors(body("eth_subscribe", ["newHeads"]))).toMatchObject({ error: { code: 4200 } });
    expect((await ask('{"jsonrpc":"2.0","method":"eth_chainId"}', path())).status).toBe(204);
  });

  it("whoever hangs up before the user agreed sends nothing", async () => {
    let answer = (_yes: boolean): void => undefined;
    agree = new Promise((resolve) => (answer = resolve));
    const asked = wallet.requests.length;
    const text = body("eth_sendTransaction", [{ from: provider.accounts()[0], to: provider.accounts()[1] }]);
    const headers = { "content-type": "application/json" };
    const options = { host: "127.0.0.1", port: server.port, path: path(), method: "POST", headers };
    const sent = httpRequest(options);
    sent.on("error", () => undefined).end(text);
    await expect.poll(() => wallet.requests.length).toBe(asked + 1);
    sent.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    answer(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(wallet.sent).toEqual([]);
    agree = Promise.resolve(true);
  });

  it("WebSockets: the same checks, and each connection is told of its own subscriptions only", async () => {
    let notify = (_result: string): void => undefined;
    let ended = 0;
    node.subscribe = async (_params, onResult) => {
      notify = onResult;
      return { id: "0xfeed", close: () => void ended++ };
    };
    const open = (where: string, headers: Record<string, string> = {}): Promise<WebSocket> =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(`ws://127.0.0.1:${server.port}${where}`, { headers });
        socket.once("open", () => resolve(socket)).once("error", reject);
      });
    await expect(open("/")).rejects.toThrow("401");
    await expect(open(path(), { origin: "https://evil.example" })).rejects.toThrow("403");
    await expect(open(path(), { host: "evil.example" })).rejects.toThrow("403");
    const [one, two] = [await open(path(), { origin: SITE }), await open(path())];
    const heard = new Map<WebSocket, string[]>([
      [one, []],
      [two, []],
    ]);
    for (const [socket, list] of heard) socket.on("message", (message) => list.push(message.toString()));
    one.send(body("eth_subscribe", ["newHeads"]));
    await expect.poll(() => heard.get(one)).toHaveLength(1);
    two.send(body("eth_unsubscribe", ["0xfeed"]));
    await expect.poll(() => heard.get(two)).toHaveLength(1);
    expect(JSON.parse(heard.get(two)?.[0] ?? "")).toMatchObject({ result: false });
    notify("a head");
    await expect.poll(() => heard.get(one)).toHaveLength(2);
    expect(JSON.parse(heard.get(one)?.[1] ?? "")).toEqual({
      jsonrpc: "2.0",
      method: "eth_subscription",
      params: { subscription: "0xfeed", result: "a head" },
    });
    expect(heard.get(two)).toHaveLength(1);
    one.close();
    await expect.poll(() => ended).toBe(1);
    two.close();
  });

  it("a subscription that is made while its reader hangs up is ended again", async () => {
    let made = (): void => undefined;
    let asked = false;
    let ended = 0;
    node.subscribe = () => {
      asked = true;
      return new Promise((resolve) => (made = () => resolve({ id: "0xbeef", close: () => void ended++ })));
    };
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path()}`);
    await new Promise((resolve) => socket.once("open", resolve));
    socket.send(body("eth_subscribe", ["newHeads"]));
    await expect.poll(() => asked).toBe(true);
    socket.terminate();
    await new Promise((resolve) => setTimeout(resolve, 50));
    made();
    await expect.poll(() => ended).toBe(1);
  });

  it("a port that is taken is refused with a sentence", async () => {
    await expect(serveProvider({ sessions: [session], port: server.port })).rejects.toMatchObject({
      code: "server/port-taken",
    });
  });
});
