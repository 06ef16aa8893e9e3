import type { Command } from "commander";
import type { NetworkInitOptions } from "../commands/network.js";
import type { NetworkSlotsOptions } from "../commands/network-slots.js";
import { collect, contextOf, optionsOf } from "./action.js";

/** Commands that make networks of several nodes. */
export const addNetworkCommands = (program: Command): void => {
  const network = program.command("network").description("make a network of several nodes");
  network
    .command("init <folder>")
    .description("chain spec, genesis, secrets, identities and start scripts of a new network")
    .option("--nodes <number>", "how many nodes (default: 3)")
    .option("--name <name>", "name of the network, part of every key (default: sero-testnet)")
    .option("--chain-id <number>", "24158 to 24161: real chains need a ceremony first (default: 24159)")
    .option("--slot-seconds <seconds>", "seconds between blocks (default: 4)")
    .option("--genesis-time <time>", "seconds since 1970, or +60 for a minute from now (default: +60)")
    .option("--alloc <slot=amount>", "coins for a slot that `network slots` printed; several times", collect)
    .option("--fresh-wallets <number>", "new wallets with a million coins each (default: alice, bob, carol instead)")
    .option("--validators <number>", "validators at genesis, shared out evenly (default: 8 a node)")
    .option("--address <address>", "IP or name of a node, once for each in order (default: 127.0.0.1)", collect)
    .option("--base-port <port>", "first port; each node has ten (default: the first free ones from 18500)")
    .option("--consensus <client>", "start-consensus.sh for: lodestar-dev (tests), lodestar, lighthouse, teku, none")
    .option("--preset <name>", "mainnet or minimal (default: mainnet; minimal for lodestar-dev)")
    .option("--fork <name>", "active from genesis: shanghai, cancun, prague, osaka (default: shanghai)")
    .option("--fee-recipient <address>", "pseudonym that gets what blocks give to their proposers")
    .action(async (folder: string, _options: unknown, command: Command) =>
      (await import("../commands/network.js")).networkInit(
        contextOf(command),
        folder,
        optionsOf<NetworkInitOptions>(command),
      ),
    );
  network
    .command("slots")
    .description("where a phrase's wallet can be given coins at genesis; needs no chain")
    .option("--name <name>", "name of the network (default: sero-testnet)")
    .option("--count <number>", "how many, at most 1024 (default: 4)")
    .option("--phrase-file <file>", "file with the phrase (or SERO_PHRASE, or a prompt)")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/network-slots.js")).networkSlots(
        contextOf(command),
        optionsOf<NetworkSlotsOptions>(command),
      ),
    );
  network
    .command("connect <folder>")
    .description("make the Lodestars of a test network on this machine know each other")
    .action(async (folder: string, _options: unknown, command: Command) =>
      (await import("../commands/network-connect.js")).networkConnect(contextOf(command), folder),
    );
  network
    .command("add-node <folder>")
    .description("one more node for a network that init made")
    .option("--address <address>", "IP or name of the node (default: 127.0.0.1)")
    .option("--base-port <port>", "its first port of ten (default: the first free ones)")
    .action(async (folder: string, _options: unknown, command: Command) =>
      (await import("../commands/network.js")).networkAddNode(contextOf(command), folder, optionsOf(command)),
    );
};
