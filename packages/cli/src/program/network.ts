import type { Command } from "commander";
import { networkAddNode, networkInit, type NetworkInitOptions } from "../commands/network.js";
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
    .option("--consensus <client>", "whose start script to write: lodestar-dev, none (default: lodestar-dev)")
    .option("--fee-recipient <address>", "pseudonym that gets what blocks give to their proposers")
    .action((folder: string, _options: unknown, command: Command) =>
      networkInit(contextOf(command), folder, optionsOf<NetworkInitOptions>(command)),
    );
  network
    .command("add-node <folder>")
    .description("one more node for a network that init made")
    .option("--address <address>", "IP or name of the node (default: 127.0.0.1)")
    .option("--base-port <port>", "its first port of ten (default: the first free ones)")
    .action((folder: string, _options: unknown, command: Command) =>
      networkAddNode(contextOf(command), folder, optionsOf(command)),
    );
};
