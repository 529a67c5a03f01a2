// Made by `deno task proto` from the .proto files: change those.
import type { Reader, Writer } from "protobufjs/minimal";
import { readUint64, writeUint64 } from "../int64.ts";
import { enter, leave, messageType, skipField, type Init, type MessageType } from "../wire.ts";

/** What consensus needs to know of a member. */
export interface RaftAttributes {
  peerUrls: string[];
  isLearner: boolean;
}

export const RaftAttributes: MessageType<RaftAttributes> = messageType("membershippb.RaftAttributes", { read: readRaftAttributes, write: writeRaftAttributes });

function emptyRaftAttributes(): RaftAttributes {
  return { peerUrls: [], isLearner: false };
}

function readRaftAttributes(reader: Reader, into?: RaftAttributes): RaftAttributes {
  const message = into ?? emptyRaftAttributes();
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.peerUrls.push(reader.stringVerify()); break;
      case 16: message.isLearner = reader.bool(); break;
      default:
        skipField(reader, tag);
    }
  }
  return message;
}

function writeRaftAttributes(writer: Writer, message: Init<RaftAttributes>): void {
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

function readAttributes(reader: Reader, into?: Attributes): Attributes {
  const message = into ?? emptyAttributes();
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.name = reader.stringVerify(); break;
      case 18: message.clientUrls.push(reader.stringVerify()); break;
      default:
        skipField(reader, tag);
    }
  }
  return message;
}

function writeAttributes(writer: Writer, message: Init<Attributes>): void {
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

function readMember(reader: Reader, into?: Member): Member {
  const message = into ?? emptyMember();
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.ID = readUint64(reader); break;
      case 18: { const outer = enter(reader); message.raftAttributes = readRaftAttributes(reader, message.raftAttributes); leave(reader, outer); break; }
      case 26: { const outer = enter(reader); message.memberAttributes = readAttributes(reader, message.memberAttributes); leave(reader, outer); break; }
      default:
        skipField(reader, tag);
    }
  }
  return message;
}

function writeMember(writer: Writer, message: Init<Member>): void {
  if (message.ID) { writeUint64(writer.uint32(8), message.ID); }
  if (message.raftAttributes !== undefined) { writeRaftAttributes(writer.uint32(18).fork(), message.raftAttributes); writer.ldelim(); }
  if (message.memberAttributes !== undefined) { writeAttributes(writer.uint32(26).fork(), message.memberAttributes); writer.ldelim(); }
}

export interface ClusterVersionSetRequest {
  ver: string;
}

export const ClusterVersionSetRequest: MessageType<ClusterVersionSetRequest> = messageType("membershippb.ClusterVersionSetRequest", { read: readClusterVersionSetRequest, write: writeClusterVersionSetRequest });

function emptyClusterVersionSetRequest(): ClusterVersionSetRequest {
  return { ver: "" };
}

function readClusterVersionSetRequest(reader: Reader, into?: ClusterVersionSetRequest): ClusterVersionSetRequest {
  const message = into ?? emptyClusterVersionSetRequest();
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    switch (tag) {
      case 10: message.ver = reader.stringVerify(); break;
      default:
        skipField(reader, tag);
    }
  }
  return message;
}

function writeClusterVersionSetRequest(writer: Writer, message: Init<ClusterVersionSetRequest>): void {
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

function readClusterMemberAttrSetRequest(reader: Reader, into?: ClusterMemberAttrSetRequest): ClusterMemberAttrSetRequest {
  const message = into ?? emptyClusterMemberAttrSetRequest();
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.memberID = readUint64(reader); break;
      case 18: { const outer = enter(reader); message.memberAttributes = readAttributes(reader, message.memberAttributes); leave(reader, outer); break; }
      default:
        skipField(reader, tag);
    }
  }
  return message;
}

function writeClusterMemberAttrSetRequest(writer: Writer, message: Init<ClusterMemberAttrSetRequest>): void {
  if (message.memberID) { writeUint64(writer.uint32(8), message.memberID); }
  if (message.memberAttributes !== undefined) { writeAttributes(writer.uint32(18).fork(), message.memberAttributes); writer.ldelim(); }
}

export interface DowngradeInfoSetRequest {
  enabled: boolean;
  ver: string;
}

export const DowngradeInfoSetRequest: MessageType<DowngradeInfoSetRequest> = messageType("membershippb.DowngradeInfoSetRequest", { read: readDowngradeInfoSetRequest, write: writeDowngradeInfoSetRequest });

function emptyDowngradeInfoSetRequest(): DowngradeInfoSetRequest {
  return { enabled: false, ver: "" };
}

function readDowngradeInfoSetRequest(reader: Reader, into?: DowngradeInfoSetRequest): DowngradeInfoSetRequest {
  const message = into ?? emptyDowngradeInfoSetRequest();
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    switch (tag) {
      case 8: message.enabled = reader.bool(); break;
      case 18: message.ver = reader.stringVerify(); break;
      default:
        skipField(reader, tag);
    }
  }
  return message;
}

function writeDowngradeInfoSetRequest(writer: Writer, message: Init<DowngradeInfoSetRequest>): void {
  if (message.enabled) { writer.uint32(8).bool(message.enabled); }
  if (message.ver) { writer.uint32(18).string(message.ver); }
}
