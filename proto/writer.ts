const utf8 = new TextEncoder();

const initialBytes = 256;

/** A buffer above this size is let go on {@link WireWriter.reset}. */
const keptBytesMax = 64 * 1024;

/** Up to this length a string is written character by character, which is quicker than a call into the encoder. */
const shortString = 64;

/** Writes protobuf's wire format into a buffer that grows. */
export class WireWriter {
  #buf = new Uint8Array(initialBytes);
  /** How many bytes have been written. */
  #pos = 0;

  /** Starts again with nothing. */
  reset(): void {
    if (this.#buf.length > keptBytesMax) this.#buf = new Uint8Array(initialBytes);
    this.#pos = 0;
  }

  /** What has been written, in bytes of its own. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#buf.slice(0, this.#pos);
  }

  #reserve(bytes: number): void {
    const needed = this.#pos + bytes;
    if (needed <= this.#buf.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#buf.length * 2));
    larger.set(this.#buf.subarray(0, this.#pos));
    this.#buf = larger;
  }

  /** A varint from an unsigned number below 2^32. Returns the writer, so that a value can follow its tag. */
  uint32(value: number): this {
    this.#reserve(5);
    const buf = this.#buf;
    let pos = this.#pos;
    while (value > 127) {
      buf[pos++] = (value & 127) | 128;
      value >>>= 7;
    }
    buf[pos] = value;
    this.#pos = pos + 1;
    return this;
  }

  /** A varint from a signed number: ten bytes when it is negative. */
  int32(value: number): void {
    if (value < 0) this.varint64(value >>> 0, 0xffffffff);
    else this.uint32(value);
  }

  /** A varint from two unsigned halves. */
  varint64(low: number, high: number): void {
    this.#reserve(10);
    const buf = this.#buf;
    let pos = this.#pos;
    while (high !== 0) {
      buf[pos++] = (low & 127) | 128;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    while (low > 127) {
      buf[pos++] = (low & 127) | 128;
      low >>>= 7;
    }
    buf[pos] = low;
    this.#pos = pos + 1;
  }

  /** One byte, 1 or 0. */
  bool(value: boolean): void {
    this.uint32(value ? 1 : 0);
  }

  /** Length and bytes. */
  bytes(value: Uint8Array): void {
    this.uint32(value.length).raw(value);
  }

  /** Bytes as they are: fields that are encoded already. */
  raw(value: Uint8Array): void {
    this.#reserve(value.length);
    this.#buf.set(value, this.#pos);
    this.#pos += value.length;
  }

  /** Length and UTF-8 bytes; what UTF-16 has in half pairs becomes U+FFFD. */
  string(value: string): void {
    if (value.length > shortString || !this.#shortAscii(value)) this.bytes(utf8.encode(value));
  }

  /** Writes `value` and its length, a single byte, if all of it is ASCII; otherwise nothing. */
  #shortAscii(value: string): boolean {
    this.#reserve(1 + value.length);
    const buf = this.#buf;
    const pos = this.#pos;
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) return false;
      buf[pos + 1 + i] = code;
    }
    buf[pos] = value.length;
    this.#pos = pos + 1 + value.length;
    return true;
  }

  /** Begins an embedded message, after its tag; returns what {@link leave} wants. */
  enter(): number {
    this.#reserve(1);
    return this.#pos++;
  }

  /** Ends an embedded message: puts its length in front of it. */
  leave(start: number): void {
    const length = this.#pos - start - 1;
    if (length < 128) {
      this.#buf[start] = length;
      return;
    }
    const lengthBytes = length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : length < 1 << 28 ? 4 : 5;
    this.#reserve(lengthBytes);
    this.#buf.copyWithin(start + lengthBytes, start + 1, this.#pos);
    this.#pos = start;
    this.uint32(length);
    this.#pos += length;
  }
}
