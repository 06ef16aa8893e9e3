import {
  ensureRepackArtifacts,
  ensureSpendArtifacts,
  openProver,
  openRepackProver,
  openVerifierPool,
  repackCommitments,
  type BundleVerifier,
  type Prover,
  type RepackProver,
  type RepackWitness,
} from "@sero/circuits";
import { POOL } from "@sero/contracts";
import { TEST_TOKEN } from "@sero/contracts/test-contracts";
import {
  addressAt,
  bigIntToBytes,
  bytesToBigInt,
  COIN,
  concatBytes,
  decodeCompactBlock,
  denseTree,
  FIELD_ORDER,
  genesisId,
  keccak256,
  leavesOf,
  noteInner,
  packageIdOf,
  POOL_ADDRESS,
  repackedPackageIdOf,
  toHex,
  utf8,
  type EthAddress,
} from "@sero/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyBundles } from "../../src/index.js";
import { randomPseudonym } from "../helpers/call.js";
import { balanceOf, COINS, openTestChain, type TestChain } from "../helpers/chain.js";
import { callData, deploy } from "../helpers/contracts.js";
import { fakeCiphertext, makeNote, type MadeNote } from "../helpers/payment.js";
import { prove } from "../helpers/proofs.js";

const treeOf = (chain: TestChain) =>
  denseTree([chain.rules.genesis.compact, ...chain.compacts].flatMap((bytes) => leavesOf(decodeCompactBlock(bytes))));

describe("a call with real proofs", () => {
  let prover: Prover;
  let verifier: BundleVerifier;

  beforeAll(async () => {
    const artifacts = await ensureSpendArtifacts();
    prover = await openProver({ artifacts });
    verifier = await openVerifierPool({ artifacts, chainId: 24158n, threads: 1 });
  }, 180_000);
  afterAll(async () => {
    await prover?.close();
    await verifier?.close();
  });

  it("brings a token out of a note, through a call and back, verified by import", async () => {
    const chain = await openTestChain();
    const token = await deploy(chain, TEST_TOKEN, ["T", "T", 0]);
    const pseudonym = randomPseudonym();
    const data = callData(TEST_TOKEN, "mint", [pseudonym.address, 10n]);
    await chain.seal([chain.call(0, { pseudonym, calls: [{ to: token, data }], returns: [{ kind: "token", token }] })]);
    const draft = chain.call(0, { bring: [{ kind: "token", token, amount: 4n }], calls: [] });
    const proved = await prove(draft, chain.wallets[0]!.keys, treeOf(chain), prover);
    const rules = { ...chain.rules, verifier };
    expect((await verifyBundles(rules, chain.check(proved.bytes))).ok).toBe(true);
    const unproved = await verifyBundles(rules, chain.check(draft.bytes));
    expect(unproved.ok ? "ok" : unproved.error.code).toBe("tx/proof");
    const built = await chain.seal([proved]);
    expect(built.details[0]!.failure).toBeUndefined();
    const asset = chain.wallets[0]!.notes.find(({ note }) => note.asset !== COIN)!.note.asset;
    expect(balanceOf(chain.wallets[0]!, asset)).toBe(10n);
  }, 120_000);
});

describe("a repack with a real proof", () => {
  let prover: RepackProver;
  beforeAll(async () => {
    prover = await openRepackProver({ artifacts: await ensureRepackArtifacts() });
  }, 180_000);
  afterAll(async () => {
    await prover?.close();
  });

  it("F45: turns a package into notes and a package through the Pool; a second time, or by somebody else, it fails", async () => {
    const chain = await openTestChain({ notes: 8 });
    const [pseudonym, thief] = [randomPseudonym(), randomPseudonym()];
    const packages = [{ outputIndex: 0, controller: pseudonym.address, onFailure: "hold" as const }];
    const payment = chain.pay(0, 0, 3n * COINS, { packages });
    await chain.seal([payment]);
    const sealed = payment.made[0]!;
    const id = packageIdOf(payment.tx.bundles[0]!.nullifiers[0], 0, sealed.commitment);

    const { keys } = chain.wallets[1]!;
    const made = [COINS, 2n * COINS, 0n].map((value) => makeNote(addressAt(keys, 0n), value, keys));
    const notes = made.map(() => fakeCiphertext());
    const kinds = [0, 1, 0];
    const nobody = new Uint8Array(20);
    const controllers = [nobody, thief.address, nobody];
    const ids = [id, new Uint8Array(32)];
    const contents = ({ note }: MadeNote) => ({
      inner: noteInner(note.ownerTag, note.rho),
      asset: note.asset,
      value: note.value,
      blind: note.blind,
    });
    const outCms = made.map(({ commitment }) => commitment);
    const ctxFor = (caller: EthAddress): bigint =>
      bytesToBigInt(
        keccak256(
          concatBytes(
            utf8("SERO/repack/1"),
            genesisId(chain.rules.spec),
            bigIntToBytes(24158n, 32),
            POOL_ADDRESS,
            caller,
            ...ids,
            ...outCms.map((cm) => bigIntToBytes(cm, 32)),
            ...kinds.map((kind) => bigIntToBytes(BigInt(kind), 32)),
            ...controllers,
            ...notes.map((note) => keccak256(note)),
          ),
        ),
      ) % FIELD_ORDER;
    const ctx = ctxFor(pseudonym.address);
    const witness: RepackWitness = {
      ctx,
      inputs: [contents(sealed), undefined],
      outputs: [contents(made[0]!), contents(made[1]!), contents(made[2]!)],
    };
    expect(repackCommitments(witness).inCm[0]).toBe(sealed.commitment);
    const proof = await prover.prove(witness);
    const data = callData(POOL, "repack", [
      ids.map((each) => toHex(each)),
      outCms,
      kinds,
      controllers.map((each) => toHex(each)),
      notes.map((note) => toHex(note)),
      toHex(proof),
    ]);
    const calls = [{ to: POOL_ADDRESS, data }];
    // The thief has the whole call data, proof and all.
    const stolen = await chain.seal([chain.call(0, { pseudonym: thief, calls })]);
    expect(stolen.receipts[0]!.status).toBe(0);
    const built = await chain.seal([chain.call(0, { pseudonym, calls })]);
    expect(built.details[0]!.failure).toBeUndefined();
    const newId = repackedPackageIdOf(ctx, 1, outCms[1]!);
    expect(decodeCompactBlock(built.compact).entries).toMatchObject([
      { kind: "repacked", transaction: 0, commitment: outCms[0], ciphertext: notes[0] },
      { kind: "sealed", transaction: 0, id: newId, commitment: outCms[1], ciphertext: notes[1] },
      { kind: "repacked", transaction: 0, commitment: outCms[2], ciphertext: notes[2] },
      { kind: "completed", asset: COIN },
    ]);
    const again = await chain.seal([chain.call(0, { pseudonym, calls })]);
    expect(again.receipts[0]!.status).toBe(0);
    // What it made is a package like any other: its controller releases it.
    const release = callData(POOL, "releasePackage", [toHex(newId)]);
    const last = await chain.seal([chain.call(0, { pseudonym: thief, calls: [{ to: POOL_ADDRESS, data: release }] })]);
    expect(decodeCompactBlock(last.compact).entries[0]).toMatchObject({
      kind: "released",
      id: newId,
      commitment: outCms[1],
    });
  }, 120_000);
});
