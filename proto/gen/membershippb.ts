// Made by `deno task proto` from the .proto files: change those.
import { readUint64, writeUint64 } from "../int64.ts";
import { type WireReader } from "../reader.ts";
import { type Init, type MessageType, messageType } from "../wire.ts";
import { type WireWriter } from "../writer.ts";

/** What consensus needs to know of a member. */
export interface RaftAttributes {
  peerUrls: string[];
  isLearner: boolean;
}

export const RaftAttributes: MessageType<RaftAttributes> = messageType("membershippb.RaftAttributes", { read: readRaftAttributes, write: writeRaftAttributes });

function emptyRaftAttributes(): RaftAttributes {
  return { peerUrls: [], isLearner: false };
}

function readRaftAttributes(reader: WireReader, into?: RaftAttributes): RaftAttributes {
  const message = into ?? emptyRaftAttributes();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.peerUrls.push(reader.string()); break;
      case 16: message.isLearner = reader.bool(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeRaftAttributes(writer: WireWriter, message: Init<RaftAttributes>): void {
  if (message.peerUrls) for (const value of message.peerUrls) { writer.uint32(10).string(value); }
  if (message.isLearner) { writer.uint32(16).bool(message.isLearner); }
}

/** What a member says of itself once it runs. */
export interface Attributes {
  name: string;
  clientUrls: string[];
}

export const Attributes: MessageType<Attributes> = messageType("membershippb.Attributes", { read: readAttributes, write: writeAttributes });

function emptyAttributes(): Attributes {
  return { name: "", clientUrls: [] };
}

function readAttributes(reader: WireReader, into?: Attributes): Attributes {
  const message = into ?? emptyAttributes();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.string(); break;
      case 18: message.clientUrls.push(reader.string()); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeAttributes(writer: WireWriter, message: Init<Attributes>): void {
  if (message.name) { writer.uint32(10).string(message.name); }
  if (message.clientUrls) for (const value of message.clientUrls) { writer.uint32(18).string(value); }
}

export interface Member {
  ID: bigint;
  raftAttributes: RaftAttributes | undefined;
  memberAttributes: Attributes | undefined;
}

export const Member: MessageType<Member> = messageType("membershippb.Member", { read: readMember, write: writeMember });

function emptyMember(): Member {
  return { ID: 0n, raftAttributes: undefined, memberAttributes: undefined };
}

function readMember(reader: WireReader, into?: Member): Member {
  const message = into ?? emptyMember();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readUint64(reader); break;
      case 18: { const outer = reader.enter(); message.raftAttributes = readRaftAttributes(reader, message.raftAttributes); reader.leave(outer); break; }
      case 26: { const outer = reader.enter(); message.memberAttributes = readAttributes(reader, message.memberAttributes); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeMember(writer: WireWriter, message: Init<Member>): void {
  if (message.ID) { writeUint64(writer.uint32(8), message.ID); }
  if (message.raftAttributes !== undefined) { const start = writer.uint32(18).enter(); writeRaftAttributes(writer, message.raftAttributes); writer.leave(start); }
  if (message.memberAttributes !== undefined) { const start = writer.uint32(26).enter(); writeAttributes(writer, message.memberAttributes); writer.leave(start); }
}

export interface ClusterVersionSetRequest {
  ver: string;
}

export const ClusterVersionSetRequest: MessageType<ClusterVersionSetRequest> = messageType("membershippb.ClusterVersionSetRequest", { read: readClusterVersionSetRequest, write: writeClusterVersionSetRequest });

function emptyClusterVersionSetRequest(): ClusterVersionSetRequest {
  return { ver: "" };
}

function readClusterVersionSetRequest(reader: WireReader, into?: ClusterVersionSetRequest): ClusterVersionSetRequest {
  const message = into ?? emptyClusterVersionSetRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.ver = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeClusterVersionSetRequest(writer: WireWriter, message: Init<ClusterVersionSetRequest>): void {
  if (message.ver) { writer.uint32(10).string(message.ver); }
}

export interface ClusterMemberAttrSetRequest {
  memberID: bigint;
  memberAttributes: Attributes | undefined;
}

export const ClusterMemberAttrSetRequest: MessageType<ClusterMemberAttrSetRequest> = messageType("membershippb.ClusterMemberAttrSetRequest", { read: readClusterMemberAttrSetRequest, write: writeClusterMemberAttrSetRequest });

function emptyClusterMemberAttrSetRequest(): ClusterMemberAttrSetRequest {
  return { memberID: 0n, memberAttributes: undefined };
}

function readClusterMemberAttrSetRequest(reader: WireReader, into?: ClusterMemberAttrSetRequest): ClusterMemberAttrSetRequest {
  const message = into ?? emptyClusterMemberAttrSetRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.memberID = readUint64(reader); break;
      case 18: { const outer = reader.enter(); message.memberAttributes = readAttributes(reader, message.memberAttributes); reader.leave(outer); break; }
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeClusterMemberAttrSetRequest(writer: WireWriter, message: Init<ClusterMemberAttrSetRequest>): void {
  if (message.memberID) { writeUint64(writer.uint32(8), message.memberID); }
  if (message.memberAttributes !== undefined) { const start = writer.uint32(18).enter(); writeAttributes(writer, message.memberAttributes); writer.leave(start); }
}

export interface DowngradeInfoSetRequest {
  enabled: boolean;
  ver: string;
}

export const DowngradeInfoSetRequest: MessageType<DowngradeInfoSetRequest> = messageType("membershippb.DowngradeInfoSetRequest", { read: readDowngradeInfoSetRequest, write: writeDowngradeInfoSetRequest });

function emptyDowngradeInfoSetRequest(): DowngradeInfoSetRequest {
  return { enabled: false, ver: "" };
}

function readDowngradeInfoSetRequest(reader: WireReader, into?: DowngradeInfoSetRequest): DowngradeInfoSetRequest {
  const message = into ?? emptyDowngradeInfoSetRequest();
  while (reader.pos < reader.end) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.enabled = reader.bool(); break;
      case 18: message.ver = reader.string(); break;
      default:
        reader.skip(tag);
    }
  }
  return message;
}

function writeDowngradeInfoSetRequest(writer: WireWriter, message: Init<DowngradeInfoSetRequest>): void {
  if (message.enabled) { writer.uint32(8).bool(message.enabled); }
  if (message.ver) { writer.uint32(18).string(message.ver); }
}
