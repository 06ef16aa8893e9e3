import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { decodeTransaction, encodeTransaction, toHex, type Anchor } from "@sero/protocol";
import { rpc, RpcRefusal } from "./helpers/rpc.js";
import { openWorld, type World } from "./helpers/world.js";

const COINS = 10n ** 18n;

interface History {
  readonly history: readonly {
    readonly txid: string;
    readonly status: string;
    readonly type: string;
  }[];
}

describe("payments that went wrong", () => {
  let world: World;
  let bob: string;
  let viaProxy: { readonly SERO_NODE: string };

  beforeAll(async () => {
    world = await openWorld();
    viaProxy = { SERO_NODE: world.proxy.url };
    bob = await world.addressOf("bob");
    await world.pay("alice", await world.addressOf("mine"), "10");
  });
  beforeEach(() => world.proxy.become({}));
  afterAll(() => world.close());

  const history = (wallet = "mine"): Promise<History> =>
    world.seat.ask<History>(["history", "--wallet", wallet], {
      SERO_PASSPHRASE: world.passphrase,
    });

  it("a payment that a node did not take is kept, shown as pending, said in the next refusal, and sent later", async () => {
    const funds = await world.balance("mine");
    const silent = {
      call: (method: string) => (method === "eth_sendRawTransaction" ? ("drop" as const) : undefined),
    };
    world.proxy.become(silent);
    const args = ["send", "--wallet", "mine", "--to", bob, "--amount", "4", "--json"];
    const secret = { ...viaProxy, SERO_PASSPHRASE: world.passphrase };
    const run = await world.seat.run(args, secret);
    expect(run.code).toBe(4);
    const { error } = run.json<{
      error: { code: string; message: string; values: { txid: string } };
    }>();
    expect(error.code).toBe("send/not-delivered");
    expect(error.message).toMatch(/do not pay again/);
    const pending = await world.balance("mine", secret);
    // What is paid is gone already; the change is on its way.
    expect(funds.total - pending.total).toBeGreaterThan(4n * COINS);
    expect(pending.pending).toBeGreaterThan(0n);
    expect(pending.spendable).toBeLessThan(funds.spendable - 4n * COINS);
    const all = String(pending.total / COINS);
    await world.refused(
      ["send", "--wallet", "mine", "--to", bob, "--amount", all],
      {
        code: "funds/insufficient",
        exit: 5,
        says: /Money on its way will suffice once it is spendable/,
      },
      secret,
    );
    // With the node back the next command hands it over.
    world.proxy.become({});
    await world.balance("mine", secret);
    await world.mined(error.values.txid);
    const after = await world.balance("mine");
    expect(after.pending).toBe(0n);
    expect(funds.total - after.total).toBeGreaterThan(4n * COINS);
    expect((await history()).history[0]).toMatchObject({
      txid: error.values.txid,
      status: "mined",
      type: "sent",
    });
  });

  it("D30: of two copies of one wallet only one can pay with a note; the other is told, loses nothing, and pays again", async () => {
    const secret = { SERO_PASSPHRASE: world.passphrase };
    // One note: everything of it to oneself, so that both copies must take it.
    const restored = join(world.folder, "twin");
    await world.balance("mine");
    await world.seat.ask(["wallet", "restore", "--wallet", restored], {
      ...secret,
      SERO_PHRASE: world.phrase,
    });
    expect(await world.balance(restored)).toEqual(await world.balance("mine"));
    const frozen = await rpc(world.dev.url, "sero_head");
    const whole = (await world.balance("mine")).total;
    const most = `${whole / COINS - 1n}`;
    await world.pay("mine", bob, most);
    // The second copy has not heard of it: its node's head is the one from before.
    world.proxy.become({
      call: (method) => (method === "sero_head" ? { result: frozen } : undefined),
    });
    const run = await world.seat.run(["send", "--wallet", restored, "--to", bob, "--amount", most, "--json"], {
      ...viaProxy,
      ...secret,
    });
    expect(run.code).toBe(5);
    const { error } = run.json<{
      error: {
        code: string;
        message: string;
        values: { txid: string; node: string };
      };
    }>();
    expect(error).toMatchObject({
      code: "send/double-spend",
      values: { node: "tx/spent" },
    });
    expect(error.message).toMatch(/another copy of this wallet/);
    expect(await world.balance(restored)).toEqual(await world.balance("mine"));
    const entry = (await history(restored)).history.find(({ txid }) => txid === error.values.txid);
    expect(entry?.status).toBe("conflicted");
    await world.pay("alice", await world.addressOf("mine"), "3");
    expect((await world.balance(restored)).spendable).toBe((await world.balance("mine")).spendable);
    await world.pay(restored, bob, "2");
    expect(await world.balance(restored)).toEqual(await world.balance("mine"));
  });

  it("E35: an anchor that is unknown or too old is refused before any proof is looked at; a payment never sent expires", async () => {
    const secret = { ...viaProxy, SERO_PASSPHRASE: world.passphrase };
    await world.pay("alice", await world.addressOf("mine"), "5");
    let raw = "";
    world.proxy.become({
      call: (method, [bytes]) => {
        if (method !== "eth_sendRawTransaction") return undefined;
        raw = String(bytes);
        return "drop";
      },
    });
    const funds = await world.balance("mine");
    const lost = await world.seat.run(["send", "--wallet", "mine", "--to", bob, "--amount", "1", "--json"], secret);
    const { error } = lost.json<{
      error: { code: string; values: { txid: string } };
    }>();
    expect(error.code).toBe("send/not-delivered");
    const tx = decodeTransaction(new Uint8Array(Buffer.from(raw.slice(2), "hex")));
    const refusal = async (change: Partial<typeof tx>): Promise<unknown> =>
      rpc(world.dev.url, "eth_sendRawTransaction", [toHex(encodeTransaction({ ...tx, ...change }))]).then(
        () => undefined,
        (refused: unknown) => (refused instanceof RpcRefusal ? refused.data : refused),
      );
    expect(await refusal({ anchor: 12345n as Anchor })).toMatchObject({
      code: "tx/anchor",
    });
    // The tree moves on, so that the anchor is a root of the past; 1,100 blocks later it is outside of the window, and it has long expired.
    await world.pay("alice", bob, "1");
    await rpc(world.dev.url, "sero_sealBlock", [1000]);
    await rpc(world.dev.url, "sero_sealBlock", [100]);
    const head = BigInt(await rpc<string>(world.dev.url, "eth_blockNumber"));
    expect(await refusal({ expiry: head + 100n })).toMatchObject({
      code: "tx/anchor",
    });
    expect(await refusal({})).toMatchObject({ code: "tx/expired" });
    expect(await world.balance("mine", secret)).toEqual(funds);
    const { history: entries } = await history();
    expect(entries.find(({ txid }) => txid === error.values.txid)?.status).toBe("expired");
    await world.pay("mine", bob, "1");
  });

  it("status of something that is no node is no fault of SERO's", async () => {
    world.proxy.become({ call: () => ({ result: null }) });
    const status = await world.seat.run(["status"], viaProxy);
    expect(status.code).toBe(4);
    expect(status.stderr).not.toContain("fault of SERO's");
  });
});
