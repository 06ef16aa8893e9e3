import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ContractFactory, JsonRpcProvider, type Contract } from "ethers";
import { TEST_TOKEN } from "@sero/contracts/test-contracts";
import { until, type Started } from "./helpers/command.js";
import { openWorld, type World } from "./helpers/world.js";

// What somebody does who has `npm start` running and a script for Ethereum: real proofs, the command as it is.
describe("an ethers script against `sero provider`", () => {
  let world: World;
  let served: Started;
  let url = "";

  beforeAll(async () => {
    world = await openWorld();
    served = world.seat.start(["provider", "--wallet", "alice", "--port", "0", "--yes", "--json"]);
    const document = await until("the provider's address", () =>
      served.stdout().endsWith("}\n") ? served.stdout() : undefined,
    );
    ({ url } = (JSON.parse(document) as { readonly sessions: readonly [{ readonly url: string }] }).sessions[0]);
  });
  afterAll(async () => {
    served.child.kill("SIGINT");
    await served.ended;
    await world.close();
  });

  it("deploys and calls as it is, sees the shielded balance as its own, and nothing stays public", async () => {
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, pollingInterval: 200 });
    const signer = await provider.getSigner();
    expect(await provider.getBalance(signer.address)).toBeGreaterThan(10n ** 23n);
    const factory = new ContractFactory(TEST_TOKEN.abi, TEST_TOKEN.bytecode, signer);
    const deployed = await factory.deploy("Test", "TST", 18);
    await deployed.waitForDeployment();
    const token = deployed as Contract;
    const minted = await (await token.getFunction("mint")(signer.address, 1000n)).wait();
    expect(minted).toMatchObject({ status: 1, from: signer.address });
    // Seen from the script it has them; on the chain the Pool does.
    expect(await token.getFunction("balanceOf")(signer.address)).toBe(1000n);
    const bare = new JsonRpcProvider(world.dev.url);
    const onChain = token.connect(bare) as Contract;
    expect(await onChain.getFunction("balanceOf")(signer.address)).toBe(0n);
    const sent = await (await token.getFunction("transfer")("0x000000000000000000000000000000000000dEaD", 400n)).wait();
    expect(sent).toMatchObject({ status: 1 });
    expect(await token.getFunction("balanceOf")(signer.address)).toBe(600n);
    provider.destroy();
    bare.destroy();
  });

  it("G47: nobody without the token is answered, nor a page of another site", async () => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_accounts", params: [] });
    const headers = { "content-type": "application/json" };
    const { origin } = new URL(url);
    expect((await fetch(origin, { method: "POST", body, headers })).status).toBe(401);
    expect((await fetch(`${origin}/wrong`, { method: "POST", body, headers })).status).toBe(401);
    expect(
      (await fetch(url, { method: "POST", body, headers: { ...headers, origin: "https://evil.example" } })).status,
    ).toBe(403);
    expect((await fetch(url, { method: "POST", body, headers })).status).toBe(200);
  });
});
