import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureSpendArtifacts, openVerifierPool, type BundleVerifier } from "@sero/circuits";
import { startNode, type RunningNode } from "@sero/node";
import { DEVELOPMENT_WALLETS, fundedDevelopmentSpec, keyExpectations } from "@sero/protocol";
import { openSeat, temporaryFolder, type Seat } from "./helpers/command.js";
import { rpc } from "./helpers/rpc.js";

const [ALICE, BOB] = DEVELOPMENT_WALLETS as [(typeof DEVELOPMENT_WALLETS)[0], (typeof DEVELOPMENT_WALLETS)[0]];
const COIN = 10n ** 18n;

interface Snapshot {
  readonly number: string;
  readonly hash: string;
}

// A node with real proofs, its snapshot by the command, and a second node that has never seen a block of the first.
describe("a node that began with a snapshot", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let verifier: BundleVerifier;
  let node: RunningNode | undefined;
  let seat: Seat;

  const start = async (name: string): Promise<RunningNode> => {
    const dataDir = join(folder.path, name);
    const sealer = { intervalMs: 0, onDemand: true };
    return (node = await startNode({ spec: fundedDevelopmentSpec(), dataDir, rpcPort: 0, sealer, verifier }));
  };
  const on = (running: RunningNode): { readonly SERO_NODE: string } => ({ SERO_NODE: running.rpcUrl });
  const restore = (running: RunningNode, name: string, phrase: string): Promise<unknown> =>
    seat.ask(["wallet", "restore", "--wallet", name], { SERO_PHRASE: phrase, ...on(running) });
  const total = async (running: RunningNode, wallet: string): Promise<bigint> => {
    const { balances } = await seat.ask<{ readonly balances: readonly { readonly total: string }[] }>(
      ["balance", "--wallet", wallet],
      on(running),
    );
    return BigInt(balances[0]?.total ?? "0");
  };
  const pay = async (running: RunningNode, from: string, to: string, amount: string): Promise<void> => {
    const { address } = await seat.ask<{ readonly address: string }>(["address", "--wallet", to], on(running));
    const send = ["send", "--wallet", from, "--to", address, "--amount", amount, "--memo", "before", "--yes"];
    await seat.ask(send, on(running));
  };

  beforeAll(async () => {
    folder = await temporaryFolder();
    seat = openSeat(join(folder.path, "home"), { SERO_PASSPHRASE: "snapshot" });
    const spec = fundedDevelopmentSpec();
    verifier = await openVerifierPool({ artifacts: await ensureSpendArtifacts(), ...keyExpectations(spec) });
  });
  afterAll(async () => {
    await node?.stop();
    await verifier.close();
    await folder.remove();
  });

  it("restores wallets from it, and they pay and are paid with real proofs", async () => {
    const first = await start("first");
    await restore(first, "alice", ALICE.phrase);
    await restore(first, "bob", BOB.phrase);
    await pay(first, "alice", "bob", "12.5");
    // Far enough that the payment is final.
    await rpc(first.rpcUrl, "sero_sealBlock", ["0x28"]);
    const file = join(folder.path, "chain.snapshot");
    const from = ["--data-dir", join(folder.path, "first")];
    const running = await seat.ask<Snapshot>(["snapshot", "export", `${file}.running`, ...from]);
    await first.stop();
    const { hash, number } = await seat.ask<Snapshot>(["snapshot", "export", file, ...from]);
    expect(await seat.ask<Snapshot>(["snapshot", "inspect", file])).toMatchObject({ hash, number });
    // Nothing became final in between.
    expect(running).toMatchObject({ hash, number });
    expect(readFileSync(`${file}.running`)).toEqual(readFileSync(file));

    const to = ["--data-dir", join(folder.path, "second")];
    const untrusted = await seat.run(["snapshot", "import", file, ...to]);
    expect(untrusted.code).toBe(2);
    expect(untrusted.stderr).toContain(hash);
    const other = await seat.run(["snapshot", "import", file, ...to, "--trust", hash.replace(/.$/, "")]);
    expect(other.code).toBe(2);
    const wrong = await seat.run(["snapshot", "import", file, ...to, "--trust", `0x${"ab".repeat(32)}`]);
    expect(wrong.code).toBe(6);
    expect(existsSync(join(folder.path, "second", "chain.lmdb"))).toBe(false);
    await seat.ask(["snapshot", "import", file, ...to, "--trust", hash]);

    const second = await start("second");
    expect(await rpc(second.rpcUrl, "eth_blockNumber", [])).toBe(`0x${BigInt(number).toString(16)}`);
    await restore(second, "bob-2", BOB.phrase);
    await restore(second, "alice-2", ALICE.phrase);
    expect(await total(second, "bob-2")).toBe(1_000_000n * COIN + (125n * COIN) / 10n);
    expect(await total(second, "alice-2")).toBeLessThan(1_000_000n * COIN - (125n * COIN) / 10n);
    const history = await seat.run(["history", "--wallet", "bob-2"], on(second));
    expect(history.code).toBe(0);
    await pay(second, "bob-2", "alice-2", "2");
    expect(await total(second, "bob-2")).toBeLessThan(1_000_000n * COIN + (105n * COIN) / 10n);
    // What it does not have it says.
    const audit = await seat.run(["audit"], on(second));
    expect(audit.code).toBe(4);
    expect(audit.stderr).toContain("does not keep the transactions of so old a block");
  });
});
