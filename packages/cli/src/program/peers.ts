import type { Command } from "commander";
import { contextOf, optionsOf } from "./action.js";

/** Commands about the nodes that a node is connected to. */
export const addPeerCommands = (program: Command): void => {
  const group = program
    .command("peers")
    .description("the nodes that the node on this machine is connected to")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/peers.js")).peers(contextOf(command)),
    );
  group
    .command("list")
    .description("who is connected: identity, direction, address, since when, its head, penalty points")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/peers.js")).peers(contextOf(command)),
    );
  group
    .command("bans")
    .description("who may not connect, until when, and why")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/peers.js")).bans(contextOf(command)),
    );
  group
    .command("ban <peer>")
    .description("keep a peer id, an IPv4 address, or an IPv6 address or /64 out")
    .option("--days <number>", "for how long (default: 1)")
    .action(async (subject: string, _options: unknown, command: Command) =>
      (await import("../commands/peers.js")).ban(
        contextOf(command),
        subject,
        optionsOf<{ readonly days?: string }>(command),
      ),
    );
  group
    .command("unban <peer>")
    .description("let it in again")
    .action(async (subject: string, _options: unknown, command: Command) =>
      (await import("../commands/peers.js")).unban(contextOf(command), subject),
    );
};
