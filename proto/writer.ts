const utf8 = new TextEncoder();

/** Messages share buffers of this size: an allocation of its own costs more than writing a small message does. */
const slabBytes = 16 * 1024;

/** Up to this length a string is written character by character, which is quicker than a call into the encoder. */
const shortString = 64;

/** Writes messages in protobuf's wire format, one after the other. */
export class WireWriter {
  #buf = new Uint8Array(0);
  /** Where the present message starts in `#buf`. */
  #start = 0;
  /** Where the next byte goes. Never below `#start`. */
  #pos = 0;

  /** Drops what has been written of the present message. */
  reset(): void {
    this.#pos = this.#start;
  }

  /**
   * The message, and the start of a new one. The bytes are the caller's for good; they are part of a buffer that is shared
   * with other messages.
   */
  take(): Uint8Array<ArrayBuffer> {
    const message = this.#buf.subarray(this.#start, this.#pos);
    this.#start = this.#pos;
    if (this.#buf.length > slabBytes) {
      this.#buf = new Uint8Array(0);
      this.#start = this.#pos = 0;
    }
    return message;
  }

  #reserve(bytes: number): void {
    if (this.#pos + bytes > this.#buf.length) this.#grow(bytes);
  }

  #grow(bytes: number): void {
    const written = this.#pos - this.#start;
    const larger = new Uint8Array(Math.max(slabBytes, 2 * (written + bytes)));
    larger.set(this.#buf.subarray(this.#start, this.#pos));
    this.#buf = larger;
    this.#start = 0;
    this.#pos = written;
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
    return this.#pos++ - this.#start;
  }

  /** Ends an embedded message: puts its length in front of it. */
  leave(entered: number): void {
    const length = this.#pos - this.#start - entered - 1;
    if (length < 128) {
      this.#buf[this.#start + entered] = length;
      return;
    }
    const lengthBytes = length < 1 << 14 ? 2 : length < 1 << 21 ? 3 : length < 1 << 28 ? 4 : 5;
    this.#reserve(lengthBytes);
    const at = this.#start + entered;
    this.#buf.copyWithin(at + lengthBytes, at + 1, this.#pos);
    this.#pos = at;
    this.uint32(length);
    this.#pos += length;
  }
}
