import { cp } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { decodeRlp, encodeRlp } from "@sero/protocol";
import { freePort } from "./helpers/command.js";
import { framesOf, streamOf } from "./helpers/proxy.js";
import { rpc } from "./helpers/rpc.js";
import { contentsOf, openWorld, type World } from "./helpers/world.js";

const LIMITS = { maxBytes: 1 << 24, maxItems: 1 << 16, maxDepth: 6 };

/** Changes the compact block inside the last frame that holds a transaction. */
const forged = (body: Uint8Array, change: (compact: Uint8Array) => Uint8Array): Uint8Array => {
  const frames = framesOf(body);
  const sizes = frames.map((frame) => frame.length);
  const at = sizes.lastIndexOf(Math.max(...sizes));
  const frame = decodeRlp(frames[at] ?? new Uint8Array(), LIMITS);
  if (!Array.isArray(frame)) throw new Error("a frame is a list");
  const [header, compact] = frame;
  if (header === undefined || !(compact instanceof Uint8Array)) throw new Error("a frame is header and block");
  frames[at] = encodeRlp([header, change(compact)]);
  return streamOf(frames);
};

describe("nodes that are down, behind or lying", () => {
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

  const balance = ["balance", "--wallet", "mine"];
  const copyOf = async (name: string): Promise<string> => {
    const place = join(world.folder, name);
    await cp(world.directory("mine"), place, { recursive: true });
    return place;
  };

  it("a node that is down is a clear error of every command that needs one; the others work", async () => {
    const down = { SERO_NODE: `http://127.0.0.1:${await freePort()}` };
    const refusal = { code: "rpc/unreachable", exit: 4, says: /node.* at http:\/\/127|http:\/\/127.*does not answer/i };
    const needing = [
      balance,
      ["send", "--wallet", "mine", "--to", bob, "--amount", "1"],
      ["wallet", "create", "--wallet", "new"],
      ["status"],
      ["tx", `0x${"11".repeat(32)}`],
      ["audit"],
    ];
    await world.told(balance, refusal, down);
    for (const args of needing) await world.refused(args, refusal, { ...down, SERO_PASSPHRASE: world.passphrase });
    for (const args of [["address", "--fresh"], ["link"], ["wallet", "view-key"]])
      await world.seat.ask([...args, "--wallet", "mine"], { ...down, SERO_PASSPHRASE: world.passphrase });
    await world.refused(
      balance,
      { code: "rpc/url", exit: 4, says: /http:\/\/ or https:\/\// },
      { SERO_NODE: "localhost" },
    );
  });

  it("something that is no SERO node is named as such", async () => {
    for (const answer of [null, "x"]) {
      world.proxy.become({ call: () => ({ result: answer }) });
      await world.refused(balance, { code: "rpc/bad-answer", exit: 4, says: /cannot be read/ }, viaProxy);
    }
  });

  it("a node of another chain is refused before anything is read from it", async () => {
    world.proxy.become({
      call: async (method, _params, forward) => {
        if (method !== "sero_chain") return undefined;
        const chain = (await forward()) as Record<string, unknown>;
        return { result: { ...chain, genesisHash: `0x${"17".repeat(32)}` } };
      },
    });
    await world.refused(balance, { code: "rpc/other-chain", exit: 4, says: /chain/ }, viaProxy);
    expect(world.proxy.calls()).not.toContain("sero_poolProof");
  });

  it("a node that is behind what the wallet has seen is refused, and the wallet keeps what it knows", async () => {
    const old = await rpc(world.dev.url, "sero_head");
    await rpc(world.dev.url, "sero_sealBlock", [3]);
    const funds = await world.balance("mine");
    const before = await contentsOf(world.directory("mine"));
    world.proxy.become({ call: (method) => (method === "sero_head" ? { result: old } : undefined) });
    await world.refused(
      balance,
      { code: "rpc/behind", exit: 4, says: /behind what this wallet has already seen/ },
      viaProxy,
    );
    expect(await contentsOf(world.directory("mine"))).toEqual(before);
    expect(await world.balance("mine")).toEqual(funds);
  });

  const lies: readonly [string, (compact: Uint8Array) => Uint8Array][] = [
    [
      "changes one bit of a sealed note",
      (compact) => compact.map((byte, i) => (i === compact.length - 40 ? byte ^ 1 : byte)),
    ],
    [
      "leaves a transaction out",
      (compact) => {
        const block = decodeRlp(compact, LIMITS);
        if (!Array.isArray(block)) throw new Error("a block is a list");
        // The list of transactions is the one list in it that has anything.
        return encodeRlp(block.map((item) => (Array.isArray(item) ? [] : item)));
      },
    ],
    ["leaves a ciphertext's end out", (compact) => compact.subarray(0, -1)],
  ];
  it.each(lies)(
    "D33: a node that %s is found out against the state root, and nothing of it is kept",
    async (what, change) => {
      const place = await copyOf(`lie-${what.length}`);
      await world.pay("alice", await world.addressOf("mine"), "1");
      let forgeries = 0;
      world.proxy.become({
        stream: (path, body) => {
          if (!path.startsWith("/sero/compact")) return body;
          forgeries++;
          return forged(body, change);
        },
      });
      const args = ["balance", "--wallet", place];
      await world.refused(
        args,
        { code: "rpc/lying", exit: 4, says: /headers contradict .*Nothing of it was kept\. Use another node/ },
        { ...viaProxy, SERO_PASSPHRASE: world.passphrase },
      );
      expect(forgeries).toBeGreaterThan(0);
      // The same wallet at an honest node has exactly what the undeceived one has.
      expect(await world.balance(place)).toEqual(await world.balance("mine"));
    },
  );

  it("D33: a false proof of the state is found out too", async () => {
    const place = await copyOf("false-proof");
    await world.pay("alice", await world.addressOf("mine"), "1");
    world.proxy.become({
      call: async (method, _params, forward) => {
        if (method !== "sero_poolProof") return undefined;
        const text = JSON.stringify(await forward());
        // One digit in the last node of the last slot's proof.
        const at = text.lastIndexOf("0x") + 70;
        return { result: JSON.parse(`${text.slice(0, at)}${text[at] === "0" ? "1" : "0"}${text.slice(at + 1)}`) };
      },
    });
    const error = await world.refused(
      ["balance", "--wallet", place],
      { code: "proof/false", exit: 4, says: /node/ },
      { ...viaProxy, SERO_PASSPHRASE: world.passphrase },
    );
    expect(error.code).toBe("proof/false");
    expect(await world.balance(place)).toEqual(await world.balance("mine"));
  });
});
