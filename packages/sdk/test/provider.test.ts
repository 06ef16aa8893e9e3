import { describe, expect, it } from "vitest";
import { SeroError, toHex, type AssetId, type EthAddress } from "@sero/protocol";
import { openProvider, ProviderRpcError, type Hex } from "../src/index.js";
import { fakeNode, fakeWallet, openFake, refusal } from "./helpers/fake.js";

const STRANGER = "0x00000000000000000000000000000000deadbeef";
const CONTRACT = "0x00000000000000000000000000000000c0ffee01";

describe("a session", () => {
  it("has a fixed list of pseudonyms, the same when it is opened again", async () => {
    const wallet = fakeWallet();
    const node = fakeNode();
    const open = (site: string, accounts: number): Promise<readonly Hex[]> =>
      openProvider({ wallet, node, session: { site, accounts }, consent: async () => true }).then((p) => p.accounts());
    const first = await open("a", 2);
    const other = await open("b", 1);
    expect(await open("a", 2)).toEqual(first);
    expect(await open("a", 3)).toEqual([...first, expect.any(String)]);
    expect(first).not.toContain(other[0]);
    expect(wallet.pseudonyms()).toHaveLength(4);
  });

  it("has the pseudonyms that are named, as a restored wallet knows them: without their site", async () => {
    const wallet = fakeWallet();
    const make = async (options: { site?: string; account?: number }): Promise<Hex> =>
      toHex((await wallet.newPseudonym(options)).address) as Hex;
    const [old, more, others, second] = [
      await make({}),
      await make({}),
      await make({ site: "b" }),
      await make({ account: 1 }),
    ];
    const open = (as: readonly Hex[], accounts?: number): Promise<readonly Hex[]> => {
      const session = { site: "a", as, ...(accounts === undefined ? {} : { accounts }) };
      return openProvider({ wallet, node: fakeNode(), session, consent: async () => true }).then((p) => p.accounts());
    };
    expect(await open([more, old.toUpperCase().replace("0X", "0x") as Hex])).toEqual([more, old]);
    expect(wallet.pseudonyms()).toHaveLength(4);
    expect(await open([old], 2)).toEqual([old, toHex(wallet.pseudonyms().at(-1)!.address)]);
    for (const [as, code] of [
      [STRANGER, "unknown"],
      [others, "other-site"],
      [second, "other-account"],
    ] as const)
      await expect(open([as])).rejects.toMatchObject({ code: `pseudonym/${code}` });
  });

  it("answers eth_accounts, eth_requestAccounts, permissions and the chain", async () => {
    const { provider } = await openFake();
    const all = provider.accounts();
    for (const method of ["eth_accounts", "eth_requestAccounts"])
      expect(await provider.request({ method })).toEqual(all);
    expect(await provider.request({ method: "wallet_getPermissions" })).toMatchObject([
      { parentCapability: "eth_accounts", caveats: [{ value: all }] },
    ]);
    expect(await provider.request({ method: "eth_chainId" })).toBe("0x5e5e");
    const to = (method: string, chainId: string): Promise<unknown> =>
      provider.request({ method, params: [{ chainId }] });
    expect(await to("wallet_switchEthereumChain", "0x5e5e")).toBeNull();
    expect(await to("wallet_addEthereumChain", "0x5e5e")).toBeNull();
    expect((await refusal(to("wallet_switchEthereumChain", "0x1"))).code).toBe(4902);
    expect((await refusal(to("wallet_addEthereumChain", "0x1"))).code).toBe(4902);
  });

  it("is not opened over a node of another chain, nor by a wallet that only watches", async () => {
    const node = fakeNode();
    node.answers.set("eth_chainId", "0x1");
    const options = { wallet: fakeWallet(), node, session: { site: "a" }, consent: async () => true };
    expect((await refusal(openProvider(options))).code).toBe(4900);
    const watching = { ...fakeWallet(), kind: "full-view" };
    expect((await refusal(openProvider({ ...options, wallet: watching, node: fakeNode() }))).code).toBe(4100);
  });
});

describe("eth_sendTransaction", () => {
  it("asks the user, answers with the txid before the proof, and answers for the transaction until the node knows it", async () => {
    const { provider, wallet, node, questions, me } = await openFake();
    let finish = (): void => undefined;
    wallet.afterTxid = () => new Promise((resolve) => (finish = resolve));
    const tx = { from: me, to: CONTRACT, value: "0x7", data: "0xabcdef", gasPrice: "0x1", gas: "0x10000" };
    const hash = await provider.request({ method: "eth_sendTransaction", params: [tx] });
    expect(hash).toBe(wallet.sent[0]);
    expect(questions).toMatchObject([{ kind: "transaction", site: "test" }]);
    expect(wallet.requests[0]).toMatchObject({ site: "test", account: 0, priceStep: 0 });
    const byHash = (): Promise<unknown> => provider.request({ method: "eth_getTransactionByHash", params: [hash] });
    expect(await byHash()).toMatchObject({
      hash,
      from: me,
      to: CONTRACT,
      value: "0x7",
      input: "0xabcdef",
      nonce: "0x3",
      blockHash: null,
      type: "0x5e",
    });
    expect(await provider.request({ method: "eth_getTransactionReceipt", params: [hash] })).toBeNull();
    const count = await provider.request({ method: "eth_getTransactionCount", params: [me, "pending"] });
    expect(count).toBe("0x4");
    node.answers.set("eth_getTransactionByHash", { hash, blockHash: "0x01" });
    expect(await byHash()).toEqual({ hash, blockHash: "0x01" });
    finish();
    wallet.pendingOnes.clear();
    await provider.close();
  });

  it("never an error after a send: what fails later is a problem of the wallet's, and the outbox goes on", async () => {
    const { provider, wallet, problems, me } = await openFake();
    wallet.afterTxid = () => Promise.reject(new SeroError("rpc/unreachable", "The node is gone."));
    const hash = await provider.request({ method: "eth_sendTransaction", params: [{ from: me, to: CONTRACT }] });
    expect(hash).toBe(wallet.sent[0]);
    const before = wallet.syncs;
    await expect.poll(() => problems.length).toBe(1);
    // The chain is followed as long as something is under way.
    wallet.chain.genesisHash.fill(8);
    await expect.poll(() => wallet.syncs).toBeGreaterThanOrEqual(before);
    wallet.chain.genesisHash.fill(7);
    wallet.pendingOnes.clear();
    await provider.close();
  });

  it("an error before a send sends nothing: the user said no, or whoever asked is gone", async () => {
    const { provider, wallet, me } = await openFake({ says: async () => false });
    const send = { method: "eth_sendTransaction", params: [{ from: me, to: CONTRACT }] };
    expect((await refusal(provider.request(send))).code).toBe(4001);
    const gone = new AbortController();
    const late = await openFake({
      says: async () => {
        gone.abort();
        return true;
      },
    });
    const params = [{ from: late.me, to: CONTRACT }];
    const given = late.provider.request({ method: "eth_sendTransaction", params }, gone.signal);
    expect((await refusal(given)).message).toMatch(/given up before the user agreed/);
    expect([wallet.sent, late.wallet.sent]).toEqual([[], []]);
  });

  it("G47: a request as somebody else gets 4100, and the wallet is not even asked", async () => {
    const { provider, wallet, questions, me } = await openFake();
    const typed = JSON.stringify({ types: {}, primaryType: "x", domain: {}, message: {} });
    const asked: [string, unknown[]][] = [
      ["eth_sendTransaction", [{ from: STRANGER, to: CONTRACT }]],
      ["personal_sign", ["0x01", STRANGER]],
      ["eth_signTypedData_v4", [STRANGER, typed]],
      ["wallet_sendCalls", [{ version: "2.0.0", chainId: "0x5e5e", from: STRANGER, calls: [{ to: CONTRACT }] }]],
      ["wallet_getCapabilities", [STRANGER]],
    ];
    for (const [method, params] of asked) expect((await refusal(provider.request({ method, params }))).code).toBe(4100);
    // A pseudonym of the same wallet, but of another session, is somebody else too.
    const { address } = await wallet.newPseudonym({ site: "another" });
    const params = [{ from: toHex(address), to: CONTRACT }];
    expect((await refusal(provider.request({ method: "eth_sendTransaction", params }))).code).toBe(4100);
    expect([questions, wallet.requests, wallet.sent]).toEqual([[], [], []]);
    expect(me).not.toBe(toHex(address));
  });

  it("waits for money on its way, and for the pseudonym's earlier transaction", async () => {
    const { provider, wallet, me } = await openFake();
    const short = (pending: string): SeroError =>
      new SeroError("funds/insufficient", "Not enough.", { needed: "10", spendable: "4", pending });
    wallet.refusals.push(short("6"));
    const send = { method: "eth_sendTransaction", params: [{ from: me, to: CONTRACT }] };
    const first = await provider.request(send);
    const second = provider.request(send);
    setTimeout(() => wallet.pendingOnes.clear(), 300);
    expect(await second).not.toBe(first);
    wallet.pendingOnes.clear();
    wallet.refusals.push(short("0"));
    const error = await refusal(provider.request(send));
    expect(error).toMatchObject({ code: -32000, data: { code: "funds/insufficient" } });
    expect(error.message).toMatch(/^insufficient funds/);
    await provider.close();
  });

  it("what would fail is a revert with the contract's own data", async () => {
    const { provider, wallet, node, me } = await openFake();
    const values = { step: "call", index: 0, reason: "as asked", output: "0x08c379a0" };
    const ask = (method: string): Promise<unknown> =>
      provider.request({ method, params: [{ from: me, to: CONTRACT }] });
    const expected = { code: 3, data: "0x08c379a0", message: "execution reverted: as asked" };
    wallet.refusals.push(new SeroError("call/would-fail", "It would fail.", values));
    expect(await refusal(ask("eth_sendTransaction"))).toMatchObject(expected);
    node.answers.set("sero_simulate", { ok: false, failure: values, calls: [] });
    expect(await refusal(ask("eth_estimateGas"))).toMatchObject(expected);
    // Gas of the call, of the transaction around it, and one bundle more; the wallet is not asked for a plan.
    node.answers.set("sero_simulate", {
      ok: true,
      failure: null,
      calls: [],
      gasLimit: "0x100",
      intrinsicGas: "0x8000",
    });
    expect(await ask("eth_estimateGas")).toBe(`0x${(0x8100 + 22_000).toString(16)}`);
    expect(wallet.requests).toEqual([]);
  });

  it("G47: 4 MB of calldata are refused with a sentence", async () => {
    const { provider, wallet, me } = await openFake();
    const data = `0x${"ab".repeat(4_000_000)}`;
    for (const method of ["eth_sendTransaction", "eth_estimateGas", "eth_call"]) {
      const error = await refusal(provider.request({ method, params: [{ from: me, to: CONTRACT, data }] }));
      expect(error).toMatchObject({ code: -32602 });
      expect(error.message).toMatch(/^The call has 4000000 bytes of data; a transaction has at most 131072/);
    }
    expect(wallet.requests).toEqual([]);
  });

  it("nonsense is refused before anything happens", async () => {
    const { provider, wallet, me } = await openFake();
    const bad: Record<string, unknown>[] = [
      { from: me },
      { from: "me", to: CONTRACT },
      { from: me, to: CONTRACT, data: "0x1" },
      { from: me, to: CONTRACT, data: "0x01", input: "0x02" },
      { from: me, to: CONTRACT, value: "-1" },
      { from: me, to: CONTRACT, chainId: "0x1" },
      { from: me, to: CONTRACT, blobVersionedHashes: ["0x01"] },
      { from: me, to: CONTRACT, authorizationList: [{}] },
    ];
    for (const tx of bad)
      expect((await refusal(provider.request({ method: "eth_sendTransaction", params: [tx] }))).code).toBe(-32602);
    const wrong = provider.request({
      method: "eth_sendTransaction",
      params: [{ from: me, to: CONTRACT, nonce: "0x9" }],
    });
    expect((await refusal(wrong)).message).toMatch(/^nonce too high/);
    expect(wallet.sent).toEqual([]);
  });
});

describe("what only other wallets do", () => {
  it("scripts with a key of their own are told why and what to do", async () => {
    const { provider, node } = await openFake();
    const error = await refusal(provider.request({ method: "eth_sendRawTransaction", params: ["0x02f8aa"] }));
    expect(error.code).toBe(-32003);
    expect(error.message).toMatch(/key of the script's own.*getSigner\(\).*"remote"/);
    node.answers.set("eth_sendRawTransaction", "0xaa");
    expect(await provider.request({ method: "eth_sendRawTransaction", params: ["0x5e01"] })).toBe("0xaa");
  });

  it.each([
    "eth_sign",
    "eth_signTransaction",
    "eth_signTypedData",
    "engine_newPayloadV2",
    "admin_peers",
    "wallet_scan",
  ])("%s is refused, and the node never hears of it", async (method) => {
    const { provider, node } = await openFake();
    expect((await refusal(provider.request({ method, params: [] }))).code).toBe(4200);
    expect(node.asked.map((call) => call.method)).not.toContain(method);
  });
});

describe("what a site reads", () => {
  it("the balance of a pseudonym is what lies on it and what the user can spend; the past and others are the node's", async () => {
    const { provider, me } = await openFake();
    const balance = (...params: unknown[]): Promise<unknown> => provider.request({ method: "eth_getBalance", params });
    expect(await balance(me)).toBe("0x3ed");
    expect(await balance(me, "latest")).toBe("0x3ed");
    expect(await balance(me, "0x1")).toBe("0x5");
    expect(await balance(STRANGER, "latest")).toBe("0x5");
  });

  it("a read by or about a pseudonym runs with the coin and the tokens in question, any other is the node's", async () => {
    const { provider, wallet, node, me } = await openFake();
    const token = new Uint8Array(20).fill(9) as EthAddress;
    const other = new Uint8Array(20).fill(10) as EthAddress;
    wallet.held = [
      { info: { asset: 11n as AssetId, kind: "token", token, id: 0n }, spendable: 40n },
      { info: { asset: 12n as AssetId, kind: "ticket", token, id: 6n }, spendable: 1n },
      { info: { asset: 13n as AssetId, kind: "token", token: other, id: 0n }, spendable: 8n },
    ];
    node.answers.set("sero_simulate", { ok: true, failure: null, calls: [{ output: "0x28" }] });
    node.answers.set("eth_call", "0x00");
    const call = (tx: object, tag = "latest"): Promise<unknown> =>
      provider.request({ method: "eth_call", params: [tx, tag] });
    expect(await call({ from: me, to: toHex(token), data: "0x01" })).toBe("0x28");
    expect(node.asked.at(-1)).toMatchObject({
      method: "sero_simulate",
      params: [
        {
          from: me,
          coin: "0x3e8",
          assets: [
            { kind: "token", token: toHex(token), amount: "0x28" },
            { kind: "ticket", token: toHex(token), id: "0x6", amount: "0x1" },
          ],
          calls: [{ to: toHex(token), value: "0x0", data: "0x01" }],
        },
      ],
    });
    // As viem's readContract asks: without a sender, with the address as an argument.
    const about = `0x70a08231${"0".repeat(24)}${me.slice(2)}`;
    expect(await call({ to: toHex(token), data: about })).toBe("0x28");
    for (const [tx, tag] of [
      [{ to: toHex(token), data: "0x01" }, "latest"],
      [{ from: STRANGER, to: toHex(token), data: about }, "latest"],
      [{ from: me, to: toHex(token), data: "0x01" }, "0x1"],
    ] as const)
      expect(await call(tx, tag)).toBe("0x00");
  });

  it("a token that does not let itself be lent is left out; a revert of the call is a revert", async () => {
    const { provider, wallet, node, me } = await openFake();
    const token = new Uint8Array(20).fill(9) as EthAddress;
    wallet.held = [{ info: { asset: 11n as AssetId, kind: "token", token, id: 0n }, spendable: 40n }];
    node.answers.set("sero_simulate", ([request]) =>
      (request as { assets: unknown[] }).assets.length > 0
        ? { ok: false, failure: { step: "unshield", index: 0, reason: "frozen", output: "0x" }, calls: [] }
        : { ok: false, failure: { step: "call", index: 0, reason: "no", output: "0xdead" }, calls: [] },
    );
    const error = await refusal(
      provider.request({ method: "eth_call", params: [{ from: me, to: toHex(token), data: "0x01" }, "latest"] }),
    );
    expect(error).toMatchObject({ code: 3, data: "0xdead", message: "execution reverted: no" });
  });

  it("everything else is the node's, errors and all", async () => {
    const { provider, node } = await openFake();
    node.answers.set("eth_gasPrice", "0x3b9aca00");
    expect(await provider.request({ method: "eth_gasPrice" })).toBe("0x3b9aca00");
    node.answers.set("eth_getLogs", () => {
      throw new ProviderRpcError(-32005, "too many", { code: "rpc/limit" });
    });
    expect(await refusal(provider.request({ method: "eth_getLogs", params: [{}] }))).toMatchObject({ code: -32005 });
  });
});

describe("signatures", () => {
  it("personal_sign and typed data ask first, in either order of parameters", async () => {
    const { provider, questions, me } = await openFake();
    for (const params of [
      ["0x48656c6c6f", me],
      [me, "Hello"],
    ])
      expect(await provider.request({ method: "personal_sign", params })).toMatch(/^0x[0-9a-f]{130}$/);
    expect(questions).toMatchObject([
      { kind: "message", message: new TextEncoder().encode("Hello") },
      { kind: "message", message: new TextEncoder().encode("Hello") },
    ]);
    const typed = {
      types: { A: [{ name: "b", type: "uint256" }] },
      primaryType: "A",
      domain: { chainId: 24158 },
      message: {},
    };
    const sign = (value: unknown): Promise<unknown> =>
      provider.request({ method: "eth_signTypedData_v4", params: [me, value] });
    expect(await sign(JSON.stringify(typed))).toMatch(/^0x[0-9a-f]{130}$/);
    expect(await sign(typed)).toMatch(/^0x[0-9a-f]{130}$/);
    expect(await refusal(sign({ ...typed, domain: { chainId: 1 } }))).toMatchObject({ code: -32602 });
    expect(await refusal(sign("{"))).toMatchObject({ code: -32602 });
  });

  it("a user who says no signs nothing", async () => {
    const { provider, me } = await openFake({ says: async () => false });
    expect((await refusal(provider.request({ method: "personal_sign", params: ["0x01", me] }))).code).toBe(4001);
  });
});
