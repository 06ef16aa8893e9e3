import type { Command } from "commander";
import type { SendOptions } from "../commands/send.js";
import { accountOf, collect, contextOf, optionsOf } from "./action.js";

const ACCOUNT = "account of the wallet (default: 0)";

/** Commands about payments. */
export const addPaymentCommands = (program: Command): void => {
  program
    .command("send")
    .description("pay one or several people; shows first what will be public")
    .option("--to <address>", "recipient; may stand several times", collect)
    .option(
      "--amount <amount>",
      'coins, like 12.5, or tokens and tickets, like "10 GOLD" and "ART:7"; once for each recipient',
      collect,
    )
    .option("--memo <text>", "sealed for the recipient; in the order of the recipients", collect)
    .option("--link <link>", "pay a sero: link instead")
    .option("--account <number>", ACCOUNT)
    .option("--price-step <step>", "fee step of the chain's ladder (default: 0, the cheapest; others stand out)")
    .option("--yes", "don't ask")
    .option("--dry-run", "show the report and stop")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/send.js")).send(contextOf(command), optionsOf<SendOptions>(command)),
    );
  program
    .command("link")
    .description("a sero: link for somebody to pay you, to a fresh address")
    .option("--amount <amount>", "coins; left out, the payer chooses")
    .option("--memo <text>", "comes back to you, sealed, with the payment")
    .option("--label <text>", "your name, for the payer's eyes")
    .option("--message <text>", "what it is for, for the payer's eyes")
    .option("--main", "use the account's main address instead of a fresh one")
    .option("--account <number>", ACCOUNT)
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/disclose.js")).link(contextOf(command), optionsOf(command), accountOf(command)),
    );
  program
    .command("disclose <txid>")
    .description("a text that proves one payment to one verifier")
    .option("--output <number>", "which output of the payment")
    .option("--message <text>", "what the verifier asked to be bound in")
    .action(async (txid: string, _options: unknown, command: Command) =>
      (await import("../commands/disclose.js")).disclose(contextOf(command), txid, optionsOf(command)),
    );
  program
    .command("verify-disclosure <text>")
    .description('check such a text against the chain ("-": read it from standard input)')
    .option("--message <text>", "what you asked to be bound in")
    .action(async (text: string, _options: unknown, command: Command) =>
      (await import("../commands/disclose.js")).verify(contextOf(command), text, optionsOf(command)),
    );
  for (const parent of [program, walletCommand(program)]) {
    parent
      .command("balance")
      .description("what is there, and what can be spent now")
      .option("--account <number>", "one account only (default: all)")
      .action(async (_options: unknown, command: Command) =>
        (await import("../commands/balance.js")).balance(contextOf(command), accountOf(command)),
      );
    parent
      .command("history")
      .description("received and sent, newest first")
      .option("--account <number>", "one account only (default: all)")
      .action(async (_options: unknown, command: Command) =>
        (await import("../commands/history.js")).history(contextOf(command), accountOf(command)),
      );
  }
};

/** The `wallet` command, made at the first call. */
export const walletCommand = (program: Command): Command =>
  program.commands.find((command) => command.name() === "wallet") ??
  program.command("wallet").description("make, restore, look into and erase wallets");
