import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ensureSpendArtifacts } from "@sero/circuits";
import { startNode, type RunningNode } from "@sero/node";
import { SeroError, developmentSpec, genesisNotesFor, newPhrase } from "@sero/protocol";
import { nodeAccess, openProvider, type SeroProvider } from "@sero/sdk";
import { httpClient, openWallet, restoreWallet, type NodeClient, type Wallet } from "@sero/wallet";
import { prooflessPlatform, prooflessVerifier } from "../helpers/proofless.js";
import { sample } from "./helpers/compile.js";

describe("what was answered is kept: a wallet that stops before a node has its transaction", () => {
  let folder: string;
  let node: RunningNode;
  let wallet: Wallet;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sero-outbox-"));
  });
  afterAll(async () => {
    await wallet.close();
    await node.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("answers for it after a restart, hands it over and has it mined, without another word of the script's", async () => {
    const phrase = newPhrase(12);
    const spec = developmentSpec(genesisNotesFor([phrase], "sero-dev", 4, 100n * 10n ** 18n));
    const platform = prooflessPlatform(await ensureSpendArtifacts());
    const sealer = { intervalMs: 500, onDemand: true };
    node = await startNode({ spec, dataDir: join(folder, "chain"), rpcPort: 0, sealer, verifier: prooflessVerifier() });
    const client = httpClient(node.rpcUrl);
    const deaf: NodeClient = {
      ...client,
      sendTransaction: () => Promise.reject(new SeroError("rpc/unreachable", "The node is away.")),
    };
    const place = { directory: join(folder, "wallet"), passphrase: "outbox", platform, kdf: { logN: 10, r: 8, p: 1 } };
    const provide = (): Promise<SeroProvider> =>
      openProvider({
        wallet,
        node: nodeAccess(node.rpcUrl),
        session: { site: "outbox" },
        consent: async () => true,
        onProblem: ({ error }) => problems.push(error),
        pollMs: 200,
      });
    const problems: unknown[] = [];

    wallet = await restoreWallet({ ...place, node: deaf, from: { phrase } });
    await wallet.sync();
    const before = await provide();
    const [me] = before.accounts();
    const params = [{ from: me, data: sample("Ticket").bytecode }];
    const hash = await before.request({ method: "eth_sendTransaction", params });
    const ask = (provider: SeroProvider, method: string): Promise<unknown> =>
      provider.request({ method, params: [hash] });
    const pending = { hash, from: me, nonce: "0x0", to: null, blockHash: null, input: sample("Ticket").bytecode };
    expect(await ask(before, "eth_getTransactionByHash")).toMatchObject(pending);
    await before.close();
    expect(problems.length).toBeGreaterThan(0);
    await wallet.close();

    // Nothing of it is at the node yet; only the wallet's own files know.
    wallet = await openWallet({ ...place, node: deaf });
    const deafStill = await provide();
    expect(deafStill.accounts()).toEqual([me]);
    expect(await ask(deafStill, "eth_getTransactionByHash")).toMatchObject(pending);
    expect(await ask(deafStill, "eth_getTransactionReceipt")).toBeNull();
    await deafStill.close();
    await wallet.close();

    wallet = await openWallet({ ...place, node: client });
    const after = await provide();
    await expect
      .poll(() => ask(after, "eth_getTransactionReceipt"), { timeout: 60_000 })
      .toMatchObject({ transactionHash: hash, status: "0x1", from: me });
    expect(await ask(after, "eth_getTransactionByHash")).toMatchObject({ hash, from: me, nonce: "0x0", to: null });
    await after.close();
  });
});
