import { assert } from "../base/mod.ts";

/**
 * A row of the `history` bucket: a header of {@link RECORD_HEADER_BYTES} bytes (kind 1, sub-revision 4, main revision 7, big-endian), then the encoded
 * `mvccpb.KeyValue`. In memory a record is a view of the KeyValue alone, with its header always directly before it in the same
 * buffer, so that a Range can send the view as it is.
 */
export const RECORD_HEADER_BYTES = 12;

/** What a record says: the key has a new value, or is gone. */
export const RecordKind = { Put: 1, Tombstone: 2 } as const;
/** One of the values of {@link RecordKind}. */
export type RecordKind = typeof RecordKind[keyof typeof RecordKind];

/** Writes a header at `at`. */
export function writeRecordHeader(
  target: Uint8Array,
  at: number,
  header: { kind: RecordKind; revision: number; sub: number },
): void {
  const { kind, revision, sub } = header;
  assert(sub <= 0xffffffff, "A revision has at most 2^32 changes");
  target[at] = kind;
  target[at + 1] = sub >>> 24;
  target[at + 2] = sub >>> 16;
  target[at + 3] = sub >>> 8;
  target[at + 4] = sub;
  const high = Math.floor(revision / 0x100000000);
  const low = revision >>> 0;
  target[at + 5] = high >>> 16;
  target[at + 6] = high >>> 8;
  target[at + 7] = high;
  target[at + 8] = low >>> 24;
  target[at + 9] = low >>> 16;
  target[at + 10] = low >>> 8;
  target[at + 11] = low;
}

/** The kind in the header of a row. */
export function rowKind(row: Uint8Array): RecordKind {
  const kind = row[0];
  assert(
    row.length >= RECORD_HEADER_BYTES && (kind === RecordKind.Put || kind === RecordKind.Tombstone),
    "Cannot read a history row: it has no valid header",
  );
  return kind;
}

/** The sub-revision in the header of a row. */
export function rowSub(row: Uint8Array): number {
  return ((row[1] << 24) | (row[2] << 16) | (row[3] << 8) | row[4]) >>> 0;
}

/** The main revision in the header of a row. */
export function rowRevision(row: Uint8Array): number {
  const high = (row[5] << 16) | (row[6] << 8) | row[7];
  const low = ((row[8] << 24) | (row[9] << 16) | (row[10] << 8) | row[11]) >>> 0;
  return high * 0x100000000 + low;
}

/** The record in a row, a view. */
export function recordOfRow(row: Uint8Array): Uint8Array {
  return row.subarray(RECORD_HEADER_BYTES);
}

/** The row of a record, a view that reaches back to its header. */
export function rowOfRecord(record: Uint8Array): Uint8Array {
  return new Uint8Array(
    record.buffer,
    record.byteOffset - RECORD_HEADER_BYTES,
    record.byteLength + RECORD_HEADER_BYTES,
  );
}

const CHUNK_BYTES = 64 * 1024;
/** A larger piece gets a buffer of its own, so that at most an eighth of a chunk is wasted. */
const SHARED_BYTES_MAX = CHUNK_BYTES / 8;

/**
 * Hands out pieces of larger buffers: a small buffer of its own costs the host several times the bytes of a typical record. A chunk lives as
 * long as any view of it; what is allocated together should die together.
 */
export class Arena {
  /** The buffer of the last {@link reserve}. */
  bytes: Uint8Array = new Uint8Array(0);
  #used = 0;

  /** Makes room for `length` bytes in {@link bytes}; returns where they start. They are zero. */
  reserve(length: number): number {
    if (length > SHARED_BYTES_MAX) {
      this.bytes = new Uint8Array(length);
      this.#used = length;
      return 0;
    }
    if (this.#used + length > this.bytes.length) {
      this.bytes = new Uint8Array(CHUNK_BYTES);
      this.#used = 0;
    }
    const at = this.#used;
    this.#used += length;
    return at;
  }
}
