import { createServer, type AddressInfo } from "node:net";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { peerIdOfFile } from "@sero/node";
import { makeGenesis } from "@sero/execution";
import { DEVELOPMENT_WALLETS, genesisNotesFor, specFromJson, toHex, type ChainSpec } from "@sero/protocol";
import { refusal, sero, temporary } from "./helpers.js";

interface NodeJson {
  readonly name: string;
  readonly address: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly peerId: string;
  readonly multiaddr: string;
  readonly validators: { readonly first: number; readonly count: number };
}
interface NetworkJson {
  readonly genesisHash: string;
  readonly nodes: readonly NodeJson[];
}

describe("sero network init", () => {
  let home: Awaited<ReturnType<typeof temporary>>;
  let directory: string;
  beforeEach(async () => {
    home = await temporary();
    directory = join(home.path, "net");
  });
  afterEach(() => home.remove());

  const text = (...path: string[]): Promise<string> => readFile(join(directory, ...path), "utf8");
  const json = async <T>(...path: string[]): Promise<T> => JSON.parse(await text(...path)) as T;
  const specOf = async (...path: string[]): Promise<ChainSpec> => specFromJson(await json(...path));

  it("writes a spec whose genesis block is the one that genesis.json and the scripts name", async () => {
    const told = await sero("network", "init", directory, "--nodes", "2", "--slot-seconds", "2", "--json");
    expect(told).toMatchObject({ code: 0, stderr: "" });
    const result = JSON.parse(told.stdout) as Record<string, unknown>;
    const spec = await specOf("spec.json");
    const genesis = makeGenesis(spec);
    const summary = await json<Record<string, unknown>>("genesis.json");
    expect(summary).toMatchObject({
      genesisHash: toHex(genesis.hash),
      stateRoot: toHex(genesis.header.stateRoot),
      genesisTime: Number(genesis.header.timestamp),
      chainId: "24159",
      slotSeconds: 2,
      supply: String(3_000_000n * 10n ** 18n),
    });
    expect(result).toMatchObject(summary);
    expect(Number(spec.genesisTime) - Date.now() / 1000).toBeGreaterThan(0);
    for (const name of ["node-1", "node-2"]) {
      expect(await specOf(name, "spec.json")).toEqual(spec);
      const script = await text(name, "start-consensus.sh");
      expect(script).toContain(`--genesisEth1Hash ${toHex(genesis.hash)} `);
      expect(script).toContain(`--genesisTime ${spec.genesisTime} `);
      expect(script).toContain("--params.SECONDS_PER_SLOT 2 ");
    }
  });

  it("gives every node a secret, an identity and ports of its own, and tells each where the others are", async () => {
    await sero("network", "init", directory, "--nodes", "3");
    const { nodes } = await json<NetworkJson>("network.json");
    const ports = nodes.flatMap((node) => Object.values(node.ports));
    expect(new Set(ports).size).toBe(24);
    const secrets = await Promise.all(nodes.map(({ name }) => text(name, "jwt.hex")));
    expect(new Set(secrets).size).toBe(3);
    for (const secret of secrets) expect(secret).toMatch(/^0x[0-9a-f]{64}\n$/);
    for (const { name, peerId, multiaddr, ports: own } of nodes) {
      const key = join(directory, name, "execution", "peer.key");
      expect(await peerIdOfFile(key)).toBe(peerId);
      expect(multiaddr).toBe(`/ip4/127.0.0.1/tcp/${own["p2p"]}/p2p/${peerId}`);
      for (const file of [key, join(directory, name, "jwt.hex")]) expect((await stat(file)).mode & 0o077).toBe(0);
      const script = await text(name, "start-execution.sh");
      for (const other of nodes) expect(script.includes(`--p2p-peer ${other.multiaddr}`)).toBe(other.name !== name);
      expect(script).toContain(`--p2p-listen /ip4/127.0.0.1/tcp/${own["p2p"]}`);
      expect(script).not.toContain("--p2p-announce");
    }
    expect(nodes.map(({ validators }) => validators)).toEqual([
      { first: 0, count: 8 },
      { first: 8, count: 8 },
      { first: 16, count: 8 },
    ]);
  });

  it("shares out validators that don't divide evenly, each to one node", async () => {
    await sero("network", "init", directory, "--nodes", "3", "--validators", "10");
    const { nodes } = await json<NetworkJson>("network.json");
    const owned = nodes.flatMap(({ validators: { first, count } }) =>
      Array.from({ length: count }, (_, i) => first + i),
    );
    expect(owned).toEqual([...Array(10).keys()]);
    expect((await refusal("network", "init", join(home.path, "b"), "--nodes", "3", "--validators", "2")).code).toBe(
      "cli/number",
    );
  });

  it("names the nodes of several machines, with what each listens on and tells others", async () => {
    const addresses = ["203.0.113.1", "node.example", "2001:db8::1"].flatMap((address) => ["--address", address]);
    await sero("network", "init", directory, "--nodes", "3", "--base-port", "31000", ...addresses);
    const { nodes } = await json<NetworkJson>("network.json");
    expect(nodes.map(({ multiaddr }) => multiaddr.split("/p2p/")[0])).toEqual([
      "/ip4/203.0.113.1/tcp/31004",
      "/dns/node.example/tcp/31014",
      "/ip6/2001:db8::1/tcp/31024",
    ]);
    const script = await text("node-2", "start-execution.sh");
    expect(script).toContain("--p2p-listen /ip4/0.0.0.0/tcp/31014");
    expect(script).toContain("--p2p-announce /dns/node.example/tcp/31014");
    expect(await text("node-3", "start-execution.sh")).toContain("--p2p-listen /ip6/::/tcp/31024");
    // An ENR holds an IP address, never a name.
    expect(await text("node-1", "start-consensus.sh")).toContain("--enr.ip 203.0.113.1");
    expect(await text("node-2", "start-consensus.sh")).not.toContain("--enr.ip");
    for (const wrong of [
      ["--address", "a"],
      ["--address", "a b", "--address", "c", "--address", "$(d)"],
    ]) {
      const error = await refusal("network", "init", join(home.path, "b"), "--nodes", "3", ...wrong);
      expect(error.code).toBe("network/addresses");
    }
  });

  it("writes nothing over, and into no folder that holds something", async () => {
    await sero("network", "init", directory, "--nodes", "1");
    const before = await text("spec.json");
    expect(await refusal("network", "init", directory, "--nodes", "1")).toMatchObject({ code: "network/exists" });
    expect(await text("spec.json")).toBe(before);
    await writeFile(join(home.path, "other"), "");
    expect((await refusal("network", "init", home.path)).code).toBe("network/exists");
    expect((await refusal("network", "init", join(home.path, "other"))).code).toBe("network/exists");
  });

  it("refuses a chain that is no development chain: its keys need a ceremony", async () => {
    for (const id of ["1", "24157", "24162", "5"]) {
      const error = await refusal("network", "init", directory, "--chain-id", id);
      expect(error).toMatchObject({ code: "network/no-ceremony" });
      expect(error.message).toContain("ceremony");
    }
    await expect(readdir(directory)).rejects.toThrow();
    for (const id of ["24158", "24161"]) {
      expect((await sero("network", "init", join(home.path, id), "--nodes", "1", "--chain-id", id)).code).toBe(0);
    }
  });

  it("refuses what makes no sense before it writes anything", async () => {
    const wrong: [string[], string][] = [
      [["--nodes", "0"], "cli/number"],
      [["--slot-seconds", "0"], "cli/number"],
      [["--genesis-time", "tomorrow"], "cli/time"],
      [["--name", "Big Name"], "keys/network"],
      [["--alloc", "0x12=1"], "network/alloc"],
      [["--alloc", `0x${"ff".repeat(32)}=1`], "network/alloc"],
      [["--alloc", `0x${"00".repeat(31)}05=x`], "amount/syntax"],
      [["--fee-recipient", "0x12"], "cli/address"],
      [["--consensus", "prysm"], "cli/choice"],
      [["--preset", "tiny"], "cli/choice"],
      [["--fork", "berlin", "--consensus", "none"], "cli/choice"],
      [["--fork", "cancun"], "network/fork"],
      [["--base-port", "80"], "cli/number"],
    ];
    for (const [options, code] of wrong) {
      expect((await refusal("network", "init", directory, ...options)).code, options.join(" ")).toBe(code);
      await expect(readdir(directory), options.join(" ")).rejects.toThrow();
    }
  });

  it("passes over ports in use, and refuses those that were asked for", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const base = String(Math.min(64_000, port - 3));
    expect((await refusal("network", "init", directory, "--nodes", "1", "--base-port", base)).code).toBe(
      "network/ports",
    );
    server.close();
    await sero("network", "init", directory, "--nodes", "2");
    const first = (await json<NetworkJson>("network.json")).nodes[0]!.ports["rpc"]!;
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(first + 2, "127.0.0.1", resolve));
    const second = join(home.path, "second");
    await sero("network", "init", second, "--nodes", "2");
    const other = JSON.parse(await readFile(join(second, "network.json"), "utf8")) as NetworkJson;
    expect(other.nodes.flatMap(({ ports }) => Object.values(ports))).not.toContain(first + 2);
    busy.close();
  });

  it("funds the public wallets, new ones whose phrases only their owner can read, or given slots", async () => {
    await sero("network", "init", directory, "--nodes", "1", "--name", "my-net");
    const phrases = DEVELOPMENT_WALLETS.map(({ phrase }) => phrase);
    expect((await specOf("spec.json")).genesisNotes).toEqual(genesisNotesFor(phrases, "my-net"));

    directory = join(home.path, "fresh");
    const told = await sero("network", "init", directory, "--nodes", "1", "--fresh-wallets", "2", "--json");
    const fresh = await Promise.all([1, 2].map((i) => text("wallets", `wallet-${i}.phrase`)));
    expect((await stat(join(directory, "wallets", "wallet-1.phrase"))).mode & 0o077).toBe(0);
    expect((await specOf("spec.json")).genesisNotes).toEqual(
      genesisNotesFor(
        fresh.map((phrase) => phrase.trim()),
        "sero-testnet",
      ),
    );
    for (const phrase of fresh) expect(told.stdout).not.toContain(phrase.trim().split(" ").slice(0, 3).join(" "));

    process.env["SERO_PHRASE"] = phrases[0];
    const slots = await sero("network", "slots", "--count", "4", "--json");
    delete process.env["SERO_PHRASE"];
    const { slots: inners } = JSON.parse(slots.stdout) as { readonly slots: string[] };
    directory = join(home.path, "given");
    const allocs = inners.flatMap((slot) => ["--alloc", `${slot}=250000`]);
    expect((await sero("network", "init", directory, "--nodes", "1", ...allocs)).code).toBe(0);
    expect((await specOf("spec.json")).genesisNotes).toEqual(genesisNotesFor(phrases.slice(0, 1), "sero-testnet"));
  });
});

describe("sero network add-node", () => {
  it("makes one more folder that knows the others, runs no validators, and changes nothing of theirs", async () => {
    const home = await temporary();
    const directory = join(home.path, "net");
    await sero("network", "init", directory, "--nodes", "2");
    const read = (...path: string[]): Promise<string> => readFile(join(directory, ...path), "utf8");
    const before = await Promise.all(["start-execution.sh", "jwt.hex"].map((name) => read("node-1", name)));
    const told = await sero("network", "add-node", directory, "--json");
    expect(told.code).toBe(0);
    const { node } = JSON.parse(told.stdout) as { readonly node: NodeJson };
    expect(node).toMatchObject({ name: "node-3", validators: { first: 0, count: 0 } });
    const { nodes } = JSON.parse(await read("network.json")) as NetworkJson;
    expect(nodes).toHaveLength(3);
    expect(new Set(nodes.flatMap(({ ports }) => Object.values(ports))).size).toBe(24);
    expect(node.ports["rpc"]).toBeGreaterThan(nodes[1]!.ports["rpc"]!);
    const script = await read("node-3", "start-execution.sh");
    for (const other of nodes.slice(0, 2)) expect(script).toContain(`--p2p-peer ${other.multiaddr}`);
    expect(await read("node-3", "start-consensus.sh")).not.toContain("--startValidators");
    expect(await read("node-3", "start-consensus.sh")).toContain("--genesisValidators 16 ");
    expect(await read("start-all.sh")).toContain("start node-3 execution");
    expect(await Promise.all(["start-execution.sh", "jwt.hex"].map((name) => read("node-1", name)))).toEqual(before);
    expect(await read("node-3", "spec.json")).toBe(await read("spec.json"));

    expect((await refusal("network", "add-node", home.path)).code).toBe("network/none");
    // A network that somebody else made: nothing of its files may become a command in this node's scripts.
    const file = await read("network.json");
    const evil = JSON.stringify({ ...(JSON.parse(file) as object), feeRecipient: "0x00 $(touch /tmp/owned)" });
    await writeFile(join(directory, "network.json"), evil);
    expect((await refusal("network", "add-node", directory)).code).toBe("network/damaged");
    await writeFile(join(directory, "network.json"), file);
    await writeFile(
      join(directory, "spec.json"),
      (await read("spec.json")).replace('"slotSeconds": 4', '"slotSeconds": 5'),
    );
    expect((await refusal("network", "add-node", directory)).code).toBe("network/damaged");
    await home.remove();
  });
});
