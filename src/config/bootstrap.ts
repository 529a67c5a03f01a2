import { clusterId, memberId } from "../membership/mod.ts";
import type { MemberIdentity } from "../server/mod.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config_error.ts";
import { ValueError } from "./go_values.ts";
import { compareTexts, type EndpointUrl, isIpAddress, parseInitialCluster } from "./urls.ts";

/** Finds the IP addresses of a host name; an empty list, or a rejection, when there are none. */
export type HostResolver = (host: string) => Promise<readonly string[]>;

/** The members that found a cluster: each name with its peer URLs, sorted. */
export type InitialCluster = ReadonlyMap<string, readonly EndpointUrl[]>;

function refused(message: string): ConfigError {
  return new ConfigError(message, { exitCode: 1 });
}

/**
 * Reads `--initial-cluster` of a member that starts without data, and checks as etcd does that this member is in it, under
 * the peer URLs that it advertises, and that no URL is there twice. URLs that differ in their text are compared by the
 * addresses of their hosts where `resolve` is given. Throws {@link ConfigError} with exit status 1.
 */
export async function checkBootstrap(
  config: Config,
  options: { resolve?: HostResolver } = {},
): Promise<InitialCluster> {
  const cluster = readInitialCluster(config.initialCluster);
  const own = cluster.get(config.name);
  if (own === undefined) {
    throw refused(`couldn't find local name "${config.name}" in the initial cluster configuration`);
  }
  if (config.initialClusterState === "new") await checkOwnUrls(config, { own, resolve: options.resolve });
  const seen = new Set<string>();
  for (const url of [...cluster.values()].flat()) {
    if (seen.has(url.text)) throw refused(`initial cluster ${config.initialCluster} has duplicate url ${url.text}`);
    seen.add(url.text);
  }
  return cluster;
}

/**
 * The ids that etcd would give to the founder of a cluster of one. Throws {@link ConfigError} where `--initial-cluster` is not valid,
 * and where the flags ask for a cluster of several members or for one that exists: this version runs neither.
 */
export async function foundCluster(config: Config, options: { resolve?: HostResolver } = {}): Promise<MemberIdentity> {
  const cluster = await checkBootstrap(config, options);
  if (cluster.size > 1) {
    throw refused(`--initial-cluster names ${cluster.size} members; this version of detcd runs clusters of one`);
  }
  if (config.initialClusterState === "existing") {
    throw refused(
      "--initial-cluster-state=existing needs a cluster to join; this version of detcd runs clusters of one",
    );
  }
  const urls = [...cluster.values()][0].map((url) => url.text);
  const id = memberId(urls, { clusterToken: config.initialClusterToken });
  return { memberId: id, clusterId: clusterId([id]) };
}

/** The peer URLs that `--initial-cluster` gives the member that is configured. */
export function ownPeerUrls(config: Config): string[] {
  const urls = readInitialCluster(config.initialCluster).get(config.name) ?? config.initialAdvertisePeerUrls;
  return urls.map((url) => url.text);
}

function readInitialCluster(text: string): Map<string, EndpointUrl[]> {
  try {
    return parseInitialCluster(text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw refused(`error setting up initial cluster: ${error.message}`);
  }
}

async function checkOwnUrls(
  config: Config,
  { own, resolve }: { own: readonly EndpointUrl[]; resolve?: HostResolver },
): Promise<void> {
  const advertised = config.initialAdvertisePeerUrls;
  if (sameTexts(own.map((url) => url.text), advertised.map((url) => url.text))) return;
  if (own.length === advertised.length && resolve !== undefined) {
    const [resolvedOwn, resolvedAdvertised] = await Promise.all([
      resolveAll(own, resolve),
      resolveAll(advertised, resolve),
    ]);
    if (sameTexts(resolvedOwn, resolvedAdvertised)) return;
  }
  const inCluster = new Set(own.map((url) => url.text));
  const inAdvertised = new Set(advertised.map((url) => url.text));
  const notAdvertised = [...inCluster].filter((text) => !inAdvertised.has(text));
  const advertisedText = [...inAdvertised].join(",");
  if (notAdvertised.length > 0) {
    const named = notAdvertised.map((text) => `${config.name}=${text}`).join(",");
    throw refused(
      `--initial-cluster has ${named} but missing from --initial-advertise-peer-urls=${advertisedText}`,
    );
  }
  const notInCluster = [...inAdvertised].filter((text) => !inCluster.has(text)).join(",");
  throw refused(
    `--initial-advertise-peer-urls has ${notInCluster} but missing from --initial-cluster=${config.initialCluster}`,
  );
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  const sortedA = [...a].sort(compareTexts);
  const sortedB = [...b].sort(compareTexts);
  return sortedA.length === sortedB.length && sortedA.every((text, index) => text === sortedB[index]);
}

function resolveAll(urls: readonly EndpointUrl[], resolve: HostResolver): Promise<string[]> {
  return Promise.all(urls.map(async (url) => {
    if (url.host === "" || url.host === "localhost" || isIpAddress(url.host)) return url.text;
    const addresses = await resolve(url.host).catch(() => []);
    if (addresses.length === 0) return url.text;
    const host = addresses[0].includes(":") ? `[${addresses[0]}]` : addresses[0];
    return `${url.scheme}://${host}:${url.port}`;
  }));
}
