import { describe, expect, it } from "vitest";
import { SeroError, fromHex, type AssetId, type EthAddress } from "@sero/protocol";
import { CODES, ProviderRpcError, openProvider, type SeroProvider } from "../src/index.js";
import { openFake, refusal } from "./helpers/fake.js";

const CHAIN = "0x5e5e";
const STRANGER = "0x00000000000000000000000000000000deadbeef";
const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

const mail = (domain: object, message: object, more: object = {}): string =>
  JSON.stringify({
    types: { Mail: [{ name: "text", type: "string" }], ...more },
    primaryType: "Mail",
    domain,
    message,
  });

describe("a provider under attack", () => {
  it("G47: nothing is sent or signed any more once the provider is closed, whatever the user answers then", async () => {
    const answers: ((yes: boolean) => void)[] = [];
    const { wallet, provider, me, questions } = await openFake({
      says: () => new Promise((resolve) => answers.push(resolve)),
    });
    const sent = refusal(provider.request({ method: "eth_sendTransaction", params: [{ from: me, to: me }] }));
    const signed = refusal(provider.request({ method: "personal_sign", params: ["0x00", me] }));
    await soon();
    expect(questions).toHaveLength(2);
    await provider.close();
    for (const answer of answers) answer(true);
    expect((await sent).code).toBe(CODES.userRejected);
    expect((await signed).code).toBe(CODES.userRejected);
    expect(wallet.sent).toEqual([]);
  });

  it("G47: a question that waits while the provider closes is taken away", async () => {
    let isGone = false;
    const { provider, me } = await openFake({
      says: (_request, signal) =>
        new Promise((resolve) =>
          signal.addEventListener("abort", () => {
            isGone = true;
            resolve(false);
          }),
        ),
    });
    const sent = refusal(provider.request({ method: "eth_sendTransaction", params: [{ from: me, to: me }] }));
    await soon();
    await provider.close();
    await sent;
    expect(isGone).toBe(true);
  });

  it("G47: a batch id that is still being asked about is taken: a site that asks twice pays once", async () => {
    const { wallet, provider, me } = await openFake({ says: () => soon().then(() => true) });
    const params = [{ version: "2.0.0", id: "order-7", from: me, chainId: CHAIN, calls: [{ to: me }] }];
    const ask = (): Promise<unknown> => provider.request({ method: "wallet_sendCalls", params });
    const first = ask();
    expect((await refusal(ask())).code).toBe(CODES.duplicateId);
    await first;
    expect(wallet.sent).toHaveLength(1);
    expect((await refusal(ask())).code).toBe(CODES.duplicateId);
  });

  it("G47: a batch id is free again when its batch was refused", async () => {
    const answers = [false, true];
    const { wallet, provider, me } = await openFake({ says: async () => answers.shift() === true });
    const params = [{ version: "2.0.0", id: "order-8", from: me, chainId: CHAIN, calls: [{ to: me }] }];
    const ask = (): Promise<unknown> => provider.request({ method: "wallet_sendCalls", params });
    expect((await refusal(ask())).code).toBe(CODES.userRejected);
    expect(await ask()).toMatchObject({ id: "order-8" });
    expect(wallet.sent).toHaveLength(1);
  });

  it("G47: chain numbers that are none are wrong parameters, not faults of the wallet", async () => {
    const { provider, me, problems, questions } = await openFake();
    for (const chainId of ["1.5", "1e400", "-1", "true", "[]", "{}", '"0x"', '""'])
      expect(
        (
          await refusal(
            provider.request({
              method: "eth_signTypedData_v4",
              params: [me, `{"types":{"Mail":[]},"primaryType":"Mail","domain":{"chainId":${chainId}},"message":{}}`],
            }),
          )
        ).code,
        chainId,
      ).toBe(CODES.invalidParams);
    expect(problems).toEqual([]);
    expect(questions).toEqual([]);
  });

  it("G47: the question shows what is signed and nothing else: fields that no type has are taken out", async () => {
    const { provider, me, questions } = await openFake();
    await provider.request({
      method: "eth_signTypedData_v4",
      params: [
        me,
        mail(
          { name: "Post" },
          { text: "hello", promise: "free", inner: [[{ amount: "1", promise: "free" }]] },
          {
            Mail: [
              { name: "text", type: "string" },
              { name: "inner", type: "Part[][]" },
            ],
            Part: [{ name: "amount", type: "uint256" }],
          },
        ),
      ],
    });
    expect(questions[0]).toMatchObject({ kind: "typed-data" });
    expect(questions[0]?.kind === "typed-data" && questions[0].typed.message).toEqual({
      text: "hello",
      inner: [[{ amount: "1" }]],
    });
  });

  it("G47: a domain says what is signed: one whose chain its type leaves out is refused", async () => {
    const { provider, me, questions } = await openFake();
    const typed = mail(
      { name: "Post", chainId: 0x5e5e },
      { text: "a" },
      { EIP712Domain: [{ name: "name", type: "string" }] },
    );
    const error = await refusal(provider.request({ method: "eth_signTypedData_v4", params: [me, typed] }));
    expect(error.code).toBe(CODES.invalidParams);
    expect(questions).toEqual([]);
  });
});

describe("a question that is left unanswered", () => {
  const ask = (provider: SeroProvider): Promise<unknown> =>
    provider.request({ method: "eth_sendTransaction", params: [{ from: provider.accounts()[0], to: STRANGER }] });

  it("G47: blocks the site that asked it and no other", async () => {
    const { provider, wallet, node, questions } = await openFake({ says: () => new Promise(() => undefined) });
    const other = await openProvider({ wallet, node, session: { site: "other" }, consent: async () => true });
    void refusal(ask(provider));
    void refusal(ask(provider));
    await soon();
    expect(await ask(other)).toBe(wallet.sent[0]);
    expect(questions).toHaveLength(1);
    wallet.pendingOnes.clear();
    await Promise.all([provider.close(), other.close()]);
  });

  const taken = (): SeroError => new SeroError("wallet/notes-taken", "A note is spent.");

  it("a plan that meanwhile lost its notes is made again, and sent if the same words describe it", async () => {
    const { provider, wallet, questions } = await openFake();
    wallet.sendRefusals.push(taken(), new SeroError("wallet/stale-report", "Too long ago."));
    expect(await ask(provider)).toBe(wallet.sent[0]);
    expect([questions.length, wallet.requests.length, wallet.sent.length]).toEqual([1, 3, 1]);
    wallet.pendingOnes.clear();
    await provider.close();
  });

  it("G47: a plan that became another one is asked about again", async () => {
    const answers = [true, false];
    const { provider, wallet, questions } = await openFake({
      says: async () => {
        wallet.sentences = ["Pays twice the fee."];
        return answers.shift() === true;
      },
    });
    wallet.sendRefusals.push(taken());
    expect((await refusal(ask(provider))).code).toBe(CODES.userRejected);
    expect([questions.length, wallet.sent.length]).toEqual([2, 0]);
  });

  it("a plan that never holds ends with an error", async () => {
    const { provider, wallet } = await openFake();
    wallet.sendRefusals.push(...Array.from({ length: 20 }, taken));
    expect((await refusal(ask(provider))).data).toEqual({ code: "wallet/notes-taken" });
    expect(wallet.sent).toEqual([]);
  });

  it("G47: whoever leaves, or a provider that closes, while a plan is made again sends nothing", async () => {
    const gone = new AbortController();
    const { provider, wallet, me } = await openFake();
    const prepare = wallet.prepareCall.bind(wallet);
    wallet.prepareCall = (request) => {
      if (wallet.requests.length > 0) gone.abort();
      return prepare(request);
    };
    wallet.sendRefusals.push(taken());
    const params = [{ from: me, to: STRANGER }];
    const sent = provider.request({ method: "eth_sendTransaction", params }, gone.signal);
    expect((await refusal(sent)).code).toBe(CODES.userRejected);
    expect(wallet.sent).toEqual([]);
  });
});

describe("what a site gets of the node", () => {
  it.each([
    "sero_peers",
    "sero_bans",
    "sero_banPeer",
    "sero_unbanPeer",
    "sero_sealBlock",
    "sero_compactBlocks",
    "debug_traceTransaction",
    "debug_getRawBlock",
    "net_peerCount",
    "txpool_content",
    "rpc_modules",
    "eth_tomorrow",
    "ETH_call",
    "",
  ])(
    "G47: %j is its operator's: the node, which takes the provider for a program of its own, never hears it",
    async (method) => {
      const { provider, node } = await openFake();
      node.answers.set(method, "done");
      const { code } = await refusal(provider.request({ method, params: ["203.0.113.7"] }));
      expect([CODES.unsupported, CODES.methodNotFound]).toContain(code);
      expect(node.asked.map((call) => call.method)).not.toContain(method);
    },
  );

  it("reads of the chain pass, as viem, ethers and Hardhat make them", async () => {
    const { provider, node } = await openFake();
    for (const method of [
      "eth_blockNumber",
      "eth_feeHistory",
      "eth_gasPrice",
      "eth_getCode",
      "eth_getLogs",
      "eth_getStorageAt",
      "eth_maxPriorityFeePerGas",
      "eth_newBlockFilter",
      "net_version",
      "sero_simulate",
      "web3_clientVersion",
    ]) {
      node.answers.set(method, method);
      expect(await provider.request({ method })).toBe(method);
    }
  });
});

describe("what a site learns of its user", () => {
  const batch = (id: string): unknown[] => [{ version: "2.0.0", id, chainId: CHAIN, calls: [{ to: STRANGER }] }];

  it("G49: whether a transaction of the public mempool is this wallet's, no other session is told", async () => {
    const { provider, wallet, node, me } = await openFake();
    const session = { site: "another" };
    const other = await openProvider({ wallet, node, session, consent: async () => true, pollMs: 5 });
    const tx = { from: me, to: STRANGER, data: "0xabcdef" };
    const sent = await provider.request({ method: "eth_sendTransaction", params: [tx] });
    const { id } = (await provider.request({ method: "wallet_sendCalls", params: batch("mine") })) as { id: string };
    const oneTime = wallet.sent[1];
    for (const txid of [sent, oneTime]) {
      expect((await refusal(other.request({ method: "wallet_getCallsStatus", params: [txid] }))).code).toBe(
        CODES.unknownBundle,
      );
      expect(await other.request({ method: "eth_getTransactionByHash", params: [txid] })).toBeNull();
      expect(await provider.request({ method: "wallet_getCallsStatus", params: [txid] })).toMatchObject({
        status: 100,
      });
      expect(await provider.request({ method: "eth_getTransactionByHash", params: [txid] })).toMatchObject({
        hash: txid,
      });
    }
    expect(await provider.request({ method: "wallet_getCallsStatus", params: [id] })).toMatchObject({ status: 100 });
    // A node that fails must not make the difference either.
    node.answers.set("eth_getTransactionReceipt", () => {
      throw new ProviderRpcError(CODES.disconnected, "gone");
    });
    const receipt = { method: "eth_getTransactionReceipt", params: [sent] };
    expect(await provider.request(receipt)).toBeNull();
    expect((await refusal(other.request(receipt))).code).toBe(CODES.disconnected);
    wallet.pendingOnes.clear();
    await Promise.all([provider.close(), other.close()]);
  });

  it.each([
    ["rpc/timeout", CODES.disconnected],
    ["rpc/lying", CODES.invalidInput],
    ["send/not-delivered", CODES.invalidInput],
    ["store/io", CODES.invalidInput],
    ["tx/anchor", CODES.invalidInput],
  ])("G47: %s names no place to a site, and the user hears of it in full", async (code, number) => {
    const { provider, wallet, problems, me } = await openFake();
    const url = "https://node.alice.example/v1/APIKEY";
    const thrown = new SeroError(code, `The node at ${url} took longer than 20 s to answer.`, { url });
    wallet.refusals.push(thrown);
    const error = await refusal(
      provider.request({ method: "eth_sendTransaction", params: [{ from: me, to: STRANGER }] }),
    );
    expect(error).toMatchObject({ code: number, data: { code } });
    expect(JSON.stringify([error.message, error.data])).not.toMatch(/alice|APIKEY|20 s/);
    expect(problems).toEqual([thrown]);
  });

  it("G49: how much is on its way cannot be timed: whatever is asked for is waited for alike", async () => {
    const { provider, wallet, me } = await openFake({ fundsWaitMs: 450 });
    wallet.balances = () => [{ asset: 0n as AssetId, spendable: 10n, pending: 5n }];
    for (const method of ["eth_estimateGas", "eth_sendTransaction"])
      for (const needed of [15n, 16n, 10n ** 30n]) {
        const values = { needed: String(needed), spendable: "10", pending: "5" };
        const short = (): SeroError => new SeroError("funds/insufficient", "Not enough.", values);
        wallet.refusals.splice(0, Infinity, short(), short(), short());
        const started = Date.now();
        const tx = { from: me, to: STRANGER, value: `0x${needed.toString(16)}` };
        await refusal(provider.request({ method, params: [tx] }));
        expect([method, needed, Date.now() - started > 300]).toEqual([method, needed, true]);
      }
  });

  it("G49: which money is missing is not said: it depends on the single notes", async () => {
    const { provider, wallet, me } = await openFake({ fundsWaitMs: 0 });
    const ask = (): Promise<unknown> =>
      provider.request({ method: "eth_sendTransaction", params: [{ from: me, to: STRANGER }] });
    const seen = new Set<string>();
    for (const [code, values] of [
      ["funds/insufficient", { needed: "44000000007", spendable: "5", pending: "3" }],
      ["funds/insufficient", { needed: "88000000007", spendable: "5", pending: "0" }],
      ["funds/too-many-notes", { bundles: 16 }],
      ["funds/too-small", { notes: 9 }],
    ] as const) {
      wallet.refusals.push(new SeroError(code, `This needs ${JSON.stringify(values)}.`, values));
      const { message, data } = await refusal(ask());
      seen.add(JSON.stringify([message, data]));
    }
    expect(seen.size).toBe(1);
    expect([...seen][0]).toMatch(/insufficient funds/);
  });
});

describe("a node that lies to a provider", () => {
  it.each([-1, 0.5, "-1", "0.5", "x"])("G47: a failure's place that is none ends a read: %j", async (index) => {
    const { provider, wallet, node, me } = await openFake();
    const token = `0x${"70".repeat(20)}` as const;
    const info = { asset: 7n as AssetId, kind: "token" as const, token: fromHex(token) as EthAddress };
    wallet.held.push({ info, spendable: 5n });
    node.answers.set("sero_simulate", () => {
      if (node.asked.length > 50) throw new Error("asked for ever");
      return { ok: false, failure: { step: "unshield", index }, calls: [] };
    });
    const asked = provider.request({ method: "eth_call", params: [{ from: me, to: token, data: "0x" }] });
    await refusal(asked);
    expect(node.asked.length).toBeLessThan(20);
  });
});
