import type { Command } from "commander";

/** The options of every command that shows a report, asks, and sends a transaction. */
export const agreeOptions = (command: Command): Command =>
  command
    .option("--account <number>", "account of the wallet (default: 0)")
    .option("--price-step <step>", "fee step of the chain's ladder (default: 0, the cheapest; others stand out)")
    .option("--yes", "don't ask; call and sweep want it with --json or without a terminal, where nobody can be asked")
    .option("--dry-run", "show the report and stop")
    .option("--no-wait", "don't wait for the block that it is in");
