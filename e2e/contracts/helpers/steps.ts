import {
  encodeAbiParameters,
  encodeFunctionData,
  encodePacked,
  getContractAddress,
  keccak256,
  maxUint256,
  toHex,
  zeroAddress,
  zeroHash,
} from "viem";
import { sample, uniswap } from "./compile.js";
import { newScript, someone, type Script } from "./contracts.js";
import type { Hex } from "./machine.js";

/** A script and the contracts whose storage must come out equal. */
export interface Scenario {
  readonly script: Script;
  readonly watched: readonly Hex[];
}

/** Who takes the steps: three addresses. */
export type People = readonly [ann: Hex, ben: Hex, cem: Hex];

const NOBODYS_KEYS: People = [someone(1), someone(2), someone(3)];
const COIN = 10n ** 18n;

/** What a transaction decides around its call. */
export const probeSteps = ([ann]: People = NOBODYS_KEYS): Scenario => {
  const script = newScript();
  const probe = sample("Probe");
  const at = script.deploy("Probe made", ann, probe);
  const other = script.deploy("a second one, by another nonce", ann, probe);
  const run = (name: string, method: string, args: readonly unknown[] = [], more = {}): void =>
    script.call(name, ann, at, probe.abi, method, args, more);
  run("sender, origin, value, price, base fee, chain", "see", [], { value: 3n });
  run("slots filled", "fill", [24n]);
  run("slots dirtied and restored", "touch", [8n]);
  run("slots cleared: more refund than a fifth", "clear", [24n]);
  run("slots filled again", "fill", [4n]);
  run("one cleared: less than a fifth", "clear", [1n]);
  run("a contract makes one", "make");
  run("a contract makes one by CREATE2", "make2", [keccak256("0x5e")]);
  run("the same address a second time", "make2", [keccak256("0x5e")], { gas: 300_000n });
  run("made and ended in one transaction", "makeAndEnd", [someone(77)]);
  run("transient storage", "transient1");
  run("transient storage is empty in the next transaction", "transient1");
  run("what is warm", "warm");
  run("memory and Keccak", "copy", [10_000n]);
  run("refused with a custom error", "refuse", [7n]);
  run("refused with text", "refuseText");
  run("a failed assertion", "burn");
  run("out of gas", "loop", [], { gas: 100_000n });
  run("coin passed on", "pay", [other, 5n], { value: 5n });
  run("coin to an account that nobody used", "pay", [someone(78), 5n], { value: 5n });
  run("more coin than there is", "pay", [someone(78), 10n ** 20n]);
  script.steps.push({ name: "plain coin to a contract", from: ann, to: at, value: 9n, data: "0x" });
  script.steps.push({ name: "plain coin to nobody", from: ann, to: someone(79), value: 9n, data: "0x" });
  return { script, watched: [at, other] };
};

/** OpenZeppelin's contracts. */
export const openZeppelinSteps = ([ann, ben, cem]: People = NOBODYS_KEYS): Scenario => {
  const script = newScript();
  const { deploy, call } = script;
  const [token, ticket, multi] = [sample("Token"), sample("Ticket"), sample("Multi")];
  const [vault, guarded] = [sample("Vault"), sample("Guarded")];
  const tkn = deploy("ERC20", ann, token, ["Token", "TKN", 1_000n * COIN]);
  call("transfer", ann, tkn, token.abi, "transfer", [ben, 100n * COIN]);
  call("transfer to itself", ann, tkn, token.abi, "transfer", [ann, 1n]);
  call("more than there is", cem, tkn, token.abi, "transfer", [ben, 1n]);
  call("approve", ann, tkn, token.abi, "approve", [cem, 50n]);
  call("transferFrom", cem, tkn, token.abi, "transferFrom", [ann, cem, 50n]);
  call("an allowance used up", cem, tkn, token.abi, "transferFrom", [ann, cem, 1n]);
  call("Ownable: a stranger", ben, tkn, token.abi, "mint", [ben, 1n]);
  call("Ownable: the owner", ann, tkn, token.abi, "mint", [ben, 7n]);
  const seat = deploy("ERC721", ann, ticket);
  call("mint", ben, seat, ticket.abi, "mint", [ann, 1n]);
  call("mint a second", ben, seat, ticket.abi, "mint", [ann, 2n]);
  call("approve one", ann, seat, ticket.abi, "approve", [ben, 1n]);
  call("transferFrom one", ben, seat, ticket.abi, "transferFrom", [ann, cem, 1n]);
  call("safe transfer to a contract that does not take it", ann, seat, ticket.abi, "safeTransferFrom", [ann, tkn, 2n]);
  const many = deploy("ERC1155", ann, multi);
  call("mint 1155", ben, many, multi.abi, "mint", [ann, 5n, 40n]);
  call("transfer 1155", ann, many, multi.abi, "safeTransferFrom", [ann, cem, 5n, 15n, "0x"]);
  call("a batch 1155", ann, many, multi.abi, "safeBatchTransferFrom", [ann, cem, [5n], [5n], "0x01"]);
  const box = deploy("ERC4626", cem, vault, [tkn]);
  call("approve the vault", ben, tkn, token.abi, "approve", [box, maxUint256]);
  call("deposit", ben, box, vault.abi, "deposit", [10n * COIN, ben]);
  call("mint shares", ben, box, vault.abi, "mint", [3n * COIN, cem]);
  call("withdraw", ben, box, vault.abi, "withdraw", [2n * COIN, ann, ben]);
  call("redeem", cem, box, vault.abi, "redeem", [COIN, cem, cem]);
  const text = deploy("AccessControl", ann, guarded);
  const editor = keccak256(toHex("EDITOR"));
  call("without the role", ben, text, guarded.abi, "edit", ["nothing"]);
  call("the role given", ann, text, guarded.abi, "grantRole", [editor, ben]);
  call("with the role", ben, text, guarded.abi, "edit", [
    "a text of more than thirty-two bytes, so that it takes two slots",
  ]);
  call("the role given up", ben, text, guarded.abi, "renounceRole", [editor, ben]);
  return { script, watched: [tkn, seat, many, box, text] };
};

/** Governor with votes and a timelock: a proposal that changes a guarded contract. */
export const governorSteps = ([ann, ben, cem]: People = NOBODYS_KEYS): Scenario => {
  const script = newScript();
  const { deploy, call } = script;
  const [votes, timelock, parliament, guarded] = [
    sample("VoteToken"),
    sample("Timelock"),
    sample("Parliament"),
    sample("Guarded"),
  ];
  const vote = deploy("ERC20Votes", ann, votes, [1_000n]);
  const lock = deploy("TimelockController", ann, timelock, [1n, ann]);
  const house = deploy("Governor", ann, parliament, [vote, lock, 4n]);
  const text = deploy("AccessControl", ann, guarded);
  const editor = keccak256(toHex("EDITOR"));
  for (const role of ["PROPOSER_ROLE", "CANCELLER_ROLE"])
    call(`${role} to the governor`, ann, lock, timelock.abi, "grantRole", [keccak256(toHex(role)), house]);
  call("EDITOR to the timelock", ann, text, guarded.abi, "grantRole", [editor, lock]);
  call("votes handed on", ann, vote, votes.abi, "transfer", [ben, 300n]);
  call("delegated", ben, vote, votes.abi, "delegate", [ben]);
  const edit = encodeFunctionData({ abi: guarded.abi, functionName: "edit", args: ["voted"] });
  const proposal = [[text], [0n], [edit]] as const;
  call("proposed", ben, house, parliament.abi, "propose", [...proposal, "Change the text"]);
  const description = keccak256(toHex("Change the text"));
  const id = BigInt(
    keccak256(
      encodeAbiParameters(
        [{ type: "address[]" }, { type: "uint256[]" }, { type: "bytes[]" }, { type: "bytes32" }],
        [...proposal, description],
      ),
    ),
  );
  call("too early", ben, house, parliament.abi, "castVote", [id, 1]);
  call("voted", ben, house, parliament.abi, "castVote", [id, 1]);
  call("voted twice", ben, house, parliament.abi, "castVote", [id, 1]);
  for (let i = 0; i < 3; i++) call(`time passes ${i}`, cem, vote, votes.abi, "approve", [ann, BigInt(i + 1)]);
  call("queued", cem, house, parliament.abi, "queue", [...proposal, description]);
  call("executed", cem, house, parliament.abi, "execute", [...proposal, description]);
  call("a stranger at the timelock", cem, lock, timelock.abi, "schedule", [text, 0n, edit, zeroHash, zeroHash, 1n]);
  return { script, watched: [vote, lock, house, text] };
};

/** Uniswap V2 as published. */
export const uniswapSteps = ([ann, ben, cem]: People = NOBODYS_KEYS): Scenario => {
  const script = newScript();
  const { deploy, call } = script;
  const [token, { factory, pair, router, weth }] = [sample("Token"), uniswap()];
  const eth = deploy("WETH9", ann, weth);
  const maker = deploy("UniswapV2Factory", ann, factory, [zeroAddress]);
  const way = deploy("UniswapV2Router02", ann, router, [maker, eth]);
  const tkn = deploy("the token", ann, token, ["Token", "TKN", 1_000_000n * COIN]);
  const late = 10n ** 12n;
  call("the router may take tokens", ann, tkn, token.abi, "approve", [way, maxUint256]);
  call(
    "pair made, liquidity added",
    ann,
    way,
    router.abi,
    "addLiquidityETH",
    [tkn, 50_000n * COIN, 0n, 0n, ann, late],
    {
      value: 50n * COIN,
    },
  );
  call("coin for tokens", ben, way, router.abi, "swapExactETHForTokens", [1n, [eth, tkn], ben, late], { value: COIN });
  call(
    "coin for exactly so many tokens, the rest comes back",
    cem,
    way,
    router.abi,
    "swapETHForExactTokens",
    [500n * COIN, [eth, tkn], cem, late],
    {
      value: 2n * COIN,
    },
  );
  call("ben lets the router", ben, tkn, token.abi, "approve", [way, maxUint256]);
  call("tokens for coin", ben, way, router.abi, "swapExactTokensForETH", [100n * COIN, 1n, [tkn, eth], ben, late]);
  const pool = pairOf(maker, tkn, eth);
  call("the router may take shares", ann, pool, pair.abi, "approve", [way, maxUint256]);
  call("liquidity removed", ann, way, router.abi, "removeLiquidityETH", [tkn, 700n * COIN, 1n, 1n, ann, late]);
  call("too late", ben, way, router.abi, "swapExactTokensForETH", [100n * COIN, 1n, [tkn, eth], ben, 1n]);
  return { script, watched: [eth, maker, tkn, way, pool] };
};

/** Where a factory puts the pair of two tokens. */
export const pairOf = (factory: Hex, one: Hex, other: Hex): Hex => {
  const [low, high] = BigInt(one) < BigInt(other) ? [one, other] : [other, one];
  const salt = keccak256(encodePacked(["address", "address"], [low, high]));
  return getContractAddress({ opcode: "CREATE2", from: factory, salt, bytecode: uniswap().pair.bytecode });
};
