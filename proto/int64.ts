import type { WireReader } from "./reader.ts";
import type { WireWriter } from "./writer.ts";

/*
 * The one place where 64-bit numbers of the wire meet JavaScript. The .proto files say at each field which way it goes:
 *
 * - `[jstype = JS_NUMBER]` (revisions, counts, sizes, seconds): a `number`, always a whole one within ±(2^53 - 1). In
 *   messages that clients send, a value beyond is clamped to that bound: it is only ever compared with numbers of ours, all
 *   below the bound, so every comparison comes out as with the true value. Elsewhere a value beyond is an error.
 * - all others (leases, members, clusters, watches): a `bigint`, exact.
 *
 * What we write ourselves is checked: a number out of bounds throws, nothing is ever rounded.
 */

const highUnit = 2 ** 32;

/** One 64-bit value as two halves or as a whole: scratch space within a call. All platforms of Deno are little-endian. */
const halves = new Uint32Array(2);
const unsignedWhole = new BigUint64Array(halves.buffer);
const signedWhole = new BigInt64Array(halves.buffer);

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;
const uint64Max = 2n ** 64n - 1n;

/** Reads a varint into {@link halves}. It has at most ten bytes, the tenth at most 1. */
function readHalves(reader: WireReader): void {
  const { buf, end } = reader;
  let pos = reader.pos;
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    if (pos >= end) throw new RangeError("truncated varint");
    const byte = buf[pos++];
    const bits = byte & 127;
    if (shift < 28) low |= bits << shift;
    else if (shift === 28) {
      low |= bits << 28;
      high = bits >> 4;
    } else high |= bits << (shift - 32);
    if (byte < 128) {
      if (shift === 63 && byte > 1) break;
      reader.pos = pos;
      halves[0] = low;
      halves[1] = high;
      return;
    }
  }
  throw new RangeError("varint over 64 bits");
}

/** The signed value of the varint at the reader, rounded beyond 2^53. */
function readSigned(reader: WireReader): number {
  const first = reader.buf[reader.pos];
  if (first < 128 && reader.pos < reader.end) {
    reader.pos++;
    return first;
  }
  readHalves(reader);
  return (halves[1] | 0) * highUnit + halves[0];
}

/** The unsigned value of the varint at the reader, rounded beyond 2^53. */
function readUnsigned(reader: WireReader): number {
  const first = reader.buf[reader.pos];
  if (first < 128 && reader.pos < reader.end) {
    reader.pos++;
    return first;
  }
  readHalves(reader);
  return halves[1] * highUnit + halves[0];
}

function clamp(value: number): number {
  if (value > Number.MAX_SAFE_INTEGER) return Number.MAX_SAFE_INTEGER;
  if (value < Number.MIN_SAFE_INTEGER) return Number.MIN_SAFE_INTEGER;
  return value;
}

function exact(value: number): number {
  if (!Number.isSafeInteger(value)) throw new RangeError("64-bit number beyond 2^53 - 1");
  return value;
}

/** An `int64` of a client's message as a number; beyond ±(2^53 - 1), that bound. */
export function readInt64Clamped(reader: WireReader): number {
  return clamp(readSigned(reader));
}

/** A `uint64` of a client's message as a number; beyond 2^53 - 1, that bound. */
export function readUint64Clamped(reader: WireReader): number {
  return clamp(readUnsigned(reader));
}

/** An `int64` as a number; throws RangeError beyond ±(2^53 - 1). */
export function readInt64Number(reader: WireReader): number {
  return exact(readSigned(reader));
}

/** A `uint64` as a number; throws RangeError beyond 2^53 - 1. */
export function readUint64Number(reader: WireReader): number {
  return exact(readUnsigned(reader));
}

/** An `int64`, exactly. */
export function readInt64(reader: WireReader): bigint {
  readHalves(reader);
  return signedWhole[0];
}

/** A `uint64`, exactly. */
export function readUint64(reader: WireReader): bigint {
  readHalves(reader);
  return unsignedWhole[0];
}

/** Writes a whole number; throws RangeError beyond ±(2^53 - 1). */
export function writeInt64Number(writer: WireWriter, value: number): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is not a whole number within ±(2^53 - 1)`);
  if (value >= 0 && value < highUnit) writer.uint32(value);
  else writer.varint64(value >>> 0, Math.floor(value / highUnit) >>> 0);
}

/** Writes a whole number; throws RangeError below zero and beyond 2^53 - 1. */
export function writeUint64Number(writer: WireWriter, value: number): void {
  if (value < 0) throw new RangeError(`negative number ${value} for a uint64`);
  writeInt64Number(writer, value);
}

/** Writes an `int64`; throws RangeError where it does not fit. */
export function writeInt64(writer: WireWriter, value: bigint): void {
  if (value < int64Min || value > int64Max) throw new RangeError(`${value} does not fit an int64`);
  signedWhole[0] = value;
  writeHalves(writer);
}

/** Writes a `uint64`; throws RangeError where it does not fit. */
export function writeUint64(writer: WireWriter, value: bigint): void {
  if (value < 0n || value > uint64Max) throw new RangeError(`${value} does not fit a uint64`);
  unsignedWhole[0] = value;
  writeHalves(writer);
}

function writeHalves(writer: WireWriter): void {
  writer.varint64(halves[0], halves[1]);
}
