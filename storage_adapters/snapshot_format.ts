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
/** A snapshot that a member has sent is filled up to such blocks. */
const sealBlockBytes = 512;
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

/** Gathers a snapshot's pieces, whatever their size, until a whole record is there. */
class PieceReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #hash = createHash("sha256");
  /** Bytes from `at` on have not been taken. */
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  #hashedTo = 0;
  /** Bytes of the stream before `bytes`. */
  #before = 0;
  view: DataView = new DataView(this.bytes.buffer);

  constructor(snapshot: AsyncIterable<Uint8Array>) {
    this.#pieces = snapshot[Symbol.asyncIterator]();
  }

  get available(): number {
    return this.bytes.length - this.at;
  }

  /** How many bytes have been taken in all. */
  get position(): number {
    return this.#before + this.at;
  }

  /** Waits until `length` bytes can be taken. */
  async fill(length: number): Promise<void> {
    this.#hashTaken();
    this.#before += this.at;
    const parts = [this.bytes.subarray(this.at)];
    let available = parts[0].length;
    while (available < length) {
      const next = await this.#pieces.next();
      if (next.done) throw damaged("it ends too early");
      // The piece's owner may use it again as soon as the next one is asked for.
      parts.push(next.value.slice());
      available += next.value.length;
    }
    this.bytes = concatBytes(parts);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    this.at = 0;
    this.#hashedTo = 0;
  }

  /** The digest of everything taken so far. */
  digest(): Uint8Array {
    this.#hashTaken();
    return this.#hash.copy().digest();
  }

  #hashTaken(): void {
    this.#hash.update(this.bytes.subarray(this.#hashedTo, this.at));
    this.#hashedTo = this.at;
  }

  async atEnd(): Promise<boolean> {
    while (this.available === 0) {
      const next = await this.#pieces.next();
      if (next.done) return true;
      this.#hashTaken();
      this.#before += this.at;
      this.bytes = next.value.slice();
      this.at = this.#hashedTo = 0;
    }
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
 * A snapshot may be sealed as members seal those that they send.
 * @throws {StorageError} `corrupt` for a damaged or truncated stream, `version` for one of a newer format.
 */
export async function decodeSnapshot(snapshot: AsyncIterable<Uint8Array>, sink: SnapshotSink): Promise<void> {
  const reader = new PieceReader(snapshot);
  try {
    await reader.fill(headerBytes);
    takeHeader(reader);
    const order = new RowOrder(sink);
    let missing = 0;
    while (missing !== atEnd) {
      await sink.slice?.();
      if (missing > 0) await reader.fill(missing);
      missing = takeRecords(reader, order);
    }
    const digest = reader.digest();
    if (reader.available < digestBytes) await reader.fill(digestBytes);
    if (!equalBytes(reader.bytes.subarray(reader.at, reader.at + digestBytes), digest)) {
      throw damaged("its checksum does not match");
    }
    reader.at += digestBytes;
    if (!(await reader.atEnd())) await takeSeal(reader);
  } finally {
    await reader.release();
  }
}

/** What a member adds that sends a snapshot: zeros up to a whole block, and the digest of everything before. */
async function takeSeal(reader: PieceReader): Promise<void> {
  const zeros = (sealBlockBytes - reader.position % sealBlockBytes) % sealBlockBytes;
  await reader.fill(zeros + digestBytes);
  const filling = reader.bytes.subarray(reader.at, reader.at + zeros);
  if (filling.some((byte) => byte !== 0)) throw damaged("it goes on after its end");
  reader.at += zeros;
  const digest = reader.digest();
  if (!equalBytes(reader.bytes.subarray(reader.at, reader.at + digestBytes), digest)) {
    throw damaged("the checksum of the whole does not match");
  }
  reader.at += digestBytes;
  if (!(await reader.atEnd())) throw damaged("it goes on after its end");
}

function takeHeader(reader: PieceReader): void {
  if (!equalBytes(reader.bytes.subarray(0, magic.length), magic)) throw damaged("it is not a detcd snapshot");
  const version = reader.view.getUint32(magic.length, true);
  reader.at = headerBytes;
  if (version === formatVersion) return;
  const what = `Cannot read snapshot: its format is version ${version}, this detcd knows version ${formatVersion}`;
  throw new StorageError("version", what);
}

const atEnd = -1;
/** Rows handed on in one go. */
const sliceRows = 256;

/** Takes records that are here, a slice of them. Returns how many bytes must be there to go on, 0 for none more, or {@link atEnd}. */
function takeRecords(reader: PieceReader, order: RowOrder): number {
  for (let rows = 0; rows < sliceRows; rows++) {
    const missing = takeRecord(reader, order);
    if (missing !== 0) return missing;
  }
  return 0;
}

/** Takes one record if it is here as a whole. Returns 0, or how many bytes must be there for it, or {@link atEnd} after the last. */
function takeRecord(reader: PieceReader, order: RowOrder): number {
  const { bytes, view, at } = reader;
  if (reader.available < 2) return 2;
  switch (bytes[at]) {
    case tag.bucket:
      order.enter(bytes[at + 1]);
      reader.at += 2;
      return 0;
    case tag.numberedRow: {
      if (reader.available < 13) return 13;
      const length = 13 + fieldLength(view.getUint32(at + 9, true));
      if (reader.available < length) return length;
      reader.at += length;
      order.numbered(view.getBigUint64(at + 1, true), bytes.slice(at + 13, at + length));
      return 0;
    }
    case tag.namedRow: {
      if (reader.available < 9) return 9;
      const valueAt = 9 + fieldLength(view.getUint32(at + 1, true));
      const length = valueAt + fieldLength(view.getUint32(at + 5, true));
      if (reader.available < length) return length;
      reader.at += length;
      order.named(bytes.slice(at + 9, at + valueAt), bytes.slice(at + valueAt, at + length));
      return 0;
    }
    case tag.end: {
      if (reader.available < 9) return 9;
      const rows = view.getBigUint64(at + 1, true);
      if (rows !== BigInt(order.rows)) throw damaged(`it holds ${order.rows} rows in place of ${rows}`);
      if (order.bucket !== buckets.length - 1) throw damaged("buckets are missing");
      reader.at += 9;
      return atEnd;
    }
    default:
      throw damaged(`a record is of unknown kind ${bytes[at]}`);
  }
}

function fieldLength(bytes: number): number {
  if (bytes > snapshotFieldBytesMax) throw damaged(`a field claims to have ${bytes} bytes`);
  return bytes;
}
