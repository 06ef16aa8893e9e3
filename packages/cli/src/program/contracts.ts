import type { Command } from "commander";
import type { CallOptions } from "../commands/call.js";
import type { ProviderOptions } from "../commands/provider.js";
import type { SweepCommandOptions } from "../commands/sweep.js";
import { accountOf, collect, contextOf, optionsOf } from "./action.js";
import { agreeOptions } from "./agree.js";

const callOptions = (command: Command): Command =>
  agreeOptions(
    command
      .option("--value <amount>", "coins to send along")
      .option(
        "--bring <amount>",
        'what else to bring, like "10 GOLD"; several times (default: what the call needs)',
        collect,
      )
      .option(
        "--keep <token>",
        "leave this token on the pseudonym on purpose (votes, positions); several times",
        collect,
      )
      .option("--as <pseudonym>", "a kept pseudonym: address or label (default: a fresh one, used once)")
      .option("--gas-limit <gas>", "most gas of the calls (default: what trying it out needed, with a margin)")
      .option("--force", "send it even if trying it out failed (needs --gas-limit)"),
  );

/** Commands about contracts and pseudonyms. */
export const addContractCommands = (program: Command): void => {
  callOptions(
    program
      .command("call <contract> [function] [arguments...]")
      .description("run a contract's function anonymously; what it gives comes back hidden")
      .option("--abi <file>", "the contract's ABI or compiled file; then the function's name is enough")
      .option("--data <hex>", "calldata instead of a function"),
  )
    .addHelpText(
      "after",
      `
In arguments, "me" is the pseudonym that calls, "slot" a one-time place to be paid at later; lists and structs are JSON.
  sero call 0x… 'swapExactTokensForTokens(uint256,uint256,address[],address,uint256)' 10 0 '["0x…","0x…"]' me 9999999999`,
    )
    .action(async (contract: string, method: string | undefined, args: string[], _options: unknown, command: Command) =>
      (await import("../commands/call.js")).call(
        contextOf(command),
        contract,
        method,
        args,
        optionsOf<CallOptions>(command),
      ),
    );
  program
    .command("view <contract> <function> [arguments...]")
    .description('ask a contract something, like "balanceOf(address) returns (uint256)"; changes nothing')
    .option("--abi <file>", "the contract's ABI or compiled file")
    .option("--from <address>", "ask as this address")
    .action(async (contract: string, method: string, args: string[], _options: unknown, command: Command) =>
      (await import("../commands/call.js")).view(contextOf(command), contract, method, args, optionsOf(command)),
    );
  callOptions(
    program
      .command("deploy <file> [arguments...]")
      .description("create a contract from a compiled file (Hardhat, Foundry, solc), anonymously"),
  ).action(async (file: string, args: string[], _options: unknown, command: Command) =>
    (await import("../commands/deploy.js")).deploy(contextOf(command), file, args, optionsOf<CallOptions>(command)),
  );
  agreeOptions(
    program
      .command("sweep [pseudonym]")
      .description(
        "bring in what was left on pseudonyms, or came to them later; of a named one the node learns no other",
      )
      .option("--payer <who>", '"pseudonym": its own coin pays the gas, for a wallet without coin (default: shielded)')
      .option(
        "--token <token>",
        "look for this token or ticket (0x…:NUMBER) and no other, besides the coin; several times",
        collect,
      ),
  ).action(async (pseudonym: string | undefined, _options: unknown, command: Command) =>
    (await import("../commands/sweep.js")).sweep(
      contextOf(command),
      pseudonym,
      optionsOf<SweepCommandOptions>(command),
    ),
  );
  program
    .command("slot")
    .description("a one-time place where a contract can pay this wallet, without anybody seeing whom")
    .option("--account <number>", "account of the wallet (default: 0)")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/pseudonyms.js")).slot(contextOf(command), accountOf(command)),
    );
  program
    .command("provider")
    .description("serve this wallet to Ethereum tools and sites on this machine: viem, ethers, Hardhat")
    .option("--site <name>", "who uses it; its pseudonyms are found again by it (default: scripts)")
    .option(
      "--origin <origin>",
      "a web page that may use it, like http://localhost:5173; several times, each with a session of its own",
      collect,
    )
    .option("--accounts <number>", "pseudonyms that it acts as (default: 1)")
    .option("--as <pseudonym>", "a kept one that it acts as, by address or label; several times", collect)
    .option("--account <number>", "account of the wallet that pays (default: 0)")
    .option("--port <port>", "port on 127.0.0.1 (default: 8555)")
    .option("--keep-all", "leave tokens that come in on the pseudonym, where scripts expect them")
    .option("--yes", "agree to everything, for scripts of your own on a chain for development")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/provider.js")).provider(contextOf(command), optionsOf<ProviderOptions>(command)),
    );
  const pseudonym = program.command("pseudonym").description("addresses under which contracts know this wallet");
  pseudonym
    .command("list")
    .description("the ones that are kept")
    .option("--all", "those used once, too")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/pseudonyms.js")).pseudonymList(contextOf(command), optionsOf(command)),
    );
  pseudonym
    .command("new")
    .description("one that is kept, for a contract that must know its caller again")
    .option("--label <text>", "a name for it")
    .option("--site <text>", "the site or contract that it is for")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/pseudonyms.js")).pseudonymNew(contextOf(command), optionsOf(command)),
    );
  pseudonym
    .command("sign <pseudonym>")
    .description("sign a message or typed data (sign-in, permits) under a kept one")
    .option("--message <text>", "an EIP-191 message")
    .option("--typed-data <file>", "EIP-712 typed data as JSON")
    .action(async (name: string, _options: unknown, command: Command) =>
      (await import("../commands/pseudonyms.js")).pseudonymSign(contextOf(command), name, optionsOf(command)),
    );
};
