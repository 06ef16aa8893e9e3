import { spawn, type ChildProcess } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";

/** What a process of Linux has used so far. */
export interface Usage {
  /** Memory that it took for itself (RssAnon). Mapped pages of files, the block store's, are not among it: the system takes them back when it needs them. */
  readonly memoryBytes: number;
  /** Seconds of processor time of the whole process. */
  readonly cpuSeconds: number;
  /** The part of it that the thread took in which JavaScript's main program runs. */
  readonly mainSeconds: number;
}

/** A process that this program started and will stop. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  readonly running: () => boolean;
  /** undefined when it has ended. */
  usage(): Usage | undefined;
  /** SIGTERM, and after ten seconds SIGKILL, to it and what it started. */
  stop(): Promise<void>;
}

const TICKS_PER_SECOND = 100;
const PATIENCE_MS = 10_000;

const started = new Set<ChildProcess>();
// Whatever ends this process, nothing that it started stays behind.
process.on("exit", () => {
  for (const child of started) signalGroup(child, "SIGKILL");
});

/**
 * Starts a program with its output in a file. It gets a session of its own: a Ctrl-C on the terminal reaches it through us alone, and what it
 * starts ends with it.
 */
export function startProgram(
  name: string,
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly logPath: string; readonly env?: Readonly<Record<string, string>> },
): Program {
  const log = createWriteStream(options.logPath, { flags: "a" });
  const child = spawn(command, [...args], {
    detached: true,
    cwd: options.cwd,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...options.env },
  });
  started.add(child);
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => {
      started.delete(child);
      resolve();
    });
    child.once("error", () => resolve());
  });
  const running = (): boolean => child.exitCode === null && child.signalCode === null && child.pid !== undefined;
  return {
    name,
    pid: child.pid ?? 0,
    running,
    usage: () => (running() ? usageOf(child.pid ?? 0) : undefined),
    async stop() {
      if (!running()) return;
      signalGroup(child, "SIGTERM");
      const late = setTimeout(() => signalGroup(child, "SIGKILL"), PATIENCE_MS);
      await gone;
      clearTimeout(late);
    },
  };
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

/** What a process has used, from /proc; undefined when there is none of this id. */
export function usageOf(pid: number): Usage | undefined {
  try {
    const whole = processorSeconds(`/proc/${pid}/stat`);
    const main = processorSeconds(`/proc/${pid}/task/${pid}/stat`);
    return { memoryBytes: anonymousBytes(pid), cpuSeconds: whole, mainSeconds: main };
  } catch {
    return undefined;
  }
}

/** RssAnon of proc(5), bytes. */
function anonymousBytes(pid: number): number {
  const [, kibibytes] = /^RssAnon:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes ?? 0) * 1024;
}

/** Processor time of a process or thread, seconds. */
function processorSeconds(path: string): number {
  const text = readFileSync(path, "utf8");
  // The name before it is in parentheses and may hold anything.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return ticks / TICKS_PER_SECOND;
}

/** This process, for the same watch. */
export const thisProgram = (name: string): Pick<Program, "name" | "usage"> => ({
  name,
  usage: () => usageOf(process.pid),
});

/** Seconds that the cores of this machine have worked since it started, all processes and the system together. */
export function machineSeconds(): number {
  // user, nice, system, idle, iowait, irq, softirq, steal: proc(5)
  const [user, nice, system, , , irq, softirq] = readFileSync("/proc/stat", "utf8")
    .split("\n", 1)
    .join()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return [user, nice, system, irq, softirq].reduce<number>((sum, ticks) => sum + (ticks ?? 0), 0) / TICKS_PER_SECOND;
}
