import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** A process that runs on, with everything it prints in a file. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly log: string;
  /** Resolves with the exit code, null when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly isRunning: () => boolean;
  /** SIGTERM, after 10 s SIGKILL; resolves when the process is gone. */
  readonly stop: () => Promise<void>;
  /** SIGKILL: kill -9. Resolves when the process is gone. */
  readonly kill: () => Promise<void>;
  readonly signal: (name: NodeJS.Signals) => void;
}

/** How to start a program. */
export interface ProgramOptions {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that its output is added to. */
  readonly log: string;
}

const REAPER = fileURLToPath(new URL("reaper.mjs", import.meta.url));

let reaper: ReturnType<typeof spawn> | undefined;

/** Tells the reaper, which is started at the first call and lives as long as this process does not. */
const tellReaper = (line: string): void => {
  if (reaper === undefined) {
    reaper = spawn(process.execPath, [REAPER], { stdio: ["pipe", "ignore", "ignore"] });
    reaper.unref();
    const pipe = reaper.stdin;
    if (pipe && "unref" in pipe && typeof pipe.unref === "function") pipe.unref();
  }
  reaper.stdin?.write(`${line}\n`);
};

/** Starts a program. It is killed when this process ends, however it ends. @throws Error when it can't be started */
export const startProgram = async (options: ProgramOptions): Promise<Program> => {
  const out = openSync(options.log, "a");
  const child = spawn(options.command, options.args, {
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: ["ignore", out, out],
  });
  closeSync(out);
  await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
  const pid = child.pid ?? 0;
  tellReaper(`+${pid}`);
  let running = true;
  const ended = new Promise<number | null>((resolve) =>
    child.once("exit", (code) => {
      running = false;
      tellReaper(`-${pid}`);
      resolve(code);
    }),
  );
  const signal = (name: NodeJS.Signals): void => void (running && child.kill(name));
  const kill = async (): Promise<void> => {
    signal("SIGKILL");
    await ended;
  };
  return {
    name: options.name,
    pid,
    log: options.log,
    ended,
    isRunning: () => running,
    signal,
    kill,
    stop: async () => {
      signal("SIGTERM");
      const timer = setTimeout(() => signal("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
};

/** The last lines of a log. */
export const tailOf = async (log: string, lines = 40): Promise<string> => {
  const text = await readFile(log, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-lines).join("\n");
};
