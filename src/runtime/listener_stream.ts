/**
 * A connection as bytes, whatever carries it: the seam between accepting and serving. TLS stands behind it as a stream made of
 * another.
 */
export interface ByteStream {
  /** The other side's address, such as `127.0.0.1:50123`. */
  readonly peer: string;
  /** Our own address. */
  readonly local: string;
  /** `https` behind TLS. */
  readonly scheme: "http" | "https";
  /** What TLS found out about the client. */
  readonly certificate?: unknown;
  /** Fills `into` from its start; the number of bytes, or null at the end. One at a time. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes`, which must not change meanwhile; how many. One at a time. */
  write(bytes: Uint8Array): Promise<number>;
  /** Says that nothing more will be written. */
  closeWrite(): Promise<void>;
  /** Ends both directions; a pending read or write fails. May be called again. */
  close(): void;
}

/** Writes all of `bytes`. */
export async function writeFully(stream: ByteStream, bytes: Uint8Array): Promise<void> {
  let written = await stream.write(bytes);
  while (written < bytes.length) written += await stream.write(bytes.subarray(written));
}

/** An accepted TCP or unix socket. */
export class SocketStream implements ByteStream {
  readonly peer: string;
  readonly local: string;
  readonly scheme = "http";
  readonly #conn: Deno.Conn;
  #isClosed = false;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.peer = formatAddress(conn.remoteAddr);
    this.local = formatAddress(conn.localAddr);
    if (conn.localAddr.transport === "tcp") (conn as Deno.TcpConn).setNoDelay(true);
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#conn.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#conn.close();
  }
}

/** An address as logs and `peer` show it. */
export function formatAddress(address: Deno.Addr): string {
  switch (address.transport) {
    case "tcp":
    case "udp":
      return address.hostname.includes(":")
        ? `[${address.hostname}]:${address.port}`
        : `${address.hostname}:${address.port}`;
    case "unix":
    case "unixpacket":
      return `unix:${address.path ?? ""}`;
    default:
      return address.transport;
  }
}
