import type { HostResolver } from "./bootstrap.ts";
import type { Environment } from "./flags.ts";

/**
 * The environment of this process. Its variables can be listed only with the permission to read all of them; with `ETCD_*`
 * alone, a misspelt variable stays unnoticed.
 */
export function processEnvironment(): Environment {
  return {
    get: (name) => Deno.env.get(name),
    names: () => {
      const mayList = Deno.permissions.querySync({ name: "env" }).state === "granted";
      return mayList ? Object.keys(Deno.env.toObject()) : undefined;
    },
  };
}

/** Finds addresses as every program of this host does, through its hosts file and DNS. */
export const systemResolver: HostResolver = async (host): Promise<string[]> => {
  // Loaded only when a host name must be compared: it costs more than the rest of the configuration.
  const { promises: dns } = await import("node:dns");
  const found = await dns.lookup(host, { all: true });
  return found.map(({ address }) => address);
};
