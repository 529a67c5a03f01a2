import type { etcdserverpb } from "../../proto/gen/mod.ts";
import { writeInt64Number, writeUint64, writeUint64Number } from "../../proto/int64.ts";
import { WireWriter } from "../../proto/writer.ts";
import type { MemberIdentity } from "../server/mod.ts";

/** Writes `etcdserverpb.ResponseHeader`s of one member. */
export class HeaderWriter {
  /** cluster_id and member_id, encoded: they never change. */
  readonly #ids: Uint8Array;
  readonly #term: () => number;

  constructor(identity: MemberIdentity, options: { term: () => number }) {
    const writer = new WireWriter();
    writeUint64(writer.uint32(8), identity.clusterId);
    writeUint64(writer.uint32(16), identity.memberId);
    this.#ids = writer.take();
    this.#term = options.term;
  }

  /** Appends the header as field 1, where every response has it. */
  write(writer: WireWriter, revision: number): void {
    writer.uint32(10);
    const entered = writer.enter();
    writer.raw(this.#ids);
    if (revision !== 0) writeInt64Number(writer.uint32(24), revision);
    writeUint64Number(writer.uint32(32), this.#term());
    writer.leave(entered);
  }
}

/** Appends, as field 1, the header of an operation within a transaction: it has only a revision, or nothing. */
export function writeInnerHeader(writer: WireWriter, revision: number): void {
  writer.uint32(10);
  const entered = writer.enter();
  if (revision !== 0) writeInt64Number(writer.uint32(24), revision);
  writer.leave(entered);
}

/** The header as a message, for answers that are too rare to be written by hand. Revision 0 leaves it out. */
export function responseHeader(
  member: { identity: MemberIdentity; consensus: { term: number } },
  revision: number,
): etcdserverpb.ResponseHeader {
  return { ...member.identity, revision, raftTerm: member.consensus.term };
}
