import { SeroError } from "@sero/protocol";
import { Command, CommanderError } from "commander";
import { addAssetCommands } from "./program/assets.js";
import { addChainCommands } from "./program/chain.js";
import { addContractCommands } from "./program/contracts.js";
import { addNetworkCommands } from "./program/network.js";
import { addPackageCommands } from "./program/packages.js";
import { addPaymentCommands } from "./program/payments.js";
import { addPeerCommands } from "./program/peers.js";
import { addSnapshotCommands } from "./program/snapshot.js";
import { addWalletCommands } from "./program/wallets.js";
import { EXIT, reportFailure } from "./io/failure.js";

const AFTER_HELP = `
Secrets come by prompt, file (--passphrase-file) or environment (SERO_PASSPHRASE, SERO_PHRASE, SERO_VIEW_KEY), never as an argument.
SERO_HOME, SERO_NODE and SERO_WALLET replace --home, --node and --wallet.

Exit codes: 0 done, 1 a fault of SERO's, 2 wrong use, 3 wallet, passphrase or data folder, 4 node or chain, 5 funds, 6 a check failed, 7 a contract refused, 130 interrupted.
Every payment is anonymous; docs/privacy.md says what is hidden and what is not.`;

/** The whole command line. `json`: mistakes in it are thrown and not written, since standard output gets one document. */
export const buildProgram = (json = false): Command => {
  const program = new Command("sero")
    // Commands made later inherit it, so it comes first.
    .configureOutput(json ? { writeErr: () => undefined } : {})
    .description("SERO (Super Zero): payments and contract calls that nobody can trace")
    .version("0.1.0")
    .option("--json", "one JSON document on standard output, for machines")
    .option("--home <folder>", "where wallets and chains are kept (default: ./.sero if it is there, else ~/.sero)")
    .option("--node <url>", "the node to ask (default: http://127.0.0.1:8545)")
    .option("--wallet <name>", 'the wallet to use: a name, or a path with a slash in it (default: "default")')
    .option("--passphrase-file <file>", "file whose first line is the wallet's passphrase")
    .addHelpText("after", AFTER_HELP)
    .showHelpAfterError("(sero --help lists the commands)")
    .exitOverride();
  addChainCommands(program);
  addNetworkCommands(program);
  addPeerCommands(program);
  addSnapshotCommands(program);
  addPaymentCommands(program);
  addWalletCommands(program);
  addAssetCommands(program);
  addContractCommands(program);
  addPackageCommands(program);
  // Global options may stand behind the command, where people write them.
  for (const command of allCommands(program)) {
    if (command === program) continue;
    command
      .option("--json", "one JSON document on standard output")
      .option("--home <folder>", "where wallets and chains are kept")
      .option("--node <url>", "the node to ask")
      .option("--wallet <name>", "the wallet to use")
      .option("--passphrase-file <file>", "file with the wallet's passphrase")
      .exitOverride();
  }
  return program;
};

const allCommands = (command: Command): Command[] => [command, ...command.commands.flatMap(allCommands)];

/** What commander says of a wrong command line, as one sentence. */
const usageSentence = (error: CommanderError): string =>
  error.code === "commander.help"
    ? "Name a command; sero --help lists them."
    : `${error.message.replace(/^error: /, "").replace(/\.?\s*$/, "")}. sero --help lists the commands.`;

/** Runs one command line (without node and script) and returns the exit code. Never throws. */
export const run = async (args: readonly string[]): Promise<number> => {
  // A reader that closes the pipe early (`sero history | head`) is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
  });
  const json = args.includes("--json");
  try {
    await buildProgram(json).parseAsync([...args], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return EXIT.ok;
      if (!json) return EXIT.usage;
      return reportFailure(new SeroError("cli/usage", usageSentence(error), {}), json);
    }
    return reportFailure(error, json);
  }
};
