import type { Command } from "commander";
import { collect, contextOf, optionsOf } from "./action.js";
import { agreeOptions } from "./agree.js";

/** Commands about packages. */
export const addPackageCommands = (program: Command): void => {
  const packages = program.command("package").description("sealed boxes that change hands without being opened");
  packages
    .command("list")
    .description("those that this wallet controls, sealed, or may open one day")
    .option("--all", "also those that were released or repacked")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/packages.js")).packageList(contextOf(command), optionsOf(command)),
    );
  packages
    .command("inspect <id-or-text>")
    .description("one package: by its id, or by the text that somebody shared")
    .action(async (what: string, _options: unknown, command: Command) =>
      (await import("../commands/packages.js")).packageInspect(contextOf(command), what),
    );
  packages
    .command("share <id>")
    .description("a text that shows the contents to whoever gets it")
    .action(async (id: string, _options: unknown, command: Command) =>
      (await import("../commands/packages.js")).packageShare(contextOf(command), id),
    );
  agreeOptions(
    packages
      .command("seal")
      .description("lock an amount into a package for somebody")
      .option("--to <address>", "whose the contents are once it is released")
      .option("--amount <amount>", 'like 12.5 or "10 GOLD"')
      .option("--memo <text>", "sealed for that person")
      .option("--controller <address>", "who holds it first (default: a pseudonym of this wallet)"),
  ).action(async (_options: unknown, command: Command) =>
    (await import("../commands/packages.js")).packageSeal(contextOf(command), optionsOf(command)),
  );
  agreeOptions(
    packages
      .command("hand-over <id> <controller>")
      .description("give it to another controller, a person's pseudonym or a contract")
      .option("--data <hex>", "for a contract that takes packages with a message"),
  ).action(async (id: string, to: string, _options: unknown, command: Command) =>
    (await import("../commands/packages.js")).packageHandOver(contextOf(command), id, to, optionsOf(command)),
  );
  agreeOptions(
    packages.command("release <ids...>").description("turn it into an ordinary note of whoever it is for"),
  ).action(async (ids: string[], _options: unknown, command: Command) =>
    (await import("../commands/packages.js")).packageRelease(contextOf(command), ids, optionsOf(command)),
  );
  agreeOptions(
    packages
      .command("repack <ids...>")
      .description("divide or join one or two packages; nobody sees what is inside, every sum is kept")
      .option("--into <output>", "note:ADDRESS:AMOUNT or package:ADDRESS:AMOUNT[@CONTROLLER]; up to three", collect),
  ).action(async (ids: string[], _options: unknown, command: Command) =>
    (await import("../commands/packages.js")).packageRepack(contextOf(command), ids, optionsOf(command)),
  );
};
