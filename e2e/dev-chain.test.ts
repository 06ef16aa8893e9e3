import { createServer } from "node:http";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, openSeat, temporaryFolder, until, type Seat } from "./helpers/command.js";
import { startDev, type DevChain } from "./helpers/dev.js";
import { randomFrom } from "./helpers/random.js";
import { blockAt, rpc, type RpcBlock } from "./helpers/rpc.js";

interface Sent {
  readonly sent: readonly { readonly txid: string }[];
}
interface BalanceAnswer {
  readonly block: string;
  readonly balances: readonly { readonly total: string; readonly spendable: string }[];
}

const STACK = /^\s+at .*[:(]\d+/m;

describe("sero dev", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let seat: Seat;
  let port: number;
  let dev: DevChain | undefined;

  beforeAll(async () => {
    folder = await temporaryFolder();
    port = await freePort();
    seat = openSeat(join(folder.path, "home"), { SERO_NODE: `http://127.0.0.1:${port}` });
  });
  afterAll(async () => {
    await dev?.kill();
    await folder.remove();
  });

  const total = async (wallet: string): Promise<string> =>
    (await seat.ask<BalanceAnswer>(["balance", "--wallet", wallet])).balances[0]?.total ?? "";
  const blocks = async (url: string): Promise<RpcBlock[]> => {
    const head = Number(await rpc<string>(url, "eth_blockNumber"));
    return Promise.all(Array.from({ length: head + 1 }, (_, i) => blockAt(url, BigInt(i))));
  };
  const pay = async (amount: string): Promise<string> => {
    const { address } = await seat.ask<{ address: string }>(["address", "--wallet", "bob"]);
    const args = ["send", "--wallet", "alice", "--to", address, "--amount", amount, "--memo", "dev chain test"];
    return (await seat.ask<Sent>(args)).sent[0]?.txid ?? "";
  };
  const minedIn = (url: string, txid: string): Promise<string> =>
    until(`${txid} is mined`, async () => {
      const receipt = await rpc<{ blockHash: string } | null>(url, "eth_getTransactionReceipt", [txid]);
      return receipt?.blockHash;
    });

  it("runs on a free port, makes three funded wallets, and a payment with a real proof arrives by the next block", async () => {
    dev = await startDev(seat, port, ["--block-time", "1"]);
    expect(dev.stdout()).toContain("npx sero send");
    expect((await seat.ask<{ wallets: string[] }>(["wallet", "list"])).wallets).toEqual(["alice", "bob", "carol"]);
    const before = BigInt(await total("bob"));
    const txid = await pay("12.5");
    await minedIn(dev.url, txid);
    expect(BigInt(await total("bob")) - before).toBe(12_500_000_000_000_000_000n);
    const { history } = await seat.ask<{ history: { txid: string; parts: { memo?: string }[] }[] }>([
      "history",
      "--wallet",
      "bob",
    ]);
    expect(history[0]).toMatchObject({ txid, parts: [{ memo: "dev chain test" }] });
  });

  it("a second one on the same data is refused with a sentence, while the first goes on", async () => {
    const other = await freePort();
    for (const json of [[], ["--json"]]) {
      const second = await seat.run(["dev", "--rpc-port", String(other), ...json]);
      expect(second.code).toBe(3);
      const said = json.length === 0 ? second.stderr : second.json<{ error: { message: string } }>().error.message;
      expect(said).toMatch(/^The data directory is in use by the process \d+\. Stop that node first.*\n?$/);
      expect(second.stdout + second.stderr).not.toMatch(STACK);
    }
    await rpc(dev?.url ?? "", "eth_blockNumber");
  });

  it("a port that another program has is refused with a sentence", async () => {
    const server = createServer((_request, response) => response.end());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const taken = String((server.address() as { port: number }).port);
    const elsewhere = openSeat(join(folder.path, "elsewhere"));
    const run = await elsewhere.run(["dev", "--rpc-port", taken]);
    expect(run.code).toBe(4);
    expect(run.stderr).toBe(`Port ${taken} is taken by another program. Stop that one, or choose another port.\n`);
    expect(run.stdout).toBe("");
    // Its data folder is free again: nothing holds it.
    expect(existsSync(join(folder.path, "elsewhere", "chains", "sero-dev", "LOCK"))).toBe(false);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(["70000", "eighty", "-1"])("the port %s is refused", async (bad) => {
    const run = await seat.run(["dev", "--rpc-port", bad]);
    expect(run.code).toBe(2);
    expect(run.stderr).toMatch(/^A port must be a whole number from 0 to 65535/);
  });

  it("D31: kill -9 at random moments while blocks are sealed loses no block and no payment", async () => {
    const random = randomFrom(31);
    for (let round = 0; round < 3; round++) {
      if (dev === undefined) throw new Error("no chain");
      const { url } = dev;
      const txid = round === 0 ? await pay("3") : undefined;
      if (txid !== undefined) await minedIn(url, txid);
      const bobBefore = txid === undefined ? undefined : await total("bob");
      const seen = await blocks(url);
      // Blocks are made as fast as they go, and every one that was answered must be there afterwards.
      let last: { number: string; hash: string } | undefined;
      let isDead = false;
      const sealing = (async () => {
        while (!isDead) last = await rpc<{ number: string; hash: string }>(url, "sero_sealBlock").catch(() => last);
      })();
      await until("blocks are being made", () => last);
      await new Promise((resolve) => setTimeout(resolve, random.below(400)));
      await dev.kill();
      isDead = true;
      await sealing;
      dev = await startDev(seat, port, ["--block-time", "1"]);
      const after = await blocks(dev.url);
      expect(after.slice(0, seen.length)).toEqual(seen);
      expect(after[Number(last?.number)]?.hash).toBe(last?.hash);
      after.forEach((block, i) => i > 0 && expect(block.parentHash).toBe(after[i - 1]?.hash));
      if (txid === undefined) continue;
      await minedIn(dev.url, txid);
      expect(await total("bob")).toBe(bobBefore);
    }
  });

  it("D31: an audit of the chain after that finds every state root and every coin", async () => {
    const audit = await seat.ask<{ headHash: string; stateRoot: string; transactions: number; supply: string }>([
      "audit",
    ]);
    expect(audit.transactions).toBe(2);
    expect(audit.supply).toBe((3_000_000n * 10n ** 18n).toString());
  });

  it("Ctrl-C ends it with exit code 0, and the same command goes on where it ended", async () => {
    if (dev === undefined) throw new Error("no chain");
    const alice = await total("alice");
    expect(await dev.interrupt()).toBe(0);
    expect(dev.stderr()).not.toMatch(STACK);
    const down = await seat.run(["status"]);
    expect(down.code).toBe(4);
    dev = await startDev(seat, port, ["--block-time", "0"]);
    const audit = await seat.ask<{ transactions: number }>(["audit"]);
    expect(audit.transactions).toBe(2);
    expect(await total("alice")).toBe(alice);
    const txid = await pay("0.000000000000000001");
    await minedIn(dev.url, txid);
    // With --block-time 0 blocks come on demand only.
    const head = await rpc<string>(dev.url, "eth_blockNumber");
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(await rpc<string>(dev.url, "eth_blockNumber")).toBe(head);
  });

  it("--json gives one document and then nothing; termination ends it with exit code 0 too; --reset begins a new chain", async () => {
    if (dev === undefined) throw new Error("no chain");
    expect(await dev.interrupt()).toBe(0);
    dev = await startDev(seat, port, ["--json", "--reset", "--block-time", "0"]);
    expect(await rpc<string>(dev.url, "eth_blockNumber")).toBe("0x0");
    dev.child.kill("SIGTERM");
    expect(await dev.ended).toBe(0);
    expect(JSON.parse(dev.stdout())).toMatchObject({ rpcUrl: dev.url, wallets: ["alice", "bob", "carol"] });
    expect(dev.stderr()).toBe("");
    dev = undefined;
  });
});
