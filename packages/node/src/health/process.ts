import { readdirSync } from "node:fs";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { Gauge, type Registry } from "prom-client";

/** What this process uses, under the names that Prometheus clients give it. @returns how to stop measuring */
export function registerProcess(registry: Registry): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const readings: readonly (readonly [string, string, () => number | undefined])[] = [
    ["process_resident_memory_bytes", "Resident memory.", () => process.memoryUsage.rss()],
    ["process_heap_bytes", "JavaScript heap in use.", () => process.memoryUsage().heapUsed],
    ["process_external_memory_bytes", "Memory of buffers outside the heap.", () => process.memoryUsage().external],
    ["process_start_time_seconds", "When it was started, since 1970.", () => performance.timeOrigin / 1000],
    ["process_open_fds", "Open files and connections (Linux).", openFiles],
    [
      "process_event_loop_delay_seconds",
      "99th percentile of how late the event loop ran since the last time it was asked for.",
      () => {
        const seconds = delay.count === 0 ? 0 : delay.percentile(99) / 1e9;
        delay.reset();
        return seconds;
      },
    ],
    [
      "process_cpu_seconds_total",
      "Processor time of all threads.",
      () => {
        const { user, system } = process.cpuUsage();
        return (user + system) / 1e6;
      },
    ],
  ];
  for (const [name, help, read] of readings) {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = read();
        if (value !== undefined) this.set(value);
      },
    });
  }
  return () => delay.disable();
}

function openFiles(): number | undefined {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return undefined;
  }
}
