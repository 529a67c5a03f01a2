import { detcdVersion, etcdVersion } from "../base/mod.ts";

/** What is known about the machine and the runtime. */
export interface Platform {
  /** Deno's version. */
  deno: string;
  /** The operating system as Deno names it. */
  os: string;
  /** The processor as Deno names it. */
  arch: string;
}

/** Go's names of processors, where they differ from Deno's. */
const goArchitectures: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

/**
 * The text of `--version`. The first four lines have etcd's form, because tools read them; then comes detcd's own version.
 */
export function versionText(platform: Platform): string {
  const arch = goArchitectures[platform.arch] ?? platform.arch;
  return `etcd Version: ${etcdVersion}
Git SHA: Not provided
Go Version: none
Go OS/Arch: ${platform.os}/${arch}
detcd Version: ${detcdVersion}
Deno Version: ${platform.deno}
`;
}
