import { connect, createServer, type Socket } from "node:net";
import { cleanup } from "./hosts.js";

/** What a proxy was asked for. */
export interface Asked {
  readonly userId: string;
  readonly password: string;
  readonly kind: "ip4" | "name" | "ip6";
  readonly host: string;
  readonly port: number;
}

export interface TestProxy {
  readonly port: number;
  readonly asked: readonly Asked[];
  /** Whether the proxy itself is connecting at this moment. */
  readonly connecting: () => boolean;
}

/**
 * A SOCKS5 proxy (RFC 1928) on loopback that insists on a user name (RFC 1929) and reaches names by a table of its own.
 *
 * @param ports from "host:port" as asked to a port on 127.0.0.1; anything else is refused
 */
export async function socksServer(ports: ReadonlyMap<string, number>): Promise<TestProxy> {
  const asked: Asked[] = [];
  const sockets = new Set<Socket>();
  let connecting = false;
  const server = createServer((client) => {
    sockets.add(client);
    client.on("error", () => undefined);
    void serve(client).catch(() => client.destroy());
  });
  const serve = async (client: Socket): Promise<void> => {
    const read = reader(client);
    const [version, methods = 0] = await read(2);
    const offered = await read(methods);
    if (version !== 5 || !offered.includes(2)) return void client.end(Uint8Array.of(5, 0xff));
    client.write(Uint8Array.of(5, 2));
    const [, userLength = 0] = await read(2);
    const userId = (await read(userLength)).toString();
    const [passwordLength = 0] = await read(1);
    const password = (await read(passwordLength)).toString();
    client.write(Uint8Array.of(1, 0));
    const [, command, , type] = await read(4);
    if (command !== 1) return void client.destroy();
    const kind = type === 1 ? "ip4" : type === 3 ? "name" : "ip6";
    const raw = await read(kind === "ip4" ? 4 : kind === "ip6" ? 16 : ((await read(1))[0] ?? 0));
    const host = kind === "ip4" ? raw.join(".") : kind === "name" ? raw.toString() : raw.toString("hex");
    const port = (await read(2)).readUInt16BE();
    asked.push({ userId, password, kind, host, port });
    const target = ports.get(`${host}:${port}`);
    if (target === undefined) return void client.end(Uint8Array.of(5, 4, 0, 1, 0, 0, 0, 0, 0, 0));
    connecting = true;
    const upstream = connect(target, "127.0.0.1");
    connecting = false;
    sockets.add(upstream);
    upstream.on("error", () => client.destroy());
    await new Promise((resolve) => upstream.once("connect", resolve));
    client.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
    read.release();
    client.pipe(upstream).pipe(client);
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    asked,
    connecting: () => connecting,
  };
}

interface Reader {
  (bytes: number): Promise<Buffer>;
  release(): void;
}

function reader(socket: Socket): Reader {
  let buffer = Buffer.alloc(0);
  let wake = (): void => undefined;
  const onData = (data: Buffer): void => {
    buffer = Buffer.concat([buffer, data]);
    wake();
  };
  socket.on("data", onData);
  const read = async (bytes: number): Promise<Buffer> => {
    while (buffer.length < bytes) await new Promise<void>((resolve) => (wake = resolve));
    const taken = buffer.subarray(0, bytes);
    buffer = buffer.subarray(bytes);
    return taken;
  };
  return Object.assign(read, {
    release() {
      socket.off("data", onData);
      if (buffer.length > 0) socket.unshift(buffer);
    },
  });
}
