/** Kernel ticks per second in /proc/PID/stat; USER_HZ is 100 on every Linux that Deno runs on. */
const TICKS_PER_SECOND = 100;

/** What a process has used and occupies, its living descendants included. */
export interface ProcessUsage {
  /** User and system time since the start, ended children that were waited for included. */
  cpuSeconds: number;
  /** Resident memory now. */
  residentBytes: number;
  /** The highest that resident memory has been since the start or since {@link resetPeak}; summed over the processes. */
  peakBytes: number;
  threads: number;
}

/** Reads /proc for the process `pid` and its descendants. */
export function processUsage(pid: number): ProcessUsage {
  const usage: ProcessUsage = { cpuSeconds: 0, residentBytes: 0, peakBytes: 0, threads: 0 };
  for (const each of processTree(pid)) {
    usage.cpuSeconds += cpuSeconds(Deno.readTextFileSync(`/proc/${each}/stat`));
    const status = Deno.readTextFileSync(`/proc/${each}/status`);
    usage.residentBytes += statusNumber(status, "VmRSS") * 1024;
    usage.peakBytes += statusNumber(status, "VmHWM") * 1024;
    usage.threads += statusNumber(status, "Threads");
  }
  return usage;
}

/** Makes `peakBytes` start again from what is resident now. */
export function resetPeak(pid: number): void {
  for (const each of processTree(pid)) Deno.writeTextFileSync(`/proc/${each}/clear_refs`, "5");
}

/** User and system time of a line of /proc/PID/stat, with those of children that were waited for (fields 14 to 17). */
export function cpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

/** The number after `name:` in /proc/PID/status. */
export function statusNumber(status: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status);
  if (match === null) throw new Error(`Cannot read /proc status: no "${name}" in it`);
  return Number(match[1]);
}

/** `pid` and the ids of all its living descendants. */
export function processTree(pid: number): number[] {
  const found = [pid];
  for (let i = 0; i < found.length; i++) {
    for (const task of Deno.readDirSync(`/proc/${found[i]}/task`)) {
      const children = Deno.readTextFileSync(`/proc/${found[i]}/task/${task.name}/children`);
      found.push(...children.split(" ").filter((word) => word !== "").map(Number));
    }
  }
  return found;
}
