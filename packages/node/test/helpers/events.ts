import { POOL_ABI, WRAPPED_COIN, WRAPPED_COIN_ADDRESS } from "@sero/contracts";
import type { BuiltBlock } from "@sero/execution";
import { fromHex, packageIdOf, POOL_ADDRESS, toHex, type Inner, type PackageId } from "@sero/protocol";
import { encodeFunctionData } from "viem";
import type { TestChain } from "./chain.js";
import { coinBack, pseudonymAddress, type FakePayment } from "./payment.js";

const DEPOSIT = fromHex(encodeFunctionData({ abi: WRAPPED_COIN.abi, functionName: "deposit" }));
const hex = (bytes: Uint8Array): `0x${string}` => toHex(bytes) as `0x${string}`;

/** Grows the head by a block and makes it the head. */
async function mine(test: TestChain, payments: readonly FakePayment[]): Promise<BuiltBlock> {
  const block = await test.grow(test.chain.head().hash, payments);
  const final = test.chain.finalized().hash;
  test.chain.setForkchoice({ head: block.hash, safe: final, finalized: final });
  return block;
}

/**
 * Four blocks with what the Pool says of assets and packages: a token is wrapped for the first time and three packages are made; the token is
 * wrapped again and two packages are handed on; one is released by who got it; a block with a payment that has nothing to do with it.
 */
export async function growEvents(test: TestChain): Promise<PackageId[]> {
  const parent = test.chain.head().hash;
  const [owner, heir] = [pseudonymAddress(901), pseudonymAddress(902)];
  const wrap = (seed: number): FakePayment =>
    test.pay(test.chain.head().hash, seed, {
      call: {
        pseudonym: seed,
        gasLimit: 600_000n,
        calls: [{ to: WRAPPED_COIN_ADDRESS, value: 100n, data: DEPOSIT }],
        returns: [
          coinBack(),
          { kind: "token", token: WRAPPED_COIN_ADDRESS, id: 0n, leave: false, inners: [BigInt(seed) as Inner] },
        ],
      },
    });
  const call = (seed: number, pseudonym: number, data: readonly `0x${string}`[]): FakePayment =>
    test.pay(test.chain.head().hash, seed, {
      call: {
        pseudonym,
        gasLimit: 300_000n,
        calls: data.map((one) => ({ to: POOL_ADDRESS, value: 0n, data: fromHex(one) })),
      },
    });
  const maker = test.pay(parent, 90_001, {
    packages: [0, 1, 2].map((outputIndex) => ({ outputIndex, controller: owner, onFailure: "hold" as const })),
  });
  const { nullifiers, commitments } = maker.tx.bundles[0]!;
  const ids = commitments.map((commitment, i) => packageIdOf(nullifiers[0], i, commitment));
  await mine(test, [wrap(90_002), maker]);
  const handOn = (id: PackageId): `0x${string}` =>
    encodeFunctionData({ abi: POOL_ABI, functionName: "transferPackage", args: [hex(id), hex(heir)] });
  await mine(test, [wrap(90_003), call(90_004, 901, [handOn(ids[0]!), handOn(ids[1]!)])]);
  const release = encodeFunctionData({ abi: POOL_ABI, functionName: "releasePackage", args: [hex(ids[1]!)] });
  await mine(test, [call(90_005, 902, [release])]);
  await mine(test, [test.pay(test.chain.head().hash, 90_006)]);
  return ids;
}
