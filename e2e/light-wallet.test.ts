import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureSpendArtifacts, openVerifierPool, type BundleVerifier } from "@sero/circuits";
import { startNode, type RunningNode } from "@sero/node";
import { DEVELOPMENT_WALLETS, fundedDevelopmentSpec, keyExpectations } from "@sero/protocol";
import { openSeat, temporaryFolder, type Environment, type Seat } from "./helpers/command.js";
import { openProxy, type Proxy } from "./helpers/proxy.js";

const [ALICE, BOB] = DEVELOPMENT_WALLETS as [(typeof DEVELOPMENT_WALLETS)[0], (typeof DEVELOPMENT_WALLETS)[0]];
const PASSPHRASE = { SERO_PASSPHRASE: "light" };

interface Balance {
  readonly balances: readonly { readonly total: string }[];
}

// A real node with real proofs, and the `sero` command as a stranger who knows nothing but the light port's address.
describe("a wallet that knows only somebody else's light port", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let verifier: BundleVerifier;
  let node: RunningNode;
  let proxy: Proxy;
  let seat: Seat;
  let streams: string[];

  beforeAll(async () => {
    folder = await temporaryFolder();
    const spec = fundedDevelopmentSpec();
    verifier = await openVerifierPool({ artifacts: await ensureSpendArtifacts(), ...keyExpectations(spec) });
    node = await startNode({
      spec,
      dataDir: join(folder.path, "chain"),
      rpcPort: 0,
      light: { port: 0 },
      sealer: { intervalMs: 0, onDemand: true },
      verifier,
    });
    proxy = await openProxy(node.lightUrl!);
    streams = [];
    const watch = (path: string, body: Uint8Array): Uint8Array => (streams.push(path), body);
    proxy.become({ stream: watch });
    seat = openSeat(join(folder.path, "home"), { ...PASSPHRASE, SERO_NODE: proxy.url });
  });
  afterAll(async () => {
    await proxy.close();
    await node.stop();
    await verifier.close();
    await folder.remove();
  });

  const restore = (name: string, phrase: string, environment: Environment = {}): Promise<unknown> =>
    seat.ask(["wallet", "restore", "--wallet", name], { SERO_PHRASE: phrase, ...environment });
  /** Base units of the coin. */
  const total = async (wallet: string): Promise<bigint> => {
    const { balances } = await seat.ask<Balance>(["balance", "--wallet", wallet]);
    return BigInt(balances[0]?.total ?? "0");
  };

  it("is restored from its phrase, pays with a real proof, and is paid", async () => {
    await restore("alice", ALICE.phrase);
    await restore("bob", BOB.phrase);
    const before = await total("bob");
    expect(before).toBe(1_000_000n * 10n ** 18n);
    const { address } = await seat.ask<{ readonly address: string }>(["address", "--wallet", "bob"]);
    const sent = await seat.ask<{ readonly transactions?: unknown }>([
      ...["send", "--wallet", "alice", "--to", address, "--amount", "12.5", "--memo", "over the light port", "--yes"],
    ]);
    expect(JSON.stringify(sent)).toMatch(/0x[0-9a-f]{64}/);
    expect(await total("bob")).toBe(before + 125n * 10n ** 17n);
    const history = await seat.run(["history", "--wallet", "bob"]);
    expect(history.stdout).toContain("over the light port");
    await restore("alice-again", ALICE.phrase);
    expect(await total("alice-again")).toBe(await total("alice"));
  });

  it("G49: asks for ranges, for what every wallet asks, and sends: nothing that names a note, a txid or an address", () => {
    const allowed = [
      "sero_chain",
      "sero_head",
      "sero_treeState",
      "sero_poolProof",
      "sero_assets",
      "eth_sendRawTransaction",
    ];
    expect(new Set(proxy.calls())).toEqual(new Set([...proxy.calls()].filter((name) => allowed.includes(name))));
    expect(streams.length).toBeGreaterThan(0);
    for (const path of streams) expect(path).toMatch(/^\/sero\/(compact|memos)\?from=\d+&to=\d+$/);
  });

  it("holds a token whose name that node does not tell, and is told in a sentence what needs a node of one's own", async () => {
    const own = { SERO_NODE: node.rpcUrl };
    const made = await seat.ask<{ readonly contract?: string }>(
      ["token", "create", "--wallet", "alice", "Gold", "GOLD", "--supply", "1000", "--yes"],
      own,
    );
    expect(JSON.stringify(made)).toMatch(/0x[0-9a-f]{40}/);
    await restore("alice-light", ALICE.phrase);
    const shown = await seat.run(["balance", "--wallet", "alice-light", "--json"]);
    expect(shown.code, shown.stdout).toBe(0);
    expect(shown.json<Balance>().balances.length).toBe(2);
    const call = await seat.run(["view", `0x${"11".repeat(20)}`, "totalSupply() returns (uint256)", "--json"]);
    expect(call.code).not.toBe(0);
    expect(call.stdout).toContain("Ask a node of your own");
  });
});
