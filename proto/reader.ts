/** The default of a field of type bytes, shared. */
export const noBytes: Uint8Array = new Uint8Array(0);

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Wire types of protobuf's encoding. */
const WireType = { Varint: 0, Fixed64: 1, LengthDelimited: 2, StartGroup: 3, EndGroup: 4, Fixed32: 5 } as const;

/** How deep groups, an old way of embedding which is only ever skipped, may nest. */
const groupDepthMax = 100;

/**
 * Reads protobuf's wire format from bytes that the caller keeps unchanged. Every method throws RangeError (TypeError for text
 * that is not UTF-8) rather than read past {@link end}.
 */
export class WireReader {
  /** The next byte. */
  pos = 0;
  /** Where the message that is being read ends. Never above `buf.length`; narrowed while an embedded message is read. */
  end: number;

  constructor(readonly buf: Uint8Array) {
    this.end = buf.length;
  }

  /** A varint of at most 64 bits, of which the low 32 come back, as an unsigned number. */
  uint32(): number {
    const { buf, end } = this;
    let pos = this.pos;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (pos >= end) throw truncated();
      const byte = buf[pos++];
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) {
        if (shift === 63 && byte > 1) break;
        this.pos = pos;
        return value >>> 0;
      }
    }
    throw new RangeError("varint over 64 bits");
  }

  /** The same as a signed number: also what enums are. */
  int32(): number {
    return this.uint32() | 0;
  }

  /** Any varint but zero is true. */
  bool(): boolean {
    const { buf, end } = this;
    let pos = this.pos;
    let any = 0;
    for (let length = 1; length <= 10; length++) {
      if (pos >= end) throw truncated();
      const byte = buf[pos++];
      any |= byte & 127;
      if (byte < 128) {
        if (length === 10 && byte > 1) break;
        this.pos = pos;
        return any !== 0;
      }
    }
    throw new RangeError("varint over 64 bits");
  }

  /** A field's number and wire type, as `number << 3 | wireType`. */
  tag(): number {
    const first = this.buf[this.pos];
    if (first < 128 && this.pos < this.end) {
      this.pos++;
      return first;
    }
    const start = this.pos;
    const value = this.uint32();
    if (this.pos - start > 5 || (this.pos - start === 5 && this.buf[start + 4] > 15)) {
      throw new RangeError("field number over 29 bits");
    }
    return value;
  }

  /** The length of what follows; it has been checked that as much is there. */
  length(): number {
    const start = this.pos;
    const value = this.uint32();
    const tooLong = this.pos - start > 5 || (this.pos - start === 5 && this.buf[start + 4] > 15);
    if (tooLong || value > this.end - this.pos) throw truncated();
    return value;
  }

  /** A view of the bytes. */
  bytes(): Uint8Array {
    const length = this.length();
    if (length === 0) return noBytes;
    return this.buf.subarray(this.pos, this.pos += length);
  }

  /** Text; throws TypeError where it is not UTF-8. */
  string(): string {
    const length = this.length();
    if (length === 0) return "";
    return utf8.decode(this.buf.subarray(this.pos, this.pos += length));
  }

  /** Narrows to the embedded message that starts here; returns what {@link leave} wants back. */
  enter(): number {
    const length = this.length();
    const outer = this.end;
    this.end = this.pos + length;
    return outer;
  }

  /** Widens again. */
  leave(outer: number): void {
    this.end = outer;
  }

  /** Skips the value of a field that is not known, or has another wire type than it should. */
  skip(tag: number): void {
    this.#skip(tag, 0);
  }

  #skip(tag: number, depth: number): void {
    if (tag >>> 3 === 0) throw new RangeError("field number 0");
    switch (tag & 7) {
      case WireType.Varint:
        this.bool();
        return;
      case WireType.Fixed64:
        return this.#advance(8);
      case WireType.LengthDelimited:
        return this.#advance(this.length());
      case WireType.Fixed32:
        return this.#advance(4);
      case WireType.StartGroup: {
        if (depth >= groupDepthMax) throw new RangeError(`groups nested more than ${groupDepthMax} deep`);
        const endTag = tag + WireType.EndGroup - WireType.StartGroup;
        for (let inner = this.tag(); inner !== endTag; inner = this.tag()) this.#skip(inner, depth + 1);
        return;
      }
      default:
        throw new RangeError(`wire type ${tag & 7} where a field should start`);
    }
  }

  #advance(bytes: number): void {
    if (bytes > this.end - this.pos) throw truncated();
    this.pos += bytes;
  }
}

function truncated(): RangeError {
  return new RangeError("unexpected end of message");
}
