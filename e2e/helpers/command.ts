import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { setPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SERO = fileURLToPath(new URL("../../packages/cli/bin/sero.js", import.meta.url));

/** What one run of the command gave. */
export interface Run {
  readonly args: readonly string[];
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output read as the one JSON document that it must be. */
  json<T>(): T;
}

/** Environment variables; undefined takes one away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A person at a machine: a home folder, an environment, and everything that their commands ever printed. */
export interface Seat {
  readonly home: string;
  readonly run: (args: readonly string[], environment?: Environment, input?: string) => Promise<Run>;
  /** As `run`; throws with everything printed unless the exit code is 0, and reads the JSON. */
  readonly ask: <T>(args: readonly string[], environment?: Environment) => Promise<T>;
  readonly start: (args: readonly string[], environment?: Environment) => Started;
  /** All output of all commands so far, and all of their arguments. */
  readonly transcript: () => string;
}

/** A command that runs on. */
export interface Started {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
}

/**
 * A seat whose commands see nothing of this process's own SERO_* variables. `niceness`: 0 to 19, how far they stand back where processors
 * are short.
 */
export const openSeat = (home: string, environment: Environment = {}, niceness = 0): Seat => {
  const printed: (() => string)[] = [];
  const start: Seat["start"] = (args, more = {}) => {
    const clean = Object.entries(process.env).filter(([name]) => !name.startsWith("SERO_"));
    const env: Environment = { ...Object.fromEntries(clean), SERO_HOME: home, ...environment, ...more };
    const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const child = spawn(process.execPath, [SERO, ...args], { env: Object.fromEntries(given), stdio: "pipe" });
    if (niceness > 0 && child.pid !== undefined) setPriority(child.pid, niceness);
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    printed.push(() => `${args.join(" ")}\n${stdout}\n${stderr}`);
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    return { child, stdout: () => stdout, stderr: () => stderr, ended };
  };
  const run: Seat["run"] = async (args, more, input = "") => {
    const { child, stdout, stderr, ended } = start(args, more);
    // A command that ends before it reads its input breaks the pipe: no fault.
    child.stdin?.on("error", () => undefined).end(input);
    const code = await ended;
    return {
      args,
      code,
      stdout: stdout(),
      stderr: stderr(),
      json: <T>() => JSON.parse(stdout()) as T,
    };
  };
  return {
    home,
    run,
    start,
    ask: async <T>(args: readonly string[], more?: Environment) => {
      const done = await run([...args, "--json"], more);
      if (done.code !== 0) throw new Error(`sero ${args.join(" ")}: ${done.code}\n${done.stdout}\n${done.stderr}`);
      return done.json<T>();
    },
    transcript: () => printed.map((text) => text()).join("\n"),
  };
};

/** A folder under the system's temporary one, and how to take it away again. */
export const temporaryFolder = async (): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> => {
  const path = await mkdtemp(join(tmpdir(), "sero-e2e-"));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) };
};

/** A port that nothing listens on at this moment. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Waits until `probe` gives something. @throws Error with `what` when it takes longer than `ms` */
export const until = async <T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
  ms = 60_000,
): Promise<T> => {
  const end = Date.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`${what}: not within ${ms / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};
