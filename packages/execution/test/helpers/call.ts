import {
  addressAt,
  addressForChange,
  assetIdOf,
  bindOf,
  COIN,
  compareReturns,
  encodeTransaction,
  intrinsicGas,
  nullifierOf,
  priceOf,
  pseudonymDigest,
  pseudonymOf,
  randomAddress,
  randomChunk,
  randomizedKey,
  randomBytes,
  randomScalar,
  sign,
  signDigest,
  type AccountKeys,
  type Anchor,
  type AssetId,
  type BindContext,
  type Bundle,
  type Call,
  type ChainSpec,
  type EthAddress,
  type Inner,
  type PackageEntry,
  type Pseudonym,
  type ReturnEntry,
  type Transaction,
} from "@sero/protocol";
import type { TestWallet } from "./chain.js";
import {
  blankBundle,
  dummyNote,
  fakeCiphertext,
  makeNote,
  type BundleSecrets,
  type OwnNote,
  type TestPayment,
} from "./payment.js";

/** What a test call wants; everything else is filled in. */
export interface CallRequest {
  readonly calls: readonly (Partial<Call> & { readonly to?: EthAddress | undefined })[];
  /** A fresh one unless given; its nonce is the account's. */
  readonly pseudonym?: Pseudonym;
  /** Assets brought, each in a bundle of its own. */
  readonly bring?: readonly {
    readonly kind: "token" | "ticket";
    readonly token: EthAddress;
    readonly id?: bigint;
    readonly amount: bigint;
  }[];
  /** Entries besides the coin's and those of what is brought; inners are filled in. */
  readonly returns?: readonly (Pick<ReturnEntry, "kind" | "token"> & Partial<Pick<ReturnEntry, "id" | "leave">>)[];
  /** Default 1,000,000. */
  readonly gasLimit?: bigint;
  readonly priceStep?: number;
  /** Coin brought besides gas and the calls' values. */
  readonly extra?: bigint;
  /** Outputs that become packages, all of a coin note of this value to the wallet itself. */
  readonly packages?: readonly { readonly value: bigint; readonly onFailure: PackageEntry["onFailure"] }[];
  /** Pays from the pseudonym's own balance: dummies, C = 0. */
  readonly paysItself?: boolean;
  readonly change?: (tx: Transaction) => Transaction;
  readonly tamper?: (tx: Transaction) => Transaction;
}

export interface CallContext {
  readonly spec: ChainSpec;
  readonly context: BindContext;
  readonly anchor: Anchor;
  readonly expiry: bigint;
  readonly wallet: TestWallet;
  readonly nonceOf: (address: EthAddress) => bigint;
  readonly slot: () => Inner;
}

export interface TestCall extends TestPayment {
  readonly pseudonym: Pseudonym;
  /** Inners of the returns, in the entries' order. */
  readonly returns: readonly ReturnEntry[];
}

export const randomPseudonym = (): Pseudonym => pseudonymOf(randomBytes(32));

const SIGNATURE = Uint8Array.from({ length: 65 }, (_, i) => (i === 31 || i === 63 ? 1 : 0));

function fullReturns({ bring = [], returns = [] }: CallRequest, slot: () => Inner): ReturnEntry[] {
  const named = [...bring.map(({ kind, token, id }) => ({ kind, token, id: id ?? 0n })), ...returns];
  const seen = new Map<string, ReturnEntry>();
  for (const {
    kind,
    token,
    id = 0n,
    leave = false,
  } of named as readonly Partial<ReturnEntry>[] as readonly ReturnEntry[]) {
    const count = typeof id === "bigint" ? 1 : id.any;
    const key = [kind, token?.join(), typeof id === "bigint" ? id : "any"].join("/");
    seen.set(key, { kind, token, id, leave, inners: Array.from({ length: count }, slot) });
  }
  const coin: ReturnEntry = { kind: "coin", token: undefined, id: 0n, leave: false, inners: [slot()] };
  return [coin, ...[...seen.values()].sort(compareReturns)];
}

/** Notes of the wallet worth at least `need`, largest first. */
function pick(wallet: TestWallet, asset: AssetId, need: bigint): OwnNote[] {
  const sorted = wallet.notes
    .filter(({ note }) => note.asset === asset)
    .sort((a, b) => (b.note.value > a.note.value ? 1 : -1));
  const picked: OwnNote[] = [];
  for (let sum = 0n; sum < need;) {
    const next = sorted.shift();
    if (next === undefined) throw new Error("test call: notes do not suffice");
    picked.push(next);
    sum += next.note.value;
  }
  return picked;
}

interface Part {
  readonly bundle: Bundle;
  readonly secrets: BundleSecrets;
}

/** One bundle: up to two notes of one asset in; change, packages and dummies out. */
function part(
  keys: AccountKeys,
  inputs: readonly OwnNote[],
  asset: AssetId,
  takes: { readonly coin: bigint; readonly amount: bigint },
  packages: readonly bigint[],
): Part {
  const sum = inputs.reduce((total, { note }) => total + note.value, 0n);
  const out = (asset === COIN ? takes.coin : takes.amount) + packages.reduce((total, value) => total + value, 0n);
  const outputs = [
    ...packages.map((value) => makeNote(addressAt(keys, 0n), value, keys)),
    makeNote(addressForChange(keys, 0n), sum - out, keys, asset),
  ];
  while (outputs.length < 3) outputs.push(makeNote(randomAddress(), 0n, undefined));
  const used = [0, 1].map((i) => inputs[i] ?? dummyNote(keys));
  const alpha = randomScalar();
  return {
    secrets: { alpha, inputs: used, outputs },
    bundle: {
      ...blankBundle(),
      nullifiers: used.map((own) =>
        nullifierOf(keys.nk, own.commitment, own.leafIndex),
      ) as unknown as Bundle["nullifiers"],
      commitments: outputs.map(({ commitment }) => commitment) as unknown as Bundle["commitments"],
      pubCoin: takes.coin,
      pubAsset: takes.amount > 0n ? asset : COIN,
      pubAmount: takes.amount,
      rk: randomizedKey(keys.A, alpha),
    },
  };
}

/** A transaction with a call phase that is true in everything but its proofs: signed by the wallet and by the pseudonym. */
export function makeCall(context: CallContext, request: CallRequest): TestCall {
  const { spec, wallet } = context;
  const { keys } = wallet;
  const pseudonym = request.pseudonym ?? randomPseudonym();
  const calls = request.calls.map(({ to, value = 0n, data = new Uint8Array(0) }): Call => ({ to, value, data }));
  const gasLimit = request.gasLimit ?? 1_000_000n;
  const returns = fullReturns(request, context.slot);
  const sealed = request.packages ?? [];
  const assets = (request.bring ?? []).map(({ kind, token, id = 0n, amount }) => {
    const asset = assetIdOf(kind === "token" ? 1 : 2, token, id);
    return { asset, amount, inputs: pick(wallet, asset, amount) };
  });
  const draftOf = (parts: readonly Part[]): Transaction => ({
    chainId: spec.chainId,
    expiry: context.expiry,
    priceStep: request.priceStep ?? 0,
    anchor: context.anchor,
    bundles: parts.map(({ bundle }) => bundle),
    outputs: Array.from({ length: 3 * parts.length }, fakeCiphertext),
    memos: [randomChunk()],
    call: {
      pseudonym: pseudonym.address,
      nonce: context.nonceOf(pseudonym.address),
      signature: SIGNATURE,
      gasLimit,
      calls,
      returns,
    },
    packages: sealed.map(({ onFailure }, i) => ({ outputIndex: i, controller: undefined, onFailure })),
  });
  const values = sealed.map(({ value }) => value);
  const others = assets.map(({ asset, amount, inputs }) => part(keys, inputs, asset, { coin: 0n, amount }, []));
  const first = (coin: bigint): Part => {
    const need = coin + values.reduce((sum, value) => sum + value, 0n);
    return part(keys, need === 0n ? [] : pick(wallet, COIN, need).slice(0, 2), COIN, { coin, amount: 0n }, values);
  };
  // Bundles are known by number before the coin is, which depends on it.
  const blank = draftOf([{ bundle: blankBundle(), secrets: undefined as never }, ...others]);
  const price = priceOf(blank, spec);
  const coin =
    request.paysItself === true
      ? 0n
      : (intrinsicGas(blank, spec) + gasLimit) * price +
        calls.reduce((sum, { value }) => sum + value, 0n) +
        (request.extra ?? 0n);
  const parts = [first(coin), ...others];
  const unsigned = (request.change ?? ((tx) => tx))(draftOf(parts));
  const { bind, txid } = bindOf(unsigned, context.context);
  const signed: Transaction = {
    ...unsigned,
    bundles: unsigned.bundles.map((bundle, b) => ({
      ...bundle,
      signature: sign(keys.ask, parts[b]!.secrets.alpha, txid),
    })),
    call: unsigned.call && {
      ...unsigned.call,
      signature: signDigest(pseudonym.secretKey, pseudonymDigest(bind)),
    },
  };
  const tx = (request.tamper ?? ((x) => x))(signed);
  const secrets = parts.map((each) => each.secrets);
  return {
    tx,
    secrets,
    bytes: encodeTransaction(tx),
    spent: secrets.flatMap(({ inputs }) => inputs.filter((own) => wallet.notes.includes(own))),
    made: secrets.flatMap(({ outputs }) => outputs),
    pseudonym,
    returns,
  };
}
