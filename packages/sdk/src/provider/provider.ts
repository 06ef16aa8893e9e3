import { toHex } from "@sero/protocol";
import type { ProviderContext } from "./context.js";
import { CODES, ProviderRpcError, badParams, checkThere, isForUser, providerError, unsupported } from "./errors.js";
import { quantity, type Json } from "./json.js";
import { METHODS } from "./methods/index.js";
import { checkForSites } from "./node-methods.js";
import type { NodeSubscription } from "./node.js";
import { refresher } from "./refresh.js";
import { openSession } from "./session.js";
import type { ProviderOptions, RequestArguments, SeroProvider } from "./types.js";

type Listener = (value: never) => void;

const NEVER = new AbortController().signal;

/**
 * An Ethereum provider (EIP-1193) over an open wallet: what a site or script asks runs as the session's pseudonyms, paid for from the shielded
 * balance, after the user agreed to what will be public. Reads that are not a wallet's business are answered by the node.
 *
 * @throws ProviderRpcError 4100 for a wallet that only watches, 4900 for a node that is silent or on another chain; wallet/*
 */
export async function openProvider(options: ProviderOptions): Promise<SeroProvider> {
  const { wallet, node, consent, onProblem = () => undefined, onShowCalls = () => undefined } = options;
  if (wallet.kind !== "spending")
    throw new ProviderRpcError(CODES.unauthorized, "A wallet that only watches cannot act. Open one that can spend.");
  const { chainId } = wallet.chain.spec;
  const session = await openSession(wallet, options.session);
  const background = new Set<Promise<unknown>>();
  const subscriptions = new Map<string, NodeSubscription>();
  const listeners = new Map<string, Set<Listener>>();
  const { refresh, refreshSoon } = refresher(wallet, node);
  const closing = new AbortController();
  let isClosed = false;
  let watching: Promise<void> | undefined;

  const emit = (event: string, value: unknown): void => {
    for (const listener of listeners.get(event) ?? []) (listener as (value: unknown) => void)(value);
  };

  /** As long as something is under way the wallet follows the chain: it hands over again what no node took. */
  const watch = async (): Promise<void> => {
    while (!isClosed && wallet.pendingCalls().length > 0) {
      await new Promise((resolve) => setTimeout(resolve, options.pollMs ?? 2_000));
      if (!isClosed) await refresh().catch((error: unknown) => onProblem({ txid: undefined, error }));
    }
  };

  const context: ProviderContext = {
    wallet,
    node,
    session,
    async consent(request, signal) {
      const gone = AbortSignal.any([signal, closing.signal]);
      checkThere(gone);
      const isAgreed = await consent(request, gone);
      // An answer that comes too late agrees to nothing.
      checkThere(gone);
      return isAgreed;
    },
    checkThere: (signal) => checkThere(AbortSignal.any([signal, closing.signal])),
    onProblem,
    onShowCalls,
    chainId,
    fundsWaitMs: options.fundsWaitMs ?? 7_000,
    refresh,
    refreshSoon,
    batches: new Map(),
    askedBatches: new Set(),
    inBackground(work) {
      const kept = work.finally(() => {
        background.delete(kept);
        watching ??= watch().finally(() => (watching = undefined));
      });
      background.add(kept);
    },
  };

  const subscribe = async (params: readonly unknown[]): Promise<Json> => {
    if (node.subscribe === undefined) throw unsupported("eth_subscribe", "Ask with eth_newFilter and poll.");
    const subscription = await node.subscribe(params, (result) =>
      emit("message", { type: "eth_subscription", data: { subscription: subscription.id, result } }),
    );
    subscriptions.set(subscription.id, subscription);
    return subscription.id;
  };

  const answer = async (method: string, params: readonly unknown[], signal: AbortSignal): Promise<Json> => {
    const own = METHODS.get(method);
    if (own !== undefined) return own.call(context, params, signal);
    if (method === "eth_subscribe") return subscribe(params);
    if (method === "eth_unsubscribe") {
      const id = String(params[0]);
      subscriptions.get(id)?.close();
      return subscriptions.delete(id);
    }
    checkForSites(method);
    return node.request(method, params, signal);
  };

  const provider: SeroProvider = {
    async request({ method, params = [] }: RequestArguments, signal = NEVER) {
      if (isClosed) throw new ProviderRpcError(CODES.disconnected, "This provider is closed. Open it again.");
      try {
        if (typeof method !== "string") throw badParams("A request names its method.");
        if (!Array.isArray(params)) throw badParams("Give the parameters as an array.");
        return await answer(method, params, signal);
      } catch (error) {
        if (isForUser(error)) onProblem({ txid: undefined, error });
        throw providerError(error);
      }
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      listeners.set(event, set.add(listener));
      return provider;
    },
    removeListener(event, listener) {
      listeners.get(event)?.delete(listener);
      return provider;
    },
    accounts: () => session.addresses,
    async close() {
      if (isClosed) return;
      isClosed = true;
      closing.abort();
      for (const subscription of subscriptions.values()) subscription.close();
      subscriptions.clear();
      await Promise.all(background);
      emit("disconnect", new ProviderRpcError(CODES.disconnected, "The provider was closed."));
      listeners.clear();
    },
  };
  await checkChain(context);
  queueMicrotask(() => emit("connect", { chainId: quantity(chainId) }));
  if (wallet.pendingCalls().length > 0) context.inBackground(Promise.resolve());
  return provider;
}

/** A node of another chain would answer other questions than were asked. */
async function checkChain({ node, chainId, wallet }: ProviderContext): Promise<void> {
  const [theirs, genesis] = [
    await node.request("eth_chainId", []),
    (await node.request("eth_getBlockByNumber", ["0x0", false])) as { readonly hash?: string } | null,
  ];
  const ours = wallet.chain.genesisHash;
  if (theirs === quantity(chainId) && genesis?.hash === toHex(ours)) return;
  throw new ProviderRpcError(
    CODES.disconnected,
    "The node is on another chain than the wallet. Name a node of the wallet's chain.",
  );
}
