import type { Command } from "commander";
import { openContext, type Context, type GlobalOptions } from "../context.js";
import { wholeOf } from "../io/numbers.js";

/** The context of a command, from its own and its parents' options. */
export const contextOf = (command: Command): Context => openContext(command.optsWithGlobals<GlobalOptions>());

/** A command's own options, together with the global ones. */
export const optionsOf = <T>(command: Command): T => command.optsWithGlobals<T & GlobalOptions>();

/** The `--account` of a command; undefined where it isn't given. @throws SeroError `cli/number` */
export const accountOf = (command: Command): number | undefined => {
  const { account } = command.opts<{ readonly account?: string }>();
  return account === undefined ? undefined : wholeOf(account, 0, "An account", 0, 1_000_000);
};

/** Collects an option that may stand several times. */
export const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
