import { machineSeconds, type Program, type Usage } from "./processes.js";

/** Memory of a program over a span of time, bytes. */
export interface Memory {
  readonly start: number;
  readonly peak: number;
  readonly end: number;
  /** At each whole minute of the span. */
  readonly perMinute: readonly number[];
}

/** Processor time of a program over a span of time, in cores: 1 is one core all the time. */
export interface Cores {
  readonly all: number;
  /** The part of the thread in which its main JavaScript runs: 1 means that it can do no more. */
  readonly main: number;
}

/** What programs used over a span of time, by name. */
export interface Used {
  readonly seconds: number;
  /** Cores of the machine that were at work, everything on it included. */
  readonly machineCores: number;
  readonly memory: Readonly<Record<string, Memory>>;
  readonly cores: Readonly<Record<string, Cores>>;
}

/** Watches what programs use, from its start on. */
export interface Sampler {
  /** Begins a span. Spans may overlap. */
  begin(): () => Used;
  stop(): void;
}

/** What can be watched. */
type Watched = Pick<Program, "name" | "usage">;

const EVERY_MS = 1000;

interface Sample {
  readonly at: number;
  readonly machine: number;
  readonly usages: ReadonlyMap<string, Usage>;
}

/** Starts sampling. */
export function startSampler(programs: readonly Watched[]): Sampler {
  const samples: Sample[] = [];
  const take = (): Sample => {
    const usages = new Map<string, Usage>();
    for (const program of programs) {
      const usage = program.usage();
      if (usage) usages.set(program.name, usage);
    }
    const sample = { at: performance.now(), machine: machineSeconds(), usages };
    samples.push(sample);
    return sample;
  };
  const timer = setInterval(take, EVERY_MS);
  return {
    begin() {
      const first = take();
      return () => {
        const last = take();
        const span = samples.filter(({ at }) => at >= first.at && at <= last.at);
        return usedIn(first, last, span, programs);
      };
    },
    stop: () => clearInterval(timer),
  };
}

function usedIn(first: Sample, last: Sample, span: readonly Sample[], programs: readonly Watched[]): Used {
  const seconds = (last.at - first.at) / 1000;
  const memory: Record<string, Memory> = {};
  const cores: Record<string, Cores> = {};
  for (const { name } of programs) {
    const [from, to] = [first.usages.get(name), last.usages.get(name)];
    if (!from || !to) continue;
    const peak = Math.max(...span.map(({ usages }) => usages.get(name)?.memoryBytes ?? 0));
    memory[name] = { start: from.memoryBytes, peak, end: to.memoryBytes, perMinute: perMinute(first, span, name) };
    cores[name] = {
      all: (to.cpuSeconds - from.cpuSeconds) / seconds,
      main: (to.mainSeconds - from.mainSeconds) / seconds,
    };
  }
  return { seconds, machineCores: (last.machine - first.machine) / seconds, memory, cores };
}

function perMinute(first: Sample, span: readonly Sample[], name: string): number[] {
  const minutes: number[] = [];
  for (const { at, usages } of span) {
    if (at - first.at >= minutes.length * 60_000) minutes.push(usages.get(name)?.memoryBytes ?? 0);
  }
  return minutes;
}
