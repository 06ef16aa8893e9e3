import type { Command } from "commander";
import type { TicketCreateOptions, TokenCreateOptions } from "../commands/tokens.js";
import type { CallOptions } from "../commands/call.js";
import { contextOf, optionsOf } from "./action.js";
import { agreeOptions } from "./agree.js";

const OWNER = "who may make more: a kept pseudonym's label or address (default: nobody)";

/** Commands about tokens and tickets. */
export const addAssetCommands = (program: Command): void => {
  const token = program.command("token").description("issue, list, mint and burn tokens");
  agreeOptions(
    token
      .command("create <name> <symbol>")
      .description("issue a token; its first supply comes to this wallet, hidden")
      .option("--supply <amount>", "first supply, like 1000000")
      .option("--decimals <number>", "digits after the point (default: 18)")
      .option("--cap <amount>", 'how far the owner may let it grow, or "none" (default: the supply is fixed for ever)')
      .option("--owner <pseudonym>", OWNER),
  ).action(async (name: string, symbol: string, _options: unknown, command: Command) =>
    (await import("../commands/tokens.js")).tokenCreate(
      contextOf(command),
      name,
      symbol,
      optionsOf<TokenCreateOptions>(command),
    ),
  );
  agreeOptions(
    token
      .command("mint <token> <amount>")
      .description("more of a token that a pseudonym of this wallet owns")
      .option("--as <pseudonym>", "the owner"),
  ).action(async (name: string, amount: string, _options: unknown, command: Command) =>
    (await import("../commands/tokens.js")).tokenMint(
      contextOf(command),
      name,
      amount,
      optionsOf<CallOptions>(command),
    ),
  );
  agreeOptions(
    token.command("burn <amount>").description('destroy tokens, like "10 GOLD", or a ticket, like "ART:7"'),
  ).action(async (amount: string, _options: unknown, command: Command) =>
    (await import("../commands/tokens.js")).tokenBurn(contextOf(command), amount, optionsOf<CallOptions>(command)),
  );
  token
    .command("list")
    .description("the tokens of this wallet, by name and contract")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/tokens.js")).assetList(contextOf(command), "token"),
    );
  const ticket = program.command("ticket").description("issue and list tickets, things of which there is one each");
  agreeOptions(
    ticket
      .command("create <name> <symbol>")
      .description("issue a series; its first tickets come to this wallet, hidden")
      .option("--count <number>", "tickets made now, at most 64 (default: 1)")
      .option("--max <number>", "most tickets that there may ever be (default: those made now)")
      .option("--uri <text>", "where their descriptions are; the ticket's number is added")
      .option("--owner <pseudonym>", OWNER),
  ).action(async (name: string, symbol: string, _options: unknown, command: Command) =>
    (await import("../commands/tokens.js")).ticketCreate(
      contextOf(command),
      name,
      symbol,
      optionsOf<TicketCreateOptions>(command),
    ),
  );
  ticket
    .command("list")
    .description("the tickets of this wallet, by name and contract")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/tokens.js")).assetList(contextOf(command), "ticket"),
    );
};
