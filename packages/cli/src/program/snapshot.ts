import type { Command } from "commander";
import type { SnapshotImportOptions, SnapshotPlace } from "../commands/snapshot.js";
import { contextOf, optionsOf } from "./action.js";

const SPEC = "chain spec as JSON (default: the development chain)";

/** Commands about snapshots. */
export const addSnapshotCommands = (program: Command): void => {
  const snapshot = program
    .command("snapshot")
    .description("a chain's state and what wallets need of its history as one file, for nodes that join");
  snapshot
    .command("export <file>")
    .description("write a snapshot of a node's newest final block; the node may run")
    .option("--spec <file>", SPEC)
    .option("--data-dir <folder>", "the node's data directory")
    .action(async (file: string, _options: unknown, command: Command) =>
      (await import("../commands/snapshot.js")).snapshotExport(
        contextOf(command),
        file,
        optionsOf<SnapshotPlace>(command),
      ),
    );
  snapshot
    .command("import <file>")
    .description("fill an empty data directory from a snapshot, after checking all of it")
    .option("--spec <file>", SPEC)
    .option("--data-dir <folder>", "where the node is to keep its blocks")
    .option("--trust <hash>", "hash of the snapshot's block, from a source that you trust")
    .action(async (file: string, _options: unknown, command: Command) =>
      (await import("../commands/snapshot.js")).snapshotImport(
        contextOf(command),
        file,
        optionsOf<SnapshotImportOptions>(command),
      ),
    );
  snapshot
    .command("inspect <file>")
    .description("say which block of which chain a snapshot is of, and whether its file is whole")
    .action(async (file: string, _options: unknown, command: Command) =>
      (await import("../commands/snapshot.js")).snapshotInspect(contextOf(command), file),
    );
};
