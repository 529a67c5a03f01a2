import type { Registry } from "../base/mod.ts";

/** What of Node's `process` is read; it is loaded at the first use, which costs 10 ms that the start need not pay. */
interface ProcessUsage {
  cpuUsage(): { user: number; system: number };
}

/** The number of files that the process has open; undefined where it may not be asked for. */
function openFiles(): number | undefined {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].length;
  } catch {
    return undefined;
  }
}

/**
 * Registers the `process_*` metrics that every Prometheus client has: CPU time, memory, start, and open files where the
 * process has the permission to count them.
 */
export function registerProcessMetrics(registry: Registry): void {
  const cpu = registry.counter("process_cpu_seconds_total", {
    help: "Total user and system CPU time spent in seconds.",
  });
  const memory = registry.gauge("process_resident_memory_bytes", { help: "Resident memory size in bytes." });
  const start = registry.gauge("process_start_time_seconds", {
    help: "Start time of the process since unix epoch in seconds.",
  });
  start.set(performance.timeOrigin / 1000);
  const files = openFiles() === undefined
    ? undefined
    : registry.gauge("process_open_fds", { help: "Number of open file descriptors." });
  registry.onCollect(() => {
    const usage = (globalThis as unknown as { process: ProcessUsage }).process.cpuUsage();
    cpu.value = (usage.user + usage.system) / 1e6;
    memory.set(Deno.memoryUsage().rss);
    files?.set(openFiles() ?? NaN);
  });
}
