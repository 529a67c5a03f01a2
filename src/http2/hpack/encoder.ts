import type { HeaderList } from "../types.ts";
import { defaultTableBytes } from "./decoder.ts";
import { DynamicTable, entryOverheadBytes } from "./dynamic_table.ts";
import { FieldClass } from "./field_class.ts";
import { huffmanEncode, huffmanLength } from "./huffman.ts";
import { latin1IntoBytes } from "./latin1.ts";
import { staticFieldIndex, staticLength, staticNameIndex } from "./static_table.ts";

/** Fields whose values must not be found by guessing at the table (RFC 7541, section 7.1): never indexed, by anyone. */
const sensitiveNames: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "token",
]);

/** Fields that differ from message to message: an entry would only push out useful ones. */
const volatileNames: ReadonlySet<string> = new Set([
  "content-length",
  "date",
  "grpc-message",
  "grpc-status-details-bin",
  "grpc-timeout",
]);

/** Bytes of a header block, growing as needed. */
class BlockWriter {
  bytes: Uint8Array = new Uint8Array(256);
  length = 0;

  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
  }

  /** RFC 7541, section 5.1. `pattern` holds the bits above the prefix. */
  integer(value: number, pattern: number, prefixMask: number): void {
    this.reserve(6);
    if (value < prefixMask) {
      this.bytes[this.length++] = pattern | value;
      return;
    }
    this.bytes[this.length++] = pattern | prefixMask;
    let rest = value - prefixMask;
    while (rest >= 128) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.length++] = rest;
  }

  /** RFC 7541, section 5.2, Huffman coded where that is shorter. */
  string(text: string): void {
    const coded = huffmanLength(text);
    if (coded < text.length) {
      this.integer(coded, 0x80, 0x7f);
      this.reserve(coded);
      this.length = huffmanEncode(text, this.bytes, this.length);
    } else {
      this.integer(text.length, 0, 0x7f);
      this.reserve(text.length);
      this.length = latin1IntoBytes(text, this.bytes, this.length);
    }
  }

  literal(field: { nameIndex: number; name: string; value: string }, pattern: number, prefixMask: number): void {
    this.integer(field.nameIndex, pattern, prefixMask);
    if (field.nameIndex === 0) this.string(field.name);
    this.string(field.value);
  }
}

function writeStateless(writer: BlockWriter, name: string, value: string): void {
  const nameIndex = staticNameIndex(name);
  const index = nameIndex === 0 ? 0 : staticFieldIndex(nameIndex, value);
  if (index !== 0) writer.integer(index, 0x80, 0x7f);
  else writer.literal({ nameIndex, name, value }, sensitiveNames.has(name) ? 0x10 : 0x00, 0x0f);
}

/**
 * Encodes `headers` with the static table and literals only: a constant that means the same on every connection at any time.
 * Names have to be lower case.
 */
export function encodeHeaderBlock(headers: HeaderList): Uint8Array {
  const writer = new BlockWriter();
  for (let i = 0; i < headers.length; i += 2) writeStateless(writer, headers[i], headers[i + 1]);
  return writer.bytes.slice(0, writer.length);
}

/** Numbers of the newest table entries with a name: by value, and the newest of all. */
interface NameEntries {
  newest: number;
  readonly byValue: Map<string, number>;
}

/** HPACK encoder of one connection (RFC 7541). Blocks have to be sent in the order in which they were encoded. */
export class HpackEncoder {
  readonly #ownMaxBytes: number;
  readonly #table: DynamicTable;
  readonly #entries = new Map<string, NameEntries>();
  readonly #writer = new BlockWriter();
  /** Smallest size since the last block, and whether the peer has to be told of a size at all. */
  #smallestMaxBytes: number;
  #sizeChanged: boolean;

  /** @param maxTableBytes the largest table that this side wants to use; 0 for none. */
  constructor(maxTableBytes: number) {
    this.#ownMaxBytes = maxTableBytes;
    this.#table = new DynamicTable(
      Math.min(maxTableBytes, defaultTableBytes),
      (name, value, number) => this.#forget(name, value, number),
    );
    this.#smallestMaxBytes = this.#table.maxBytes;
    this.#sizeChanged = this.#table.maxBytes !== defaultTableBytes;
  }

  /** Size of the dynamic table, RFC 7541, section 4.1. */
  get tableBytes(): number {
    return this.#table.bytes;
  }

  /** Whether the next block has to begin with {@link takeSizeUpdate}. */
  get hasSizeUpdate(): boolean {
    return this.#sizeChanged;
  }

  /** Takes over the peer's SETTINGS_HEADER_TABLE_SIZE. */
  setPeerMaxTableBytes(peerMaxBytes: number): void {
    const maxBytes = Math.min(peerMaxBytes, this.#ownMaxBytes);
    if (maxBytes === this.#table.maxBytes) return;
    this.#table.setMaxBytes(maxBytes);
    this.#smallestMaxBytes = Math.min(this.#smallestMaxBytes, maxBytes);
    this.#sizeChanged = true;
  }

  /** The size updates that the next block begins with when it is not made by {@link encode}. Valid until the next call. */
  takeSizeUpdate(): Uint8Array {
    this.#writer.length = 0;
    this.#writeSizeUpdate();
    return this.#writer.bytes.subarray(0, this.#writer.length);
  }

  /** Encodes a block. The bytes belong to the encoder and are valid until the next call. */
  encode(headers: HeaderList): Uint8Array {
    const writer = this.#writer;
    writer.length = 0;
    if (this.#sizeChanged) this.#writeSizeUpdate();
    for (let i = 0; i < headers.length; i += 2) this.#field(headers[i], headers[i + 1]);
    return writer.bytes.subarray(0, writer.length);
  }

  #writeSizeUpdate(): void {
    if (this.#smallestMaxBytes < this.#table.maxBytes) this.#writer.integer(this.#smallestMaxBytes, 0x20, 0x1f);
    this.#writer.integer(this.#table.maxBytes, 0x20, 0x1f);
    this.#smallestMaxBytes = this.#table.maxBytes;
    this.#sizeChanged = false;
  }

  #field(name: string, value: string): void {
    const writer = this.#writer;
    const entries = this.#entries.get(name);
    const number = entries?.byValue.get(value);
    if (number !== undefined) {
      writer.integer(this.#index(number), 0x80, 0x7f);
      return;
    }
    const staticName = staticNameIndex(name);
    const staticField = staticName === 0 ? 0 : staticFieldIndex(staticName, value);
    if (staticField !== 0) {
      writer.integer(staticField, 0x80, 0x7f);
      return;
    }
    const nameIndex = staticName !== 0 ? staticName : entries === undefined ? 0 : this.#index(entries.newest);
    const field = { nameIndex, name, value };
    if (sensitiveNames.has(name)) writer.literal(field, 0x10, 0x0f);
    else if (!this.#isWorthAnEntry(name, value)) writer.literal(field, 0x00, 0x0f);
    else {
      writer.literal(field, 0x40, 0x3f);
      this.#insert(name, value);
    }
  }

  #isWorthAnEntry(name: string, value: string): boolean {
    return !volatileNames.has(name) && (name.length + value.length + entryOverheadBytes) * 2 <= this.#table.maxBytes;
  }

  #index(number: number): number {
    return staticLength + this.#table.inserted - number;
  }

  #insert(name: string, value: string): void {
    const number = this.#table.inserted;
    if (!this.#table.insert(name, value, FieldClass.Plain)) return;
    const entries = this.#entries.get(name);
    if (entries === undefined) this.#entries.set(name, { newest: number, byValue: new Map([[value, number]]) });
    else {
      entries.newest = number;
      entries.byValue.set(value, number);
    }
  }

  #forget(name: string, value: string, number: number): void {
    const entries = this.#entries.get(name);
    if (entries === undefined) return;
    if (entries.byValue.get(value) === number) entries.byValue.delete(value);
    if (entries.byValue.size === 0) this.#entries.delete(name);
  }
}
