import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { newPhrase } from "@sero/protocol";
import { freePort, openSeat, temporaryFolder, until, type Environment, type Run, type Seat } from "./command.js";
import { startDev, type DevChain } from "./dev.js";
import { openProxy, type Proxy } from "./proxy.js";
import { rpc } from "./rpc.js";

/** What a refused command must say. */
export interface Refusal {
  /** The error's code under --json. */
  readonly code: string;
  readonly exit: number;
  /** The sentence. */
  readonly says: RegExp;
}

/** An error as --json gives it. */
export interface ErrorDocument {
  readonly code: string;
  readonly message: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A development chain with a proxy before it and a wallet of somebody with secrets of her own. */
export interface World {
  readonly seat: Seat;
  readonly dev: DevChain;
  readonly proxy: Proxy;
  /** Phrase and passphrase of the wallet "mine", which must never be printed. */
  readonly phrase: string;
  readonly passphrase: string;
  readonly folder: string;
  readonly directory: (wallet: string) => string;
  /** Address of a development wallet. */
  readonly addressOf: (wallet: string) => Promise<string>;
  /** Pays with a real proof and waits for the block. */
  readonly pay: (from: string, to: string, amount: string, environment?: Environment) => Promise<string>;
  readonly mined: (txid: string) => Promise<void>;
  /** Balance of the coin, base units. */
  readonly balance: (wallet: string, environment?: Environment) => Promise<Funds>;
  /** Runs a command with --json that must be refused, and gives the error document. */
  readonly refused: (args: readonly string[], refusal: Refusal, environment?: Environment) => Promise<ErrorDocument>;
  /** Runs a command that must be refused with one sentence for people, and gives it. */
  readonly told: (args: readonly string[], refusal: Refusal, environment?: Environment) => Promise<string>;
  readonly close: () => Promise<void>;
}

/** Base units. */
export interface Funds {
  readonly total: bigint;
  readonly spendable: bigint;
  readonly pending: bigint;
}

/** A line of a stack trace. */
export const STACK = /^\s+at .*[:(]\d+/m;

/** Names and digests of everything in a wallet's folder, locks left out. */
export const contentsOf = async (directory: string): Promise<Readonly<Record<string, string>>> => {
  const found: Record<string, string> = {};
  for (const name of (await readdir(directory)).sort()) {
    if (!name.endsWith(".sero")) continue;
    found[name] = createHash("sha256")
      .update(await readFile(join(directory, name)))
      .digest("hex");
  }
  return found;
};

const oneSentence = (run: Run, { exit, says }: Refusal): void => {
  const lines = run.stderr.trim().split("\n");
  const what = `sero ${run.args.join(" ").slice(0, 80)}\n${run.stdout}${run.stderr}`;
  expect(run.code, what).toBe(exit);
  expect(lines, what).toHaveLength(1);
  expect(lines[0], what).toMatch(says);
  expect(lines[0], what).toMatch(/[.)]$/);
  expect(run.stdout + run.stderr, what).not.toMatch(STACK);
};

/** Sets the world up: a chain that makes blocks on demand only, so that nothing changes by itself. */
export const openWorld = async (): Promise<World> => {
  const folder = await temporaryFolder();
  const port = await freePort();
  const passphrase = `Zwölf Boxkämpfer ${port} jagen`;
  const phrase = newPhrase(12);
  const seat = openSeat(join(folder.path, "home"), { SERO_NODE: `http://127.0.0.1:${port}` });
  const dev = await startDev(seat, port, ["--block-time", "0", "--verbose"]);
  const proxy = await openProxy(dev.url);
  const secrets = { SERO_PASSPHRASE: passphrase };
  await seat.ask(["wallet", "restore", "--wallet", "mine"], { ...secrets, SERO_PHRASE: phrase });
  // The development wallets have a passphrase of their own.
  const of = (wallet: string, environment: Environment = {}): Environment =>
    ["alice", "bob", "carol"].includes(wallet) ? environment : { ...secrets, ...environment };
  const secretOf = (args: readonly string[], environment?: Environment): Environment => {
    const at = args.indexOf("--wallet");
    return of(at < 0 ? "" : (args[at + 1] ?? ""), environment);
  };
  const mined: World["mined"] = async (txid) =>
    void (await until(`${txid} is in a block`, async () => {
      const receipt = await rpc<object | null>(dev.url, "eth_getTransactionReceipt", [txid]);
      return receipt ?? undefined;
    }));
  return {
    seat,
    dev,
    proxy,
    phrase,
    passphrase,
    folder: folder.path,
    directory: (wallet) => join(seat.home, "wallets", wallet),
    addressOf: async (wallet) =>
      (await seat.ask<{ address: string }>(["address", "--wallet", wallet], of(wallet))).address,
    pay: async (from, to, amount, environment) => {
      const args = ["send", "--wallet", from, "--to", to, "--amount", amount];
      const { sent } = await seat.ask<{ sent: { txid: string }[] }>(args, of(from, environment));
      const txid = sent[0]?.txid ?? "";
      await mined(txid);
      return txid;
    },
    mined,
    balance: async (wallet, environment) => {
      const { balances } = await seat.ask<{ balances: Record<"total" | "spendable" | "pending", string>[] }>(
        ["balance", "--wallet", wallet],
        of(wallet, environment),
      );
      const { total = "0", spendable = "0", pending = "0" } = balances[0] ?? {};
      return { total: BigInt(total), spendable: BigInt(spendable), pending: BigInt(pending) };
    },
    told: async (args, refusal, environment) => {
      const plain = await seat.run(args, secretOf(args, environment));
      oneSentence(plain, refusal);
      return plain.stderr.trim();
    },
    refused: async (args, refusal, environment) => {
      const secret = secretOf(args, environment);
      const machine = await seat.run([...args, "--json"], secret);
      const what = `sero ${args.join(" ").slice(0, 80)} --json\n${machine.stdout}${machine.stderr}`;
      expect(machine.code, what).toBe(refusal.exit);
      expect(machine.stderr, what).toBe("");
      const { error } = machine.json<{ error: ErrorDocument }>();
      expect(error.code, what).toBe(refusal.code);
      expect(error.message, what).toMatch(refusal.says);
      return error;
    },
    close: async () => {
      await proxy.close();
      await dev.kill();
      await folder.remove();
    },
  };
};
