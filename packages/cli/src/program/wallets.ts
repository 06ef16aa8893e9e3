import type { Command } from "commander";
import type { RestoreOptions } from "../commands/wallet-create.js";
import { accountOf, contextOf, optionsOf } from "./action.js";
import { walletCommand } from "./payments.js";

const ACCOUNT = "account of the wallet (default: 0)";

/** Commands about wallets. */
export const addWalletCommands = (program: Command): void => {
  const wallet = walletCommand(program);
  wallet
    .command("create")
    .description("a new wallet with a new phrase")
    .option("--words <number>", "12 or 24 (default: 24)")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/wallet-create.js")).walletCreate(contextOf(command), optionsOf(command)),
    );
  wallet
    .command("restore")
    .description("a wallet from its phrase, or one that only watches, from a view key")
    .option("--phrase-file <file>", "file with the phrase (or SERO_PHRASE, or a prompt)")
    .option("--view-key", "restore from a view key (SERO_VIEW_KEY or a prompt)")
    .option("--view-key-file <file>", "file with the view key")
    .option("--birthday <block>", "first block that may hold anything for it (default: 0)")
    .option("--accounts <number>", "accounts to look for (default: 1)")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/wallet-create.js")).walletRestore(
        contextOf(command),
        optionsOf<RestoreOptions>(command),
      ),
    );
  wallet
    .command("list")
    .description("the wallets on this machine")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/wallet-manage.js")).walletList(contextOf(command)),
    );
  for (const parent of [program, wallet]) {
    parent
      .command("address")
      .description("an address to be paid at")
      .option("--fresh", "a new one that nobody can link to the others")
      .option("--label <text>", "a note to yourself about who got it")
      .option("--all", "all that were handed out")
      .option("--account <number>", ACCOUNT)
      .action(async (_options: unknown, command: Command) =>
        (await import("../commands/wallet-manage.js")).walletAddress(
          contextOf(command),
          optionsOf(command),
          accountOf(command),
        ),
      );
  }
  wallet
    .command("sync")
    .description("read the chain up to its head")
    .option("--rebuild", "forget what was read and read it all again")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/wallet-manage.js")).walletSync(contextOf(command), optionsOf(command)),
    );
  wallet
    .command("view-key")
    .description("a key that sees and cannot spend, for an auditor or a second machine")
    .option("--incoming", "one that sees only what others pay you")
    .option("--account <number>", ACCOUNT)
    .option("--yes", "don't ask")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/wallet-manage.js")).walletViewKey(
        contextOf(command),
        optionsOf(command),
        accountOf(command),
      ),
    );
  wallet
    .command("export")
    .description("all of your own data, readable")
    .option("--csv", "the history as a table")
    .option("--out <file>", "write it there (default: standard output)")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/wallet-manage.js")).walletExport(contextOf(command), optionsOf(command)),
    );
  wallet
    .command("erase")
    .description("destroy the wallet's files for good")
    .option("--yes", "don't ask")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/wallet-manage.js")).walletErase(contextOf(command), optionsOf(command)),
    );
};
