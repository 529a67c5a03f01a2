import { DynamicTable, entryOverheadBytes } from "./dynamic_table.ts";
import { classifyField, FieldClass } from "./field_class.ts";
import { type HeaderBlock, Pseudo } from "./header_block.ts";
import { huffmanDecode } from "./huffman.ts";
import { latin1FromBytes } from "./latin1.ts";
import { staticLength, staticNames, staticValues } from "./static_table.ts";

/** The table's size before any SETTINGS_HEADER_TABLE_SIZE takes effect. */
export const defaultTableBytes = 4096;

const cachedBlocksMax = 8;
const cachedBlockBytesMax = 256;
const integerBytesMax = 5;
const anyMethod = Pseudo.Method | Pseudo.Connect;
const anyStatus = Pseudo.Status | Pseudo.Informational;

const staticClasses: readonly FieldClass[] = staticNames.map((name, i) =>
  i === 0 ? FieldClass.Malformed : classifyField(name, staticValues[i])
);

interface CachedBlock {
  readonly bytes: Uint8Array;
  readonly block: HeaderBlock;
}

/**
 * HPACK decoder of one connection (RFC 7541).
 *
 * Strings of the table are handed out as they are, so that an indexed field allocates nothing. A block made of indexed fields
 * only is kept whole: as long as the table does not change, the same bytes give the same {@link HeaderBlock} object.
 */
export class HpackDecoder {
  readonly #table = new DynamicTable(defaultTableBytes);
  readonly #maxListBytes: number;
  /** What a size update may ask for: what we have announced. */
  #maxTableBytes = defaultTableBytes;

  /** Holds for the table as it is: emptied whenever that changes. */
  #cached: CachedBlock[] = [];
  #nextCached = 0;

  /** Where the next byte is read; -1 once the block turned out to be invalid. */
  #at = 0;
  #scratch = new Uint8Array(256);

  // The block being decoded.
  #list: string[] = [];
  #listBytes = 0;
  #pseudo = 0;
  #contentLength = -1;
  #malformed = false;
  #regularSeen = false;

  /** @param maxListBytes bound of a decoded list, counted as RFC 9113, section 6.5.2 does. */
  constructor(maxListBytes: number) {
    this.#maxListBytes = maxListBytes;
  }

  /** Number of entries in the dynamic table. */
  get tableLength(): number {
    return this.#table.length;
  }

  /** Size of the dynamic table, RFC 7541, section 4.1. */
  get tableBytes(): number {
    return this.#table.bytes;
  }

  /**
   * Sets the largest table that the peer may use. When that is below what it uses now, its next block has to begin with a size
   * update (RFC 7541, section 4.2).
   */
  setMaxTableBytes(maxTableBytes: number): void {
    this.#maxTableBytes = maxTableBytes;
    this.#forgetCached();
  }

  /** Decodes a whole block; undefined when it is invalid, which ends the connection with COMPRESSION_ERROR. */
  decode(bytes: Uint8Array, start: number, end: number): HeaderBlock | undefined {
    const known = this.#findCached(bytes, start, end);
    if (known !== undefined) return known;
    this.#list = [];
    this.#listBytes = 0;
    this.#pseudo = 0;
    this.#contentLength = -1;
    this.#malformed = false;
    this.#regularSeen = false;
    this.#at = start;
    const indexedOnly = this.#decodeFields(bytes, end);
    if (this.#at < 0) return undefined;
    const block: HeaderBlock = {
      list: this.#list,
      pseudo: this.#pseudo,
      contentLength: this.#contentLength,
      malformed: this.#malformed,
      tooLarge: this.#listBytes > this.#maxListBytes,
    };
    if (indexedOnly && !block.tooLarge && end - start <= cachedBlockBytesMax) {
      this.#cache(bytes.slice(start, end), block);
    }
    return block;
  }

  /** Reads fields until `end`; gives whether all of them were indexed, so that the block left the table as it was. */
  #decodeFields(bytes: Uint8Array, end: number): boolean {
    let indexedOnly = true;
    let fieldSeen = false;
    while (this.#at < end && this.#at >= 0) {
      const first = bytes[this.#at];
      if ((first & 0xe0) === 0x20) {
        indexedOnly = false;
        if (fieldSeen) this.#at = -1;
        else this.#sizeUpdate(bytes, end);
        continue;
      }
      if (!fieldSeen) {
        fieldSeen = true;
        if (this.#table.maxBytes > this.#maxTableBytes) {
          this.#at = -1;
          break;
        }
      }
      if ((first & 0x80) !== 0) {
        this.#indexed(bytes, end);
      } else {
        indexedOnly = false;
        this.#literal(bytes, end, (first & 0x40) !== 0);
      }
    }
    return indexedOnly;
  }

  #sizeUpdate(bytes: Uint8Array, end: number): void {
    const maxBytes = this.#integer(bytes, end, 0x1f);
    if (maxBytes < 0 || maxBytes > this.#maxTableBytes) this.#at = -1;
    else {
      this.#table.setMaxBytes(maxBytes);
      this.#forgetCached();
    }
  }

  #indexed(bytes: Uint8Array, end: number): void {
    const index = this.#integer(bytes, end, 0x7f);
    if (index <= 0) this.#at = -1;
    else if (index <= staticLength) this.#emit(staticNames[index], staticValues[index], staticClasses[index]);
    else {
      const age = index - staticLength - 1;
      if (age >= this.#table.length) this.#at = -1;
      else this.#emit(this.#table.name(age), this.#table.value(age), this.#table.fieldClass(age));
    }
  }

  #literal(bytes: Uint8Array, end: number, indexing: boolean): void {
    const index = this.#integer(bytes, end, indexing ? 0x3f : 0x0f);
    let name: string | undefined;
    if (index === 0) name = this.#string(bytes, end);
    else if (index > 0 && index <= staticLength) name = staticNames[index];
    else if (index > 0 && index - staticLength <= this.#table.length) name = this.#table.name(index - staticLength - 1);
    const value = name === undefined ? undefined : this.#string(bytes, end);
    if (name === undefined || value === undefined) {
      this.#at = -1;
      return;
    }
    const fieldClass = classifyField(name, value);
    if (indexing) {
      this.#table.insert(name, value, fieldClass);
      this.#forgetCached();
    }
    this.#emit(name, value, fieldClass);
  }

  /** An integer of RFC 7541, section 5.1, below 2^31; -1 when it is longer or cut off. */
  #integer(bytes: Uint8Array, end: number, prefixMask: number): number {
    let value = bytes[this.#at++] & prefixMask;
    if (value !== prefixMask) return value;
    let unit = 1;
    for (let i = 0; i < integerBytesMax && this.#at < end; i++) {
      const byte = bytes[this.#at++];
      value += (byte & 0x7f) * unit;
      if ((byte & 0x80) === 0) return value <= 0x7fffffff ? value : -1;
      unit *= 128;
    }
    return -1;
  }

  /** A string literal of RFC 7541, section 5.2; undefined when it is invalid. */
  #string(bytes: Uint8Array, end: number): string | undefined {
    if (this.#at >= end) return undefined;
    const huffman = (bytes[this.#at] & 0x80) !== 0;
    const length = this.#integer(bytes, end, 0x7f);
    if (length < 0 || length > end - this.#at) return undefined;
    const start = this.#at;
    this.#at += length;
    if (!huffman) return latin1FromBytes(bytes, start, this.#at);
    const decodedBytesMax = Math.floor((length * 8) / 5);
    if (decodedBytesMax > this.#scratch.length) this.#scratch = new Uint8Array(decodedBytesMax * 2);
    const decoded = huffmanDecode(bytes, start, this.#at, this.#scratch);
    return decoded < 0 ? undefined : latin1FromBytes(this.#scratch, 0, decoded);
  }

  /** Adds a field to the list. Beyond the bound the fields are counted only, so that a header bomb stays small. */
  #emit(name: string, value: string, fieldClass: FieldClass): void {
    this.#listBytes += name.length + value.length + entryOverheadBytes;
    if (this.#listBytes > this.#maxListBytes) return;
    this.#list.push(name, value);
    if (fieldClass >= FieldClass.Method) {
      const bit = 1 << fieldClass;
      const same = (bit & anyMethod) !== 0 ? anyMethod : (bit & anyStatus) !== 0 ? anyStatus : bit;
      if (this.#regularSeen || (this.#pseudo & same) !== 0) this.#malformed = true;
      this.#pseudo |= bit;
      return;
    }
    this.#regularSeen = true;
    if (fieldClass === FieldClass.Malformed) this.#malformed = true;
    else if (fieldClass === FieldClass.ContentLength) {
      const contentLength = Number(value);
      if (this.#contentLength >= 0 && this.#contentLength !== contentLength) this.#malformed = true;
      this.#contentLength = contentLength;
    }
  }

  #findCached(bytes: Uint8Array, start: number, end: number): HeaderBlock | undefined {
    const length = end - start;
    next: for (let i = 0; i < this.#cached.length; i++) {
      const cached = this.#cached[i];
      const known = cached.bytes;
      if (known.length !== length) continue;
      for (let at = 0; at < length; at++) {
        if (known[at] !== bytes[start + at]) continue next;
      }
      return cached.block;
    }
    return undefined;
  }

  #cache(bytes: Uint8Array, block: HeaderBlock): void {
    this.#cached[this.#nextCached] = { bytes, block };
    this.#nextCached = (this.#nextCached + 1) % cachedBlocksMax;
  }

  #forgetCached(): void {
    if (this.#cached.length > 0) this.#cached = [];
    this.#nextCached = 0;
  }
}
