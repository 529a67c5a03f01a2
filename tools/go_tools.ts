import * as path from "node:path";

/** The Go programs that detcd is tested and measured against: name of the binary, package in tools/go.mod. */
export const goTools = {
  etcd: "go.etcd.io/etcd/server/v3",
  etcdctl: "go.etcd.io/etcd/etcdctl/v3",
  etcdutl: "go.etcd.io/etcd/etcdutl/v3",
  benchmark: "go.etcd.io/etcd/v3/tools/benchmark",
  h2spec: "github.com/summerwind/h2spec/cmd/h2spec",
  interop_client: "google.golang.org/grpc/interop/client",
  loadprobe: "detcd/tools/loadprobe",
} as const;

/** A binary of {@link goTools}. */
export type GoTool = keyof typeof goTools;

const root = path.join(import.meta.dirname!, "..");

/** Where the Go module is. */
export const goModuleDir: string = path.join(root, "tools");

/** Where the binaries are: the variable DETCD_TOOLS, or .cache/tools/bin in the project. */
export function goToolsDir(): string {
  return Deno.env.get("DETCD_TOOLS") ?? path.join(root, ".cache", "tools", "bin");
}

/** A binary's path, whether it is there or not. */
export function goToolPath(name: GoTool): string {
  return path.join(goToolsDir(), Deno.build.os === "windows" ? `${name}.exe` : name);
}
