// Made by `deno task proto` from the .proto files: change those.
import { readInt64, readInt64Number, writeInt64, writeInt64Number } from "../int64.ts";
import { type WireReader, noBytes } from "../reader.ts";
import { type Init, type MessageType, messageType } from "../wire.ts";
import { type WireWriter } from "../writer.ts";

export const EventType = {
  PUT: 0,
  DELETE: 1,
} as const;

export interface KeyValue {
  key: Uint8Array;
  /** The revision of the put that created the key, since its last deletion. */
  createRevision: number;
  /** The revision of the last put. */
  modRevision: number;
  /** How many puts there were since the creation; 0 for a deleted key. */
  version: number;
  value: Uint8Array;
  /** The lease that the key hangs on; 0 for none. */
  lease: bigint;
}

export const KeyValue: MessageType<KeyValue> = messageType("mvccpb.KeyValue", { read: readKeyValue, write: writeKeyValue });

function emptyKeyValue(): KeyValue {
  return { key: noBytes, createRevision: 0, modRevision: 0, version: 0, value: noBytes, lease: 0n };
}

function readKeyValue(reader: WireReader, into?: KeyValue): KeyValue {
  const message = into ?? emptyKeyValue();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.key = reader.bytes(); break;
      case 16: message.createRevision = readInt64Number(reader); break;
      case 24: message.modRevision = readInt64Number(reader); break;
      case 32: message.version = readInt64Number(reader); break;
      case 42: message.value = reader.bytes(); break;
      case 48: message.lease = readInt64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeKeyValue(writer: WireWriter, message: Init<KeyValue>): void {
  if (message.key?.length) { writer.uint32(10).bytes(message.key); }
  if (message.createRevision) { writeInt64Number(writer.uint32(16), message.createRevision); }
  if (message.modRevision) { writeInt64Number(writer.uint32(24), message.modRevision); }
  if (message.version) { writeInt64Number(writer.uint32(32), message.version); }
  if (message.value?.length) { writer.uint32(42).bytes(message.value); }
  if (message.lease) { writeInt64(writer.uint32(48), message.lease); }
}

export interface Event {
  type: number;
  /** The key as it is after the event; for a deletion only key and mod_revision. */
  kv: KeyValue | undefined;
  /** The key as it was before, where the watch asked for it and history still has it. */
  prevKv: KeyValue | undefined;
}

export const Event: MessageType<Event> = messageType("mvccpb.Event", { read: readEvent, write: writeEvent });

function emptyEvent(): Event {
  return { type: 0, kv: undefined, prevKv: undefined };
}

function readEvent(reader: WireReader, into?: Event): Event {
  const message = into ?? emptyEvent();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.type = reader.int32(); break;
      case 18: { const outer = reader.enter(); message.kv = readKeyValue(reader, message.kv); reader.leave(outer); break; }
      case 26: { const outer = reader.enter(); message.prevKv = readKeyValue(reader, message.prevKv); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeEvent(writer: WireWriter, message: Init<Event>): void {
  if (message.type) { writer.uint32(8).int32(message.type); }
  if (message.kv !== undefined) { const start = writer.uint32(18).enter(); writeKeyValue(writer, message.kv); writer.leave(start); }
  if (message.prevKv !== undefined) { const start = writer.uint32(26).enter(); writeKeyValue(writer, message.prevKv); writer.leave(start); }
}
