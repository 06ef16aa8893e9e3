import { hexToBytes, keccak256, toHex } from "viem";
import { developmentSpec, type AssetId, type EthAddress, type TxId } from "@sero/protocol";
import type { CallReport, CallRequest, CallSpec, PendingCall, PseudonymInfo } from "@sero/wallet/core";
import {
  ProviderRpcError,
  openProvider,
  type ConsentRequest,
  type HeldAsset,
  type Hex,
  type Json,
  type NodeAccess,
  type ProviderOptions,
  type ProviderWallet,
  type SeroProvider,
} from "../../src/index.js";

const GENESIS = new Uint8Array(32).fill(7);

/** A wallet that does as it is told, and remembers what it was asked. */
export interface FakeWallet extends ProviderWallet {
  readonly requests: CallRequest[];
  readonly sent: Hex[];
  readonly pendingOnes: Map<string, PendingCall>;
  coin: bigint;
  held: { readonly info: HeldAsset; readonly spendable: bigint }[];
  /** What prepareCall throws, one a time. */
  readonly refusals: Error[];
  /** What sendCall does after it gave the txid. */
  afterTxid: () => Promise<void>;
  syncs: number;
  /** What a report says. */
  sentences: readonly string[];
  /** What sendCall throws before it gives a txid, one a time. */
  readonly sendRefusals: Error[];
}

/** Nobody needs its key: the wallet's own tests check signatures. */
const addressOf = (n: number): EthAddress => hexToBytes(keccak256(toHex(`pseudonym ${n}`))).slice(0, 20) as EthAddress;

/** A spending wallet of the development chain. */
export const fakeWallet = (): FakeWallet => {
  const pseudonyms: PseudonymInfo[] = [];
  const wallet: FakeWallet = {
    kind: "spending",
    chain: { spec: developmentSpec([]), genesisHash: GENESIS },
    requests: [],
    sent: [],
    refusals: [],
    pendingOnes: new Map(),
    coin: 1_000n,
    held: [],
    syncs: 0,
    sentences: ["Pays."],
    sendRefusals: [],
    afterTxid: async () => undefined,
    position: () => ({ scanned: 1n }),
    sync: async () => void wallet.syncs++,
    balances: () => [
      { asset: 0n as AssetId, spendable: wallet.coin, pending: 0n },
      ...wallet.held.map(({ info, spendable }) => ({ asset: info.asset, spendable, pending: 0n })),
    ],
    assets: () => wallet.held.map(({ info }) => info),
    pseudonyms: () => pseudonyms,
    newPseudonym: async ({ site, label, account = 0 }) => {
      const address = addressOf(pseudonyms.length);
      const info = { address, kind: "kept" as const, account, label, site, createdAt: 0, uses: 0 };
      pseudonyms.push(info);
      return info;
    },
    prepareCall: async (request) => {
      const refusal = wallet.refusals.shift();
      if (refusal !== undefined) throw refusal;
      wallet.requests.push(request);
      return { report: { facts: { gas: 60_000n }, sentences: wallet.sentences } as unknown as CallReport };
    },
    sendCall: async (_prepared, { onTxid }) => {
      const refusal = wallet.sendRefusals.shift();
      if (refusal !== undefined) throw refusal;
      const request = wallet.requests.at(-1);
      if (request === undefined) throw new Error("nothing prepared");
      const txid = keccak256(toHex(`tx ${wallet.sent.length}`));
      wallet.pendingOnes.set(txid, pendingOf(txid, request));
      wallet.sent.push(txid);
      onTxid?.(txid);
      await wallet.afterTxid();
    },
    pendingCalls: () => [...wallet.pendingOnes.values()],
    signMessage: () => new Uint8Array(65).fill(27),
    signTypedData: () => new Uint8Array(65).fill(1),
  };
  return wallet;
};

/** A one-time pseudonym of the fake wallet. */
export const ONE_TIME = hexToBytes("0x00000000000000000000000000000000000001ff") as EthAddress;

const nothingHere = (): never => {
  throw new Error("no slots and packages here");
};

/** The calls of a request, written for the one-time pseudonym where they ask for it. */
export const callsOf = (request: CallRequest): readonly CallSpec[] =>
  typeof request.calls === "function"
    ? request.calls({
        pseudonym: ONE_TIME,
        slot: nothingHere,
        packageId: nothingHere,
      })
    : request.calls;

const pendingOf = (txid: Hex, request: CallRequest): PendingCall => ({
  txid: hexToBytes(txid) as TxId,
  pseudonym: request.pseudonym === undefined || request.pseudonym === "one-time" ? ONE_TIME : request.pseudonym,
  nonce: 3n,
  calls: callsOf(request).map(({ to, value = 0n, data = new Uint8Array(0) }) => ({ to, value, data })),
  gas: 60_000n,
  price: 1_000_000_000n,
  expiry: 300n,
});

/** A node that answers from a table, and remembers what it was asked. */
export interface FakeNode extends NodeAccess {
  readonly asked: { readonly method: string; readonly params: readonly unknown[] }[];
  readonly answers: Map<string, Json | ((params: readonly unknown[]) => Json)>;
}

/** The development chain's node. */
export const fakeNode = (): FakeNode => {
  const node: FakeNode = {
    asked: [],
    answers: new Map<string, Json | ((params: readonly unknown[]) => Json)>([
      ["eth_chainId", "0x5e5e"],
      ["eth_getBlockByNumber", { hash: toHex(GENESIS) }],
      ["eth_getTransactionByHash", null],
      ["eth_getTransactionReceipt", null],
      ["eth_getTransactionCount", "0x3"],
      ["eth_getBalance", "0x5"],
    ]),
    request: async (method, params) => {
      node.asked.push({ method, params });
      const answer = node.answers.get(method);
      if (answer === undefined) throw new Error(`the node was asked ${method}`);
      return typeof answer === "function" ? answer(params) : answer;
    },
  };
  return node;
};

/** A provider over both, with a user who answers as `says`. */
export const openFake = async (
  more: Partial<ProviderOptions> & {
    readonly says?: (request: ConsentRequest, signal: AbortSignal) => Promise<boolean>;
  } = {},
): Promise<{
  readonly wallet: FakeWallet;
  readonly node: FakeNode;
  readonly provider: SeroProvider;
  readonly questions: ConsentRequest[];
  readonly problems: unknown[];
  readonly me: Hex;
}> => {
  const { says = async () => true, ...options } = more;
  const [wallet, node] = [fakeWallet(), fakeNode()];
  const questions: ConsentRequest[] = [];
  const problems: unknown[] = [];
  const provider = await openProvider({
    wallet,
    node,
    session: { site: "test", accounts: 2 },
    consent: (request, signal) => {
      questions.push(request);
      return says(request, signal);
    },
    onProblem: (problem) => problems.push(problem.error),
    pollMs: 5,
    fundsWaitMs: 1_000,
    ...options,
  });
  return { wallet, node, provider, questions, problems, me: provider.accounts()[0] ?? "0x" };
};

/** What a request is refused with. */
export const refusal = async (promise: Promise<unknown>): Promise<ProviderRpcError> => {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ProviderRpcError)) throw new Error(`not refused as it should be: ${String(error)}`);
  return error;
};
