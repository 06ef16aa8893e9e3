import type { Command } from "commander";
import type { DevOptions } from "../commands/dev.js";
import type { NodeOptions } from "../commands/node.js";
import { collect, contextOf, optionsOf } from "./action.js";

/** Commands about chains and nodes. */
export const addChainCommands = (program: Command): void => {
  program
    .command("dev")
    .description("a development chain on this machine, with three funded wallets")
    .option("--rpc-port <port>", "port of JSON-RPC (default: 8545)")
    .option("--block-time <seconds>", "seconds between blocks when nothing happens, 0 for none (default: 4)")
    .option("--reset", "forget the chain and begin again")
    .option("--verbose", "log everything")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/dev.js")).dev(contextOf(command), optionsOf<DevOptions>(command)),
    );
  program
    .command("node")
    .description("a node; a consensus client drives it over the Engine API")
    .option("--spec <file>", "chain spec as JSON (default: the development chain)")
    .option("--data-dir <folder>", "where blocks and state are kept")
    .option("--rpc-port <port>", "port of JSON-RPC (default: 8545)")
    .option("--engine-port <port>", "port of the Engine API (default: 8551)")
    .option("--jwt-secret <file>", "secret shared with the consensus client; made if missing")
    .option("--metrics-port <port>", "port on 127.0.0.1 of /health, /ready and /metrics (default: none)")
    .option("--light-port <port>", "port for other people's wallets, with limits (default: none)")
    .option("--light-host <address>", "interface of the light port (default: 127.0.0.1)")
    .option(
      "--light-name <host>",
      "name under which the light port is asked, besides loopback's; several times",
      collect,
    )
    .option("--light-origin <origin>", "a web wallet's origin that may ask the light port, or * for any", collect)
    .option("--light-proxy", "the light port stands behind a proxy on this machine that sets X-Forwarded-For")
    .option(
      "--keep-blocks <number>",
      "throw away transactions and receipts of blocks older than this (default: keep all)",
    )
    .option("--log-json", "log as JSON lines on standard output")
    .option("--p2p-listen <multiaddr>", "where to listen for other nodes; several times", collect)
    .option(
      "--p2p-announce <multiaddr>",
      "address to tell others; several times (default: the ones listened on)",
      collect,
    )
    .option("--p2p-peer <multiaddr>", "a node to begin with; several times", collect)
    .option("--socks <host:port>", "reach other nodes through this SOCKS5 proxy only (Tor: 127.0.0.1:9050)")
    .option("--no-p2p", "keep to itself, whatever else is said")
    .option("--max-peers <number>", "most nodes connected at a time (default: 72)")
    .option("--embargo-seconds <seconds>", "mean time after which a stemmed transaction is spread anyway (default: 39)")
    .option("--verbose", "log everything")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/node.js")).node(contextOf(command), optionsOf<NodeOptions>(command)),
    );
  program
    .command("status")
    .description("the node, its chain and the pool")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/status.js")).status(contextOf(command)),
    );
  program
    .command("tx <txid>")
    .description("what everybody can see of a transaction")
    .action(async (txid: string, _options: unknown, command: Command) =>
      (await import("../commands/tx.js")).tx(contextOf(command), txid),
    );
  program
    .command("audit")
    .description("recompute the chain from genesis: every proof, every state root, every coin")
    .option("--spec <file>", "chain spec to hold the chain against (default: the node's own)")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/audit.js")).audit(contextOf(command), optionsOf<{ spec?: string }>(command)),
    );
  program
    .command("setup")
    .description("build the circuits and make the development keys (once, about 20 seconds)")
    .action(async (_options: unknown, command: Command) =>
      (await import("../commands/setup.js")).setup(contextOf(command)),
    );
};
