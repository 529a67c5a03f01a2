import { createHash } from "node:crypto";
import { assert, compareBytes, concatBytes, equalBytes } from "../src/base/mod.ts";
import {
  type NamedBucket,
  namedBuckets,
  type NamedRow,
  type NumberedBucket,
  numberedBuckets,
  type NumberedRow,
  StorageError,
} from "../src/ports/mod.ts";

// The format is described in docs/storage_adapter.md.
const magic = new TextEncoder().encode("detcdsnp");
const formatVersion = 1;
const headerBytes = magic.length + 4;
const digestBytes = 32;
const tag = { end: 0, bucket: 1, numberedRow: 2, namedRow: 3 } as const;

/** No key or value of a snapshot may be longer, in bytes; a longer one is taken for damage. */
export const snapshotFieldBytesMax: number = 2 ** 30 - 1;

/** Bytes per chunk of a snapshot unless told otherwise. */
export const snapshotChunkBytesDefault: number = 64 * 1024;

const buckets: readonly (NumberedBucket | NamedBucket)[] = [...numberedBuckets, ...namedBuckets];

/** What rows of a snapshot are given to, in the snapshot's order. The bytes may be kept. */
export interface SnapshotSink {
  numbered(bucket: NumberedBucket, row: NumberedRow): void;
  named(bucket: NamedBucket, row: NamedRow): void;
  /** Called between records; may wait for a later turn. Undefined goes on at once. */
  slice?(): Promise<void> | undefined;
}

/** What a snapshot is made from: a view that does not change. Rows come in key order, in pages of any size. */
export interface SnapshotSource {
  numbered(bucket: NumberedBucket): Iterable<NumberedRow[]>;
  named(bucket: NamedBucket): Iterable<NamedRow[]>;
}

/** Writes records into chunks of one size and sums them up. */
class ChunkWriter {
  readonly #chunkBytes: number;
  readonly #hash = createHash("sha256");
  #chunk: Uint8Array<ArrayBuffer>;
  #used = 0;
  #full: Uint8Array<ArrayBuffer>[] = [];

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
    this.#chunk = new Uint8Array(chunkBytes);
  }

  write(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const length = Math.min(bytes.length - at, this.#chunkBytes - this.#used);
      this.#chunk.set(bytes.subarray(at, at + length), this.#used);
      this.#used += length;
      at += length;
      if (this.#used === this.#chunkBytes) this.#turnOver();
    }
  }

  #turnOver(): void {
    const chunk = this.#chunk.subarray(0, this.#used);
    this.#hash.update(chunk);
    this.#full.push(chunk);
    this.#chunk = new Uint8Array(this.#chunkBytes);
    this.#used = 0;
  }

  /** The chunks that have become full since the last call. */
  takeFull(): Uint8Array<ArrayBuffer>[] {
    const full = this.#full;
    this.#full = [];
    return full;
  }

  /** The rest, with the digest of everything before it. */
  finish(): Uint8Array<ArrayBuffer> {
    const rest = this.#chunk.subarray(0, this.#used);
    this.#hash.update(rest);
    return concatBytes([rest, this.#hash.digest()]);
  }
}

/**
 * The content of `source` as a snapshot, in chunks of `chunkBytes` (the last may be shorter, or longer by the digest). At most one page
 * of the source is held in memory.
 */
export function* encodeSnapshot(
  source: SnapshotSource,
  options: { chunkBytes?: number } = {},
): Generator<Uint8Array<ArrayBuffer>, void, void> {
  const chunkBytes = options.chunkBytes ?? snapshotChunkBytesDefault;
  assert(Number.isSafeInteger(chunkBytes) && chunkBytes > 0, `snapshot chunks cannot have ${chunkBytes} bytes`);
  const out = new ChunkWriter(chunkBytes);
  const head = new Uint8Array(13);
  const headView = new DataView(head.buffer);
  let rows = 0;

  headView.setUint32(0, formatVersion, true);
  out.write(magic);
  out.write(head.subarray(0, 4));
  for (const bucket of numberedBuckets) {
    out.write(Uint8Array.of(tag.bucket, buckets.indexOf(bucket)));
    for (const page of source.numbered(bucket)) {
      for (const { key, value } of page) {
        headView.setUint8(0, tag.numberedRow);
        headView.setBigUint64(1, BigInt(key), true);
        headView.setUint32(9, value.length, true);
        out.write(head);
        out.write(value);
        rows++;
      }
      yield* out.takeFull();
    }
  }
  for (const bucket of namedBuckets) {
    out.write(Uint8Array.of(tag.bucket, buckets.indexOf(bucket)));
    for (const page of source.named(bucket)) {
      for (const { key, value } of page) {
        headView.setUint8(0, tag.namedRow);
        headView.setUint32(1, key.length, true);
        headView.setUint32(5, value.length, true);
        out.write(head.subarray(0, 9));
        out.write(key);
        out.write(value);
        rows++;
      }
      yield* out.takeFull();
    }
  }
  headView.setUint8(0, tag.end);
  headView.setBigUint64(1, BigInt(rows), true);
  out.write(head.subarray(0, 9));
  yield* out.takeFull();
  yield out.finish();
}

function damaged(what: string): StorageError {
  return new StorageError("corrupt", `Cannot read snapshot: ${what}`);
}

/** Takes a snapshot's bytes in pieces of any size and gives out fields of exactly the length asked for. */
class FieldReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #hash = createHash("sha256");
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(snapshot: AsyncIterable<Uint8Array>) {
    this.#pieces = snapshot[Symbol.asyncIterator]();
  }

  /** `length` bytes that the caller may keep, if they are already here. */
  tryField(length: number): Uint8Array<ArrayBuffer> | undefined {
    if (this.#piece.length - this.#at < length) return undefined;
    const field = this.#piece.slice(this.#at, this.#at + length) as Uint8Array<ArrayBuffer>;
    this.#at += length;
    return field;
  }

  /** `length` bytes that the caller may keep. */
  async field(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const whole = this.tryField(length);
    if (whole !== undefined) return whole;
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.#at === this.#piece.length && !(await this.#nextPiece())) throw damaged("it ends too early");
      const part = this.#piece.subarray(this.#at, this.#at + missing);
      this.#at += part.length;
      missing -= part.length;
      // A piece's owner may use it again as soon as the next one is asked for.
      parts.push(missing > 0 ? part.slice() : part);
    }
    return concatBytes(parts);
  }

  async #nextPiece(): Promise<boolean> {
    this.#hash.update(this.#piece);
    this.#piece = new Uint8Array(0);
    this.#at = 0;
    const next = await this.#pieces.next();
    if (next.done) return false;
    this.#piece = next.value;
    return true;
  }

  /** The digest of everything given out so far. */
  digest(): Uint8Array {
    return this.#hash.copy().update(this.#piece.subarray(0, this.#at)).digest();
  }

  async atEnd(): Promise<boolean> {
    while (this.#at === this.#piece.length) if (!(await this.#nextPiece())) return true;
    return false;
  }

  /** Lets the stream's owner go when it is not read to its end. */
  async release(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** Checks that rows and buckets come in order, each once, and hands them on. */
class RowOrder {
  bucket = -1;
  rows = 0;
  #lastNumber = -1;
  #lastName: Uint8Array | undefined;

  constructor(private readonly sink: SnapshotSink) {}

  enter(bucket: number): void {
    if (bucket !== this.bucket + 1 || bucket >= buckets.length) throw damaged(`bucket ${bucket} is out of order`);
    this.bucket = bucket;
    this.#lastNumber = -1;
    this.#lastName = undefined;
  }

  numbered(key: bigint, value: Uint8Array): void {
    const number = Number(key);
    if (key > BigInt(Number.MAX_SAFE_INTEGER) || number <= this.#lastNumber) {
      throw damaged(`key ${key} is out of order`);
    }
    if (this.bucket < 0 || this.bucket >= numberedBuckets.length) throw damaged("a numbered row is in a wrong bucket");
    this.#lastNumber = number;
    this.rows++;
    this.sink.numbered(numberedBuckets[this.bucket], { key: number, value });
  }

  named(key: Uint8Array, value: Uint8Array): void {
    if (this.bucket < numberedBuckets.length) throw damaged("a named row is in a wrong bucket");
    if (this.#lastName !== undefined && compareBytes(key, this.#lastName) <= 0) throw damaged("a key is out of order");
    this.#lastName = key;
    this.rows++;
    this.sink.named(namedBuckets[this.bucket - numberedBuckets.length], { key, value });
  }
}

/**
 * Reads a snapshot and gives its rows to `sink` as they come. Resolves only if the snapshot was whole and undamaged; what the sink
 * was given before a rejection means nothing.
 * @throws {StorageError} `corrupt` for a damaged or truncated stream, `version` for one of a newer format.
 */
export async function decodeSnapshot(snapshot: AsyncIterable<Uint8Array>, sink: SnapshotSink): Promise<void> {
  const reader = new FieldReader(snapshot);
  try {
    const header = await reader.field(headerBytes);
    if (!equalBytes(header.subarray(0, magic.length), magic)) throw damaged("it is not a detcd snapshot");
    const version = view(header).getUint32(magic.length, true);
    if (version !== formatVersion) {
      const what = `Cannot read snapshot: its format is version ${version}, this detcd knows version ${formatVersion}`;
      throw new StorageError("version", what);
    }
    const order = new RowOrder(sink);
    while (await decodeRecord(reader, order)) await sink.slice?.();
    const digest = reader.digest();
    if (!equalBytes(await reader.field(digestBytes), digest)) throw damaged("its checksum does not match");
    if (!(await reader.atEnd())) throw damaged("it goes on after its end");
  } finally {
    await reader.release();
  }
}

/** Reads one record; false when it was the last. */
async function decodeRecord(reader: FieldReader, order: RowOrder): Promise<boolean> {
  const [kind] = reader.tryField(1) ?? await reader.field(1);
  switch (kind) {
    case tag.bucket: {
      const [bucket] = reader.tryField(1) ?? await reader.field(1);
      order.enter(bucket);
      return true;
    }
    case tag.numberedRow: {
      const head = view(reader.tryField(12) ?? await reader.field(12));
      const key = head.getBigUint64(0, true);
      const valueBytes = fieldLength(head.getUint32(8, true));
      order.numbered(key, reader.tryField(valueBytes) ?? await reader.field(valueBytes));
      return true;
    }
    case tag.namedRow: {
      const head = view(reader.tryField(8) ?? await reader.field(8));
      const keyBytes = fieldLength(head.getUint32(0, true));
      const valueBytes = fieldLength(head.getUint32(4, true));
      const key = reader.tryField(keyBytes) ?? await reader.field(keyBytes);
      order.named(key, reader.tryField(valueBytes) ?? await reader.field(valueBytes));
      return true;
    }
    case tag.end: {
      const rows = view(await reader.field(8)).getBigUint64(0, true);
      if (rows !== BigInt(order.rows)) throw damaged(`it holds ${order.rows} rows in place of ${rows}`);
      if (order.bucket !== buckets.length - 1) throw damaged("buckets are missing");
      return false;
    }
    default:
      throw damaged(`a record is of unknown kind ${kind}`);
  }
}

function fieldLength(bytes: number): number {
  if (bytes > snapshotFieldBytesMax) throw damaged(`a field claims to have ${bytes} bytes`);
  return bytes;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
