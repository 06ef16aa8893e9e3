import { describe, expect, it } from "vitest";
import {
  COIN,
  NO_RK,
  addressAt,
  assetIdOf,
  bigIntToBytes,
  packageIdOf,
  randomAddress,
  randomBytes,
  receiveSlot,
  sealCompletedNote,
  type Commitment,
  type EthAddress,
  type Nullifier,
  type PackageId,
  type PoolEntry,
  type Transaction,
} from "@sero/protocol";
import { memoryFiles, type Wallet } from "../src/index.js";
import { foreignTransaction, sealed } from "./helpers/forge.js";
import {
  BOB,
  COIN_UNIT,
  keysOf,
  openWalletAt,
  pay,
  placeFor,
  restored,
  spendable,
  testChain,
} from "./helpers/wallets.js";

const bob = keysOf(BOB);
const TOKENS = [1n, 2n, 3n].map((n) => bigIntToBytes(n, 20) as EthAddress);

/** A small generator with a seed, so that a failure can be played again. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Box {
  readonly id: PackageId;
  readonly commitment: Commitment;
  /** Blocks that made and released it. */
  made: bigint;
  released: bigint | undefined;
}

const minedOf = (wallet: Wallet) => {
  const { notes, packages, assets } = wallet.export();
  return { notes, packages, assets, history: wallet.history().filter(({ status }) => status === "mined") };
};

describe("reorganisations with contracts, packages and tokens", () => {
  it("D30: at any depth equal a rescan from scratch, over restarts", async () => {
    const next = generator(20_261_123);
    const chain = await testChain([{ phrase: BOB, values: [COIN_UNIT, COIN_UNIT, COIN_UNIT] }]);
    const files = memoryFiles();
    let wallet = await restored(chain, { phrase: BOB }, { files });
    let boxes: Box[] = [];
    const head = (): bigint => BigInt(chain.blocks.length - 1);
    const to = () => (next(3) === 0 ? randomAddress() : addressAt(bob, BigInt(next(4))));
    const asset = () => (next(3) === 0 ? COIN : assetIdOf(1, TOKENS[next(3)] as EthAddress, 0n));
    const mineSomething = async (): Promise<void> => {
      const rk = randomBytes(32);
      const value = BigInt(1 + next(1000));
      const output = sealed({ address: to(), value, asset: asset() }, rk);
      const packed = sealed({ address: to(), value, asset: asset() }, rk);
      const tx: Transaction = {
        ...foreignTransaction(chain, [output, packed], { rk }),
        packages: [{ outputIndex: 1, controller: TOKENS[0], onFailure: "hold" }],
      };
      const nf0 = tx.bundles[0]?.nullifiers[0] ?? (0n as Nullifier);
      const made = head() + 1n;
      boxes.push({
        id: packageIdOf(nf0, 1, packed.commitment),
        commitment: packed.commitment,
        made,
        released: undefined,
      });
      const entries: PoolEntry[] = [];
      const open = boxes.filter((box) => box.released === undefined && box.made < made);
      for (const box of open)
        if (next(4) === 0) {
          entries.push({ kind: "released", transaction: 0, id: box.id, commitment: box.commitment });
          box.released = made;
        }
      const paid = { asset: asset(), value };
      const { inner, ciphertext } = sealCompletedNote({
        address: to(),
        ...paid,
        seed: randomBytes(32),
        memoKey: randomBytes(32),
        ovk: undefined,
      });
      if (next(2) === 0) entries.push({ kind: "completed", transaction: 0, inner, ...paid, ciphertext });
      if (next(2) === 0)
        entries.push({ kind: "completed", transaction: 0, inner: receiveSlot(bob, BigInt(next(6))).inner, ...paid });
      const repacked = sealed({ address: to(), value, asset: asset() }, NO_RK);
      const { commitment } = repacked;
      if (next(2) === 0)
        entries.push({ kind: "repacked", transaction: 0, commitment, ciphertext: repacked.ciphertext });
      if (next(2) === 0) {
        const id = randomBytes(32) as PackageId;
        entries.push({ kind: "sealed", transaction: 0, id, commitment, ciphertext: repacked.ciphertext });
        boxes.push({ id, commitment, made, released: undefined });
      }
      const token = TOKENS[next(3)] as EthAddress;
      const assets = next(2) === 0 ? [] : [{ asset: assetIdOf(1, token, 0n), kind: "token" as const, token, id: 0n }];
      await chain.mine({ transactions: [tx], entries, assets });
    };
    const rewind = (block: bigint): void => {
      chain.rewindTo(block);
      chain.mempool.clear();
      boxes = boxes
        .filter(({ made }) => made <= block)
        .map((box) => ({ ...box, released: (box.released ?? block + 1n) > block ? undefined : box.released }));
    };
    let found = 0;
    for (let round = 0; round < 6; round++) {
      // Shallow ones often, which take a release back and leave the package.
      const depth = round === 0 ? 0 : 1 + next(round % 2 === 0 ? chain.blocks.length - 1 : 4);
      rewind(head() - BigInt(depth));
      for (let i = 0; i <= depth + (round === 0 ? 6 : 1); i++) {
        await mineSomething();
        if (next(4) === 0) await wallet.sync().catch(() => undefined);
        if (next(5) === 0 && spendable(wallet) > COIN_UNIT / 2n) {
          await pay(wallet, wallet.address(), 1000n).catch(() => undefined);
          await chain.mine();
        }
      }
      await wallet.sync();
      const fresh = await restored(chain, { phrase: BOB });
      await fresh.sync();
      expect(minedOf(wallet)).toEqual(minedOf(fresh));
      // Payments under way cost fees, and add nothing.
      const [now, then] = [wallet.balances(), fresh.balances()];
      now.forEach(({ total }, i) => expect(total).toBeLessThanOrEqual(then[i]?.total ?? 0n));
      found += wallet.export().packages.filter(({ releasedBlock }) => releasedBlock !== null).length;
      await wallet.close();
      wallet = await openWalletAt(placeFor(chain, { files }));
      expect(minedOf(wallet)).toEqual(minedOf(fresh));
    }
    expect(found).toBeGreaterThan(5);
  }, 120_000);
});
