import { assert, emptyBytes } from "../base/mod.ts";
import { type KeyText, writeKey } from "./key.ts";

/**
 * The wire form of `mvccpb.KeyValue`, the one message that the keyspace stores. It is written as Go writes it: fields by number, none that is
 * zero or empty. Readers skip fields they do not know.
 */

const KEY_TAG = 0x0a;
const CREATE_REVISION_TAG = 0x10;
const MOD_REVISION_TAG = 0x18;
const VERSION_TAG = 0x20;
const VALUE_TAG = 0x2a;
const LEASE_TAG = 0x30;

/** What a KeyValue says besides its key. */
export interface KeyValueFields {
  createRevision: number;
  modRevision: number;
  version: number;
  value: Uint8Array;
  /** Signed 64-bit lease id; 0 for none. */
  lease: bigint;
}

/** A KeyValue, decoded. `key` and `value` are views of the encoded bytes. */
export interface KeyValue extends KeyValueFields {
  key: Uint8Array;
}

/** Bytes that a varint of a whole number from 0 to 2^53-1 takes. */
export function varintBytes(value: number): number {
  let bytes = 1;
  while (value >= 0x80) {
    value = Math.floor(value / 0x80);
    bytes++;
  }
  return bytes;
}

/** Writes a varint of a whole number from 0 to 2^53-1; returns where it ends. */
function writeVarint(target: Uint8Array, at: number, value: number): number {
  while (value >= 0x80000000) {
    target[at++] = (value % 0x80) | 0x80;
    value = Math.floor(value / 0x80);
  }
  while (value >= 0x80) {
    target[at++] = (value & 0x7f) | 0x80;
    value >>>= 7;
  }
  target[at++] = value;
  return at;
}

function leaseBytes(lease: bigint): number {
  let rest = BigInt.asUintN(64, lease);
  let bytes = 1;
  while (rest >= 0x80n) {
    rest >>= 7n;
    bytes++;
  }
  return bytes;
}

function writeLease(target: Uint8Array, at: number, lease: bigint): number {
  let rest = BigInt.asUintN(64, lease);
  while (rest >= 0x80n) {
    target[at++] = Number(rest & 0x7fn) | 0x80;
    rest >>= 7n;
  }
  target[at++] = Number(rest);
  return at;
}

function numberFieldBytes(value: number): number {
  return value === 0 ? 0 : 1 + varintBytes(value);
}

function writeNumberField(target: Uint8Array, at: number, tag: number, value: number): number {
  if (value === 0) return at;
  target[at] = tag;
  return writeVarint(target, at + 1, value);
}

/** Bytes that a KeyValue with a key of `keyLength` bytes takes when encoded. */
export function keyValueBytes(keyLength: number, fields: KeyValueFields): number {
  const valueLength = fields.value.length;
  return (keyLength === 0 ? 0 : 1 + varintBytes(keyLength) + keyLength) +
    numberFieldBytes(fields.createRevision) + numberFieldBytes(fields.modRevision) + numberFieldBytes(fields.version) +
    (valueLength === 0 ? 0 : 1 + varintBytes(valueLength) + valueLength) +
    (fields.lease === 0n ? 0 : 1 + leaseBytes(fields.lease));
}

/** Writes the KeyValue into `target` from `at` on, where {@link keyValueBytes} bytes must be free; returns where it ends. */
export function writeKeyValue(
  target: Uint8Array,
  at: number,
  key: Uint8Array | KeyText,
  fields: KeyValueFields,
): number {
  if (key.length > 0) {
    target[at] = KEY_TAG;
    at = writeVarint(target, at + 1, key.length);
    if (typeof key === "string") writeKey(key, target, at);
    else target.set(key, at);
    at += key.length;
  }
  at = writeNumberField(target, at, CREATE_REVISION_TAG, fields.createRevision);
  at = writeNumberField(target, at, MOD_REVISION_TAG, fields.modRevision);
  at = writeNumberField(target, at, VERSION_TAG, fields.version);
  if (fields.value.length > 0) {
    target[at] = VALUE_TAG;
    at = writeVarint(target, at + 1, fields.value.length);
    target.set(fields.value, at);
    at += fields.value.length;
  }
  if (fields.lease !== 0n) {
    target[at] = LEASE_TAG;
    at = writeLease(target, at + 1, fields.lease);
  }
  return at;
}

/** A KeyValue in a new array. */
export function encodeKeyValue(key: Uint8Array | KeyText, fields: KeyValueFields): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(keyValueBytes(key.length, fields));
  writeKeyValue(bytes, 0, key, fields);
  return bytes;
}

/**
 * Walks over the fields of an encoded KeyValue without building anything: call {@link next} until it says false; after each
 * true, `tag`, `from` and `to` say what and where the field is, and `number` is a varint's value.
 */
class FieldReader {
  tag = 0;
  /** Where the field starts, with its tag. */
  start = 0;
  /** Where its content starts. */
  from = 0;
  /** Where it ends, exclusive. */
  to = 0;
  /** A varint's value; exact up to 2^53. */
  number = 0;
  #at: number;

  constructor(readonly bytes: Uint8Array, from = 0) {
    this.#at = from;
  }

  next(): boolean {
    if (this.#at >= this.bytes.length) return false;
    this.start = this.#at;
    this.tag = this.#varint();
    this.from = this.#at;
    const wireType = this.tag & 7;
    if (wireType === 0) {
      this.number = this.#varint();
    } else if (wireType === 2) {
      const length = this.#varint();
      this.from = this.#at;
      this.#at += length;
    } else {
      this.#at += wireType === 1 ? 8 : 4;
      assert(wireType === 1 || wireType === 5, `Cannot read a KeyValue: wire type ${wireType}`);
    }
    this.to = this.#at;
    assert(this.to <= this.bytes.length, "Cannot read a KeyValue: it is cut short");
    return true;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      assert(this.#at < this.bytes.length, "Cannot read a KeyValue: it is cut short");
      const byte = this.bytes[this.#at++];
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }
}

function signedVarint(bytes: Uint8Array, from: number, to: number): bigint {
  let value = 0n;
  for (let at = to - 1; at >= from; at--) value = (value << 7n) | BigInt(bytes[at] & 0x7f);
  return BigInt.asIntN(64, value);
}

/** Decodes all fields. `key` and `value` are views of `bytes`. */
export function decodeKeyValue(bytes: Uint8Array): KeyValue {
  const kv: KeyValue = {
    key: bytes.subarray(0, 0),
    createRevision: 0,
    modRevision: 0,
    version: 0,
    value: bytes.subarray(0, 0),
    lease: 0n,
  };
  const reader = new FieldReader(bytes);
  while (reader.next()) {
    if (reader.tag === KEY_TAG) kv.key = bytes.subarray(reader.from, reader.to);
    else if (reader.tag === CREATE_REVISION_TAG) kv.createRevision = reader.number;
    else if (reader.tag === MOD_REVISION_TAG) kv.modRevision = reader.number;
    else if (reader.tag === VERSION_TAG) kv.version = reader.number;
    else if (reader.tag === VALUE_TAG) kv.value = bytes.subarray(reader.from, reader.to);
    else if (reader.tag === LEASE_TAG) kv.lease = signedVarint(bytes, reader.from, reader.to);
  }
  return kv;
}

/** What the index wants to know of a record. */
export class KeyValueHead {
  /** A view of the bytes read. */
  key: Uint8Array = emptyBytes;
  createRevision = 0;
  version = 0;
  lease = 0n;

  /** Reads a KeyValue that starts at `from` and ends with the bytes; what was read before is overwritten. */
  read(bytes: Uint8Array, from: number): void {
    this.key = emptyBytes;
    this.createRevision = 0;
    this.version = 0;
    this.lease = 0n;
    const reader = new FieldReader(bytes, from);
    while (reader.next()) {
      if (reader.tag === KEY_TAG) this.key = bytes.subarray(reader.from, reader.to);
      else if (reader.tag === CREATE_REVISION_TAG) this.createRevision = reader.number;
      else if (reader.tag === VERSION_TAG) this.version = reader.number;
      else if (reader.tag === LEASE_TAG) this.lease = signedVarint(bytes, reader.from, reader.to);
    }
  }
}

function readBytesField(bytes: Uint8Array, tag: number): Uint8Array {
  const reader = new FieldReader(bytes);
  while (reader.next()) {
    if (reader.tag === tag) return bytes.subarray(reader.from, reader.to);
  }
  return bytes.subarray(0, 0);
}

/** The key, as a view of `bytes`. */
export function readKey(bytes: Uint8Array): Uint8Array {
  return readBytesField(bytes, KEY_TAG);
}

/** The value, as a view of `bytes`; empty when there is none. */
export function readValue(bytes: Uint8Array): Uint8Array {
  return readBytesField(bytes, VALUE_TAG);
}

/** The lease id, 0 for none. */
export function readLease(bytes: Uint8Array): bigint {
  const reader = new FieldReader(bytes);
  while (reader.next()) {
    if (reader.tag === LEASE_TAG) return signedVarint(bytes, reader.from, reader.to);
  }
  return 0n;
}

/** The create revision. */
export function readCreateRevision(bytes: Uint8Array): number {
  return readNumberField(bytes, CREATE_REVISION_TAG);
}

/** The version. */
export function readVersion(bytes: Uint8Array): number {
  return readNumberField(bytes, VERSION_TAG);
}

function readNumberField(bytes: Uint8Array, tag: number): number {
  const reader = new FieldReader(bytes);
  while (reader.next()) {
    if (reader.tag === tag) return reader.number;
  }
  return 0;
}

/** The same KeyValue without its value, for keys_only; the same array when it has none. */
export function withoutValue(bytes: Uint8Array): Uint8Array {
  const reader = new FieldReader(bytes);
  while (reader.next()) {
    if (reader.tag !== VALUE_TAG) continue;
    const stripped = new Uint8Array(bytes.length - (reader.to - reader.start));
    stripped.set(bytes.subarray(0, reader.start));
    stripped.set(bytes.subarray(reader.to), reader.start);
    return stripped;
  }
  return bytes;
}
