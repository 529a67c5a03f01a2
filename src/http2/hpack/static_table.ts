/** RFC 7541, appendix A: name, value, from index 1 on. */
// deno-fmt-ignore
const fields: readonly string[] = [
  ":authority", "", ":method", "GET", ":method", "POST", ":path", "/", ":path", "/index.html", ":scheme", "http",
  ":scheme", "https", ":status", "200", ":status", "204", ":status", "206", ":status", "304", ":status", "400",
  ":status", "404", ":status", "500", "accept-charset", "", "accept-encoding", "gzip, deflate", "accept-language", "",
  "accept-ranges", "", "accept", "", "access-control-allow-origin", "", "age", "", "allow", "", "authorization", "",
  "cache-control", "", "content-disposition", "", "content-encoding", "", "content-language", "", "content-length", "",
  "content-location", "", "content-range", "", "content-type", "", "cookie", "", "date", "", "etag", "", "expect", "",
  "expires", "", "from", "", "host", "", "if-match", "", "if-modified-since", "", "if-none-match", "", "if-range", "",
  "if-unmodified-since", "", "last-modified", "", "link", "", "location", "", "max-forwards", "",
  "proxy-authenticate", "", "proxy-authorization", "", "range", "", "referer", "", "refresh", "", "retry-after", "",
  "server", "", "set-cookie", "", "strict-transport-security", "", "transfer-encoding", "", "user-agent", "",
  "vary", "", "via", "", "www-authenticate", "",
];

/** Number of entries in the static table; the dynamic table's indices begin after it. */
export const staticLength = fields.length / 2;

/** Names by index, 1 to {@link staticLength}. */
export const staticNames: readonly string[] = ["", ...fields.filter((_, i) => i % 2 === 0)];

/** Values by index, 1 to {@link staticLength}. */
export const staticValues: readonly string[] = ["", ...fields.filter((_, i) => i % 2 === 1)];

const firstIndexOfName = new Map<string, number>();
for (let i = staticLength; i > 0; i--) firstIndexOfName.set(staticNames[i], i);

/** Lowest index of an entry with this name, 0 when there is none. */
export function staticNameIndex(name: string): number {
  return firstIndexOfName.get(name) ?? 0;
}

/** Index of the entry with this name and value, given the name's lowest index; 0 when there is none. */
export function staticFieldIndex(nameIndex: number, value: string): number {
  const name = staticNames[nameIndex];
  for (let i = nameIndex; i <= staticLength && staticNames[i] === name; i++) {
    if (staticValues[i] === value) return i;
  }
  return 0;
}
