import { writeInt64, writeInt64Number } from "../../../proto/int64.ts";
import { WireWriter } from "../../../proto/writer.ts";
import { keyBytes } from "../../mvcc/mod.ts";
import type { GrantedLease, LeaseStatus } from "../../server/mod.ts";
import type { HeaderWriter } from "../header.ts";

/** Encodes the Lease service's responses. */
export class LeaseResponseEncoder {
  readonly #headers: HeaderWriter;
  readonly #writer = new WireWriter();

  constructor(headers: HeaderWriter) {
    this.#headers = headers;
  }

  /** An `etcdserverpb.LeaseGrantResponse`. */
  grant({ id, ttlSeconds, revision }: GrantedLease): Uint8Array {
    return this.#idAndTtl(id, { ttlSeconds, revision }).take();
  }

  /** An `etcdserverpb.LeaseRevokeResponse`. */
  revoke(revision: number): Uint8Array {
    return this.#begin(revision).take();
  }

  /** An `etcdserverpb.LeaseKeepAliveResponse`. */
  keepAlive(id: bigint, renewal: { ttlSeconds: number; revision: number }): Uint8Array {
    return this.#idAndTtl(id, renewal).take();
  }

  /** An `etcdserverpb.LeaseTimeToLiveResponse`; a lease that does not exist has -1 seconds left. */
  timeToLive(id: bigint, { status, revision }: { status: LeaseStatus | undefined; revision: number }): Uint8Array {
    const writer = this.#idAndTtl(id, { ttlSeconds: status?.remainingSeconds ?? -1, revision });
    if (status === undefined) return writer.take();
    writeInt64Number(writer.uint32(32), status.grantedSeconds);
    for (const key of status.keys) writer.uint32(42).bytes(keyBytes(key));
    return writer.take();
  }

  /** An `etcdserverpb.LeaseLeasesResponse`. */
  leases(ids: readonly bigint[], revision: number): Uint8Array {
    const writer = this.#begin(revision);
    for (const id of ids) {
      writer.uint32(18);
      const entered = writer.enter();
      writeInt64(writer.uint32(8), id);
      writer.leave(entered);
    }
    return writer.take();
  }

  /** Fields 1 to 3 of most responses. */
  #idAndTtl(id: bigint, { ttlSeconds, revision }: { ttlSeconds: number; revision: number }): WireWriter {
    const writer = this.#begin(revision);
    if (id !== 0n) writeInt64(writer.uint32(16), id);
    if (ttlSeconds !== 0) writeInt64Number(writer.uint32(24), ttlSeconds);
    return writer;
  }

  #begin(revision: number): WireWriter {
    this.#writer.reset();
    this.#headers.write(this.#writer, revision);
    return this.#writer;
  }
}
