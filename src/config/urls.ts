import { ValueError } from "./go_values.ts";

/** How a listener or a client reaches an address. */
export type Scheme = "http" | "https" | "unix" | "unixs";

/** An address as etcd writes it: `http://127.0.0.1:2379`, `https://[::1]:2379`, `unix:///run/etcd.sock`. */
export interface EndpointUrl {
  /** The whole address, with the scheme in lower case; two addresses are the same when their texts are. */
  readonly text: string;
  /** How it is reached. */
  readonly scheme: Scheme;
  /** Name or IP address without brackets; empty for a socket file. */
  readonly host: string;
  /** Digits, possibly none; empty for a socket file. */
  readonly port: string;
  /** Path of a socket file; empty for http and https. */
  readonly socketPath: string;
}

const pattern = /^([a-zA-Z][a-zA-Z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)/;

/** Splits `host:port` and `[host]:port` as Go's `net.SplitHostPort` does; undefined when there is no port or a stray colon. */
export function splitHostPort(authority: string): { host: string; port: string } | undefined {
  const match = /^(?:\[([^[\]]*)\]|([^:[\]]*)):([^:[\]]*)$/.exec(authority);
  return match === null ? undefined : { host: match[1] ?? match[2], port: match[3] };
}

/** Reads one address. Throws {@link ValueError} for what etcd refuses: another scheme, no port, a path behind the port. */
export function parseEndpointUrl(given: string): EndpointUrl {
  const trimmed = given.trim();
  const match = pattern.exec(trimmed);
  const scheme = match?.[1].toLowerCase() ?? "";
  if (match === null || !["http", "https", "unix", "unixs"].includes(scheme)) {
    throw new ValueError(`URL scheme must be http, https, unix, or unixs: "${trimmed}"`);
  }
  const authority = (match[2] ?? "").replace(/^.*@/, "");
  const path = match[3];
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x20\x7f]/.test(trimmed)) {
    throw new ValueError(`URL must not contain spaces or control characters: "${trimmed}"`);
  }
  // Go's url.Parse allows in a host only escapes of what is not ASCII, and of the percent sign.
  if (/%(?!25|[89a-fA-F][0-9a-fA-F])/.test(authority)) {
    throw new ValueError(`URL must not have such an escape in its host: "${trimmed}"`);
  }
  const text = scheme + trimmed.slice(scheme.length);
  if (scheme === "unix" || scheme === "unixs") {
    return {
      text,
      scheme,
      host: "",
      port: "",
      socketPath: authority + (match[2] === undefined && !path.startsWith("/") ? "" : path),
    };
  }
  const parts = splitHostPort(authority);
  if (parts === undefined || !/^[0-9]*$/.test(parts.port)) {
    throw new ValueError(`URL address does not have the form "host:port": "${trimmed}"`);
  }
  if (path !== "") throw new ValueError(`URL must not contain a path: "${trimmed}"`);
  return { text, scheme: scheme as Scheme, ...parts, socketPath: "" };
}

/** Reads a comma-separated list; it comes back sorted by text, each address once. */
export function parseEndpointUrls(list: string): EndpointUrl[] {
  const byText = new Map<string, EndpointUrl>();
  for (const part of list.split(",")) {
    const url = parseEndpointUrl(part);
    byText.set(url.text, url);
  }
  return [...byText.values()].sort((a, b) => compareTexts(a.text, b.text));
}

/**
 * Reads `--initial-cluster`: `name=url` pairs separated by commas; a name that is given several times has several URLs, sorted.
 */
export function parseInitialCluster(text: string): Map<string, EndpointUrl[]> {
  const urlsByName = new Map<string, EndpointUrl[]>();
  for (const pair of text.split(",")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = at < 0 ? pair : pair.slice(0, at);
    const url = parseEndpointUrl(at < 0 ? "" : pair.slice(at + 1));
    const urls = urlsByName.get(name);
    if (urls === undefined) urlsByName.set(name, [url]);
    else urls.push(url);
  }
  for (const urls of urlsByName.values()) urls.sort((a, b) => compareTexts(a.text, b.text));
  return urlsByName;
}

/** Orders texts by UTF-16 code unit, which for addresses is byte order. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Whether `host` is a literal IPv4 or IPv6 address without a zone. */
export function isIpAddress(host: string): boolean {
  if (/^(?:(?:0|[1-9][0-9]{0,2})(?:\.(?!$)|$)){4}$/.test(host)) {
    return host.split(".").every((part) => Number(part) <= 255);
  }
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(host) && URL.canParse(`http://[${host}]/`);
}
