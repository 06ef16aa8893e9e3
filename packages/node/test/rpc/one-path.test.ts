import { buildBlock, decodeAndCheckStateless, importBlock, openRules, type Rules } from "@sero/execution";
import {
  assetIdOf,
  bigIntToBytes,
  bytesToBigInt,
  encodeTransaction,
  POOL_ADDRESS,
  toHex,
  type CallPhase,
  type EthAddress,
  type SeroError,
} from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestNode, testSpec, type RpcFailure, type TestNode } from "../helpers/node.js";
import { coinBack, pseudonymAddress, type FakePayment } from "../helpers/payment.js";
import { acceptAllVerifier, BAD_PROOF } from "../helpers/verifier.js";

const spec = testSpec();

describe("one validation path", () => {
  let test: TestNode;
  let rules: Rules;
  let mined: FakePayment;

  beforeAll(async () => {
    test = await startTestNode({ spec });
    rules = await openRules({ spec, verifier: acceptAllVerifier() });
    mined = test.pay(1);
    await test.rpc("eth_sendRawTransaction", [toHex(mined.bytes)]);
    await test.rpc("sero_sealBlock", ["0x3"]);
  });
  afterAll(() => test.stop());

  /** What a block that holds nothing but this transaction is refused for. */
  async function importVerdict(bytes: Uint8Array): Promise<string> {
    const { chain } = test.node.context;
    const head = chain.head();
    const parent = chain.parent(head.hash);
    const attributes = {
      timestamp: head.header.timestamp + 1n,
      feeRecipient: new Uint8Array(20) as EthAddress,
      prevRandao: new Uint8Array(32),
      withdrawals: [],
    };
    const empty = await buildBlock(rules, parent, attributes, [], { verified: true });
    const verdict = await importBlock(rules, parent, { header: empty.header, transactions: [bytes], withdrawals: [] });
    return verdict.ok ? "valid" : verdict.error.code;
  }

  async function buildVerdict(bytes: Uint8Array): Promise<string> {
    const { chain } = test.node.context;
    const head = chain.head();
    const checked = decodeAndCheckStateless(rules, bytes, rules.spec.genesisTime);
    if (!checked.ok) return checked.error.code;
    const built = await buildBlock(
      rules,
      chain.parent(head.hash),
      {
        timestamp: head.header.timestamp + 1n,
        feeRecipient: new Uint8Array(20) as EthAddress,
        prevRandao: new Uint8Array(32),
        withdrawals: [],
      },
      [checked.value],
      { verified: true },
    );
    return built.skipped[0]?.error.code ?? "valid";
  }

  async function rpcVerdict(bytes: Uint8Array): Promise<string> {
    try {
      await test.rpc("eth_sendRawTransaction", [toHex(bytes)]);
      return "valid";
    } catch (error) {
      return ((error as RpcFailure).data as { code: string }).code;
    }
  }

  async function poolVerdict(bytes: Uint8Array): Promise<string> {
    try {
      await test.node.context.mempool.submit(bytes, "test");
      return "valid";
    } catch (error) {
      return (error as SeroError).code;
    }
  }

  it("E39: RPC, mempool, builder and import refuse the same transactions for the same reason", async () => {
    const otherChain = test.pay(10);
    const cases: Record<string, Uint8Array> = {
      "E34: another chain id": encodeTransaction({ ...otherChain.tx, chainId: 24159n }),
      "E35: unknown anchor": test.pay(11, { anchor: 12345n }).bytes,
      expired: test.pay(12, { expiry: 1n }).bytes,
      "expires too far ahead": test.pay(13, { expiry: 10_000n }).bytes,
      "spends a spent note": test.pay(14, { nullifier: mined.tx.bundles[0]!.nullifiers[0] }).bytes,
      "wrong fee": encodeTransaction({ ...otherChain.tx, bundles: [{ ...otherChain.tx.bundles[0]!, pubCoin: 1n }] }),
      "E37: cut": otherChain.bytes.slice(0, -1),
      "E37: padded": Uint8Array.from([...otherChain.bytes, 0]),
      "another type": Uint8Array.from([2, ...otherChain.bytes.slice(1)]),
      empty: new Uint8Array(0),
      "low-order rk": encodeTransaction({
        ...otherChain.tx,
        bundles: [{ ...otherChain.tx.bundles[0]!, rk: Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0)) }],
      }),
    };
    const call = test.pay(30, { call: { pseudonym: 1 } });
    const phase = call.tx.call!;
    const [r, rest] = [phase.signature.subarray(0, 32), phase.signature.subarray(32)];
    const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const highS = bigIntToBytes(N - bytesToBigInt(rest.subarray(0, 32)), 32);
    const resigned = (changes: Partial<CallPhase>): Uint8Array =>
      encodeTransaction({ ...call.tx, call: { ...phase, ...changes } });
    Object.assign(cases, {
      "call: another's pseudonym": resigned({ pseudonym: pseudonymAddress(2) }),
      "call: high s": replaced(call.bytes, phase.signature, Uint8Array.from([...r, ...highS, 1 - rest[32]!])),
      "call: changed after it was signed": resigned({ gasLimit: phase.gasLimit - 1n }),
      "call: a nonce to come": test.pay(31, { call: { pseudonym: 1, nonce: 1n } }).bytes,
      "call: too little coin for its gas": test.pay(32, { call: { pseudonym: 1, coin: 10n ** 12n } }).bytes,
      "call: no coin and none of its own": test.pay(33, { call: { pseudonym: 1, coin: 0n } }).bytes,
      "call: more gas than a block": test.pay(34, { call: { pseudonym: 1, gasLimit: spec.gasLimit } }).bytes,
      "call: an asset that never came in": test.pay(35, {
        call: { pseudonym: 1, returns: [coinBack(), { ...coinBack(), kind: "token", token: pseudonymAddress(9) }] },
        assets: [{ asset: assetIdOf(1, pseudonymAddress(9), 0n), amount: 1n }],
      }).bytes,
      "call: as the Pool itself": resigned({ pseudonym: POOL_ADDRESS }),
    });
    const table: Record<string, string> = {};
    for (const [name, bytes] of Object.entries(cases)) {
      const verdicts = [
        await rpcVerdict(bytes),
        await poolVerdict(bytes),
        await buildVerdict(bytes),
        await importVerdict(bytes),
      ];
      expect(new Set(verdicts).size, `${name}: ${verdicts.join(", ")}`).toBe(1);
      expect(verdicts[0], name).not.toBe("valid");
      table[name] = verdicts[0]!;
    }
    expect(test.verifier.checked()).toBe(1);
    expect(table).toMatchObject({
      "call: another's pseudonym": "tx/pseudonym-signature",
      "call: changed after it was signed": "tx/pseudonym-signature",
      "call: a nonce to come": "tx/nonce",
      "call: no coin and none of its own": "tx/pseudonym-balance",
      "call: an asset that never came in": "tx/unknown-asset",
    });
  });

  it("E34: a mined transaction sent again is answered its txid, and no block takes it a second time", async () => {
    const randomised = test.pay(1, { anchor: mined.tx.anchor, expiry: mined.tx.expiry, proofByte: 7 });
    expect(randomised.txid).toEqual(mined.txid);
    const before = test.verifier.checked();
    for (const bytes of [mined.bytes, randomised.bytes]) {
      expect(await test.rpc("eth_sendRawTransaction", [toHex(bytes)])).toBe(toHex(mined.txid));
      expect(await buildVerdict(bytes)).toBe("tx/spent");
      expect(await importVerdict(bytes)).toBe("tx/spent");
    }
    expect(test.verifier.checked()).toBe(before);
    expect(test.node.context.mempool.size).toBe(0);
  });

  it("E39: a false proof is refused by RPC and in a block alike", async () => {
    const bad = test.pay(20, { proofByte: BAD_PROOF });
    expect(await rpcVerdict(bad.bytes)).toBe("tx/proof");
    expect(await importVerdict(bad.bytes)).not.toBe("valid");
  });
});

/** The bytes with a part of them changed, past what an encoder would write. */
function replaced(bytes: Uint8Array, part: Uint8Array, by: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(part);
  expect(at).toBeGreaterThan(0);
  const out = Uint8Array.from(bytes);
  out.set(by, at);
  return out;
}
