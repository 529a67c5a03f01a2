// Made by `deno task proto` from the .proto files: change those.
import * as etcdserverpb from "./etcdserverpb.ts";
import * as mvccpb from "./mvccpb.ts";
import { readInt64, readInt64Clamped, writeInt64, writeInt64Number } from "../int64.ts";
import { type WireReader, noBytes } from "../reader.ts";
import { type Init, type MessageType, messageType } from "../wire.ts";
import { type WireWriter } from "../writer.ts";

/** The proof of being leader. */
export interface LeaderKey {
  name: Uint8Array;
  key: Uint8Array;
  /** The key's create revision: it tells this leadership from an earlier one under the same key. */
  rev: number;
  lease: bigint;
}

export const LeaderKey: MessageType<LeaderKey> = messageType("v3electionpb.LeaderKey", { read: readLeaderKey, write: writeLeaderKey });

function emptyLeaderKey(): LeaderKey {
  return { name: noBytes, key: noBytes, rev: 0, lease: 0n };
}

function readLeaderKey(reader: WireReader, into?: LeaderKey): LeaderKey {
  const message = into ?? emptyLeaderKey();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.bytes(); break;
      case 18: message.key = reader.bytes(); break;
      case 24: message.rev = readInt64Clamped(reader); break;
      case 32: message.lease = readInt64(reader); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaderKey(writer: WireWriter, message: Init<LeaderKey>): void {
  if (message.name?.length) { writer.uint32(10).bytes(message.name); }
  if (message.key?.length) { writer.uint32(18).bytes(message.key); }
  if (message.rev) { writeInt64Number(writer.uint32(24), message.rev); }
  if (message.lease) { writeInt64(writer.uint32(32), message.lease); }
}

export interface CampaignRequest {
  name: Uint8Array;
  lease: bigint;
  value: Uint8Array;
}

export const CampaignRequest: MessageType<CampaignRequest> = messageType("v3electionpb.CampaignRequest", { read: readCampaignRequest, write: writeCampaignRequest });

function emptyCampaignRequest(): CampaignRequest {
  return { name: noBytes, lease: 0n, value: noBytes };
}

function readCampaignRequest(reader: WireReader, into?: CampaignRequest): CampaignRequest {
  const message = into ?? emptyCampaignRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.bytes(); break;
      case 16: message.lease = readInt64(reader); break;
      case 26: message.value = reader.bytes(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeCampaignRequest(writer: WireWriter, message: Init<CampaignRequest>): void {
  if (message.name?.length) { writer.uint32(10).bytes(message.name); }
  if (message.lease) { writeInt64(writer.uint32(16), message.lease); }
  if (message.value?.length) { writer.uint32(26).bytes(message.value); }
}

export interface CampaignResponse {
  header: etcdserverpb.ResponseHeader | undefined;
  leader: LeaderKey | undefined;
}

export const CampaignResponse: MessageType<CampaignResponse> = messageType("v3electionpb.CampaignResponse", { read: readCampaignResponse, write: writeCampaignResponse });

function emptyCampaignResponse(): CampaignResponse {
  return { header: undefined, leader: undefined };
}

function readCampaignResponse(reader: WireReader, into?: CampaignResponse): CampaignResponse {
  const message = into ?? emptyCampaignResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = etcdserverpb.ResponseHeader.read(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.leader = readLeaderKey(reader, message.leader); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeCampaignResponse(writer: WireWriter, message: Init<CampaignResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); etcdserverpb.ResponseHeader.write(writer, message.header); writer.leave(start); }
  if (message.leader !== undefined) { const start = writer.uint32(18).enter(); writeLeaderKey(writer, message.leader); writer.leave(start); }
}

export interface ProclaimRequest {
  leader: LeaderKey | undefined;
  value: Uint8Array;
}

export const ProclaimRequest: MessageType<ProclaimRequest> = messageType("v3electionpb.ProclaimRequest", { read: readProclaimRequest, write: writeProclaimRequest });

function emptyProclaimRequest(): ProclaimRequest {
  return { leader: undefined, value: noBytes };
}

function readProclaimRequest(reader: WireReader, into?: ProclaimRequest): ProclaimRequest {
  const message = into ?? emptyProclaimRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.leader = readLeaderKey(reader, message.leader); reader.leave(outer); break; }
      case 18: message.value = reader.bytes(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeProclaimRequest(writer: WireWriter, message: Init<ProclaimRequest>): void {
  if (message.leader !== undefined) { const start = writer.uint32(10).enter(); writeLeaderKey(writer, message.leader); writer.leave(start); }
  if (message.value?.length) { writer.uint32(18).bytes(message.value); }
}

export interface ProclaimResponse {
  header: etcdserverpb.ResponseHeader | undefined;
}

export const ProclaimResponse: MessageType<ProclaimResponse> = messageType("v3electionpb.ProclaimResponse", { read: readProclaimResponse, write: writeProclaimResponse });

function emptyProclaimResponse(): ProclaimResponse {
  return { header: undefined };
}

function readProclaimResponse(reader: WireReader, into?: ProclaimResponse): ProclaimResponse {
  const message = into ?? emptyProclaimResponse();
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

function writeProclaimResponse(writer: WireWriter, message: Init<ProclaimResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); etcdserverpb.ResponseHeader.write(writer, message.header); writer.leave(start); }
}

export interface LeaderRequest {
  name: Uint8Array;
}

export const LeaderRequest: MessageType<LeaderRequest> = messageType("v3electionpb.LeaderRequest", { read: readLeaderRequest, write: writeLeaderRequest });

function emptyLeaderRequest(): LeaderRequest {
  return { name: noBytes };
}

function readLeaderRequest(reader: WireReader, into?: LeaderRequest): LeaderRequest {
  const message = into ?? emptyLeaderRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.bytes(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaderRequest(writer: WireWriter, message: Init<LeaderRequest>): void {
  if (message.name?.length) { writer.uint32(10).bytes(message.name); }
}

export interface LeaderResponse {
  header: etcdserverpb.ResponseHeader | undefined;
  kv: mvccpb.KeyValue | undefined;
}

export const LeaderResponse: MessageType<LeaderResponse> = messageType("v3electionpb.LeaderResponse", { read: readLeaderResponse, write: writeLeaderResponse });

function emptyLeaderResponse(): LeaderResponse {
  return { header: undefined, kv: undefined };
}

function readLeaderResponse(reader: WireReader, into?: LeaderResponse): LeaderResponse {
  const message = into ?? emptyLeaderResponse();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.header = etcdserverpb.ResponseHeader.read(reader, message.header); reader.leave(outer); break; }
      case 18: { const outer = reader.enter(); message.kv = mvccpb.KeyValue.read(reader, message.kv); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeLeaderResponse(writer: WireWriter, message: Init<LeaderResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); etcdserverpb.ResponseHeader.write(writer, message.header); writer.leave(start); }
  if (message.kv !== undefined) { const start = writer.uint32(18).enter(); mvccpb.KeyValue.write(writer, message.kv); writer.leave(start); }
}

export interface ResignRequest {
  leader: LeaderKey | undefined;
}

export const ResignRequest: MessageType<ResignRequest> = messageType("v3electionpb.ResignRequest", { read: readResignRequest, write: writeResignRequest });

function emptyResignRequest(): ResignRequest {
  return { leader: undefined };
}

function readResignRequest(reader: WireReader, into?: ResignRequest): ResignRequest {
  const message = into ?? emptyResignRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: { const outer = reader.enter(); message.leader = readLeaderKey(reader, message.leader); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeResignRequest(writer: WireWriter, message: Init<ResignRequest>): void {
  if (message.leader !== undefined) { const start = writer.uint32(10).enter(); writeLeaderKey(writer, message.leader); writer.leave(start); }
}

export interface ResignResponse {
  header: etcdserverpb.ResponseHeader | undefined;
}

export const ResignResponse: MessageType<ResignResponse> = messageType("v3electionpb.ResignResponse", { read: readResignResponse, write: writeResignResponse });

function emptyResignResponse(): ResignResponse {
  return { header: undefined };
}

function readResignResponse(reader: WireReader, into?: ResignResponse): ResignResponse {
  const message = into ?? emptyResignResponse();
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

function writeResignResponse(writer: WireWriter, message: Init<ResignResponse>): void {
  if (message.header !== undefined) { const start = writer.uint32(10).enter(); etcdserverpb.ResponseHeader.write(writer, message.header); writer.leave(start); }
}
