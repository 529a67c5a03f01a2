/** The machine in a line: processor, cores, memory, kernel, file system of `path`. */
export async function machineDescription(path: string): Promise<string> {
  const processor = /^model name\s*:\s*(.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  const memoryGiB = Math.round(Deno.systemMemoryInfo().total / 2 ** 30);
  const { stdout } = await new Deno.Command("stat", { args: ["-f", "-c", "%T", path] }).output();
  const fileSystem = new TextDecoder().decode(stdout).trim();
  return `${processor}, ${navigator.hardwareConcurrency} cores, ${memoryGiB} GiB, Linux ${Deno.osRelease()}, ${fileSystem}, ` +
    `Deno ${Deno.version.deno}`;
}
