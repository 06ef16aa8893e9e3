import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parseAmount, toHex, type EthAddress } from "@sero/protocol";
import { type CallSelf, type CallSpec, type Wallet } from "@sero/wallet";
import type { Abi } from "viem";
import { calldataOf, creationOf, readArtifact, type Artifact } from "../abi/index.js";
import { act, askNumber, hexAddress, madeBy, publicCoin, type Done } from "./act.js";
import { assetOf, held } from "./assets-story.js";
import type { Players } from "./contracts-story.js";
import { publicLines } from "./public-view.js";
import { check, type Scene } from "./scene.js";
import type { Stage } from "./stage.js";

const resolve = createRequire(import.meta.url);

/** A contract of Uniswap V2 as its makers published it on npm, unmodified. */
const published = (path: string): Promise<Artifact> =>
  readArtifact(fileURLToPath(new URL(`file://${resolve.resolve(path)}`)));

const deploy = async (
  stage: Stage,
  wallet: Wallet,
  { abi, bytecode }: Artifact,
  args: readonly unknown[],
): Promise<EthAddress> =>
  madeBy(
    await act(stage, wallet, {
      calls: [{ data: creationOf(abi, bytecode ?? new Uint8Array(0), args), abi }],
      bring: [],
    }),
  );

const FAR = 10n ** 12n;

const publicOf = async (stage: Stage, done: Done, token: EthAddress, abi: Abi): Promise<bigint> => {
  const pseudonym = done.outcome.pseudonym;
  if (pseudonym === undefined) return -1n;
  const tokens = await askNumber(stage, token, abi, "balanceOf", [hexAddress(pseudonym)]);
  return tokens + (await publicCoin(stage, pseudonym));
};

/** Uniswap V2, unmodified: Alice gives liquidity, Bob buys GOLD, Carol sells hers. */
export const swap = async (stage: Stage, cast: Players): Promise<Scene> => {
  const { alice, bob, carol, gold } = cast;
  const factoryCode = await published("@uniswap/v2-core/build/UniswapV2Factory.json");
  const routerCode = await published("@uniswap/v2-periphery/build/UniswapV2Router02.json");
  const wrappedCode = await published("@uniswap/v2-periphery/build/WETH9.json");
  const token = (await published("@uniswap/v2-periphery/build/ERC20.json")).abi;
  const wrapped = await deploy(stage, alice, wrappedCode, []);
  const factory = await deploy(stage, alice, factoryCode, [hexAddress(new Uint8Array(20) as EthAddress)]);
  const router = await deploy(stage, alice, routerCode, [hexAddress(factory), hexAddress(wrapped)]);
  const goldAsset = assetOf(alice, gold);
  const approve = (amount: bigint): CallSpec => ({
    to: gold,
    data: calldataOf(token, "approve", [hexAddress(router), amount]),
    abi: token,
  });
  const through = (self: CallSelf, name: string, args: readonly unknown[], value = 0n): CallSpec => ({
    to: router,
    value,
    data: calldataOf(routerCode.abi, name, [...args, hexAddress(self.pseudonym), FAR]),
    abi: routerCode.abi,
  });
  const [liquidityGold, liquidityCoin] = [parseAmount("100000", 2), parseAmount("5000", 18)];
  const added = await act(stage, alice, {
    calls: (self) => [
      approve(liquidityGold),
      through(self, "addLiquidityETH", [hexAddress(gold), liquidityGold, 0n, 0n], liquidityCoin),
    ],
  });
  await bob.sync();
  const bobBefore = held(bob, goldAsset);
  const bought = await act(stage, bob, {
    calls: (self) => [
      through(self, "swapExactETHForTokens", [0n, [hexAddress(wrapped), hexAddress(gold)]], parseAmount("100", 18)),
    ],
  });
  await bob.sync();
  await alice
    .send(
      await alice.prepareSend({
        payments: [
          {
            address: carol.address(),
            amount: parseAmount("1000", 2),
            ...(goldAsset === undefined ? {} : { asset: goldAsset }),
          },
        ],
      }),
    )
    .then(([receipt]) => stage.mined(alice, [receipt?.txid ?? ""]));
  await carol.sync();
  const carolGold = held(carol, goldAsset);
  const sold = await act(stage, carol, {
    calls: (self) => [
      approve(carolGold),
      through(self, "swapExactTokensForETH", [carolGold, 0n, [hexAddress(gold), hexAddress(wrapped)]]),
    ],
  });
  await carol.sync();
  const left = await Promise.all([added, bought, sold].map((done) => publicOf(stage, done, gold, token)));
  const pseudonyms = [added, bought, sold].map(({ outcome }) => toHex(outcome.pseudonym ?? new Uint8Array(20)));
  return {
    title: "A swap on Uniswap V2, as its makers published it",
    really: [
      "Alice puts 100000 GOLD and 5000 SERO into a pool",
      "Bob buys GOLD for 100 SERO",
      "Carol sells 1000 GOLD: approval, swap and the way back in one transaction",
    ],
    chain: publicLines(sold.seen, stage.spec),
    checks: [
      check(
        "Alice, Bob and Carol succeeded",
        [added, bought, sold].every(({ outcome }) => outcome.status === "succeeded"),
      ),
      check("Bob has more GOLD, hidden", held(bob, goldAsset) > bobBefore),
      check("Carol has sold all of hers", held(carol, goldAsset) === 0n && carolGold > 0n),
      check("each came under another pseudonym", new Set(pseudonyms).size === 3),
      check(
        "no public balance is left on any of them",
        left.every((amount) => amount === 0n),
      ),
    ],
  };
};
