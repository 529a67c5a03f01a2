// Made by `deno task proto` from the .proto files: change those.
import * as etcdserverpb from "./etcdserverpb.ts";
import { readInt64, writeInt64 } from "../int64.ts";
import { type WireReader, noBytes } from "../reader.ts";
import { type Init, type MessageType, messageType } from "../wire.ts";
import { type WireWriter } from "../writer.ts";

export interface LockRequest {
  /** The lock's name; the key of the answer begins with it. */
  name: Uint8Array;
  lease: bigint;
}

export const LockRequest: MessageType<LockRequest> = messageType("v3lockpb.LockRequest", { read: readLockRequest, write: writeLockRequest });

function emptyLockRequest(): LockRequest {
  return { name: noBytes, lease: 0n };
}

function readLockRequest(reader: WireReader, into?: LockRequest): LockRequest {
  const message = into ?? emptyLockRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.bytes(); break;
      case 16: message.lease = readInt64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLockRequest(writer: WireWriter, message: Init<LockRequest>): void {
  if (message.name?.length) { writer.uint32(10).bytes(message.name); }
  if (message.lease) { writeInt64(writer.uint32(16), message.lease); }
}

export interface LockResponse {
  header: etcdserverpb.ResponseHeader | undefined;
  key: Uint8Array;
}

export const LockResponse: MessageType<LockResponse> = messageType("v3lockpb.LockResponse", { read: readLockResponse, write: writeLockResponse });

function emptyLockResponse(): LockResponse {
  return { header: undefined, key: noBytes };
}

function readLockResponse(reader: WireReader, into?: LockResponse): LockResponse {
  const message = into ?? emptyLockResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = etcdserverpb.ResponseHeader.read(reader, message.header); reader.leave(outer); break; }
      case 18: message.key = reader.bytes(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLockResponse(writer: WireWriter, message: Init<LockResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); etcdserverpb.ResponseHeader.write(writer, message.header); writer.leave(start); }
  if (message.key?.length) { writer.uint32(18).bytes(message.key); }
}

export interface UnlockRequest {
  key: Uint8Array;
}

export const UnlockRequest: MessageType<UnlockRequest> = messageType("v3lockpb.UnlockRequest", { read: readUnlockRequest, write: writeUnlockRequest });

function emptyUnlockRequest(): UnlockRequest {
  return { key: noBytes };
}

function readUnlockRequest(reader: WireReader, into?: UnlockRequest): UnlockRequest {
  const message = into ?? emptyUnlockRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.key = reader.bytes(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeUnlockRequest(writer: WireWriter, message: Init<UnlockRequest>): void {
  if (message.key?.length) { writer.uint32(10).bytes(message.key); }
}

export interface UnlockResponse {
  header: etcdserverpb.ResponseHeader | undefined;
}

export const UnlockResponse: MessageType<UnlockResponse> = messageType("v3lockpb.UnlockResponse", { read: readUnlockResponse, write: writeUnlockResponse });

function emptyUnlockResponse(): UnlockResponse {
  return { header: undefined };
}

function readUnlockResponse(reader: WireReader, into?: UnlockResponse): UnlockResponse {
  const message = into ?? emptyUnlockResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = etcdserverpb.ResponseHeader.read(reader, message.header); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeUnlockResponse(writer: WireWriter, message: Init<UnlockResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); etcdserverpb.ResponseHeader.write(writer, message.header); writer.leave(start); }
}
