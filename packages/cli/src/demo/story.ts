import { COIN, COIN_DECIMALS, DEVELOPMENT_WALLETS, parseAmount, toHex, type Transaction } from "@sero/protocol";
import { formatLink, httpClient, parseLink, verifyDisclosure, type PaymentRequest, type Wallet } from "@sero/wallet";
import { rawBlocksOf } from "../audit/raw-blocks.js";
import { replayChain } from "../audit/replay.js";
import { coins } from "../commands/amounts.js";
import { toJson } from "../io/output.js";
import { jsonRpc } from "../io/json-rpc.js";
import { playContracts } from "./contracts-story.js";
import { publicLines, publicTransaction } from "./public-view.js";
import type { Stage } from "./stage.js";
import { check, type Scene } from "./scene.js";
import type { Step } from "./telling.js";

const amount = (text: string): bigint => parseAmount(text, COIN_DECIMALS);
const total = (wallet: Wallet): bigint => wallet.balances().find(({ asset }) => asset === COIN)?.total ?? 0n;
const spendable = (wallet: Wallet): bigint => wallet.balances().find(({ asset }) => asset === COIN)?.spendable ?? 0n;

/** Who plays: their wallets, and what has to be remembered between scenes. */
interface Cast {
  readonly alice: Wallet;
  readonly bob: Wallet;
  readonly bobPhrase: string;
  readonly carol: Wallet;
  readonly txids: string[];
}

/** Whether a published transaction holds any of these bytes in the clear. */
const shows = (bytes: Uint8Array, ...needles: readonly Uint8Array[]): boolean =>
  needles.some((needle) => toHex(bytes).includes(toHex(needle).slice(2)));

const pay = async (
  stage: Stage,
  from: Wallet,
  payments: readonly PaymentRequest[],
): Promise<{ txid: string; seen: Transaction; raw: string }> => {
  await from.sync();
  const prepared = await from.prepareSend({ payments });
  const [receipt] = await from.send(prepared);
  if (receipt === undefined) throw new Error("a payment gave no receipt");
  await stage.mined(from, [receipt.txid]);
  const rpc = jsonRpc(stage.node.rpcUrl);
  return {
    txid: receipt.txid,
    seen: await publicTransaction(rpc, receipt.txid),
    raw: await rpc.call<string>("eth_getRawTransactionByHash", [receipt.txid]),
  };
};

const payWithMemo = async (stage: Stage, cast: Cast): Promise<Scene> => {
  const memo = "Retainer, Hartmann v. Hartmann. Please send no letters to my house.";
  const { txid, seen, raw } = await pay(stage, cast.alice, [
    { address: cast.bob.address(), amount: amount("1200.5"), memo },
  ]);
  cast.txids.push(txid);
  await cast.bob.sync();
  const received = cast.bob.history()[0];
  return {
    title: "Alice pays her lawyer Bob, with a memo",
    really: ["Alice paid Bob 1200.5 SERO", `memo: ${memo}`],
    chain: publicLines(seen, stage.spec),
    checks: [
      check("Bob has 1200.5 SERO", total(cast.bob) === amount("1200.5")),
      check("Bob reads the memo", received?.parts[0]?.memo === memo),
      check(
        "neither memo nor amount is in the published bytes",
        !shows(
          Buffer.from(raw.slice(2), "hex"),
          Buffer.from("Hartmann"),
          Buffer.from(amount("1200.5").toString(16).padStart(32, "0"), "hex"),
        ),
      ),
      check(
        "the transaction is the shape of every payment: one bundle, one memo chunk",
        seen.bundles.length === 1 && seen.memos.length === 1,
      ),
    ],
  };
};

const payLink = async (stage: Stage, cast: Cast): Promise<Scene> => {
  const link = formatLink({
    payments: [
      {
        address: await cast.bob.newAddress(),
        amount: amount("30"),
        asset: COIN,
        memo: "notary",
        label: undefined,
        message: "Notary's fee",
      },
      {
        address: await cast.carol.newAddress(),
        amount: amount("75.25"),
        asset: COIN,
        memo: "invoice 17",
        label: undefined,
        message: undefined,
      },
    ],
  });
  const requests = parseLink(link, stage.spec.hrp).payments.map(({ address, amount: value, memo }) => ({
    address,
    amount: value ?? 0n,
    ...(memo === undefined ? {} : { memo }),
  }));
  const { txid, seen } = await pay(stage, cast.alice, requests);
  cast.txids.push(txid);
  await cast.bob.sync();
  await cast.carol.sync();
  return {
    title: "Alice pays two people at once from a payment link, each at a fresh address",
    really: ["30 SERO to Bob, 75.25 SERO to Carol, one memo each", `the link has ${link.length} characters`],
    chain: publicLines(seen, stage.spec),
    checks: [
      check("Bob has 1230.5 SERO", total(cast.bob) === amount("1230.5")),
      check("Carol has 75.25 SERO", total(cast.carol) === amount("75.25")),
      check(
        "each reads his own memo only",
        cast.carol.history()[0]?.parts[0]?.memo === "invoice 17" && cast.bob.history()[0]?.parts[0]?.memo === "notary",
      ),
    ],
  };
};

const payLarge = async (stage: Stage, cast: Cast): Promise<Scene> => {
  const before = total(cast.carol);
  const { txid, seen } = await pay(stage, cast.alice, [{ address: cast.carol.address(), amount: amount("900000") }]);
  cast.txids.push(txid);
  await cast.carol.sync();
  return {
    title: "Alice buys a house from Carol: more than two of her notes hold",
    really: ["900000 SERO to Carol, from four notes", "spread over bundles that look like any others"],
    chain: publicLines(seen, stage.spec),
    checks: [
      check("it took several bundles", seen.bundles.length > 1),
      check("Carol has 900000 SERO more", total(cast.carol) - before === amount("900000")),
    ],
  };
};

const spendChange = async (stage: Stage, cast: Cast): Promise<Scene> => {
  await cast.alice.sync();
  const free = spendable(cast.alice);
  const { txid, seen } = await pay(stage, cast.alice, [{ address: cast.bob.address(), amount: amount("1") }]);
  cast.txids.push(txid);
  await cast.bob.sync();
  return {
    title: "Alice spends her change one block later",
    really: ["1 SERO to Bob, out of the change of the payment before"],
    chain: publicLines(seen, stage.spec),
    checks: [
      check(
        "all of her money was spendable again",
        free === total(cast.alice) + amount("1") + feeFrom(cast.alice, txid),
      ),
    ],
  };
};

const feeFrom = (wallet: Wallet, txid: string): bigint =>
  wallet.history().find((entry) => entry.txid === txid)?.fee ?? 0n;

const watch = async (stage: Stage, cast: Cast): Promise<Scene> => {
  const full = await stage.restored("auditor", { from: { viewKey: cast.bob.viewKey("full") } });
  const incoming = await stage.restored("cashier", { from: { viewKey: cast.bob.viewKey("incoming") } });
  await full.sync();
  await incoming.sync();
  const refused = await full.prepareSend({ payments: [{ address: cast.carol.address(), amount: 1n }] }).then(
    () => false,
    () => true,
  );
  return {
    title: "Bob's accountant watches, and can't spend",
    really: ["a full view key for the accountant, an incoming one for the cashier"],
    chain: ["nothing: a view key never touches the chain"],
    checks: [
      check("the accountant sees Bob's balance", total(full) === total(cast.bob)),
      check("the accountant sees Bob's history, memos and all", toJson(full.history()) === toJson(cast.bob.history())),
      check("the cashier sees what came in", total(incoming) === amount("1231.5")),
      check("neither can pay", refused),
    ],
  };
};

const disclosePayment = async (stage: Stage, cast: Cast): Promise<Scene> => {
  const txid = cast.txids[0] ?? "";
  const sent = cast.alice.history().find((entry) => entry.txid === txid);
  const text = cast.alice.disclose(txid, sent?.parts[0]?.outputs[0] ?? 0, "court of X, file 4711");
  const node = httpClient(stage.node.rpcUrl);
  const shown = await verifyDisclosure(node, text, "court of X, file 4711");
  const rejects = (claim: string, message: string): Promise<boolean> =>
    verifyDisclosure(node, claim, message).then(
      () => false,
      () => true,
    );
  const middle = Math.floor(text.length / 2);
  const forged = `${text.slice(0, middle)}${text[middle] === "q" ? "p" : "q"}${text.slice(middle + 1)}`;
  return {
    title: "Alice proves to a court that she paid Bob, and nothing else",
    really: [`a text of ${text.length} characters`, ...shown.sentences],
    chain: ["nothing: the court checks the text against the chain"],
    checks: [
      check(
        "it shows Bob's address and the amount",
        shown.address === cast.bob.address() && shown.value === amount("1200.5"),
      ),
      check("it is signed by who paid", shown.signedBySender),
      check("it is worth nothing to another verifier", await rejects(text, "somebody else")),
      check("a changed one is refused", await rejects(forged, "court of X, file 4711")),
    ],
  };
};

const secondCopy = async (stage: Stage, cast: Cast): Promise<Scene> => {
  const [first, second] = [
    cast.carol,
    await stage.restored("carol-phone", { from: { viewKey: cast.carol.viewKey("full") } }),
  ];
  await second.sync();
  return {
    title: "Carol's second machine shows the same",
    really: ["a watch-only copy of Carol's wallet"],
    chain: ["nothing"],
    checks: [check("same balance on both", total(first) === total(second))],
  };
};

const restore = async (stage: Stage, cast: Cast): Promise<Scene> => {
  const again = await stage.restored("bob-again", { from: { phrase: cast.bobPhrase } });
  await again.sync();
  await cast.bob.sync();
  return {
    title: "Bob's machine drowns; he restores his wallet from 24 words",
    really: ["everything is found again from the chain alone: balance, memos, history"],
    chain: ["nothing: he downloads whole ranges, like everybody"],
    checks: [
      check("same balance", total(again) === total(cast.bob) && spendable(again) === spendable(cast.bob)),
      check("same history", toJson(again.history()) === toJson(cast.bob.history())),
    ],
  };
};

const payBack = async (stage: Stage, cast: Cast): Promise<Scene> => {
  const { txid, seen } = await pay(stage, cast.bob, [
    { address: cast.alice.address(), amount: amount("200"), memo: "Too much; this is yours." },
  ]);
  cast.txids.push(txid);
  await cast.alice.sync();
  const got = cast.alice.history().find((entry) => entry.txid === txid);
  return {
    title: "Bob sends a part back",
    really: ["200 SERO to Alice", "memo: Too much; this is yours."],
    chain: publicLines(seen, stage.spec),
    checks: [
      check(
        "Alice received it, with its memo",
        got?.type === "received" && got.parts[0]?.memo === "Too much; this is yours.",
      ),
    ],
  };
};

const auditSupply = async (stage: Stage, cast: Cast, dave: Wallet): Promise<Scene> => {
  const audit = await replayChain(stage.spec, stage.verifier, rawBlocksOf(jsonRpc(stage.node.rpcUrl)));
  const people = [cast.alice, cast.bob, cast.carol, dave];
  for (const wallet of people) await wallet.sync();
  const others = stage.spec.genesisNotes.reduce((sum, { value }) => sum + value, 0n) - amount("2000000");
  const held = people.reduce((sum, wallet) => sum + total(wallet), 0n);
  return {
    title: "An auditor recomputes the chain from its genesis",
    really: [
      `Alice ${coins(total(cast.alice))}, Bob ${coins(total(cast.bob))}, Carol ${coins(total(cast.carol))}, Dave ${coins(total(dave))}`,
      `untouched genesis notes of others ${coins(others)}`,
    ],
    chain: [
      `${audit.blocks} blocks, ${audit.proofs} proofs checked again`,
      `supply ${coins(audit.supply)} = hidden ${coins(audit.shielded)} + public (fees, contracts) ${coins(audit.publicBalances)}`,
    ],
    checks: [
      check("every proof, signature and state root holds", true),
      check("the hidden notes add up to what the turnstile says", held + others === audit.shielded),
      check(
        "supply = hidden notes + public balances",
        audit.shielded + audit.publicBalances + audit.surplus === audit.supply,
      ),
    ],
  };
};

/** The story's scenes in order, each told when it is over. */
export async function* playStory(stage: Stage): AsyncGenerator<Step> {
  const started = Date.now();
  const alice = await stage.restored("alice", { from: { phrase: DEVELOPMENT_WALLETS[0]?.phrase ?? "" } });
  const { wallet: bob, phrase: bobPhrase } = await stage.created("bob");
  const { wallet: carol } = await stage.created("carol");
  await alice.sync();
  const cast: Cast = { alice, bob, bobPhrase, carol, txids: [] };
  yield {
    title: "Three people, one chain",
    really: ["Alice has a million SERO from genesis", "Bob and Carol have just made their wallets"],
    chain: ["12 notes of 250000 SERO from genesis; whose they are, it doesn't say"],
    checks: [check("Alice finds her million", total(alice) === amount("1000000"))],
    seconds: (Date.now() - started) / 1000,
  };
  for (const scene of [
    payWithMemo,
    payLink,
    payLarge,
    spendChange,
    watch,
    disclosePayment,
    restore,
    payBack,
    secondCopy,
  ]) {
    const begun = Date.now();
    const step = await scene(stage, cast);
    yield { ...step, seconds: (Date.now() - begun) / 1000 };
  }
  const dave = yield* playContracts(stage, { alice, bob, carol });
  const begun = Date.now();
  yield { ...(await auditSupply(stage, cast, dave)), seconds: (Date.now() - begun) / 1000 };
}
