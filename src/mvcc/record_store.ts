import { assert, emptyBytes } from "../base/mod.ts";
import type { NumberedRange, StorageAdapter, WriteBatch } from "../ports/mod.ts";
import { Arena, RECORD_HEADER_BYTES, recordOfRow, rowKind, rowOfRecord } from "./record.ts";
import { RecordWindow } from "./record_window.ts";

/** What a cached record costs the host besides its own bytes: the view object and the cache's entry. */
const RECORD_OVERHEAD_BYTES = 160;
/** Of so many records that pages missed lately it is remembered that they did. */
const MISSED_LATELY_MAX = 16 * 1024;

/**
 * Records by sequence number. New ones lie in the window, which keeps them at least until the storage has them, and then as long as its bytes
 * allow. A bounded cache holds what else was read. The rest comes from the storage.
 *
 * The cache is two maps: entries go into the young one; when that has half of the bytes, it becomes the old one and what was old is dropped. A
 * hit in the old one moves the entry to the young one, copied, so that it does not keep its old neighbours' buffer alive.
 */
export class RecordStore {
  readonly #storage: StorageAdapter;
  readonly #generationBytesMax: number;
  #young = new Map<number, Uint8Array>();
  #old = new Map<number, Uint8Array>();
  readonly #copies = new Arena();
  /** Sequence numbers of records that pages have missed, each at its place modulo the length; zeros at first. None until there is a page. */
  #missed: Float64Array = new Float64Array(0);
  /** Bytes of the young map's entries, with their overhead. */
  #youngBytes = 0;
  /** The newest records. */
  readonly #window: RecordWindow;
  /** Lowest sequence number that is not in the storage. The window holds it and all above. */
  #overlayFirst: number;
  /** How many of the overlay the batch of the last takeEffects holds. */
  #taken = 0;
  /** Bytes of the rows that are in the storage or on their way there, each with its header. */
  #liveBytes: number;

  /** Half of `cacheBytesMax` is for what was written last, half for what was read. `liveBytes` is what the storage has. */
  constructor(
    storage: StorageAdapter,
    { cacheBytesMax, nextSequence, liveBytes }: { cacheBytesMax: number; nextSequence: number; liveBytes: number },
  ) {
    this.#storage = storage;
    this.#liveBytes = liveBytes;
    this.#generationBytesMax = cacheBytesMax / 4;
    this.#window = new RecordWindow({ bytesMax: cacheBytesMax / 2, nextSequence });
    this.#overlayFirst = nextSequence;
  }

  /** Sequence number of the next record. */
  get nextSequence(): number {
    return this.#window.nextSequence;
  }

  /** Lowest sequence number that is not in the storage yet. */
  get overlayFirst(): number {
    return this.#overlayFirst;
  }

  /** Bytes of all rows that have not been removed, each with its header. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Bytes of the rows in these ranges of sequence numbers that have not been removed, each with its header. */
  bytesOf(ranges: readonly NumberedRange[]): number {
    let bytes = 0;
    const stored: NumberedRange[] = [];
    for (const { from, to } of ranges) {
      const storedTo = Math.min(to, this.#overlayFirst);
      if (from < storedTo) stored.push({ from, to: storedTo });
      for (let sequence = Math.max(from, storedTo); sequence < to; sequence++) {
        bytes += RECORD_HEADER_BYTES + this.#window.get(sequence).length;
      }
    }
    return stored.length === 0 ? bytes : bytes + this.#storage.numberedBytes("history", stored);
  }

  /** Notes that rows of so many bytes have been removed from the storage. */
  noteRemoved(bytes: number): void {
    this.#liveBytes -= bytes;
    assert(this.#liveBytes >= 0, "More bytes of the history were removed than there are");
  }

  /** Adds a record, whose header is directly before it in its buffer; returns its sequence number. */
  append(record: Uint8Array): number {
    this.#liveBytes += RECORD_HEADER_BYTES + record.length;
    return this.#window.append(record);
  }

  /** The record, which must exist. It is shared: nobody changes it. */
  get(sequence: number): Uint8Array {
    const known = this.#getInMemory(sequence);
    if (known !== undefined) return known;
    const row = this.#storage.getNumbered("history", sequence);
    assert(row !== undefined, `History row ${sequence} is in the index but not in the storage`);
    rowKind(row);
    const record = recordOfRow(row);
    this.#remember(sequence, record);
    return record;
  }

  /** The records of `sequences[from..to)`, in the same order; they stay in the cache, unless they are many. */
  getMany(sequences: readonly number[], span: { from: number; to: number }, out: Uint8Array[]): void {
    const base = out.length - span.from;
    let missing: number[] | undefined;
    let ascending = true;
    for (let i = span.from; i < span.to; i++) {
      const known = this.#getInMemory(sequences[i]);
      if (known !== undefined) {
        out.push(known);
        continue;
      }
      out.push(emptyBytes);
      if (missing === undefined) missing = [];
      else if (sequences[missing[missing.length - 1]] > sequences[i]) ascending = false;
      missing.push(i);
    }
    if (missing === undefined) return;
    if (!ascending) missing.sort((a, b) => sequences[a] - sequences[b]);
    const rows = this.#storage.getNumberedMany("history", missing.map((i) => sequences[i]));
    let bytes = 0;
    for (let j = 0; j < rows.length; j++) {
      const row = rows[j];
      assert(row !== undefined, `History row ${sequences[missing[j]]} is in the index but not in the storage`);
      rowKind(row);
      out[base + missing[j]] = recordOfRow(row);
      bytes += row.length + RECORD_OVERHEAD_BYTES;
    }
    // A long range must not sweep out what others use.
    if (bytes * 2 > this.#generationBytesMax) return;
    for (const i of missing) this.#remember(sequences[i], out[base + i]);
  }

  /**
   * Hands out the records of `sequences`, in the same order, each valid during its call. For long reads: the cache stays as it
   * is. With `isPage`, what a page has missed before, and not long ago, enters the cache: pages of what others read over and over come out of
   * it, while a reader who goes through everything, page by page, sweeps nothing out.
   */
  visitMany(
    sequences: readonly number[],
    visit: (record: Uint8Array) => void,
    { isPage = false }: { isPage?: boolean } = {},
  ): void {
    const known: (Uint8Array | undefined)[] = [];
    const missing: number[] = [];
    let ascending = true;
    for (let i = 0; i < sequences.length; i++) {
      const sequence = sequences[i];
      known.push(isPage ? this.#getInMemory(sequence) : this.#peek(sequence));
      if (known[i] !== undefined) continue;
      if (missing.length > 0 && sequences[missing[missing.length - 1]] > sequence) ascending = false;
      missing.push(i);
    }
    let next = 0;
    const visitKnown = (end: number) => {
      for (; next < end; next++) visit(known[next]!);
    };
    if (isPage && missing.length > 0 && this.#missed.length === 0) this.#missed = new Float64Array(MISSED_LATELY_MAX);
    if (ascending) {
      this.#load(sequences, missing, (record, place) => {
        visitKnown(place);
        if (isPage) this.#noteMiss(sequences[place], record);
        visit(record);
        next = place + 1;
      });
    } else {
      missing.sort((a, b) => sequences[a] - sequences[b]);
      const scratch = new Arena();
      this.#load(sequences, missing, (record, place) => {
        if (isPage) this.#noteMiss(sequences[place], record);
        const at = scratch.reserve(record.length);
        scratch.bytes.set(record, at);
        known[place] = scratch.bytes.subarray(at, at + record.length);
      });
    }
    visitKnown(sequences.length);
  }

  /**
   * Hands out the rows, header and record, that are left of the `span` sequence numbers from `from` on, each valid during its call, and returns the
   * sequence number to go on with; where it finds none at all that is the next row's. The cache stays as it is.
   */
  visitRows(from: number, span: number, visit: (sequence: number, row: Uint8Array) => void): number {
    const overlayFirst = this.#overlayFirst;
    if (from >= overlayFirst) {
      const end = Math.min(from + span, this.nextSequence);
      for (let sequence = from; sequence < end; sequence++) visit(sequence, rowOfRecord(this.#window.get(sequence)));
      return end;
    }
    const end = Math.min(from + span, overlayFirst);
    const sequences = Array.from({ length: end - from }, (_, i) => from + i);
    let at = from;
    let found = false;
    this.#storage.visitNumberedMany("history", sequences, (row) => {
      const sequence = at++;
      if (row === undefined) return;
      found = true;
      visit(sequence, row);
    });
    if (found) return end;
    const [next] = this.#storage.scanNumbered("history", { from: end, to: overlayFirst, limit: 1 });
    return next?.key ?? overlayFirst;
  }

  /** Hands out the stored records of `sequences` at `places`, at which these are in ascending order. */
  #load(
    sequences: readonly number[],
    places: readonly number[],
    visit: (record: Uint8Array, place: number) => void,
  ): void {
    if (places.length === 0) return;
    let at = 0;
    this.#storage.visitNumberedMany("history", places.map((place) => sequences[place]), (row) => {
      const place = places[at++];
      assert(row !== undefined, `History row ${sequences[place]} is in the index but not in the storage`);
      rowKind(row);
      visit(recordOfRow(row), place);
    });
  }

  /** Puts all records that were added since the last call into the batch of the next storage write. */
  takeEffects(batch: WriteBatch): void {
    assert(this.#taken === 0, "Effects were taken again before those taken were stored");
    this.#taken = this.nextSequence - this.#overlayFirst;
    this.#window.rows(this.#overlayFirst, (sequence, row) => batch.putNumbered("history", sequence, row));
  }

  /** Says that the batch of the last {@link takeEffects} is in the storage. */
  effectsStored(): void {
    this.#overlayFirst += this.#taken;
    this.#taken = 0;
    this.#window.trim(this.#overlayFirst);
  }

  /** The record if it is in memory; the cache does not notice. */
  #peek(sequence: number): Uint8Array | undefined {
    if (sequence >= this.#window.first) return this.#window.get(sequence);
    return this.#young.get(sequence) ?? this.#old.get(sequence);
  }

  #getInMemory(sequence: number): Uint8Array | undefined {
    if (sequence >= this.#window.first) return this.#window.get(sequence);
    const young = this.#young.get(sequence);
    if (young !== undefined) return young;
    const old = this.#old.get(sequence);
    if (old === undefined) return undefined;
    this.#old.delete(sequence);
    return this.#rememberCopy(sequence, old);
  }

  /** Remembers a record that was missed before; of others, that they were missed. */
  #noteMiss(sequence: number, record: Uint8Array): void {
    const place = sequence % this.#missed.length;
    if (this.#missed[place] === sequence) this.#rememberCopy(sequence, record);
    else this.#missed[place] = sequence;
  }

  #rememberCopy(sequence: number, record: Uint8Array): Uint8Array {
    const at = this.#copies.reserve(record.length);
    const own = this.#copies.bytes.subarray(at, at + record.length);
    own.set(record);
    this.#remember(sequence, own);
    return own;
  }

  #remember(sequence: number, record: Uint8Array): void {
    const bytes = record.length + RECORD_OVERHEAD_BYTES;
    if (bytes > this.#generationBytesMax) return;
    if (this.#youngBytes + bytes > this.#generationBytesMax) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(sequence, record);
    this.#youngBytes += bytes;
  }
}
